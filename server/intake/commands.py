"""``presente import FOLDER``: takes in a district's files."""

import argparse
from pathlib import Path

from server import cli
from server.db import migrate
from server.db.database import Database
from server.intake import report, service
from server.intake.service import Order


def register(commands: "cli.Commands") -> None:
    """Add ``presente import``."""
    parser = commands.add_parser(
        "import",
        parents=[cli.common()],
        help="take in a district's files",
        description=(
            "Reads Ed-Fi interchanges (XML) and calendars (CSV: school_id,date,event) from a "
            "folder, whatever their names. Everything is checked before anything changes; rows "
            "that cannot be taken are reported with file, line and mend. Running it again with the "
            "same files changes nothing; a run that was cut off goes on where it stopped."
        ),
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--dry-run", action="store_true", help="only tell what would change")
    parser.add_argument(
        "--confirm-drop",
        action="store_true",
        help="go on although more than a fifth of a school's records would disappear",
    )
    parser.set_defaults(run=_import)


def _import(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    settings = context.settings
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    try:
        migrate.upgrade(database)
        order = Order(
            folder=arguments.folder,
            data_dir=settings.data_dir,
            dry_run=arguments.dry_run,
            confirm_drop=arguments.confirm_drop,
        )
        said = service.import_folder(database, order, clock=context.clock, say=context.warn)
    finally:
        database.close()
    return cli.Answer(data=said, text=report.text_of(said))
