"""What every word of ``presente import`` is given, and the database it works on."""

import argparse
from contextlib import AbstractContextManager

from msgspec import Struct

from server import cli
from server.db import opening
from server.db.database import Database


class Work(Struct, frozen=True, kw_only=True):
    """One call of the command."""

    context: cli.Context
    arguments: argparse.Namespace
    words: list[str]
    """What followed the word."""


def opened(work: Work, *, make: bool = False) -> AbstractContextManager[Database]:
    """Open the database, brought up to date; with ``make`` also one that is not there yet."""
    return opening.opened(work.context, make=make)
