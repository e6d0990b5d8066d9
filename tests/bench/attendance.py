"""How fast attendance comes in and the ladder is climbed, beside floors.

``make bench-attendance``. A district of 93,001 students and about 1,000,000 events a year is
written and imported as an office would; every ratio is of two things done in this one run, and of
the processor's seconds, which other work on the machine does not lengthen.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from server.attendance import store as attendance
from server.db import migrate
from server.db.database import Database
from server.feed import store as feed
from server.intake import service as intake
from server.intake.changes import following
from server.intake.service import Order
from server.ladder import service as ladder
from tests.bench import district, floors
from tests.bench.measure import Step, median, step, tell

FIRST_YEAR = 2024
YEAR = "2024-25"
AT = datetime(2025, 6, 1, 18, tzinfo=UTC)
_TIMES = 3
_MOST = {"rows": 3, "memory": 400, "delta": 1 / 20, "years": 1.3, "ladder": 3}


def main() -> None:
    """Measure, and print both sides of each ratio."""
    with tempfile.TemporaryDirectory(prefix="presente-bench-") as folder:
        _measure(Path(folder))


def _measure(folder: Path) -> None:
    files, data = _write(folder, FIRST_YEAR), folder / "data"
    found = {"directory": _said("directory", step(take_in, data, files / "directory", FIRST_YEAR))}
    floor = partial(step, floor_of, files / "year.csv", folder / "floor")
    before = [floor(), floor()]
    found["line"] = step(command_line_of, files / "year.csv", folder / "command-line")
    found["year"] = _said("year", step(take_in, data, files / "year.csv", FIRST_YEAR))
    found["floor"] = _said("floor", median([*before, floor()]))
    found |= _by_turns(
        {"fold": partial(step, fold_of, data), "climb": partial(step, climb_of, data)}
    )
    if found["fold"].told["counts"] != found["climb"].told["counts"]:
        raise AssertionError(f"the fold and the ladder differ: {found['fold']} {found['climb']}")
    one_year = shutil.copytree(data, folder / "one-year")
    for earlier in range(FIRST_YEAR - 3, FIRST_YEAR):
        older = _write(folder, earlier)
        for part in ("directory", "year.csv"):
            _said(f"{earlier} {part}", step(take_in, data, older / part, earlier))
    found |= _by_turns(
        {
            "delta": partial(_delta, folder / "copy", files / "delta.csv", one_year),
            "late": partial(_delta, folder / "copy", files / "delta.csv", data),
        }
    )
    _print(found)


def take_in(data: Path, path: Path, first_year: int) -> Mapping[str, Any]:
    """Import a file or folder; tell how long crossings, cases, alerts and feed took of it."""
    db = _database(data)
    at = AT.replace(year=first_year + 1)
    with _timed(
        (following, "follow_written"), (following, "follow_left"), (feed, "_number")
    ) as spent:
        said = intake.import_folder(
            db, Order(folder=path, data_dir=data), clock=lambda: at, say=_unheard
        )
    db.close()
    return {
        "follow": spent[0],
        "follow_cpu": spent[1],
        "events": sum(one.added for one in said.files),
        "cases": said.cases.opened,
        "quarantined": sum(one.quarantined for one in said.files),
    }


def floor_of(events: Path, folder: Path) -> None:
    """Measure the floor."""
    folder.mkdir(exist_ok=True)
    floors.keyed_table(events, folder / "floor.db")
    shutil.rmtree(folder)


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


@contextmanager
def _timed(*places: tuple[Any, str]) -> Generator[list[float]]:
    """Add up the clock's and the processor's seconds that these functions take."""
    spent = [0.0, 0.0]

    def watched(work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:
            began, cpu = time.perf_counter(), time.process_time()
            try:
                return work(*given, **named)
            finally:
                spent[0] += time.perf_counter() - began
                spent[1] += time.process_time() - cpu

        return run

    with ExitStack() as stack:
        for module, name in places:
            stack.enter_context(mock.patch.object(module, name, watched(getattr(module, name))))
        yield spent


def _by_turns(works: Mapping[str, Callable[[], Step]]) -> dict[str, Step]:
    """Return the median of each, done in turn: the machine's pace drifts from minute to minute."""
    turns = [{name: work() for name, work in works.items()} for _ in range(_TIMES)]
    return {name: _said(name, median([turn[name] for turn in turns])) for name in works}


