"""``presente devices``: tokens for headless clients; every phone, listed and revoked."""

import argparse
from uuid import UUID

from schemas.identity import Device
from server.cli import Answer, Commands, Context
from server.db.opening import opened
from server.feed import store as feed
from server.identity import phones
from server.identity.commands import add_action, user_called
from server.syncing import sealing


def register(commands: Commands) -> None:
    """Add ``devices`` with ``issue``, ``list`` and ``revoke``."""
    devices = commands.add_parser(
        "devices",
        help="issue a token to a program; list and revoke phones",
        description="Phones, and programs that sync as a person. Changes are audited.",
    )
    actions = devices.add_subparsers(metavar="ACTION", required=True)
    issuing = add_action(
        actions, "issue", issue, "make a device and a token for a program; the token is shown once"
    )
    issuing.add_argument("login", metavar="USER", help="whose work it does: a login")
    issuing.add_argument("--label", required=True, help="what it is, as lists show it")
    listing = add_action(actions, "list", list_devices, "list a person's devices, or all")
    listing.add_argument("login", metavar="USER", nargs="?", default="")
    revoking = add_action(actions, "revoke", revoke, "let a device sync and read no more")
    revoking.add_argument("device_id", metavar="ID", type=UUID)


def issue(context: Context, arguments: argparse.Namespace) -> Answer:
    """Make a headless device; tell its token, once."""
    with opened(context) as database, database.write(context.clock()) as tx:
        user = user_called(tx, arguments.login)
        issued = phones.issue(tx, user, arguments.label)
        epoch, _ = feed.head(tx)
    server_key = sealing.public_key(context.settings.secrets_dir)
    return Answer(
        data={
            "device_id": issued.device_id,
            "token": issued.token,
            "server_key": server_key,
            "epoch": epoch,
        },
        text=(
            f"Device {issued.device_id} syncs as {user.login}. Its token is shown only now:\n"
            f"{issued.token}\n"
            "Send it as: Authorization: Bearer TOKEN (docs/sync-protocol.md)"
        ),
    )


def list_devices(context: Context, arguments: argparse.Namespace) -> Answer:
    """List devices, revoked ones too."""
    with opened(context) as database, database.read(context.clock()) as tx:
        user = user_called(tx, arguments.login) if arguments.login else None
        found = phones.everybodys(tx, None if user is None else user.id)
    return Answer(data=found, text="\n".join(map(_line, found)) or "No devices yet.")


def revoke(context: Context, arguments: argparse.Namespace) -> Answer:
    """Revoke a device. What it holds unsent stays on it."""
    with opened(context) as database, database.write(context.clock()) as tx:
        device = phones.revoke(tx, arguments.device_id, by=None)
    return Answer(data=device, text=f"{device.id} is revoked. {device.waiting} were still unsent.")


def _line(device: Device) -> str:
    seen = f"{device.last_seen_at:%Y-%m-%d %H:%M}" if device.last_seen_at else "never"
    told = f"{device.state:8} {device.last_n:6} sent, seen {seen:16}"
    return f"{device.id} {told} {device.user_name}: {device.label}"
