"""``presente demo``: makes the demo district and shows its sign-in links."""

import argparse

from server import cli
from server.db import migrate
from server.db.database import Database
from server.demo import service


def register(commands: "cli.Commands") -> None:
    """Add ``presente demo``."""
    parser = commands.add_parser(
        "demo",
        parents=[cli.common()],
        help="make a small made-up district to try everything with",
        description=(
            "Makes a small made-up district in an empty data folder, and prints one sign-in link "
            "per role. Run again, it only makes fresh links. Never touches a real district."
        ),
    )
    parser.set_defaults(run=_demo)


def _demo(context: cli.Context, _arguments: argparse.Namespace) -> cli.Answer:
    settings = context.settings
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    try:
        migrate.upgrade(database)
        links = service.ensure(database, settings, context.clock)
    finally:
        database.close()
    lines = [f"{link.role.value:<16}{link.name:<22}{link.url}" for link in links]
    return cli.Answer(data={"links": links}, text="\n".join(lines))
