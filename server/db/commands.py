"""``presente migrate``: brings the database to the tables of this version."""

import argparse

from server.cli import Answer, Commands, Context, common
from server.db.database import Database
from server.db.holding import working_on
from server.db.migrate import revision_of, upgrade
from server.db.opening import refuse_older
from server.languages import Told


def register(commands: Commands) -> None:
    """Add ``migrate``."""
    parser = commands.add_parser(
        "migrate",
        parents=[common()],
        help=Told(
            "bring the database to the tables of this version",
            "lleva la base de datos a las tablas de esta versión",
        ),
        description=Told(
            "Make the database if there is none, and apply every migration it lacks, in one "
            "transaction. Run it again at will: a database that is up to date stays as it is.",
            "Crea la base de datos si no existe y aplica las migraciones que le faltan, en una "
            "sola transacción. Se puede repetir: una base de datos al día se queda como está.",
        ),
    )
    parser.set_defaults(run=migrate)


def migrate(context: Context, _arguments: argparse.Namespace) -> Answer:
    """Migrate; tell which revision the database came from and which it has now."""
    context.settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(context.settings.database_url)
    try:
        with working_on(database):
            before = revision_of(database)
            refuse_older(context, database)
            upgrade(database)
            after = revision_of(database)
    finally:
        database.close()
    if before == after:
        text = Told(
            f"The database is up to date (revision {after}).",
            f"La base de datos está al día (revisión {after}).",
        )
    elif before is None:
        text = Told(
            f"A new database was made (revision {after}).",
            f"Se creó una base de datos nueva (revisión {after}).",
        )
    else:
        text = Told(
            f"The database was brought from revision {before} to {after}.",
            f"La base de datos pasó de la revisión {before} a la {after}.",
        )
    return Answer(data={"from": before, "to": after}, text=text)
