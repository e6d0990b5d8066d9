"""``presente calls``: putting families on the call list."""

import argparse

from server import cli
from server.calls import service
from server.db.opening import opened
from server.languages import Told


def register(commands: "cli.Commands") -> None:
    """Add ``calls`` with ``open``."""
    calls = commands.add_parser(
        "calls",
        help=Told("put families on the call list", "pone familias en la lista de llamadas"),
        description=Told(
            "Calls wait in their school's pool until a caller takes them.",
            "Las llamadas esperan en el grupo de su escuela hasta que alguien toma una.",
        ),
    )
    parts = calls.add_subparsers(metavar="ACTION", required=True)
    opened = parts.add_parser(
        "open",
        parents=[cli.common()],
        help=Told(
            "one call for each student at a step", "una llamada por cada estudiante en un paso"
        ),
        description=Told(
            "Opens a call for each student whose crossing of the step stands and has none.",
            "Abre una llamada por cada estudiante que llegó al paso y aún no tiene ninguna.",
        ),
    )
    opened.add_argument("--school", metavar="CODE", required=True)
    opened.add_argument("--step", metavar="STEP", required=True)
    opened.set_defaults(run=_open)


def _open(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database, database.write(context.clock()) as tx:
        done = service.open_calls(tx, arguments.school, arguments.step)
    text = Told(
        f"{done.opened} calls opened at school {done.school} for {done.step}; "
        f"{done.known} students had theirs already.",
        f"Se abrieron {done.opened} llamadas en la escuela {done.school} para {done.step}; "
        f"{done.known} estudiantes ya tenían la suya.",
    )
    return cli.Answer(data=done, text=text)
