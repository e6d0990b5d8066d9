"""What somebody said of a source's dates is known at its next file, said there, and changed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest

from server.db.database import Database
from server.intake import service
from server.intake.changes import committing
from server.intake.mending import undo
from server.intake.mending.undo import Undone, UndoOrder
from server.intake.report import Report
from server.intake.service import Order
from server.problems import Problem
from tests.support.csv_office import OWN, USUAL, CsvOffice
from tests.support.office import MONDAY


class CutOffError(Exception):
    """The machine stops here."""


@pytest.fixture
def office(any_db: Database, tmp_path: Path) -> CsvOffice:
    office = CsvOffice(any_db, tmp_path)
    office.district()
    office.take()
    return office


def take(
    office: CsvOffice, *days: str, header: str = USUAL, name: str = "absences.csv", **order: Any
) -> Report:
    office.files[name] = _table(*days, header=header)
    return office.take(**order)


def _table(*days: str, header: str = USUAL) -> str:
    return "\n".join([header, *(f"100,1,{day},U" for day in days), ""])


def hand_over(office: CsvOffice, path: Path, **order: Any) -> Report:
    asked = Order(folder=path, data_dir=office.folder / "data", **order)
    return service.import_folder(office.db, asked, clock=lambda: MONDAY, say=lambda _text: None)


def take_back(office: CsvOffice, run: str) -> Undone:
    wanted = UndoOrder(run=run, data_dir=office.folder / "data")
    return undo.undo(office.db, wanted, clock=lambda: MONDAY, say=lambda _text: None)


def must_ask(office: CsvOffice, *days: str, **more: Any) -> None:
    """Import a file whose dates can be read in two ways, which nobody has said of it."""
    with pytest.raises(Problem) as asked:
        take(office, *days, **more)
    assert asked.value.code == "dates_ambiguous"


def days_of(office: CsvOffice) -> list[str]:
    return [day for _, day, *_ in office.facts()]


def read_as(report: Report) -> list[tuple[str, str, str, int]]:
    return [
        (one.code, one.value, one.parts["said_on"], one.line)
        for one in report.notes
        if one.code.startswith("dates_as")
    ]


def test_the_next_file_of_the_source_is_read_as_was_said_and_the_report_says_so(
    office: CsvOffice,
) -> None:
    first = take(office, "08/09/2025", date_order="dmy")
    assert read_as(first) == []
    assert days_of(office) == ["2025-09-08"]

    report = take(office, "09/09/2025", "10/09/2025")

    assert read_as(report) == [("dates_as_dmy", "10/09/2025", "2026-03-02", 3)]
    assert days_of(office) == ["2025-09-08", "2025-09-09", "2025-09-10"]


def test_it_can_be_said_otherwise_later(office: CsvOffice) -> None:
    take(office, "08/09/2025", date_order="dmy")

    take(office, "10/09/2025", date_order="mdy")
    report = take(office, "11/10/2025")

    assert [code for code, *_ in read_as(report)] == ["dates_as_mdy"]
    assert days_of(office) == ["2025-09-08", "2025-10-09", "2025-11-10"]


def test_only_looking_keeps_nothing(office: CsvOffice) -> None:
    take(office, "08/09/2025", date_order="dmy", dry_run=True)

    must_ask(office, "08/09/2025")


def test_the_next_days_file_and_a_copy_of_it_are_the_same_source(office: CsvOffice) -> None:
    take(office, "08/09/2025", name="absences_20250908.csv", date_order="dmy")

    for name in ("Absences-20250909 (2).csv", "absences 2025-09-10.csv"):
        report = take(office, "09/09/2025", "10/09/2025", name=name)
        assert [code for code, *_ in read_as(report)] == ["dates_as_dmy"]


@pytest.mark.parametrize(
    "more",
    [
        {"name": "jefferson.csv"},
        {"header": f"{USUAL},Reason"},
        {"schools": frozenset({"1"})},
        {"name": "jefferson/highland.csv"},
    ],
    ids=["another file", "other columns", "a clerk of one school", "another folder"],
)
def test_another_source_is_asked_about(office: CsvOffice, more: Mapping[str, Any]) -> None:
    take(office, "08/09/2025", name="highland.csv", date_order="dmy")

    must_ask(office, "10/09/2025", **{"name": "highland.csv", **more})


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_what_another_school_sends_under_the_same_name_is_asked_about(
    office: CsvOffice, kind: str
) -> None:
    def sent(school: str, day: str) -> Path:
        path = office.folder / day.replace("/", "") / school
        path.mkdir(parents=True)
        if kind == "folder":
            (path / "absences.csv").write_text(_table(day), encoding="utf-8")
            return path
        with ZipFile(path / f"{school}.zip", "w") as archive:
            archive.writestr("absences.csv", _table(day))
        return path / f"{school}.zip"

    hand_over(office, sent("highland", "08/09/2025"), date_order="dmy")

    report = hand_over(office, sent("highland", "09/10/2025"))
    assert [code for code, *_ in read_as(report)] == ["dates_as_dmy"]
    with pytest.raises(Problem) as asked:
        hand_over(office, sent("jefferson", "11/10/2025"))
    assert asked.value.code == "dates_ambiguous"


def test_a_file_that_has_no_name_but_its_day_is_asked_about_each_time(office: CsvOffice) -> None:
    take(office, "08/09/2025", name="2025-09-08.csv", date_order="dmy")

    must_ask(office, "10/09/2025", name="2025-09-10.csv")


def test_presentes_own_tables_are_asked_about_each_time(office: CsvOffice) -> None:
    take(office, "08/09/2025", header=OWN, date_order="dmy")

    assert days_of(office) == ["2025-09-08"]
    must_ask(office, "10/09/2025", header=OWN)


def test_a_run_that_is_taken_back_takes_what_was_said_with_it_along(office: CsvOffice) -> None:
    first = take(office, "08/09/2025", date_order="dmy")
    second = take(office, "10/09/2025", date_order="mdy")

    done = take_back(office, second.run)

    assert done.date_orders_count == 1
    assert "can be read in two ways: 1. That holds no more" in undo.text_of(done)
    report = take(office, "11/09/2025")
    assert [code for code, *_ in read_as(report)] == ["dates_as_dmy"]

    take_back(office, first.run)

    must_ask(office, "12/09/2025")
    assert take_back(office, report.run).date_orders_count == 0


def test_what_was_said_later_holds_when_the_run_before_it_is_taken_back(office: CsvOffice) -> None:
    first = take(office, "08/09/2025", date_order="mdy")
    take(office, "10/09/2025", date_order="dmy")

    take_back(office, first.run)

    report = take(office, "11/09/2025")
    assert [code for code, *_ in read_as(report)] == ["dates_as_dmy"]


def test_a_run_that_changed_nothing_and_cannot_be_taken_back_keeps_nothing(
    office: CsvOffice,
) -> None:
    take(office, "2025-09-08")

    report = take(office, "08/09/2025", name="again.csv", date_order="dmy")

    assert report.state == "nothing_to_do"
    must_ask(office, "10/09/2025", name="again.csv")


@pytest.fixture
def cut_off(office: CsvOffice, monkeypatch: pytest.MonkeyPatch) -> Path:
    return stopped(office, monkeypatch, "absences.csv")


def stopped(office: CsvOffice, monkeypatch: pytest.MonkeyPatch, name: str) -> Path:
    """Return a file that was said to have the day first, and stopped half way."""
    file = office.folder / name
    file.write_text(_table("09/10/2025"), encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(committing, "_keep_faults", _stop)
        with pytest.raises(CutOffError):
            hand_over(office, file, date_order="dmy")
    return file


def _stop(_run: object) -> None:
    raise CutOffError


def test_a_run_that_was_cut_off_goes_on_with_what_was_said_with_it(
    office: CsvOffice, cut_off: Path
) -> None:
    report = hand_over(office, cut_off)

    assert [code for code, *_ in read_as(report)] == ["dates_as_dmy"]
    assert office.rows("select state from import_run where report like '%dates_as%'") == [("done",)]
    take_back(office, report.run)
    with pytest.raises(Problem) as asked:
        hand_over(office, cut_off)
    assert asked.value.code == "dates_ambiguous"


@pytest.mark.parametrize("name", ["absences.csv", "2025-10-09.csv"])
def test_files_that_are_now_read_otherwise_do_not_go_on_where_the_others_stopped(
    office: CsvOffice, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    cut_off = stopped(office, monkeypatch, name)

    report = hand_over(office, cut_off, date_order="mdy")

    assert not report.resumed
    first, second = office.rows("select state, id from import_run order by started_at, id")[-2:]
    assert (first[0], second[0]) == ("failed", "done")
    assert set(days_of(office)) == {"2025-10-09", "2025-09-10"}
    take_back(office, str(UUID(str(first[1]))))
    assert days_of(office) == ["2025-09-10"]


def test_a_file_that_cannot_be_read_so_is_refused_with_the_line_that_shows_it(
    office: CsvOffice,
) -> None:
    take(office, "08/09/2025", date_order="dmy")

    with pytest.raises(Problem) as refused:
        take(office, "10/09/2025", "10/15/2025")

    assert (
        "line 3: 10/15/2025 cannot have the day first, as was said on 2026-03-02 of the file with "
        "this name and these columns" in refused.value.detail
    )
    assert "--dates mdy" in refused.value.detail_es
    assert refused.value.code == "dates_ambiguous"
    data = refused.value.data
    assert isinstance(data, dict)
    assert (data["line"], data["month_first"], data["day_first"]) == (
        2,
        "2025-10-09",
        "2025-09-10",
    )
    take(office, "10/09/2025", "10/15/2025", date_order="mdy")
    assert days_of(office) == ["2025-09-08", "2025-10-09", "2025-10-15"]


def test_dates_that_leave_no_question_are_read_as_they_are(office: CsvOffice) -> None:
    take(office, "08/09/2025", date_order="dmy")

    report = take(office, "10/15/2025", "2025-10-16")

    assert read_as(report) == []
    assert days_of(office)[1:] == ["2025-10-15", "2025-10-16"]
