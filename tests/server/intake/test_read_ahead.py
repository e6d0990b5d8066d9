"""What another process has read of files is imported as if the import had read them itself."""

import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import msgspec
import pytest

from server.db.database import Database
from server.intake import reading, service
from server.intake.reading import ReadAhead
from server.intake.report import Report
from server.intake.service import Order
from tests.support.csv_office import CODES, DAYS, OWN, USUAL, CsvOffice
from tests.support.office import MONDAY

ROWS = (f"100,1,{DAYS[0]},U", f"101,1,{DAYS[1]},E", f"999,1,{DAYS[2]},U", "100,1,2026-02-31,U")


def write(office: CsvOffice, rows: Sequence[str] = ROWS, header: str = OWN) -> Path:
    folder = office.folder / "sent"
    folder.mkdir(exist_ok=True)
    text = "\n".join([header, *rows, ""])
    (folder / "attendance.csv").write_text(text, encoding="utf-8")
    (folder / "codes.csv").write_text(CODES, encoding="utf-8")
    return folder


def read_elsewhere(folder: Path, space: Path) -> ReadAhead | None:
    """Read a folder in a process of its own, which knows no database."""
    space.mkdir()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as others:
        return others.submit(reading.ahead, folder, space).result()


def take(office: CsvOffice, folder: Path, ahead: ReadAhead | None) -> Report:
    asked = Order(folder=folder, data_dir=office.folder / "data", ahead=ahead)
    return service.import_folder(office.db, asked, clock=lambda: MONDAY, say=lambda _text: None)


def an_office(db: Database, folder: Path) -> CsvOffice:
    folder.mkdir()
    office = CsvOffice(db, folder)
    office.district()
    office.take()
    return office


@pytest.fixture
def db_beside(migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    """Another empty database."""
    shutil.copyfile(migrated_file, tmp_path / "beside.db")
    database = Database(f"sqlite:///{tmp_path / 'beside.db'}")
    yield database
    database.close()


@pytest.fixture
def office(db: Database, tmp_path: Path) -> CsvOffice:
    return an_office(db, tmp_path / "office")


def test_facts_and_report_are_those_of_an_import_that_reads_itself(
    office: CsvOffice, db_beside: Database, tmp_path: Path
) -> None:
    other = an_office(db_beside, tmp_path / "other")
    itself = take(other, write(other), None)
    folder = write(office)
    ahead = read_elsewhere(folder, tmp_path / "space")
    assert ahead is not None
    report = take(office, folder, ahead)
    assert office.facts() == other.facts() != []
    assert _told(report) == _told(itself)
    assert office.rows("select file, line, field, value, reason from quarantine") == other.rows(
        "select file, line, field, value, reason from quarantine"
    )


def test_nothing_of_what_was_read_is_left_on_the_disk(office: CsvOffice, tmp_path: Path) -> None:
    folder = write(office)
    take(office, folder, read_elsewhere(folder, tmp_path / "space"))
    assert list((tmp_path / "space").iterdir()) == []


def test_files_that_changed_since_are_read_again(office: CsvOffice, tmp_path: Path) -> None:
    folder = write(office)
    ahead = read_elsewhere(folder, tmp_path / "space")
    write(office, [f"101,1,{DAYS[4]},U"])
    take(office, folder, ahead)
    assert office.facts() == [("101", str(DAYS[4]), "", "absent_unexcused")]


def test_dates_that_only_the_database_may_explain_are_left_to_the_import(
    office: CsvOffice, tmp_path: Path
) -> None:
    folder = write(office, ["100,1,2/3/2026,U"], USUAL)
    assert read_elsewhere(folder, tmp_path / "space") is None


def test_broken_files_are_left_to_the_import_which_says_so(
    office: CsvOffice, tmp_path: Path
) -> None:
    folder = write(office)
    (folder / "Student.xml").write_text("<InterchangeStudent><Student></Wrong>", encoding="utf-8")
    assert read_elsewhere(folder, tmp_path / "space") is None


def _told(report: Report) -> Report:
    """Return a report without what is each run's own."""
    return msgspec.structs.replace(report, run="")
