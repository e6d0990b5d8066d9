"""Who works on a database: many may at once, and whoever must be alone is told when he is not."""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from server.db.database import Database
from server.problems import Conflicting

_NUMBER = 0x70726573
"""Names the lock on PostgreSQL."""


class InUse(Conflicting):
    """Somebody works on the database, or must be alone with it."""

    code = "in_use"


@contextmanager
def working_on(database: Database) -> Generator[None]:
    """Work on a database beside others. Refused while somebody must be alone with it."""
    with _held(database, is_alone=False) as is_ours:
        if not is_ours:
            raise InUse(
                "A backup is being restored here. Start again when that is done.",
                detail_es="Aquí se está restaurando un respaldo. Empiece de nuevo cuando termine.",
            )
        yield


@contextmanager
def alone_with(database: Database) -> Generator[None]:
    """Be alone with a database. Refused while anybody works on it."""
    with _held(database, is_alone=True) as is_ours:
        if not is_ours:
            raise InUse(
                "Presente is serving this database (or importing into it). Stop it first.",
                detail_es="Presente está sirviendo esta base de datos (o importando en ella). "
                "Deténgalo primero.",
            )
        yield


@contextmanager
def _held(database: Database, *, is_alone: bool) -> Generator[bool]:
    file = database.writer.url.database
    if not database.is_sqlite:
        with _advisory(database, is_alone=is_alone) as is_ours:
            yield is_ours
    elif not file:
        yield True
    else:
        path = Path(f"{file}.open")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as lock:
            try:
                kind = fcntl.LOCK_EX if is_alone else fcntl.LOCK_SH
                fcntl.flock(lock, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True


@contextmanager
def _advisory(database: Database, *, is_alone: bool) -> Generator[bool]:
    take = func.pg_try_advisory_lock if is_alone else func.pg_try_advisory_lock_shared
    leave = func.pg_advisory_unlock if is_alone else func.pg_advisory_unlock_shared
    with database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        is_ours = bool(connection.scalar(select(take(_NUMBER))))
        try:
            yield is_ours
        finally:
            if is_ours:
                connection.execute(select(leave(_NUMBER)))
