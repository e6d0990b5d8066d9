"""The short ways up a ladder say what the long way says."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import update

from schemas.attendance import AttendanceKind
from server.attendance import store
from server.attendance.rules.calendar import Fact
from server.db.database import Database
from server.db.tables.attendance import CalendarDayRow
from server.db.tables.people import StayRow
from server.ladder import catalog, climbs, service, year
from server.ladder.climbs import Quick
from server.ladder.rules.thresholds import Reached
from server.ladder.store import crossings_met
from server.ladder.words import said
from server.ladder.year import Asked
from tests.support.attendance import DAYS, place, school_year
from tests.support.programme import YEAR, a_student

APS = catalog.get("aps-2014")
NOW = datetime(2026, 6, 1, 15, 0, tzinfo=UTC)
BEGINS = [None, DAYS[0], DAYS[0], DAYS[8]]
ENDS = [None, None, None, DAYS[30]]
KINDS = [
    *[AttendanceKind.ABSENT_UNEXCUSED] * 8,
    *[AttendanceKind.ABSENT_EXCUSED] * 3,
    AttendanceKind.TARDY,
    AttendanceKind.ACTIVITY_SCHOOL,
    AttendanceKind.ABSENT_UNVERIFIED,
]


@pytest.fixture
def students(any_db: Database) -> list[UUID]:
    """Sixty students of three schools, some of them in two, with all that records can be."""
    chance = Random(20251122)
    found: list[UUID] = []
    with any_db.write(NOW - timedelta(days=1)) as tx:
        schools = [
            school_year(tx, code, level=level, told=DAYS[-1 - number])
            for number, (code, level) in enumerate(
                [("1", "elementary"), ("2", "middle"), ("3", "high")]
            )
        ]
        recording = store.record(tx)
        for _ in range(60):
            student = a_student(tx, schools[0])
            found.append(student)
            places = [
                place(tx, one, student, entry_on=chance.choice(BEGINS), exit_on=chance.choice(ENDS))
                for one in chance.sample(schools, 2)
            ]
            if chance.random() < 0.3:
                stays = [(DAYS[0], DAYS[9]), (DAYS[15], None)]
                tx.session.add_all(
                    StayRow(place_id=places[0], entry_on=first, exit_on=last)
                    for first, last in stays
                )
            facts = [
                (
                    chance.choice(places),
                    Fact(
                        on_date=chance.choice(DAYS[:40]),
                        period=chance.choice(["", "", "", "1", "2", "3"]),
                        kind=chance.choice(KINDS),
                        units=chance.choice([0, 420, 840, 840, 840]),
                        minutes=chance.choice([None, None, 45]),
                        source_code="x",
                    ),
                )
                for _ in range(chance.randrange(30))
            ]
            store.open_facts(tx, recording, facts)
    return found


@pytest.mark.parametrize("until", [DAYS[12], DAYS[39], None])
def test_the_sweep_the_quick_way_and_the_long_way_agree(
    any_db: Database, students: list[UUID], until: date | None
) -> None:
    asked = Asked(on=until)
    with any_db.read(NOW) as tx:
        swept = dict(service.climb_all(tx, APS, YEAR, asked))
        of = climbs.start(tx, APS, year.load(tx, YEAR, asked), asked)
        quick = Quick(of)
        everybody = list(climbs.everybody(tx, of, is_all=True))
        by_name = list(climbs.everybody(tx, climbs.open_for(tx, APS, YEAR, students, asked)))
        long = {one[0]: climbs.climb(of, one).reached for one in everybody}

    reached: dict[UUID, tuple[Reached, ...]] = {key: met for key, met in long.items() if met}
    assert swept == reached
    assert {one[0]: quick.reached(one) for one in everybody if quick.reached(one)} == reached
    assert sorted(one[0] for one in by_name) == sorted(students)
    assert len(reached) > 10


def test_a_standing_climbs_to_the_step_that_the_long_way_ends_at(
    any_db: Database, students: list[UUID]
) -> None:
    with any_db.read(NOW) as tx:
        of = climbs.open_for(tx, APS, YEAR, students)
        both = [
            (climbs.climb(of, one), climbs.climb_plain(of, one))
            for one in climbs.everybody(tx, of)
            if one[1]
        ]
    assert all(long.days == short.days for long, short in both)
    assert [
        (one.step, one.crossed_on, one.value_now) for long, _ in both if (one := long.highest)
    ] == [(one.step, one.crossed_on, one.value_now) for _, short in both if (one := short.highest)]
    assert [said.sentence(APS, long, YEAR) for long, _ in both] == [
        said.sentence(APS, short, YEAR) for _, short in both
    ]


def test_a_standing_of_days_alone_needs_no_calendar_but_what_is_unusual(
    any_db: Database, students: list[UUID]
) -> None:
    with any_db.write(NOW) as tx:
        tx.session.execute(
            update(CalendarDayRow).where(CalendarDayRow.on_date.in_(DAYS[:20])).values(periods=2)
        )
        whole, bare = (climbs.open_for(tx, APS, YEAR, students, whole=one) for one in (True, False))
        found = [
            {one[0]: climbs.climb_plain(of, one) for one in climbs.everybody(tx, of)}
            for of in (whole, bare)
        ]
        days = [{tuple(one.days[:1]) for one in of.year.schools.values()} for of in (whole, bare)]
    assert days == [{(DAYS[0],)}, {()}]
    assert found[0] == found[1]
    assert len(found[0]) == len(students)


def test_what_was_done_matters_from_the_step_on_that_a_decision_requires(
    any_db: Database, students: list[UUID]
) -> None:
    with any_db.read(NOW) as tx:
        quick = Quick(climbs.open_for(tx, APS, YEAR, students))
    habitual = [Reached(step=key, crossed_on=DAYS[0], value=840) for key in ("habitual_10",)]
    five = [Reached(step="early_intervention_5", crossed_on=DAYS[0], value=840)]
    assert quick.is_more_open(habitual)
    assert not quick.is_more_open(five)
    assert not quick.is_more_open([])


def test_what_is_written_is_what_is_counted_and_nothing_changes_the_second_time(
    any_db: Database, students: list[UUID]
) -> None:
    with any_db.write(NOW) as tx:
        of = climbs.open_for(tx, APS, YEAR, students)
        places = {one: of.students[one][-1].school_id for one in students}
        moved = service.recompute(tx, APS, YEAR, places)
        again = service.recompute(tx, APS, YEAR, places)
        counted = dict(service.climb_all(tx, APS, YEAR))

    assert {one.student_id: one.newly for one in moved if one.newly} == counted
    assert not any(one.newly or one.taken_back for one in again)


def test_crossings_that_were_read_before_are_those_that_would_be_read(
    any_db: Database, students: list[UUID]
) -> None:
    ladder = catalog.version_of(APS)
    with any_db.write(NOW) as tx:
        of = climbs.open_for(tx, APS, YEAR, students)
        places = {one: of.students[one][-1].school_id for one in students}
        assert any(one.newly for one in service.recompute(tx, APS, YEAR, places))
        met = crossings_met(tx, students[::2], school_year=YEAR, ladder=ladder)
        read = {one: met.get(one, {}) for one in students[::2]}
        again = service.recompute(tx, APS, YEAR, places, read)
    assert not any(one.newly or one.taken_back for one in again)


def test_a_standing_tells_the_days_of_the_long_way(any_db: Database, students: list[UUID]) -> None:
    with any_db.read(NOW) as tx:
        of = climbs.open_for(tx, APS, YEAR, students)
        places = {one: of.students[one][-1].school_id for one in students}
        standings = service.standings_of(tx, APS, YEAR, places)
        days = {one[0]: climbs.climb(of, one).days for one in climbs.everybody(tx, of)}
    for one in standings:
        told = {(absence.on_date, absence.kind): absence.units for absence in one.absences}
        missed = {
            (day.on_date, kind): units
            for day in days[one.student_id]
            for kind, units in day.units.items()
        }
        assert told == missed


def test_desk_search_counts_what_the_standing_counts(
    any_db: Database, students: list[UUID]
) -> None:
    with any_db.read(NOW) as tx:
        units = service.unexcused_units(tx, YEAR, students)
        of = climbs.open_for(tx, APS, YEAR, students)
        places = {one: of.students[one][-1].school_id for one in students}
        standings = service.standings_of(tx, APS, YEAR, places)

    assert units == {one.student_id: one.unexcused_units for one in standings}
