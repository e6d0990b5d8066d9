"""``presente sync``: what the server could not judge, and doing it after a mend."""

import argparse
from uuid import UUID

from server import cli
from server.db.opening import opened
from server.languages import Told, joined
from server.syncing import replaying

_NOTHING = Told("Nothing is parked.", "No hay nada aparcado.")


def register(commands: "cli.Commands") -> None:
    """Add ``sync`` with ``parked``, ``replay`` and ``dismiss``."""
    sync = commands.add_parser(
        "sync",
        help=Told(
            "list and replay mutations that were parked",
            "lista y repite los envíos que quedaron aparcados",
        ),
        description=Told(
            "What the server cannot judge is kept as it came, and waits for a mend.",
            "Lo que el servidor no puede juzgar se guarda como llegó y espera un arreglo.",
        ),
    )
    parts = sync.add_subparsers(metavar="ACTION", required=True)
    listed = parts.add_parser(
        "parked",
        parents=[cli.common()],
        help=Told("list them: no names, no words", "los lista: sin nombres ni textos"),
    )
    listed.set_defaults(run=_parked)
    replay = parts.add_parser(
        "replay",
        parents=[cli.common()],
        help=Told("carry them out as their authors", "los lleva a cabo en nombre de sus autores"),
        description=Told(
            "Carries out what is parked, in the order it came. Nothing happens twice.",
            "Lleva a cabo lo aparcado, en el orden en que llegó. Nada ocurre dos veces.",
        ),
    )
    replay.add_argument(
        "ids", nargs="*", type=UUID, metavar="ID", help=Told("default: all", "si no se dice: todos")
    )
    replay.set_defaults(run=_replay)
    dismiss = parts.add_parser(
        "dismiss",
        parents=[cli.common()],
        help=Told(
            "wait no longer for what nobody can ever read",
            "deja de esperar lo que nadie podrá leer nunca",
        ),
        description=Told(
            "Its bytes stay for ever; the reason stands in the audit trail, and its author reads "
            "it. What a mend may still make readable is not dismissed.",
            "Sus bytes quedan para siempre; el motivo queda en la auditoría y lo lee su autor. Lo "
            "que un arreglo aún pueda hacer legible no se descarta.",
        ),
    )
    dismiss.add_argument("id", type=UUID, metavar="ID")
    dismiss.add_argument(
        "--because",
        required=True,
        metavar="REASON",
        help=Told("its author reads it", "lo lee su autor"),
    )
    dismiss.set_defaults(run=_dismiss)


def _parked(context: cli.Context, _arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database, database.read(context.clock()) as tx:
        found = replaying.listed(tx)
    lines = [
        f"{one.id}  {one.received_at.isoformat()}  {one.op or '?':20} {one.code:16} {one.trace}"
        for one in found
    ]
    return cli.Answer(data=found, text=joined(lines or [_NOTHING]))


def _replay(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database:
        done = replaying.replay(
            database, context.clock, context.settings.secrets_dir, arguments.ids or None
        )
    lines = [f"{one.id}  {one.out} {one.code}".rstrip() for one in done]
    return cli.Answer(data=done, text=joined(lines or [_NOTHING]))


def _dismiss(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database, database.write(context.clock()) as tx:
        replaying.dismiss(tx, arguments.id, because=arguments.because, by=None)
    text = Told(
        f"{arguments.id} is dismissed. What it holds stays kept.",
        f"{arguments.id} queda descartado. Lo que contiene se conserva.",
    )
    return cli.Answer(data=None, text=text)
