"""The other floor: rows that a bare sqlite3 loop inserts with FULL durability."""

import sqlite3
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from server.db.database import Database
from server.db.migrate import upgrade

BATCH = 100
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "cache_size=-16000")
_OF_CONTACTS = "ent = 'contact'"
TABLES = {
    "contact": "true",
    "published": _OF_CONTACTS,
    "row_version": f"{_OF_CONTACTS} AND ver = 1",
    "link": _OF_CONTACTS,
    "feed": _OF_CONTACTS,
    "mutation": """instr(CAST(body AS TEXT), '"op":"contact.create"')""",
}
"""Everything that is stored when a contact is made: a row in each."""


def contacts(source: str, folder: str, batch: int) -> Mapping[str, Any]:
    """Insert the contacts of a database into one keyed table: what can be had at the least."""
    with _opened(source) as old:
        rows = old.execute("SELECT * FROM contact ORDER BY id").fetchall()
    with _opened(str(Path(folder) / "bare.db")) as bare:
        columns = ", ".join(f"c{at}" for at in range(1, len(rows[0])))
        bare.execute(f"CREATE TABLE contact (id TEXT PRIMARY KEY, {columns})")
        return _inserted(bare, {"contact": rows}, batch)


def everything(source: str, folder: str, batch: int) -> Mapping[str, Any]:
    """Insert all that the server stored of its contacts into the same tables, keys and indexes."""
    file = Path(folder) / "whole.db"
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    database.close()
    with _opened(source) as old:
        rows = {
            table: old.execute(f"SELECT * FROM {table} WHERE {made} ORDER BY rowid").fetchall()
            for table, made in TABLES.items()
        }
    with _opened(str(file)) as whole:
        return _inserted(whole, rows, batch)


def _inserted(
    base: sqlite3.Connection, rows: Mapping[str, Sequence[tuple[Any, ...]]], batch: int
) -> Mapping[str, Any]:
    count = max(len(found) for found in rows.values())
    began, cpu = time.perf_counter(), time.process_time()
    for at in range(0, count, batch):
        base.execute("BEGIN IMMEDIATE")
        for table, found in rows.items():
            part = found[at : at + batch]
            if part:
                places = ", ".join("?" * len(part[0]))
                base.executemany(f"INSERT INTO {table} VALUES ({places})", part)
        base.execute("COMMIT")
    spent, taken = time.process_time() - cpu, time.perf_counter() - began
    return {"cpu_s_per_1000": spent / count * 1000, "records_per_s": count / taken}


@contextmanager
def _opened(file: str) -> Generator[sqlite3.Connection]:
    base = sqlite3.connect(file, isolation_level=None)
    for pragma in _PRAGMAS:
        base.execute(f"PRAGMA {pragma}")
    yield base
    base.close()
