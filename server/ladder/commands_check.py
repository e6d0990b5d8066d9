"""``presente ladder check``: what is wrong with a ladder's file, by line."""

import argparse
from pathlib import Path

from server import cli
from server.ladder import catalog
from server.ladder.checking import check
from server.ladder.law import Ladder
from server.languages import Told, joined


def register(parts: "cli.Commands") -> None:
    """Add ``presente ladder check``."""
    parser = parts.add_parser(
        "check",
        parents=[cli.common()],
        help=Told(
            "the faults of a ladder's file, by line",
            "los fallos del archivo de una escalera, por línea",
        ),
        description=Told(
            "Reads a ladder (JSON) and names every fault with its line and its mend.",
            "Lee una escalera (JSON) y nombra cada fallo con su línea y su corrección.",
        ),
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
    said = [_line(ladder) for ladder in ladders]
    data = [{"key": ladder.key, "steps": [step.key for step in ladder.steps]} for ladder in ladders]
    return cli.Answer(
        data={"ladders": data, "faults": []},
        text=joined(
            [Told(f"{file.name} has no fault.", f"{file.name} no tiene ningún fallo."), *said]
        ),
    )


def _line(ladder: Ladder) -> Told:
    count, opener = len(ladder.steps), ladder.opener
    if opener is None:
        return Told(
            f"{ladder.key}: {count} steps, none opens the case.",
            f"{ladder.key}: {count} pasos, ninguno abre el caso.",
        )
    return Told(
        f"{ladder.key}: {count} steps, {opener.key} opens the case.",
        f"{ladder.key}: {count} pasos, {opener.key} abre el caso.",
    )
