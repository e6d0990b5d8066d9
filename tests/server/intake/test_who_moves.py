"""Only whom new records may move is climbed again: nobody else would have moved."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.attendance import store as attendance
from server.db.database import Database
from server.ladder import service as ladder
from server.people import store as people
from tests.server.intake.conftest import Send
from tests.support.office import (
    CATEGORIES,
    DAYS,
    EXCUSED,
    MONDAY,
    UNEXCUSED,
    Event,
    Office,
    student_of,
    take_in,
)

YEAR = "2025-26"
NUMBERS = ("100", "101", "102")


@pytest.fixture
def db(any_db: Database) -> Database:
    """What is known is climbed alike on both databases."""
    return any_db


def test_an_excuse_takes_half_of_a_missed_day_away_and_the_step_with_it(
    db: Database, send: Send
) -> None:
    office = _office()
    office.miss("100", DAYS[:2])
    send(office)
    assert _steps(db) == {"100": {"robocall_2"}}

    office.events.append(Event("100", DAYS[1], EXCUSED, duration="0.5"))
    send(office, at=MONDAY + timedelta(days=1))

    assert _steps(db) == {}
    assert _moved_by_counting_anew(db) == []


def test_who_is_through_every_step_falls_back_when_early_days_are_excused(
    db: Database, send: Send
) -> None:
    office = _office()
    office.miss("100", DAYS[:12])
    send(office)
    office.miss("100", DAYS[20:21])
    send(office, at=MONDAY + timedelta(days=1))
    assert "habitual_10" in _steps(db)["100"]

    for day in DAYS[:6]:
        office.excuse("100", day)
    send(office, at=MONDAY + timedelta(days=2), confirm_drop=True)

    assert "habitual_10" not in _steps(db)["100"]
    assert _moved_by_counting_anew(db) == []


_EVENTS = st.builds(
    Event,
    number=st.sampled_from(NUMBERS),
    on_date=st.sampled_from(DAYS[:14]),
    category=st.sampled_from([UNEXCUSED, *CATEGORIES]),
    school=st.sampled_from(["1", "2"]),
    duration=st.sampled_from(["1", "1", "0.5"]),
)


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(weeks=st.lists(st.lists(_EVENTS, min_size=4, max_size=24), min_size=2, max_size=2))
def test_whatever_comes_week_by_week_counting_everybody_anew_moves_nobody(
    tmp_path_factory: pytest.TempPathFactory, migrated_file: Path, weeks: list[list[Event]]
) -> None:
    folder = tmp_path_factory.mktemp("weeks")
    shutil.copy(migrated_file, folder / "presente.db")
    db = Database(f"sqlite:///{folder / 'presente.db'}")
    office = _office()
    try:
        for count, events in enumerate(weeks):
            office.events = list(dict.fromkeys(events))
            at = MONDAY + timedelta(days=count)
            take_in(db, office.write(folder / str(count)), at=at, confirm_drop=True)
            assert _moved_by_counting_anew(db) == []
    finally:
        db.close()


def _office() -> Office:
    return Office(schools=["1", "2"], students=dict.fromkeys(NUMBERS, "1"))


def _steps(db: Database) -> dict[str, set[str]]:
    """The steps that are crossed now, by student."""
    with db.read(MONDAY) as tx:
        law = ladder.ladder_of_district(tx, YEAR)
        ids = {student_of(tx, number).id: number for number in NUMBERS}
        places = {one: row.school_id for one, row in people.enrollments_of(tx, ids).items()}
        found = ladder.standings_of(tx, law, YEAR, places)
    met = {
        ids[one.student_id]: {
            crossed.step for crossed in one.crossings if crossed.no_longer_met_at is None
        }
        for one in found
    }
    return {number: steps for number, steps in met.items() if steps}


def _moved_by_counting_anew(db: Database) -> list[ladder.Movement]:
    with db.write(MONDAY + timedelta(days=90)) as tx:
        assert YEAR in attendance.years_of(tx)
        law = ladder.ladder_of_district(tx, YEAR)
        ids = [student_of(tx, number).id for number in NUMBERS]
        places = {one: row.school_id for one, row in people.enrollments_of(tx, ids).items()}
        moved = ladder.recompute(tx, law, YEAR, places)
    return [one for one in moved if one.newly or one.taken_back]
