"""What later files do to what is known: excuses, deletions, part files, and files cut short."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from server.db.database import Database
from server.db.tables.attendance import AttendanceEventRow, CrossingRow, RecordingRow
from server.ladder import catalog
from server.ladder import service as ladder
from server.problems import Problem
from tests.server.intake.conftest import Send
from tests.support.office import (
    DAYS,
    EXCUSED,
    MONDAY,
    TARDY,
    UNEXCUSED,
    Event,
    Office,
    case_of,
    student_of,
    take_in,
)

NEXT_WEEK = MONDAY + timedelta(days=7)


@pytest.fixture
def office() -> Office:
    """Two students of one school, twenty late ones, and one with five days missed."""
    office = Office(students={str(number): "1" for number in range(100, 130)})
    office.miss("100", DAYS[:50:10])
    office.miss("101", DAYS[:3])
    for number in range(102, 130):
        office.miss(str(number), DAYS[number - 101 : 120 : 30], category=TARDY)
    return office


def facts_in_force(db: Database) -> int:
    with db.read(MONDAY) as tx:
        return tx.session.query(AttendanceEventRow).filter_by(closed_by=None).count()


def test_a_late_excuse_takes_the_crossing_back_and_deletes_nothing(
    db: Database, send: Send, office: Office
) -> None:
    send(office)
    office.excuse("100", DAYS[10])

    report = send(office, at=NEXT_WEEK)

    assert report.schools[0].corrected_count == 1
    assert report.cases.no_longer_met == 1
    with db.read(NEXT_WEEK) as tx:
        case = case_of(tx, "100")
        assert case is not None
        assert case.no_longer_met_on == date(2026, 3, 9)
        crossing = tx.session.query(CrossingRow).filter_by(step="early_intervention_5").one()
        assert crossing.first_seen_at == MONDAY
        assert crossing.no_longer_met_at == NEXT_WEEK
        closed = tx.session.query(AttendanceEventRow, RecordingRow).join(
            RecordingRow, RecordingRow.id == AttendanceEventRow.closed_by
        )
        assert [(one.kind, by.at) for one, by in closed] == [("absent_unexcused", NEXT_WEEK)]


def test_what_was_known_last_week_can_still_be_counted(
    db: Database, send: Send, office: Office
) -> None:
    send(office)
    office.excuse("100", DAYS[10])
    send(office, at=NEXT_WEEK)

    with db.read(NEXT_WEEK) as tx:
        steps = catalog.get("aps-2014")
        now = ladder.counts(tx, steps, "2025-26", on=DAYS[-1])
        then = ladder.counts(tx, steps, "2025-26", on=DAYS[-1], known_at=MONDAY)

    assert now.steps["early_intervention_5"] == 0
    assert then.steps["early_intervention_5"] == 1


def test_reaching_the_step_again_is_a_new_crossing_of_the_same_case(
    db: Database, send: Send, office: Office
) -> None:
    send(office)
    office.excuse("100", DAYS[10])
    send(office, at=NEXT_WEEK)
    office.miss("100", [DAYS[-1]])

    report = send(office, at=NEXT_WEEK + timedelta(days=1))

    assert (report.cases.opened, report.cases.met_again) == (0, 1)
    with db.read(NEXT_WEEK) as tx:
        case = case_of(tx, "100")
        assert case is not None
        assert (case.no_longer_met_on, case.crossed_on) == (None, DAYS[-1])
        crossings = tx.session.query(CrossingRow).filter_by(step="early_intervention_5")
        assert sorted(one.no_longer_met_at is None for one in crossings) == [False, True]


def test_what_a_whole_file_lacks_is_deleted(db: Database, send: Send, office: Office) -> None:
    send(office)
    known = facts_in_force(db)
    office.events.remove(Event("101", DAYS[1]))

    report = send(office, at=NEXT_WEEK)

    assert (report.schools[0].scope, report.schools[0].dropped_count) == ("full", 1)
    assert facts_in_force(db) == known - 1


def test_a_file_of_a_few_corrections_replaces_only_the_days_it_names(
    db: Database, tmp_path: Path, send: Send, office: Office
) -> None:
    send(office)
    known = facts_in_force(db)
    few = Office(events=[Event("100", DAYS[10], EXCUSED), Event("100", DAYS[40], EXCUSED)])

    report = take_in(db, few.write_events(tmp_path / "few"), at=NEXT_WEEK)

    assert report.schools[0].scope == "partial"
    assert (report.schools[0].corrected_count, report.schools[0].dropped_count) == (2, 0)
    assert facts_in_force(db) == known
    assert report.cases.no_longer_met == 1


def test_one_corrected_day_never_deletes_the_only_other_absence_of_that_day(
    db: Database, tmp_path: Path, send: Send
) -> None:
    office = Office(students={"100": "1", "101": "1"})
    office.miss("100", [DAYS[5]])
    office.miss("101", [DAYS[5]])
    send(office)
    one = Office(events=[Event("100", DAYS[5], EXCUSED)])

    report = take_in(db, one.write_events(tmp_path / "one"), at=NEXT_WEEK)

    assert report.schools[0].scope == "partial"
    assert facts_in_force(db) == 2


def test_a_file_that_would_drop_a_fifth_is_refused_until_it_is_confirmed(
    db: Database, tmp_path: Path, office: Office
) -> None:
    take_in(db, office.write(tmp_path / "first"))
    known = facts_in_force(db)
    kept = [one for one in office.events if one.on_date not in DAYS[20:70] or one.number == "100"]
    assert known - len(kept) > 20
    office.events = kept

    with pytest.raises(Problem, match="--confirm-drop") as refused:
        take_in(db, office.write(tmp_path / "second"), at=NEXT_WEEK)
    after_refusal = facts_in_force(db)
    take_in(db, tmp_path / "second", at=NEXT_WEEK, confirm_drop=True)

    assert refused.value.code == "mass_drop"
    assert after_refusal == known
    assert facts_in_force(db) == len(kept)


def test_an_event_that_cannot_be_read_deletes_nothing(
    db: Database, send: Send, office: Office
) -> None:
    send(office)
    known = facts_in_force(db)
    office.events = [
        Event(one.number, one.on_date, duration="2") if one.on_date == DAYS[10] else one
        for one in office.events
    ]

    report = send(office, at=NEXT_WEEK)

    assert {one.value for one in report.quarantined} == {"2"}
    assert facts_in_force(db) == known


@pytest.mark.parametrize(
    ("event", "field", "reason"),
    [
        (Event("999", DAYS[0]), "StudentUniqueId", "No student"),
        (Event("100", DAYS[0], school="7"), "SchoolId", "No school"),
        (Event("100", date(2025, 9, 6)), "EventDate", "no school on this date"),
        (Event("100", date(2026, 3, 3)), "EventDate", "not come yet"),
        (Event("100", DAYS[0], duration="2"), "EventDuration", "no share"),
    ],
)
def test_a_row_that_does_not_fit_is_kept_apart_with_a_mend(
    db: Database, send: Send, event: Event, field: str, reason: str
) -> None:
    office = Office(students={"100": "1"}, events=[event, Event("100", DAYS[1])])

    report = send(office)

    [fault] = report.quarantined
    assert (fault.file, fault.line, fault.field) == ("attendance.xml", 3, field)
    assert reason in fault.reason
    assert fault.mend
    assert facts_in_force(db) == 1


def test_a_file_cut_short_is_refused_and_nothing_changes(
    db: Database, tmp_path: Path, office: Office
) -> None:
    file = office.write(tmp_path / "files") / "attendance.xml"
    file.write_text(file.read_text()[:4000])

    with pytest.raises(Problem, match=r"attendance.xml is broken at line \d+") as refused:
        take_in(db, tmp_path / "files")

    assert refused.value.code == "file_broken"
    assert facts_in_force(db) == 0


def test_a_file_with_entities_is_refused(db: Database, tmp_path: Path, office: Office) -> None:
    file = office.write(tmp_path / "files") / "students.xml"
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    file.write_text(file.read_text().replace("?>", "?>" + bomb, 1))

    with pytest.raises(Problem) as refused:
        take_in(db, tmp_path / "files")

    assert refused.value.code == "file_unsafe"


def test_names_are_kept_in_one_normal_form(db: Database, send: Send, office: Office) -> None:
    send(office)

    with db.read(MONDAY) as tx:
        student = student_of(tx, "100")
        assert (student.last_name, student.name_key) == ("Peña 100", "pena 100 ana")


def test_a_record_told_twice_is_one_fact(db: Database, send: Send) -> None:
    office = Office(students={"100": "1"}, events=[Event("100", DAYS[0], UNEXCUSED)] * 2)

    report = send(office)

    attendance = next(one for one in report.files if one.file == "attendance.xml")
    assert (attendance.read, attendance.added, attendance.unchanged) == (2, 1, 1)
    assert facts_in_force(db) == 1
