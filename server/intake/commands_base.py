"""What every word of ``presente import`` is given, and the database it works on."""

import argparse
from collections.abc import Generator
from contextlib import contextmanager

from msgspec import Struct

from server import cli
from server.db import migrate
from server.db.database import Database
from server.db.holding import working_on


class Work(Struct, frozen=True, kw_only=True):
    """One call of the command."""

    context: cli.Context
    arguments: argparse.Namespace
    words: list[str]
    """What followed the word."""


@contextmanager
def opened(work: Work) -> Generator[Database]:
    """Open the database, brought up to date."""
    settings = work.context.settings
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    try:
        with working_on(database):
            migrate.upgrade(database)
            yield database
    finally:
        database.close()
