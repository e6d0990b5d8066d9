import re
from pathlib import Path

import pytest

from server.db.database import Database
from server.intake.columns import template
from server.intake.columns.shapes import SHAPES
from server.intake.files import sources
from server.intake.formats import presente
from server.intake.records import ContactRecord, GuardianRecord, StudentRecord
from server.problems import Problem
from tests.support.csv_office import DAYS, CsvOffice
from tests.support.tables import read_all


def test_what_the_template_writes_is_read_without_a_fault(tmp_path: Path) -> None:
    names = template.write(tmp_path / "files")
    with sources.opened(tmp_path / "files") as found:
        (reader,) = presente.find(found)
        sink = read_all([reader])
    assert sink.faults == []
    assert sink.notes == []
    assert {source.name for source in reader.sources} == {f"{key}.csv" for key in SHAPES}
    assert set(names) == {"README.txt", *(source.name for source in reader.sources)}
    assert sink.all(StudentRecord)[0].number == "000900001"
    assert len(sink.all(GuardianRecord)) == 2
    assert len(sink.all(ContactRecord)) == 2
    assert [line.code for line in sink.events_read] == ["U", "E", "U"]


def test_every_column_is_explained_and_every_number_is_nobodys(tmp_path: Path) -> None:
    template.write(tmp_path)
    for key, shape in SHAPES.items():
        text = (tmp_path / f"{key}.csv").read_text("utf-8")
        for column in shape.columns:
            assert f"# {column.name}" in text
    phones = re.findall(r"\d{3}-\d{3}-\d{4}", (tmp_path / "guardians.csv").read_text("utf-8"))
    assert phones
    assert all(phone.startswith("505-555-01") for phone in phones)


def test_nothing_of_anybodys_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "students.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(Problem, match=r"students\.csv"):
        template.write(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["students.csv"]


def test_a_line_at_fault_has_one_place_whoever_found_it(db: Database, tmp_path: Path) -> None:
    """The template's comments are no rows, neither for the reader nor for the checks after it."""
    office = CsvOffice(db, tmp_path)
    office.district()
    office.attendance(
        ["# a comment", f"100,1,{DAYS[0]},U", "100,1,2025-13-01,U", f"999,1,{DAYS[0]},U"]
    )

    kept = office.take().quarantined

    assert [(one.line, one.element) for one in kept] == [(4, "row 2"), (5, "row 3")]


def test_only_presentes_own_tables_have_comments(db: Database, tmp_path: Path) -> None:
    office = CsvOffice(db, tmp_path)
    office.district()
    office.attendance(
        [f"#7,1,{DAYS[0]},U", f"999,1,{DAYS[0]},U"], "Student ID,School,Absence Date,Code"
    )

    kept = office.take().quarantined

    assert [(one.line, one.element) for one in kept] == [(2, "row 1"), (3, "row 2")]
