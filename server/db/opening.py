"""Opens the database for a command."""

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from server.cli import Context
from server.db.database import Database
from server.db.holding import working_on
from server.db.migrate import revision_of, upgrade
from server.db.sidecar import Sidecar
from server.db.standing import standing_of
from server.problems import NotFound


@contextmanager
def opened(context: Context, *, make: bool = False, as_it_is: bool = False) -> Generator[Database]:
    """Open the database of the data folder for as long as the block lasts.

    It is brought to this version, unless it is wanted ``as_it_is``. One that is not there is
    refused (a mistyped folder would be answered with zeros), or with ``make`` made. One that went
    back is refused, as ``presente serve`` refuses it.
    """
    url = context.settings.database_url
    file = url.removeprefix("sqlite:///")
    if make:
        context.settings.data_dir.mkdir(parents=True, exist_ok=True)
    elif file != url and not Path(file).exists():
        raise _no_database()
    database = Database(url)
    try:
        if not make and revision_of(database) is None:
            raise _no_database()
        with working_on(database):
            refuse_older(context, database)
            if not as_it_is:
                upgrade(database)
            yield database
    finally:
        database.close()


def refuse_older(context: Context, database: Database) -> None:
    """Refuse a database that stands lower than what phones were told."""
    sidecar = Sidecar(context.settings.head_file)
    sidecar.refuse_older(partial(standing_of, database, context.clock()))


def _no_database() -> NotFound:
    return NotFound(
        "There is no database here yet. Name the data folder with --dir, or make one with: "
        "presente migrate",
        code="no_database",
        detail_es="Aquí todavía no hay base de datos. Indique la carpeta de datos con --dir, o "
        "cree una con: presente migrate",
    )
