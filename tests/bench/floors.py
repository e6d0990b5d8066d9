"""What the same work costs with nothing but the standard library: the floors of the benchmark."""

import csv
import shutil
import sqlite3
import subprocess
from pathlib import Path

_COLUMNS = 7


def keyed_table(events: Path, database: Path) -> None:
    """Read the file with ``csv`` and write its columns into a bare keyed table, in one commit."""
    db = _open(database)
    db.execute(
        "create table event (student_id text, school_id text, date text, code text, period text, "
        "portion text, reason text, primary key (student_id, date, period)) without rowid"
    )
    marks = ",".join("?" * _COLUMNS)
    with events.open(encoding="utf-8", newline="") as content:
        rows = csv.reader(content)
        next(rows)
        db.execute("begin")
        db.executemany(f"insert into event values ({marks})", rows)
        db.execute("commit")
    db.close()


def command_line(events: Path, database: Path) -> bool:
    """Do the same with ``sqlite3 .import``; tell whether this machine has the program."""
    program = shutil.which("sqlite3")
    if program is None:
        return False
    script = (
        "create table event (student_id text, school_id text, date text, code text, period text, "
        "portion text, reason text, primary key (student_id, date, period)) without rowid;\n"
        f".mode csv\n.import --skip 1 {events} event\n"
    )
    subprocess.run([program, str(database)], input=script.encode(), check=True)
    return True


def fold(database: Path, school_year: str) -> dict[int, int]:
    """Count students at 2, 3, 4, 5 and 10 unexcused days over the same rows: a minimal fold."""
    db = _open(database)
    units: dict[bytes, int] = {}
    days: dict[bytes, set[str]] = {}
    query = (
        "select student_id, on_date, kind, units from attendance_event "
        "join enrollment on enrollment.id = attendance_event.place_id "
        "where school_year = ? and closed_by is null"
    )
    for student, on_date, kind, share in db.execute(query, [school_year]):
        if kind == "absent_unexcused":
            seen = days.setdefault(student, set())
            if on_date not in seen:
                seen.add(on_date)
                units[student] = units.get(student, 0) + share
    db.close()
    return {step: sum(one >= step * 840 for one in units.values()) for step in (2, 3, 4, 5, 10)}


def _open(database: Path) -> sqlite3.Connection:
    db = sqlite3.connect(database, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-16000"):
        db.execute(f"PRAGMA {pragma}")
    return db
