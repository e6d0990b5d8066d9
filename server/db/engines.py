"""How connections to a database are made, kept and set up."""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

READERS = 24
"""Connections of a process. More than threads that ask for one: a pool gives the next free one to
whoever comes just then, and who waits for his turn may be passed by everybody."""
_KEPT_OPEN = 10
"""Of those, to a server, also while nobody asks."""
# A checkpoint writes a page once, however often commits wrote it: 16 MB of them cost half of 4.
USUAL = ("synchronous=FULL", "cache_size=-16000", "wal_autocheckpoint=4000")
FILLING = ("synchronous=NORMAL", "cache_size=-128000", "wal_autocheckpoint=16000")
"""In WAL mode NORMAL waits for the disk at checkpoints only, and never tears a transaction."""


def postgresql(url: str) -> Engine:
    """Return the connections to a server."""
    return create_engine(
        url,
        pool_size=_KEPT_OPEN,
        max_overflow=READERS - _KEPT_OPEN,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def sqlite(url: str, *, pool_size: int) -> Engine:
    """Return the connections to a file: one that writes, or as many as read."""
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,  # or a fault's own words would hold a family's names
        connect_args={"check_same_thread": False, "timeout": 30},
    )
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin_immediate if pool_size == 1 else begin)
    return engine


def prepare(connection: Any, _record: object) -> None:
    """Set a new connection up, before anybody uses it."""
    connection.isolation_level = None  # or the driver, not begin, decides when to BEGIN
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "temp_store=MEMORY",
        *USUAL,
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def begin(connection: Connection) -> None:
    """Begin to read: what is there at the first statement."""
    connection.exec_driver_sql("BEGIN")


def begin_immediate(connection: Connection) -> None:
    """Begin to write, as the only one from now on."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
