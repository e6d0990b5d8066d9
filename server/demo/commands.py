"""``presente demo``: makes the demo district and shows its sign-in links."""

import argparse
from datetime import date
from pathlib import Path

from server import cli
from server.db import migrate
from server.db.database import Database
from server.demo import service
from server.demo.scale import service as scaled
from server.demo.scale.service import SCALES, Wanted


def register(commands: "cli.Commands") -> None:
    """Add ``presente demo``."""
    parser = commands.add_parser(
        "demo",
        parents=[cli.common()],
        help="make a made-up district to try everything with",
        description=(
            "Makes a made-up district in an empty data folder, and prints one sign-in link per "
            "role. Run again, it only makes fresh links. Never touches a real district. With "
            "--scale it writes the files that such a district sends, week by week, and loads them "
            "as they came: small (3 schools), programme (23 schools with the published figures of "
            "the seed programme) or district (93,001 students)."
        ),
    )
    parser.add_argument("--scale", choices=SCALES, help="how large a district to invent")
    parser.add_argument(
        "--seed", type=int, default=1, help="the same number, the same district (1)"
    )
    parser.add_argument(
        "--as-of",
        type=date.fromisoformat,
        default=scaled.AS_OF,
        metavar="DATE",
        help=f"the story's last day ({scaled.AS_OF}); its year is the newest past day 120",
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where to write the files (data folder/demo)"
    )
    parser.add_argument(
        "--files-only", action="store_true", help="write the files and oracle.json, load nothing"
    )
    parser.set_defaults(run=_demo)


def _demo(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    settings = context.settings
    wanted = None
    if arguments.scale:
        wanted = Wanted(
            scale=arguments.scale,
            seed=arguments.seed,
            as_of=arguments.as_of,
            folder=arguments.out or settings.data_dir / "demo",
        )
        if arguments.files_only:
            written = scaled.write(wanted)
            return cli.Answer(data=written.summary, text=_summary(written.summary))
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    try:
        migrate.upgrade(database)
        if wanted is None:
            links, said = service.ensure(database, settings, context.clock), None
        else:
            said = scaled.ensure(database, settings, wanted, say=context.warn)
            links = service.links(database, settings, context.clock)
    finally:
        database.close()
    lines = [f"{link.role.value:<16}{link.name:<22}{link.url}" for link in links]
    if said is not None:
        lines += ["", _summary(said)]
    return cli.Answer(data={"links": links, "district": said}, text="\n".join(lines))


def _summary(said: scaled.Summary) -> str:
    loaded = f"; {said.imports} imports" if said.imports else ""
    return (
        f"{said.district}: {said.schools} schools, {said.students} students, {said.events} "
        f"attendance events, {said.contacts} contacts{loaded}.\n"
        f"Files and oracle.json: {said.folder}"
    )
