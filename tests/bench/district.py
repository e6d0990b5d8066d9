"""A large district as Presente's own CSV files. The same seed, the same bytes.

Absences of a student follow a negative binomial (k 0.45), as in real schools: most have few, some
have very many.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

STUDENTS, SCHOOLS, EVENTS, DELTA = 93_001, 140, 1_000_000, 5_600
_K = 0.45
_KINDS = ("absent_unexcused",) * 5 + ("absent_excused",) * 7 + ("tardy",) * 3
ATTENDANCE = ("student_id", "school_id", "date", "code", "period", "portion", "reason")


def school_days(first_year: int) -> list[date]:
    """Return the 180 school days of a school year, the weekdays from the second week of August."""
    first = date(first_year, 8, 10)
    days = [first + timedelta(days=count) for count in range(270)]
    return [day for day in days if day.weekday() < 5][:180]


def write_directory(folder: Path, first_year: int) -> None:
    """Write schools, calendar, students and enrolments of one school year."""
    folder.mkdir(parents=True, exist_ok=True)
    year = f"{first_year}-{(first_year + 1) % 100:02d}"
    levels = ("elementary", "middle", "high")
    _write(
        folder / "schools.csv",
        ("school_id", "name", "level"),
        ((_school(at), f"School {at:03d}", levels[at % 3]) for at in range(SCHOOLS)),
    )
    _write(
        folder / "calendar.csv",
        ("school_id", "date", "event"),
        (
            (_school(at), day.isoformat(), "Instructional day")
            for at in range(SCHOOLS)
            for day in school_days(first_year)
        ),
    )
    _write(
        folder / "students.csv",
        ("student_id", "first_name", "last_name", "birth_date"),
        ((_student(at), f"First{at % 977}", f"Last{at % 4999}", "2010-05-17") for at in _all()),
    )
    _write(
        folder / "enrollments.csv",
        ("student_id", "school_id", "school_year", "grade", "entry_date"),
        (
            (
                _student(at),
                _school(at % SCHOOLS),
                year,
                "09",
                school_days(first_year)[0].isoformat(),
            )
            for at in _all()
        ),
    )


def write_year(file: Path, first_year: int, *, events: int = EVENTS) -> int:
    """Write a year's absences up to school day 175, by date as an office sends them."""
    chance = Random(first_year)
    days = school_days(first_year)[:175]
    wanted = [chance.gammavariate(_K, 1 / _K) for _ in _all()]
    scale = events / sum(wanted)
    rows = [
        (day, at, kind)
        for at, share in enumerate(wanted)
        for day, kind in _absences(chance, days, round(share * scale))
    ]
    rows.sort(key=lambda row: (row[0], row[1] % SCHOOLS, row[1]))
    _write(file, ATTENDANCE, (_event(*row) for row in rows))
    return len(rows)


def write_delta(file: Path, first_year: int) -> None:
    """Write the day after: 5,600 events of as many students, in every school."""
    chance = Random(first_year + 1)
    day = school_days(first_year)[175]
    students = sorted(chance.sample(range(STUDENTS), DELTA))
    _write(file, ATTENDANCE, (_event(day, at, chance.choice(_KINDS)) for at in students))


def _absences(chance: Random, days: list[date], count: int) -> Iterator[tuple[date, str]]:
    for day in chance.sample(days, min(count, len(days))):
        yield day, chance.choice(_KINDS)


def _event(day: date, at: int, kind: str) -> tuple[str, ...]:
    return (_student(at), _school(at % SCHOOLS), day.isoformat(), kind, "", "", "")


def _all() -> range:
    return range(STUDENTS)


def _student(at: int) -> str:
    return f"{970_000_000 + at * 7}"


def _school(at: int) -> str:
    return f"{300 + at:04d}"


def _write(file: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as content:
        writer = csv.writer(content)
        writer.writerow(header)
        writer.writerows(rows)
