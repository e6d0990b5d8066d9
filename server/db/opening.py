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
def opened(context: Context, *, make: bool = False) -> Generator[Database]:
    """Open the database of the data folder for as long as the block lasts.

    One that is not there is refused, or with ``make`` made and brought to this version.
    """
    url = context.settings.database_url
    file = url.removeprefix("sqlite:///")
    if not make and file != url and not Path(file).exists():
        raise _no_database()
    database = Database(url)
    try:
        if make:
            upgrade(database)
        elif revision_of(database) is None:
            raise _no_database()
        with working_on(database):
            yield database
    finally:
        database.close()


def _no_database() -> NotFound:
    return NotFound(
        "There is no database here yet. Name the data folder with --dir, or make one with: "
        "presente migrate",
        code="no_database",
    )