def _said(name: str, one: Step) -> Step:
    cases = f", {one.told['follow_cpu']:.2f} s of it for cases" if "follow_cpu" in one.told else ""
    print(f"{name}: {one.cpu:.2f} s of the processor, {one.seconds:.2f} s{cases}", flush=True)
    return one


def _delta(copy: Path, delta: Path, data: Path) -> Step:
    """Import the day after into a fresh copy of the data."""
    shutil.copytree(data, copy)
    done = step(take_in, copy, delta, FIRST_YEAR)
    shutil.rmtree(copy)
    return done


def _write(folder: Path, first_year: int) -> Path:
    files = folder / f"files-{first_year}"
    district.write_directory(files / "directory", first_year)
    district.write_year(files / "year.csv", first_year)
    district.write_delta(files / "delta.csv", first_year)
    return files


def _unheard(_text: str) -> None: ...


def _database(data: Path) -> Database:
    data.mkdir(parents=True, exist_ok=True)
    db = Database(f"sqlite:///{data / 'presente.db'}")
    migrate.upgrade(db)
    return db


def _print(found: Mapping[str, Step]) -> None:
    year, delta, floor = found["year"], found["delta"], found["floor"]
    rows, rows_cpu = year.seconds - year.told["follow"], year.cpu - year.told["follow_cpu"]
    ratios = {
        "rows": rows_cpu / floor.cpu,
        "memory": year.peak_mb,
        "delta": delta.cpu / year.cpu,
        "years": found["late"].cpu / delta.cpu,
        "ladder": found["climb"].cpu / found["fold"].cpu,
    }

    def both(cpu: float, seconds: float) -> str:
        return f"{cpu:7.2f} {seconds:8.2f}"

    def shown(name: str) -> str:
        return both(found[name].cpu, found[name].seconds)

    beside = shown("line") if found["line"].told["is_here"] else "not here"
    lines: dict[str, float | str] = {
        "seconds: of the processor, by the clock": "",
        "schools, calendars, students and enrolments": shown("directory"),
        "floor: csv + executemany into a bare keyed table": shown("floor"),
        "beside it: sqlite3 .import": beside,
        "a year's events, with ladder, cases and feed": shown("year"),
        "  events imported": str(year.told["events"]),
        "  read, checked, compared, bitemporal rows": both(rows_cpu, rows),
        "  crossings, cases, alerts, feed": both(year.told["follow_cpu"], year.told["follow"]),
        "  cases opened": str(year.told["cases"]),
        "a day's delta of 5,600 events, with ladder and cases": shown("delta"),
        "the same delta over four stored years": shown("late"),
        "a minimal fold over the district's rows": shown("fold"),
        "the whole district's ladder from scratch": shown("climb"),
        "rows to the floor (at most 3)": ratios["rows"],
        "peak of memory, MB (under 400)": ratios["memory"],
        "delta to the year's import (at most 0.05)": ratios["delta"],
        "delta to the year's rows alone": delta.cpu / rows_cpu,
        "delta over four years to one (at most 1.3)": ratios["years"],
        "ladder to the fold (at most 3)": ratios["ladder"],
    }
    result = {name: round(value, 3) for name, value in ratios.items()}
    missed = [name for name, value in ratios.items() if value > _MOST[name]]
    tell("Attendance: 93,001 students, one run", lines, {**result, "missed": missed})


if __name__ == "__main__":
    main()
