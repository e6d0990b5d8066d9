"""Taking an import back: what it told goes, what was told since stays, nothing is forgotten."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.people import ContactPointStatus
from server.attendance import store as attendance
from server.db.database import Database
from server.db.tables.attendance import (
    AttendanceEventRow,
    CodeMapRow,
    ImportChangeRow,
    ImportRunRow,
    RecordingRow,
)
from server.db.tables.people import (
    EnrollmentRow,
    GuardianRow,
    GuardianshipRow,
    SchoolRow,
    StudentRow,
)
from server.ids import new_id
from server.intake.changes import following
from server.intake.mending import undo
from server.intake.mending.undo import Undone, UndoOrder
from server.intake.store import journal
from server.intake.store import undoing as runs
from server.people import store as people
from server.problems import Conflicting, NotFound
from tests.support.office import (
    EXCUSED,
    MONDAY,
    Event,
    Office,
    Parent,
    case_of,
    points_of,
    school_days,
    take_in,
)

DAYS = school_days(until=date(2026, 2, 27))
WEEK = timedelta(days=7)


@pytest.fixture
def office() -> Office:
    """Two students and a mother; one student missed three days."""
    office = Office(students={"100": "1", "101": "1"}, parents=[Parent("7", ["100"])])
    office.parents[0].phones = [("505-555-0101", "Home")]
    office.miss("100", DAYS[:3])
    return office


Take = Callable[..., ImportRunRow]


@pytest.fixture
def db(any_db: Database) -> Database:
    """Every test here runs on both databases."""
    return any_db


@pytest.fixture
def take(db: Database, tmp_path: Path) -> Take:
    """Imports what the office believes, a week after the last time; returns the run."""
    weeks = iter(range(1000))

    def imported(office: Office) -> ImportRunRow:
        week = next(weeks)
        take_in(db, office.write(tmp_path / str(week)), at=MONDAY + week * WEEK, confirm_drop=True)
        with db.read(MONDAY) as tx:
            return runs.runs(tx)[0]

    return imported


def taken_back(db: Database, tmp_path: Path, run: ImportRunRow, *, weeks: int) -> Undone:
    order = UndoOrder(run=str(run.id), data_dir=tmp_path / "data")
    at = MONDAY + weeks * WEEK + timedelta(days=1)
    return undo.undo(db, order, clock=lambda: at, say=lambda _text: None)


def facts(db: Database, *, at: datetime | None = None) -> list[tuple[str, date, str]]:
    """What is known of attendance, now or as known at a moment."""
    with db.read(MONDAY) as tx:
        numbers = {row.id: row.number for row in tx.session.query(StudentRow)}
        known = attendance.facts_of_year(tx, "2025-26", known_at=at)
        found = [(numbers[one.student_id], one.fact.on_date, one.fact.kind) for one in known]
    return sorted(found)


def rows(db: Database) -> dict[str, list[Any]]:
    """People, as they are."""
    with db.read(MONDAY) as tx:
        return {
            "students": [(one.number, one.last_name) for one in tx.session.query(StudentRow)],
            "places": [(one.exit_on, one.grade) for one in tx.session.query(EnrollmentRow)],
            "phones": [(one.value, one.ended_at) for one in points_of(tx)],
            "ties": [(one.relation, one.ended_at) for one in tx.session.query(GuardianshipRow)],
        }


def test_the_last_import_goes_without_a_trace_in_what_is_known_now(
    db: Database, tmp_path: Path, office: Office, take: Take
) -> None:
    take(office)
    before, people_before = facts(db), rows(db)
    office.excuse("100", DAYS[1])
    office.miss("101", DAYS[5:8])
    office.exits["101"] = date(2026, 2, 20)
    office.parents[0].phones = [("505-555-0199", "Home")]
    wrong = take(office)
    between = facts(db)

    done = taken_back(db, tmp_path, wrong, weeks=1)

    assert facts(db) == before != between
    assert rows(db) == people_before
    assert (done.closed_count, done.reopened_count, done.kept_count) == (4, 1, 0)
    assert facts(db, at=MONDAY + WEEK) == between
    assert facts(db, at=MONDAY + timedelta(days=1)) == before
    with db.read(MONDAY) as tx:
        run = runs.find(tx, wrong.id)
        assert run is not None
        assert (run.state, run.undone_at) == ("undone", MONDAY + WEEK + timedelta(days=1))


def test_ladder_and_cases_follow(db: Database, tmp_path: Path, office: Office, take: Take) -> None:
    take(office)
    office.miss("100", DAYS[10:13])
    wrong = take(office)
    with db.read(MONDAY) as tx:
        case = case_of(tx, "100")
        assert case is not None
        assert case.no_longer_met_on is None

    done = taken_back(db, tmp_path, wrong, weeks=1)

    assert done.cases.no_longer_met == 1
    with db.read(MONDAY) as tx:
        case = case_of(tx, "100")
        assert case is not None
        assert case.no_longer_met_on == date(2026, 3, 10)


def test_what_a_later_file_told_stays(
    db: Database, tmp_path: Path, office: Office, take: Take
) -> None:
    take(office)
    office.miss("101", [DAYS[1]])
    wrong = take(office)
    office.excuse("101", DAYS[1])
    take(office)
    now = facts(db)

    done = taken_back(db, tmp_path, wrong, weeks=2)

    assert facts(db) == now
    assert ("101", DAYS[1], "absent_excused") in now
    assert done.closed_count == 0


def test_a_person_s_word_and_newer_fields_stay(
    db: Database, tmp_path: Path, office: Office, take: Take
) -> None:
    take(office)
    office.parents[0].phones = [("505-555-0199", "Home")]
    office.parents[0].restriction = "No visits"
    wrong = take(office)
    with db.write(MONDAY + WEEK) as tx:
        point = points_of(tx)[0]
        people.save_contact_point(
            tx, point.id, {"value": "505-555-0177", "status": ContactPointStatus.WORKS}
        )

    done = taken_back(db, tmp_path, wrong, weeks=1)

    with db.read(MONDAY) as tx:
        point = points_of(tx)[0]
        assert (point.value, point.status) == ("505-555-0177", ContactPointStatus.WORKS)
        assert tx.session.query(GuardianshipRow).one().restriction == ""
    assert done.changed_since_count


def test_rows_go_unless_something_refers_to_them(
    db: Database, tmp_path: Path, office: Office, take: Take
) -> None:
    take(office)
    office.students |= {"200": "1", "201": "1"}
    office.parents.append(Parent("8", ["200"], [("505-555-0122", "Mobile")]))
    office.miss("201", [DAYS[1]])
    wrong = take(office)

    done = taken_back(db, tmp_path, wrong, weeks=1)

    with db.read(MONDAY) as tx:
        assert {row.number for row in tx.session.query(StudentRow)} == {"100", "101", "201"}
        assert {row.source_id for row in tx.session.query(GuardianRow)} == {"7"}
    assert done.removed == {
        "student": 1,
        "guardian": 1,
        "contact_point": 1,
        "guardianship": 1,
        "enrollment": 2,
    }
    assert done.stayed["student"].names == ["201"]
    assert "1 students stay, because something else refers to them: 201" in undo.text_of(done)
    assert "enrollment" not in done.stayed


def test_an_undoing_that_was_cut_off_goes_on(
    db: Database, tmp_path: Path, office: Office, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.schools, office.students = ["1", "2"], {"100": "1", "101": "2"}
    take(office)
    before = facts(db)
    office.miss("100", [DAYS[9]])
    office.miss("101", [DAYS[9]], school="2")
    wrong = take(office)
    real = following.follow
    calls: list[object] = []

    def cut(*arguments: Any, **more: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*arguments, **more)

    monkeypatch.setattr(following, "follow", cut)
    with pytest.raises(KeyboardInterrupt):
        taken_back(db, tmp_path, wrong, weeks=1)
    assert len(facts(db)) == len(before) + 1
    monkeypatch.undo()

    taken_back(db, tmp_path, wrong, weeks=1)

    assert facts(db) == before


def test_what_cannot_be_taken_back_is_refused_by_name(
    db: Database, tmp_path: Path, office: Office, take: Take
) -> None:
    first = take(office)
    office.miss("101", [DAYS[1]])
    second = take(office)
    with db.write(MONDAY) as tx:
        journal.keep(tx, first.id, added={"code_map": [[new_id()]]})

    with pytest.raises(Conflicting, match=f"{second.id}.* by the codes"):
        taken_back(db, tmp_path, first, weeks=1)
    taken_back(db, tmp_path, second, weeks=1)
    with pytest.raises(Conflicting, match="taken back already"):
        taken_back(db, tmp_path, second, weeks=1)
    with pytest.raises(NotFound):
        undo.undo(
            db,
            UndoOrder(run="ffff", data_dir=tmp_path / "data"),
            clock=lambda: MONDAY,
            say=lambda _text: None,
        )


def test_deleted_rows_and_bulk_changes_come_back(
    db: Database, tmp_path: Path, office: Office, take: Take
) -> None:
    run = take(office)
    code = new_id()
    with db.write(MONDAY) as tx:
        tx.session.add(CodeMapRow(id=code, code="aux", kind="tardy", set_at=MONDAY, school_code=""))
    with db.write(MONDAY) as tx:
        journal.follow(tx, run.id)
        tx.session.delete(tx.session.get_one(CodeMapRow, code))
        tx.session.query(SchoolRow).one().name = "Wrong"

    taken_back(db, tmp_path, run, weeks=0)

    with db.read(MONDAY) as tx:
        assert tx.session.get_one(CodeMapRow, code).kind == "tardy"
        assert tx.session.query(ImportChangeRow).filter_by(is_undone=False).count() == 0


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    changes=st.lists(
        st.tuples(
            st.sampled_from(["100", "101"]),
            st.integers(0, 6),
            st.sampled_from(["Unexcused Absence", EXCUSED, "Tardy"]),
        ),
        max_size=6,
    )
)
def test_undoing_the_last_import_always_gives_the_day_before(
    tmp_path_factory: pytest.TempPathFactory,
    migrated_file: Path,
    changes: list[tuple[str, int, str]],
) -> None:
    folder = tmp_path_factory.mktemp("law")
    (folder / "law.db").write_bytes(migrated_file.read_bytes())
    db = Database(f"sqlite:///{folder / 'law.db'}")
    office = Office(students={"100": "1", "101": "1"}, has_calendar=False)
    office.miss("100", [DAYS[0], DAYS[6]])
    take_in(db, office.write(folder / "a"))
    before = facts(db)
    office.events = [Event("100", DAYS[0]), Event("100", DAYS[6])] + [
        Event(number, DAYS[day], category) for number, day, category in changes
    ]
    take_in(db, office.write(folder / "b"), at=MONDAY + WEEK, confirm_drop=True)
    with db.read(MONDAY) as tx:
        newest = runs.runs(tx)[0]
    if newest.started_at > MONDAY:
        taken_back(db, folder, newest, weeks=1)

    assert facts(db) == before
    with db.read(MONDAY) as tx:
        assert tx.session.query(AttendanceEventRow).filter_by(closed_by=None).count() == len(before)
        assert tx.session.query(RecordingRow).count() >= 1
    db.close()
