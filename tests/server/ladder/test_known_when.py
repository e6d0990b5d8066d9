"""The two questions: as recorded on day N, and as known now. On both databases."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from schemas.attendance import AttendanceKind
from server.db.database import Database, Transaction
from server.db.tables.attendance import CrossingRow
from server.ladder import catalog, climbs, service, students, why
from server.ladder.law import Ladder
from server.ladder.words import why_text
from server.ladder.year import Asked
from tests.support.attendance import (
    DAYS,
    EXCUSED,
    a_missing_student,
    correct,
    miss,
    place,
    retract,
    school_year,
    weekdays,
)
from tests.support.programme import YEAR, a_student

APS = catalog.get("aps-2014")
AFSA = catalog.get("nm-afsa")
STEP = "early_intervention_5"
NIGHT = datetime(2025, 8, 20, 5, 30, tzinfo=UTC)
"""Half past eleven in the evening of August 19 in the district: its seventh school day."""
EXCUSE = datetime(2025, 9, 15, 15, 0, tzinfo=UTC)
AGAIN = datetime(2025, 10, 15, 15, 0, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 15, 0, tzinfo=UTC)


def at_five(
    db: Database,
    *,
    day: int | None = None,
    on: date | None = None,
    known_at: datetime | None = None,
    as_recorded: bool = False,
    ladder: Ladder = APS,
    step: str = STEP,
) -> int:
    """Count who is at a step, and see that the list behind the count is as long."""
    with db.read(NOW) as tx:
        if day is None and on is None:
            on = DAYS[-1]
        found = service.counts(
            tx, ladder, YEAR, day=day, on=on, known_at=known_at, as_recorded=as_recorded
        )
        asked = Asked(day=day, on=on, known_at=known_at, as_recorded=as_recorded)
        listed = students.at_step(tx, ladder, YEAR, step, asked)
    assert listed.count == found.steps[step]
    return listed.count


def recompute(tx: Transaction, student: UUID, ladder: Ladder = APS) -> service.Movement:
    school = climbs.open_for(tx, ladder, YEAR, [student]).students[student][-1].school_id
    return service.recompute(tx, ladder, YEAR, {student: school})[0]


def crossings(db: Database, ladder: str = "aps-2014") -> list[tuple[str, bool]]:
    with db.read(NOW) as tx:
        rows = tx.session.query(CrossingRow).filter_by(ladder=ladder, step=STEP)
        return [
            (row.step, row.no_longer_met_at is None)
            for row in rows.order_by(CrossingRow.first_seen_at)
        ]


def test_a_late_excuse_is_seen_from_three_moments(any_db: Database) -> None:
    _, number = a_missing_student(any_db, DAYS[:5], at=NIGHT)
    with any_db.write(EXCUSE) as tx:
        correct(tx, number, DAYS[2], EXCUSED)
    with any_db.write(AGAIN) as tx:
        miss(tx, number, [DAYS[40]])

    assert at_five(any_db, known_at=NIGHT - timedelta(seconds=1)) == 0
    assert at_five(any_db, known_at=NIGHT) == 1
    assert at_five(any_db, known_at=EXCUSE) == 0
    assert at_five(any_db, known_at=AGAIN) == 1
    assert at_five(any_db) == 1
    assert at_five(any_db, day=7) == 0, "as known now, day 7 had four"
    assert at_five(any_db, day=7, as_recorded=True) == 1
    assert at_five(any_db, on=DAYS[6], as_recorded=True) == 1
    assert at_five(any_db, on=DAYS[5], as_recorded=True) == 0, "written down a day later"
    assert at_five(any_db, day=40) == 0
    assert at_five(any_db, day=41) == 1


def test_a_record_that_was_taken_back_is_still_counted_as_it_was_known(any_db: Database) -> None:
    student, number = a_missing_student(any_db, DAYS[:5], at=NIGHT)
    with any_db.write(EXCUSE) as tx:
        retract(tx, number, DAYS[4])

    assert (at_five(any_db, known_at=NIGHT), at_five(any_db)) == (1, 0)
    with any_db.read(NOW) as tx:
        now = service.unexcused_units(tx, YEAR, [student])
        then = service.unexcused_units(tx, YEAR, [student], known_at=NIGHT)
    assert (now[student], then[student]) == (4 * 840, 5 * 840)


def test_each_school_is_asked_as_recorded_on_its_own_day(any_db: Database) -> None:
    late = weekdays(first=DAYS[10])
    _, early_place = a_missing_student(any_db, DAYS[:5], at=NIGHT, code="1", number="1")
    with any_db.write(EXCUSE) as tx:
        school = school_year(tx, "2", days=late)
        student = a_student(tx, school, number="2")
        miss(tx, place(tx, school, student), late[:5])
        correct(tx, early_place, DAYS[0], EXCUSED)

    # Day 7 is August 19 in one school and September 2 in the other: there, nothing is known yet.
    assert at_five(any_db, day=7, as_recorded=True) == 1
    assert at_five(any_db, day=7) == 1
    assert at_five(any_db, day=20, as_recorded=True) == 2, "September 5: not excused yet"
    assert at_five(any_db, day=26, as_recorded=True) == 1, "September 15: excused in the one"


def test_a_transfer_inside_the_district_resets_nothing(any_db: Database) -> None:
    with any_db.write(NIGHT) as tx:
        first, second = school_year(tx, "1"), school_year(tx, "2")
        student = a_student(tx, first)
        miss(tx, place(tx, first, student, exit_on=DAYS[9]), DAYS[:3])
        miss(tx, place(tx, second, student, entry_on=DAYS[10]), DAYS[10:12])
        movement = recompute(tx, student)

    assert movement.opening is not None
    assert (movement.opening.step, movement.opening.crossed_on) == (STEP, DAYS[11])
    assert movement.school_id == second
    assert at_five(any_db) == 1


def test_a_withdrawal_that_is_entered_late_takes_back_what_the_school_told_after_it(
    any_db: Database,
) -> None:
    with any_db.write(NIGHT) as tx:
        school = school_year(tx, "1")
        student = a_student(tx, school)
        number = place(tx, school, student)
        miss(tx, number, DAYS[:6])
        before = recompute(tx, student)
    with any_db.write(EXCUSE) as tx:
        place(tx, school, student, exit_on=DAYS[3])
        after = recompute(tx, student)
        units = service.unexcused_units(tx, YEAR, [student])
        reason = why.of_step(tx, APS, YEAR, student)

    assert (before.opening is not None, after.opening, after.taken_back) == (True, None, (STEP,))
    assert units[student] == 4 * 840
    assert at_five(any_db) == 0
    assert at_five(any_db, step="school_call_4") == 1
    assert [(row.on_date, row.counts, row.is_outside) for row in reason.rows[2:]] == [
        (DAYS[2], True, False),
        (DAYS[3], True, False),
        (DAYS[4], False, True),
        (DAYS[5], False, True),
    ]
    assert "not counted: the school did not have the student that day" in why_text.text(reason)


def test_two_schools_on_one_date_are_one_day(any_db: Database) -> None:
    with any_db.write(NIGHT) as tx:
        first, second = school_year(tx, "1"), school_year(tx, "2")
        student = a_student(tx, first)
        miss(tx, place(tx, first, student, exit_on=DAYS[3]), DAYS[:4])
        miss(tx, place(tx, second, student, entry_on=DAYS[3]), [DAYS[3]])

    assert at_five(any_db) == 0
    assert at_five(any_db, step="school_call_4") == 1


def test_last_year_never_leaks(any_db: Database) -> None:
    with any_db.write(NIGHT) as tx:
        school = school_year(tx, "1")
        last_year = weekdays(first=date(2024, 8, 12))
        school_year(tx, "1", year="2024-25", days=last_year)
        student = a_student(tx, school)
        before = place(tx, school, student, year="2024-25", entry_on=last_year[0])
        miss(tx, before, last_year[:9])
        old = service.recompute(tx, APS, "2024-25", {student: school})[0]
        miss(tx, place(tx, school, student), DAYS[:2])
        new = service.recompute(tx, APS, YEAR, {student: school})[0]

    assert old.opening is not None
    assert [one.step for one in new.newly] == ["robocall_2"]
    assert at_five(any_db) == 0
    with any_db.read(NOW) as tx:
        standing = service.standing_of(tx, APS, YEAR, student_id=student, school_id=school)
    assert (standing.step, standing.unexcused_units) == ("robocall_2", 2 * 840)
    assert [one.step for one in standing.crossings] == ["robocall_2"]


def test_a_reversal_and_a_new_crossing_keep_all_history(any_db: Database) -> None:
    student, number = a_missing_student(any_db, DAYS[:5], at=NIGHT)
    with any_db.write(NIGHT) as tx:
        recompute(tx, student)
    with any_db.write(EXCUSE) as tx:
        correct(tx, number, DAYS[2], EXCUSED)
        lost = recompute(tx, student)
    with any_db.write(AGAIN) as tx:
        miss(tx, number, [DAYS[40]])
        again = recompute(tx, student)
        same = recompute(tx, student)

    assert lost.taken_back == (STEP,)
    assert [one.step for one in again.newly] == [STEP]
    assert (same.newly, same.taken_back) == ((), ())
    assert crossings(any_db) == [(STEP, False), (STEP, True)]


def test_lost_and_found_in_one_moment_is_the_same_crossing(any_db: Database) -> None:
    student, number = a_missing_student(any_db, DAYS[:5], at=NIGHT)
    with any_db.write(EXCUSE) as tx:
        recompute(tx, student)
        correct(tx, number, DAYS[2], EXCUSED)
        recompute(tx, student)
        correct(tx, number, DAYS[2], AttendanceKind.ABSENT_UNEXCUSED)
        recompute(tx, student)

    assert crossings(any_db) == [(STEP, True)]


def test_steps_passed_in_one_jump_ask_for_nothing_until_they_are_the_highest(
    any_db: Database,
) -> None:
    student, number = a_missing_student(any_db, DAYS[:10], at=NIGHT)

    def passed() -> dict[str, bool]:
        with any_db.read(NOW) as tx:
            rows = tx.session.query(CrossingRow).filter_by(no_longer_met_at=None)
            return {row.step: row.passed_over for row in rows}

    with any_db.write(NIGHT) as tx:
        movement = recompute(tx, student)
        due = tx.session.query(CrossingRow).filter_by(step=STEP).one().due_on
    jumped = passed()
    with any_db.write(EXCUSE) as tx:
        correct(tx, number, DAYS[2], EXCUSED)
        recompute(tx, student)

    assert movement.opening is not None, "what is jumped past opens what it would have opened"
    assert due == DAYS[7], "three school days after the fifth day missed"
    assert jumped == {
        "robocall_2": True,
        "school_call_3": True,
        "school_call_4": True,
        STEP: True,
        "habitual_10": False,
    }
    assert passed()[STEP] is False


def test_another_ladder_deletes_nothing_of_the_first(any_db: Database) -> None:
    student, _ = a_missing_student(any_db, DAYS[:20], at=NIGHT)
    with any_db.write(NIGHT) as tx:
        recompute(tx, student)
        other = recompute(tx, student, AFSA)
        back = recompute(tx, student)

    assert other.opening is not None
    assert other.opening.step == "early_intervention"
    assert (back.newly, back.taken_back) == ((), ())
    with any_db.read(NOW) as tx:
        kept = {(row.ladder, row.step) for row in tx.session.query(CrossingRow)}
    assert {("aps-2014", STEP), ("nm-afsa", "early_intervention")} <= kept


@pytest.mark.parametrize("key", ["aps-2014", "nm-afsa", "ca-sarb", "tx-tpm"])
def test_every_ladder_counts_and_writes(any_db: Database, key: str) -> None:
    ladder = catalog.get(key)
    student, _ = a_missing_student(any_db, DAYS[:20], at=NIGHT)
    with any_db.write(NIGHT) as tx:
        movement = recompute(tx, student, ladder)
        found = service.counts(tx, ladder, YEAR, on=DAYS[-1])
        standing = service.standing_of(
            tx, ladder, YEAR, student_id=student, school_id=movement.school_id
        )

    assert movement.opening is not None
    assert ladder.opener is not None
    assert movement.opening.step == ladder.opener.key
    assert found.steps[ladder.opener.key] == 1
    assert standing.step
    assert standing.why_en.startswith("The school's records show ")
    assert standing.why_es.startswith("Según los registros de la escuela, hay ")
