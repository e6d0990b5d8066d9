"""Copies a live database into a SQLite file, checks such a file, and puts one in place.

A backup is a SQLite file whatever it was taken from: one check for both, and a way from one
database to the other.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Table, delete, func, insert, select, text
from sqlalchemy.schema import CreateSchema

from server.backup import files
from server.backup.rules import BadBackup
from server.db.database import Database
from server.db.migrate import upgrade, upgrade_within
from server.db.tables import Base
from server.problems import Conflicting

_ROWS_AT_ONCE = 2000


def copy(database: Database, target: Path, at: datetime) -> dict[str, int]:
    """Copy one moment of a live database; return the rows of each table as it counted them.

    Writers go on meanwhile. On SQLite the copy is one step: copied in parts it would begin again
    at each write, and under steady writing never end. The copy counts for itself there: empty.
    """
    if database.is_sqlite:
        _copy_file(database, target)
        return {}
    return _copy_rows(database, target, at)


class Held(NamedTuple):
    """What a copy holds."""

    revision: str
    epoch: str
    head: int
    counts: dict[str, int]
    numbers: dict[UUID, int]
    """How far each device was counted."""


def check(file: Path) -> Held:
    """Check a copy from end to end; return what it holds. Raises ``BadBackup``."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        try:
            said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            loose = connection.execute("PRAGMA foreign_key_check").fetchone()
            if said != "ok" or loose is not None:
                raise BadBackup(f"The copy is damaged: {said if said != 'ok' else loose[0]}.")
            epoch, head = connection.execute("SELECT epoch, v FROM sync_head").fetchone()
            (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            counts = dict(_counted(connection))
            devices = connection.execute("SELECT id, last_n FROM device").fetchall()
        except (sqlite3.Error, TypeError) as error:
            raise BadBackup(f"The copy is not a database of Presente: {error}.") from error
    return Held(revision, epoch, head, counts, {UUID(key): n for key, n in devices})


def settle(file: Path) -> None:
    """Make a SQLite database one file, on the disk. Nobody may have it open."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    files.settle(file)


def replace_file(file: Path, copy_: Path, aside: str) -> list[Path]:
    """Put a copy in place of a SQLite database; the present one stays beside it. One step.

    Nobody else may have the database open. Returns where the present one is now.
    """
    kept: list[Path] = []
    if file.exists():
        _resemble(copy_, file)
        _empty_log(file)
        kept = [_keep(Path(f"{file}{end}"), aside) for end in ("", "-wal", "-shm")]
        for end in ("-wal", "-shm"):
            Path(f"{file}{end}").unlink(missing_ok=True)
    copy_.replace(file)
    files.settle(file.parent)
    return [each for each in kept if each.exists()]


def replace_tables(database: Database, copy_: Database, aside: str) -> None:
    """Put a copy in place of what a PostgreSQL database holds: one transaction.

    The present tables stay, in a schema called ``aside``.
    """
    with database.restructure() as connection, copy_.reader.connect() as source:
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        names = connection.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        ).scalars()
        ours = {table.name for table in Base.metadata.sorted_tables} | {"alembic_version"}
        connection.execute(CreateSchema(aside))
        quote = connection.dialect.identifier_preparer.quote
        for name in sorted(ours.intersection(names)):
            connection.execute(text(f"ALTER TABLE {quote(name)} SET SCHEMA {quote(aside)}"))
        upgrade_within(connection)
        _fill(connection, source)
        for table in Base.metadata.sorted_tables:
            _count_on(connection, table)


def _copy_file(database: Database, target: Path) -> None:
    with closing(database.reader.raw_connection()) as borrowed:
        live = borrowed.driver_connection
        if live is None:
            raise Conflicting("The database was closed.")
        with closing(sqlite3.connect(target)) as copied:
            live.backup(copied, pages=-1)
            copied.execute("PRAGMA journal_mode=DELETE")


def _copy_rows(database: Database, target: Path, at: datetime) -> dict[str, int]:
    copied = Database(f"sqlite:///{target}")
    try:
        upgrade(copied)
        with database.read(at) as tx, copied.restructure() as connection:
            source = tx.session.connection()
            _fill(connection, source)
            counts = {
                table.name: source.scalar(select(func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
            }
    finally:
        copied.close()
    settle(target)
    return counts


def _fill(target: Connection, source: Connection) -> None:
    """Put every row of one database into the other, which was just made."""
    for table in Base.metadata.sorted_tables:
        target.execute(delete(table))
        rows = source.execute(
            select(table).execution_options(stream_results=True, yield_per=_ROWS_AT_ONCE)
        )
        for part in rows.mappings().partitions(_ROWS_AT_ONCE):
            target.execute(insert(table), [dict(row) for row in part])


def _count_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL count on where the copied rows end."""
    column = table.autoincrement_column
    if column is None:
        return
    sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
    highest = connection.scalar(select(func.max(column)))
    if sequence and highest:
        connection.execute(select(func.setval(sequence, highest)))


def _counted(connection: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    for (name,) in sorted(names):
        if name != "alembic_version":
            yield name, connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608  (the database's own table names)


def _resemble(copy_: Path, file: Path) -> None:
    """Give a copy to whom the present file belongs: whoever restores may be somebody else."""
    status = file.stat()
    copy_.chmod(status.st_mode & 0o777)
    if status.st_uid != copy_.stat().st_uid:
        os.chown(copy_, status.st_uid, status.st_gid)


def _empty_log(file: Path) -> None:
    """Bring what lies in the write-ahead log into the database, if that can still be done."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.DatabaseError:
        return  # damaged: it is kept as it is, log and all


def _keep(file: Path, aside: str) -> Path:
    """Give a file a second name, so that the first one can be taken over."""
    name = file.name
    end = next((each for each in ("-wal", "-shm") if name.endswith(each)), "")
    kept = file.with_name(f"{name.removesuffix(end)}.{aside}{end}")
    if file.exists():
        try:
            os.link(file, kept)
        except OSError:  # a file system without second names
            shutil.copy2(file, kept)
            files.settle(kept)
    return kept
