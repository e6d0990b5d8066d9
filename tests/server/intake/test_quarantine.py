"""Lines that could not be taken: out as CSV, mended, and in again through their own format."""

import csv
import io
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.db.database import Database
from server.db.tables.attendance import ImportRunRow, QuarantineRow
from server.ids import new_id
from server.intake.files import sources
from server.intake.formats import Reader, presente
from server.intake.mending import quarantine
from server.intake.mending.quarantine import Held, Mending
from server.intake.staged.recognise import Recognised
from server.intake.store import quarantine as store
from server.intake.store import undoing
from server.problems import Conflicting, NotFound, Problem
from tests.server.intake.reading import Kept, read
from tests.support.office import MONDAY

Columns = list[tuple[str, str]]
ATTENDANCE = [("student_id", "00100"), ("date", "2026-02-30"), ("code", "+7"), ("period", "")]


@pytest.fixture
def db(any_db: Database) -> Database:
    """Every test here runs on both databases."""
    return any_db


@pytest.fixture
def run_id(db: Database) -> UUID:
    with db.write(MONDAY) as tx:
        run = ImportRunRow(
            id=new_id(), digest="", state="done", started_at=MONDAY, schools_done=[], report={}
        )
        tx.session.add(run)
        return run.id


def hold(db: Database, run_id: UUID, file: str, line: int, columns: Columns) -> UUID:
    """Put a line in quarantine, as an import does."""
    with db.write(MONDAY) as tx:
        row = QuarantineRow(
            id=new_id(),
            run_id=run_id,
            file=file,
            line=line,
            element=f"row {line - 1}",
            field="date",
            value="2026-02-30",
            reason="This is no date.",
            mend="Write it as 2022-03-01.",
            columns=columns,
            state="open",
        )
        tx.session.add(row)
        return row.id


def exported(db: Database, file: Path) -> Path:
    with db.read(MONDAY) as tx, file.open("w", encoding="utf-8-sig", newline="") as out:
        quarantine.write_csv(quarantine.held(tx), out)
    return file


def mend(file: Path, **cells: str) -> Path:
    """Type into every line of the file."""
    with file.open(encoding="utf-8-sig", newline="") as content:
        rows = list(csv.DictReader(content))
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), delimiter=";")  # as a spreadsheet may save it
        writer.writeheader()
        writer.writerows([row | cells for row in rows])
    return file


def back(db: Database, file: Path) -> tuple[Mending, Kept, list[Reader]]:
    with sources.opened(file) as found, db.read(MONDAY) as tx:
        mending = quarantine.rebuild(tx, found)
        assert mending is not None
        recognised = Recognised(readers=presente.find(mending.sources), skipped={})
        readers = quarantine.as_additions(recognised).readers
        return mending, read(readers), readers


def test_a_mended_line_goes_back_through_its_format(
    db: Database, tmp_path: Path, run_id: UUID
) -> None:
    id_ = hold(db, run_id, "attendance.csv", 7, ATTENDANCE)
    hold(db, run_id, "students.xml", 3, [])
    file = mend(exported(db, tmp_path / "held.csv"), date="2026-02-27")

    mending, kept, (reader,) = back(db, file)

    ((name, line),) = kept.lines
    assert (name, line.line, line.number, line.on_date) == (
        "attendance.csv",
        7,
        "00100",
        "2026-02-27",
    )
    assert line.code == "+7"
    assert reader.scope.is_delta
    assert kept.held == {("", "00100", "2026-02-27", False)}
    assert mending.lines == {("attendance.csv", 7): [id_]}
    assert [note.reason for note in mending.notes] == [
        "It is an element of XML, not a line of a table."
    ]
    with db.write(MONDAY) as tx:
        assert quarantine.close(tx, mending, refused=(), run_id=None, by=None) == 1
        assert store.by_ids(tx, [id_])[id_].state == "mended"
        assert len(quarantine.held(tx)) == 1


def test_a_line_that_is_refused_again_stays_once(
    db: Database, tmp_path: Path, run_id: UUID
) -> None:
    id_ = hold(db, run_id, "attendance.csv", 7, ATTENDANCE)
    mending, kept, _ = back(db, mend(exported(db, tmp_path / "held.csv"), date="2026-02-31"))
    assert [fault.value for fault in kept.faults] == ["2026-02-31"]
    with db.write(MONDAY) as tx:
        again = ImportRunRow(
            id=new_id(), digest="", state="done", started_at=MONDAY, schools_done=[], report={}
        )
        tx.session.add(again)
    hold(db, again.id, "attendance.csv", 7, ATTENDANCE)

    with db.write(MONDAY) as tx:
        refused = {("attendance.csv", 7)}
        assert not quarantine.close(tx, mending, refused=refused, run_id=again.id, by=None)
        assert [one.id for one in quarantine.held(tx)] == [id_]


def test_an_extra_field_is_mended_by_emptying_it(
    db: Database, tmp_path: Path, run_id: UUID
) -> None:
    hold(db, run_id, "attendance.csv", 7, [*ATTENDANCE, ("", "too much")])
    file = mend(exported(db, tmp_path / "held.csv"), date="2026-02-27", presente_extra_1="")

    _, kept, _ = back(db, file)

    assert len(kept.lines) == 1
    assert not kept.faults


