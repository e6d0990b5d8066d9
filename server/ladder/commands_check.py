"""``presente ladder check``: what is wrong with a ladder's file, by line."""

import argparse
from pathlib import Path

from server import cli
from server.ladder import catalog
from server.ladder.checking import check


def register(parts: "cli.Commands") -> None:
    """Add ``presente ladder check``."""
    parser = parts.add_parser(
        "check",
        parents=[cli.common()],
        help="the faults of a ladder's file, by line",
        description="Reads a ladder (JSON) and names every fault with its line and its mend.",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.set_defaults(run=_check)


def _check(_context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    file: Path = arguments.file
    keys = ", ".join(sorted(catalog.versions()))
    instead = (
        f"check reads a file in JSON; the ladders that are here already are {keys}.",
        f"check lee un archivo en JSON; las escaleras que ya están aquí son {keys}.",
    )
    ladders = check.read(cli.content_of(file, instead=instead), file.name)
    said = [
        f"{ladder.key}: {len(ladder.steps)} steps, "
        f"{ladder.opener.key if ladder.opener else 'none'} opens the case."
        for ladder in ladders
    ]
    data = [{"key": ladder.key, "steps": [step.key for step in ladder.steps]} for ladder in ladders]
    return cli.Answer(
        data={"ladders": data, "faults": []},
        text="\n".join([f"{file.name} has no fault.", *said]),
    )
