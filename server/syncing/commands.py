"""``presente sync``: what the server could not judge, and doing it after a mend."""

import argparse
from uuid import UUID

from server import cli
from server.db.opening import opened
from server.syncing import replaying


def register(commands: "cli.Commands") -> None:
    """Add ``sync`` with ``parked``, ``replay`` and ``dismiss``."""
    sync = commands.add_parser(
        "sync",
        help="list and replay mutations that were parked",
        description="What the server cannot judge is kept as it came, and waits for a mend.",
    )
    parts = sync.add_subparsers(metavar="ACTION", required=True)
    listed = parts.add_parser(
        "parked", parents=[cli.common()], help="list them: no names, no words"
    )
    listed.set_defaults(run=_parked)
    replay = parts.add_parser(
        "replay",
        parents=[cli.common()],
        help="carry them out as their authors",
        description="Carries out what is parked, in the order it came. Nothing happens twice.",
    )
    replay.add_argument("ids", nargs="*", type=UUID, metavar="ID", help="default: all")
    replay.set_defaults(run=_replay)
    dismiss = parts.add_parser(
        "dismiss",
        parents=[cli.common()],
        help="wait no longer for what nobody can ever read",
        description="Its bytes stay for ever; the reason stands in the audit trail, and its "
        "author reads it. What a mend may still make readable is not dismissed.",
    )
    dismiss.add_argument("id", type=UUID, metavar="ID")
    dismiss.add_argument("--because", required=True, metavar="REASON", help="its author reads it")
    dismiss.set_defaults(run=_dismiss)


def _parked(context: cli.Context, _arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database, database.read(context.clock()) as tx:
        found = replaying.listed(tx)
    lines = [
        f"{one.id}  {one.received_at.isoformat()}  {one.op or '?':20} {one.code:16} {one.trace}"
        for one in found
    ]
    return cli.Answer(data=found, text="\n".join(lines) or "Nothing is parked.")


def _replay(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database:
        done = replaying.replay(
            database, context.clock, context.settings.secrets_dir, arguments.ids or None
        )
    lines = [f"{one.id}  {one.out} {one.code}".rstrip() for one in done]
    return cli.Answer(data=done, text="\n".join(lines) or "Nothing is parked.")


def _dismiss(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database, database.write(context.clock()) as tx:
        replaying.dismiss(tx, arguments.id, because=arguments.because, by=None)
    return cli.Answer(data=None, text=f"{arguments.id} is dismissed. What it holds stays kept.")
