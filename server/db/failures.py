"""Tells a database that cannot serve now from a fault of ours."""

import sqlite3

from sqlalchemy import exc

_SQLITE_PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        # What SQLite makes of a page that a failing disk gives it only a part of.
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    }
)
_POSTGRESQL_PASSING = frozenset(
    {
        "25006",  # read only: a standby, or a host that shuts a full disk against writing
        "XX001",  # a page, and
        "XX002",  # an index, that a failing disk damaged
    }
)
"""States that its driver calls faults of the program."""


class Unreachable(OSError):
    """A file beside the database cannot be used: the disk fails, or too many files are open."""


def is_unavailable(error: BaseException) -> bool:
    """Tell whether the database was locked, full, away or asked for a repeat: nothing changed."""
    if isinstance(error, exc.TimeoutError | Unreachable):
        return True
    if not isinstance(error, exc.DatabaseError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        primary = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        # On a full disk SQLite undoes the whole transaction: its parts cannot be gone back to.
        return primary in _SQLITE_PASSING or "no such savepoint" in str(error.orig)
    if getattr(error.orig, "sqlstate", None) in _POSTGRESQL_PASSING:
        return True
    return isinstance(error, exc.OperationalError)


def unusable(error: BaseException) -> str:
    """Return what is wrong with a database that cannot be used at all; empty: another fault."""
    if not isinstance(error, exc.DatabaseError | exc.TimeoutError) or is_about_rows(error):
        return ""
    words = str(getattr(error, "orig", None) or "it did not answer").strip()
    return words.splitlines()[0]


def is_about_rows(error: BaseException) -> bool:
    """Tell whether a database's words about this may hold what is in its rows: people's data."""
    return isinstance(error, exc.DataError | exc.IntegrityError | exc.ProgrammingError)
