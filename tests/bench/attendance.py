"""How fast attendance comes in and the ladder is climbed, beside floors (issue: attendance truth, 9).

``make bench-attendance``. A district of 93,001 students and about 1,000,000 events a year is
written and imported as an office would; every ratio is of two things done in this one run.
"""

import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from server.attendance import store as attendance
from server.db import migrate
from server.db.database import Database
from server.intake import schools as intake_schools
from server.intake import service as intake
from server.intake.service import Order
from server.ladder import service as ladder
from tests.bench import district, floors
from tests.bench.measure import Step, median, step, tell

FIRST_YEAR = 2024
YEAR = "2024-25"
AT = datetime(2025, 6, 1, 18, tzinfo=UTC)
_TIMES = 3


def main() -> None:
    """Measure, and print both sides of each ratio."""
    with tempfile.TemporaryDirectory(prefix="presente-bench-") as folder:
        _measure(Path(folder))


def _measure(folder: Path) -> None:
    files = _write(folder, FIRST_YEAR)
    data = folder / "data"
    step(take_in, data, files / "directory", FIRST_YEAR)
    floor = median([step(floor_of, files / "year.csv", folder / f"floor{at}") for at in range(_TIMES)])
    command_line = step(command_line_of, files / "year.csv", folder / "command-line")
    runs = [
        step(take_in, _copy(data, folder / f"run{at}"), files / "year.csv", FIRST_YEAR)
        for at in range(_TIMES)
    ]
    year = median(runs)
    one = _copy(folder / "run0", folder / "one-year")
    delta = median(
        [
            step(take_in, _copy(one, folder / f"delta{at}"), files / "delta.csv", FIRST_YEAR)
            for at in range(_TIMES)
        ]
    )
    four = _copy(folder / "run0", folder / "four-years")
    for earlier in range(FIRST_YEAR - 3, FIRST_YEAR):
        older = _write(folder, earlier)
        for part in ("directory", "year.csv"):
            step(take_in, four, older / part, earlier)
    delta_of_four = median(
        [
            step(take_in, _copy(four, folder / f"late{at}"), files / "delta.csv", FIRST_YEAR)
            for at in range(_TIMES)
        ]
    )
    fold = median([step(fold_of, one) for _ in range(_TIMES)])
    climb = median([step(climb_of, one) for _ in range(_TIMES)])
    if fold.told["counts"] != climb.told["counts"]:
        raise AssertionError(f"the fold and the ladder differ: {fold.told} {climb.told}")
    _print(floor, command_line, year, delta, delta_of_four, fold, climb)


def take_in(data: Path, path: Path, first_year: int) -> Mapping[str, Any]:
    """Import a file or folder; tell how long crossings, cases, alerts and feed took of it."""
    import time  # noqa: PLC0415  (only here)

    spent = 0.0
    follow = intake_schools.follow

    def timed(*given: Any, **named: Any) -> Any:
        nonlocal spent
        began = time.perf_counter()
        try:
            return follow(*given, **named)
        finally:
            spent += time.perf_counter() - began

    intake_schools.follow = timed
    db = _database(data)
    at = AT.replace(year=first_year + 1)
    said = intake.import_folder(
        db, Order(folder=path, data_dir=data), clock=lambda: at, say=lambda _: None
    )
    db.close()
    return {
        "follow": spent,
        "events": sum(one.added for one in said.files),
        "cases": said.cases.opened,
        "quarantined": sum(one.quarantined for one in said.files),
    }


def floor_of(events: Path, folder: Path) -> None:
    """Measure the floor."""
    folder.mkdir()
    floors.keyed_table(events, folder / "floor.db")


def command_line_of(events: Path, folder: Path) -> Mapping[str, Any]:
    """Measure the command line."""
    folder.mkdir()
    return {"is_here": floors.command_line(events, folder / "floor.db")}


def fold_of(data: Path) -> Mapping[str, Any]:
    """Measure the minimal fold."""
    return {"counts": list(floors.fold(data / "presente.db", YEAR).values())}


def climb_of(data: Path) -> Mapping[str, Any]:
    """Measure the district's whole ladder from scratch."""
    db = _database(data)
    with db.read(AT) as tx:
        days = attendance.calendars(tx, YEAR)
        last = max(day for own in days.values() for day in own)
        found = ladder.counts(tx, ladder.ladder_of_district(tx), YEAR, on=last)
    db.close()
    return {"counts": list(found.steps.values())[:5]}


def _write(folder: Path, first_year: int) -> Path:
    files = folder / f"files-{first_year}"
    district.write_directory(files / "directory", first_year)
    district.write_year(files / "year.csv", first_year)
    district.write_delta(files / "delta.csv", first_year)
    return files


def _database(data: Path) -> Database:
    data.mkdir(parents=True, exist_ok=True)
    db = Database(f"sqlite:///{data / 'presente.db'}")
    migrate.upgrade(db)
    return db


def _copy(data: Path, to: Path) -> Path:
    shutil.copytree(data, to)
    return to


def _print(  # noqa: PLR0913, PLR0917  (what was measured)
    floor: Step,
    command_line: Step,
    year: Step,
    delta: Step,
    delta_of_four: Step,
    fold: Step,
    climb: Step,
) -> None:
    rows = year.seconds - year.told["follow"]
    ratios = {
        "import_to_floor": rows / floor.seconds,
        "import_with_cases_to_floor": year.seconds / floor.seconds,
        "delta_to_import": delta.seconds / year.seconds,
        "delta_to_import_without_cases": delta.seconds / rows,
        "delta_four_years_to_one": delta_of_four.seconds / delta.seconds,
        "ladder_to_fold": climb.seconds / fold.seconds,
        "import_peak_mb": year.peak_mb,
    }
    beside = command_line.seconds if command_line.told["is_here"] else "not here"
    lines: dict[str, float | str] = {
        "events imported": str(year.told["events"]),
        "floor: csv + executemany into a bare keyed table, s": floor.seconds,
        "beside it: sqlite3 .import, s": beside,
        "import: read, checked, compared, bitemporal rows, s": rows,
        "  ratio to the floor (at most 3)": ratios["import_to_floor"],
        "  crossings, cases, alerts, feed of that import, s": year.told["follow"],
        "  cases opened": str(year.told["cases"]),
        "  peak of memory, MB (under 400)": year.peak_mb,
        "a day's delta of 5,600 events with ladder and cases, s": delta.seconds,
        "  of the year's import (at most 1/20 = 0.05)": ratios["delta_to_import"],
        "  of the import without cases (at most 0.05)": ratios["delta_to_import_without_cases"],
        "the same delta over four stored years, s": delta_of_four.seconds,
        "  ratio to one year (at most 1.3)": ratios["delta_four_years_to_one"],
        "a minimal fold over the district's rows, s": fold.seconds,
        "the whole district's ladder from scratch, s": climb.seconds,
        "  ratio to the fold (at most 3)": ratios["ladder_to_fold"],
    }
    rounded = {name: round(value, 3) for name, value in ratios.items()}
    tell("Attendance: 93,001 students, one run", lines, rounded)


if __name__ == "__main__":
    main()
