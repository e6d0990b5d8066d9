"""Which file a dated row came from: that one, and no other file of the same import."""

from datetime import timedelta
from pathlib import Path

import pytest

from server.db.database import Database
from server.intake.mending import undo
from server.intake.mending.undo import UndoOrder
from server.ladder import catalog, why
from server.people import store as people
from tests.support.csv_office import DAYS, CsvOffice
from tests.support.office import MONDAY

HEADER = "student_id,school_id,date,code\n"


@pytest.fixture
def office(any_db: Database, tmp_path: Path) -> CsvOffice:
    """One import of a school with two files of attendance."""
    office = CsvOffice(any_db, tmp_path)
    office.district()
    office.files["august.csv"] = HEADER + "".join(f"100,1,{day},U\n" for day in DAYS[:2])
    office.files["autumn.csv"] = HEADER + "".join(f"100,1,{day},U\n" for day in DAYS[30:33])
    office.take()
    return office


def files_of_rows(office: CsvOffice) -> dict[str, list[str]]:
    with office.db.read(MONDAY + timedelta(days=9)) as tx:
        student = people.find_student_by_number(tx, "100")
        assert student is not None
        found = why.of_step(tx, catalog.get("aps-2014"), "2025-26", student.id)
    return {str(row.on_date): row.files for row in found.rows}


def test_a_row_names_the_file_it_stood_in_and_no_other_of_its_import(office: CsvOffice) -> None:
    assert files_of_rows(office) == {
        **{str(day): ["august.csv"] for day in DAYS[:2]},
        **{str(day): ["autumn.csv"] for day in DAYS[30:33]},
    }


def test_a_corrected_row_names_the_file_that_corrected_it(office: CsvOffice) -> None:
    office.files["mended.csv"] = HEADER + f"100,1,{DAYS[0]},E\n"
    office.files["more.csv"] = HEADER + f"100,1,{DAYS[40]},U\n"
    office.take(at=MONDAY + timedelta(days=1))

    found = files_of_rows(office)
    assert found[str(DAYS[0])] == ["mended.csv"]
    assert found[str(DAYS[1])] == ["august.csv"]
    assert found[str(DAYS[40])] == ["more.csv"]


def test_what_is_known_again_after_an_import_was_taken_back_keeps_its_file(
    office: CsvOffice,
) -> None:
    office.files["mended.csv"] = HEADER + f"100,1,{DAYS[0]},E\n100,1,{DAYS[31]},E\n"
    run = office.take(at=MONDAY + timedelta(days=1)).run
    order = UndoOrder(run=run, data_dir=office.folder / "data")
    undo.undo(office.db, order, clock=lambda: MONDAY + timedelta(days=2), say=lambda _text: None)

    found = files_of_rows(office)
    assert found[str(DAYS[0])] == ["august.csv"]
    assert found[str(DAYS[31])] == ["autumn.csv"]