def test_lines_of_a_workbook_go_back_as_its_sheet(
    db: Database, tmp_path: Path, run_id: UUID
) -> None:
    hold(db, run_id, "all.xlsx: Attendance", 7, ATTENDANCE)

    mending, _, _ = back(db, mend(exported(db, tmp_path / "held.csv"), date="2026-02-27"))

    (source,) = mending.sources
    assert (source.name, [table.file for table in source.tables()]) == (
        "all.xlsx",
        ["all.xlsx: Attendance"],
    )


def test_what_cannot_come_back_is_refused(db: Database, tmp_path: Path, run_id: UUID) -> None:
    hold(db, run_id, "attendance.csv", 7, ATTENDANCE)
    folder = tmp_path / "in"
    folder.mkdir()
    file = exported(db, folder / "held.csv")
    other = folder / "schools.csv"
    other.write_text("school_id,name\n1,One\n")
    with pytest.raises(Problem, match="Import it by itself"):
        back(db, folder)
    other.unlink()
    mend(file, presente_id="12")
    with pytest.raises(Problem, match="presente_id 12 is not"):
        back(db, file)
    mend(exported(db, file), presente_id=str(new_id()))
    with pytest.raises(Problem, match="another Presente"):
        back(db, file)


def test_a_line_is_dismissed_once_and_with_a_reason(db: Database, run_id: UUID) -> None:
    id_ = hold(db, run_id, "attendance.csv", 7, ATTENDANCE)
    with db.write(MONDAY) as tx:
        with pytest.raises(Problem, match="Say why"):
            quarantine.dismiss(tx, str(id_), because=" ", by=None)
        quarantine.dismiss(tx, str(id_), because="moved away", by=None)
        assert store.by_ids(tx, [id_])[id_].closed_because == "moved away"
        with pytest.raises(Conflicting):
            quarantine.dismiss(tx, str(id_), because="moved away", by=None)
        with pytest.raises(NotFound):
            quarantine.dismiss(tx, "", because="moved away", by=None)


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@given(st.lists(cells, min_size=1, max_size=5))
def test_no_cell_can_be_a_formula_and_none_is_lost(texts: list[str]) -> None:
    columns = [(f"c{place}", text) for place, text in enumerate(texts)]
    line = Held(
        id=new_id(),
        run_id=new_id(),
        file="=f.csv",
        line=2,
        element="",
        field="@f",
        value="+1",
        reason="-",
        mend="",
        state="open",
        columns=columns,
    )
    out = io.StringIO()
    quarantine.write_csv([line], out)

    header, row = csv.reader(io.StringIO(out.getvalue(), newline=""))

    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in header + row)
    own = [cell[1:] if cell[:1] == "'" else cell for cell in row[-len(texts) :]]
    assert own == [text[1:] if text[:1] == "'" else text for text in texts]


def test_lines_that_an_import_took_in_mended_wait_again_when_it_is_taken_back(
    db: Database, run_id: UUID
) -> None:
    line = hold(db, run_id, "attendance.csv", 4, ATTENDANCE)
    took, other = _a_run(db), _a_run(db)
    mending = Mending(lines={("attendance.csv", 4): [line]})
    with db.write(MONDAY) as tx:
        assert quarantine.close(tx, mending, refused=(), run_id=took, by=None) == 1

    assert _state_after_undo(db, other, line) == "mended"
    assert _state_after_undo(db, took, line) == "open"


def test_a_mended_line_of_an_import_that_was_taken_back_waits_no_more(
    db: Database, run_id: UUID
) -> None:
    line = hold(db, run_id, "attendance.csv", 4, ATTENDANCE)
    took = _a_run(db)
    mending = Mending(lines={("attendance.csv", 4): [line]})
    with db.write(MONDAY) as tx:
        quarantine.close(tx, mending, refused=(), run_id=took, by=None)

    assert _state_after_undo(db, run_id, line) == "mended"
    assert _state_after_undo(db, took, line) == "mended"


def _a_run(db: Database) -> UUID:
    with db.write(MONDAY) as tx:
        run = ImportRunRow(
            id=new_id(), digest="", state="done", started_at=MONDAY, schools_done=[], report={}
        )
        tx.session.add(run)
        return run.id


def _state_after_undo(db: Database, run_id: UUID, line: UUID) -> str:
    with db.write(MONDAY) as tx:
        undoing.save_undone(tx, run_id, at=MONDAY, by=None)
    with db.read(MONDAY) as tx:
        return store.by_ids(tx, [line])[line].state


def test_a_mend_typed_beside_the_reason_is_answered_with_where_it_belongs(
    db: Database, tmp_path: Path, run_id: UUID
) -> None:
    hold(db, run_id, "attendance.csv", 7, ATTENDANCE)
    file = mend(exported(db, tmp_path / "held.csv"), presente_value="2026-02-27")

    with pytest.raises(Problem) as caught:
        back(db, file)

    assert caught.value.code == "mend_in_wrong_column"
    assert caught.value.detail.startswith("held.csv, line 2: presente_value only shows")
    assert "into the column date of that line" in caught.value.detail
    right = mend(exported(db, tmp_path / "again.csv"), date="2026-02-27")
    assert len(back(db, right)[1].lines) == 1


def test_a_spreadsheet_that_rewrites_both_dates_has_mended_nothing_and_is_read(
    db: Database, tmp_path: Path, run_id: UUID
) -> None:
    hold(db, run_id, "attendance.csv", 7, ATTENDANCE)
    held = exported(db, tmp_path / "held.csv")
    file = mend(held, presente_value="2/30/2026", date="2/30/2026")

    assert back(db, file)[0].lines
