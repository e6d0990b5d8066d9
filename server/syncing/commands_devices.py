"""``presente devices``: tokens for headless clients; every phone, listed and revoked."""

import argparse
from uuid import UUID

from schemas.identity import Device
from server.cli import Answer, Commands, Context
from server.db.opening import opened
from server.feed import store as feed
from server.identity import phones
from server.identity.commands import add_action, user_called
from server.languages import Told, joined
from server.syncing import sealing


def register(commands: Commands) -> None:
    """Add ``devices`` with ``issue``, ``list`` and ``revoke``."""
    devices = commands.add_parser(
        "devices",
        help=Told(
            "issue a token to a program; list and revoke phones",
            "da una credencial a un programa; lista y revoca teléfonos",
        ),
        description=Told(
            "Phones, and programs that sync as a person. Changes are audited.",
            "Teléfonos, y programas que sincronizan en nombre de una persona. Los cambios quedan "
            "en la auditoría.",
        ),
    )
    actions = devices.add_subparsers(metavar="ACTION", required=True)
    issuing = add_action(
        actions,
        "issue",
        issue,
        Told(
            "make a device and a token for a program; the token is shown once",
            "crea un dispositivo y su credencial para un programa; se muestra una sola vez",
        ),
    )
    issuing.add_argument(
        "login",
        metavar="USER",
        help=Told("whose work it does: a login", "de quién es el trabajo: un usuario"),
    )
    issuing.add_argument(
        "--label",
        required=True,
        help=Told("what it is, as lists show it", "qué es, como lo muestran las listas"),
    )
    listing = add_action(
        actions,
        "list",
        list_devices,
        Told("list a person's devices, or all", "lista los dispositivos de una persona, o todos"),
    )
    listing.add_argument("login", metavar="USER", nargs="?", default="")
    revoking = add_action(
        actions,
        "revoke",
        revoke,
        Told(
            "let a device sync and read no more", "no deja que un dispositivo sincronice ni lea más"
        ),
    )
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
        text=Told(
            f"Device {issued.device_id} syncs as {user.login}. Its token is shown only now:\n"
            f"{issued.token}\n"
            "Send it as: Authorization: Bearer TOKEN (docs/sync-protocol.md)",
            f"El dispositivo {issued.device_id} sincroniza como {user.login}. Su credencial solo "
            f"se muestra ahora:\n{issued.token}\n"
            "Envíela así: Authorization: Bearer TOKEN (docs/sync-protocol.md)",
        ),
    )


def list_devices(context: Context, arguments: argparse.Namespace) -> Answer:
    """List devices, revoked ones too."""
    with opened(context) as database, database.read(context.clock()) as tx:
        user = user_called(tx, arguments.login) if arguments.login else None
        found = phones.everybodys(tx, None if user is None else user.id)
    return Answer(data=found, text=joined([_line(one) for one in found] or [_NONE]))


def revoke(context: Context, arguments: argparse.Namespace) -> Answer:
    """Revoke a device. What it holds unsent stays on it."""
    with opened(context) as database, database.write(context.clock()) as tx:
        device = phones.revoke(tx, arguments.device_id, by=None)
    text = Told(
        f"{device.id} is revoked. {device.waiting} were still unsent.",
        f"{device.id} queda revocado. Le quedaban {device.waiting} sin enviar.",
    )
    return Answer(data=device, text=text)


_NONE = Told("No devices yet.", "Todavía no hay dispositivos.")
_STATES = {"active": "activo", "revoked": "revocado"}


def _line(device: Device) -> Told:
    moment = f"{device.last_seen_at:%Y-%m-%d %H:%M}" if device.last_seen_at else ""
    whose = f"{device.user_name}: {device.label}"
    state = _STATES.get(device.state, device.state)
    return Told(
        f"{device.id} {device.state:8} {device.last_n:6} sent, seen {moment or 'never':16} {whose}",
        f"{device.id} {state:8} {device.last_n:6} enviados, visto {moment or 'nunca':16} {whose}",
    )
