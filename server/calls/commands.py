"""``presente calls``: putting families on the call list."""

import argparse

from server import cli
from server.calls import service
from server.db.opening import opened


def register(commands: "cli.Commands") -> None:
    """Add ``calls`` with ``open``."""
    calls = commands.add_parser(
        "calls",
        help="put families on the call list",
        description="Calls wait in their school's pool until a caller takes them.",
    )
    parts = calls.add_subparsers(metavar="ACTION", required=True)
    opened = parts.add_parser(
        "open",
        parents=[cli.common()],
        help="one call for each student at a step",
        description="Opens a call for each student whose crossing of the step stands and has none.",
    )
    opened.add_argument("--school", metavar="CODE", required=True)
    opened.add_argument("--step", metavar="STEP", required=True)
    opened.set_defaults(run=_open)


def _open(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database, database.write(context.clock()) as tx:
        done = service.open_calls(tx, arguments.school, arguments.step)
    text = (
        f"{done.opened} calls opened at school {done.school} for {done.step}; "
        f"{done.known} students had theirs already."
    )
    return cli.Answer(data=done, text=text)
