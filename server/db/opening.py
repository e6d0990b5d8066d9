"""Opens the database for a command."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from server.cli import Context
from server.db.database import Database
from server.db.holding import working_on
from server.db.migrate import revision_of, upgrade
from server.problems import NotFound


@contextmanager
def opened(context: Context, *, make: bool = False, as_it_is: bool = False) -> Generator[Database]:
    """Open the database of the data folder for as long as the block lasts.

    It is brought to this version, unless it is wanted ``as_it_is``. One that is not there is
    refused (a mistyped folder would be answered with zeros), or with ``make`` made.
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
            if not as_it_is:
                upgrade(database)
            yield database
    finally:
        database.close()


def _no_database() -> NotFound:
    return NotFound(
        "There is no database here yet. Name the data folder with --dir, or make one with: "
        "presente migrate",
        code="no_database",
        detail_es="Aquí todavía no hay base de datos. Indique la carpeta de datos con --dir, o "
        "cree una con: presente migrate",
    )
