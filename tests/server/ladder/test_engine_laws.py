"""Laws of the engine, on every ladder: what may never depend on how the facts were told."""

from datetime import date, timedelta
from itertools import product
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.attendance import UNITS_PER_DAY, AttendanceKind
from server.attendance.rules.days import Mark, Place, School, days_of_marks
from server.ladder import catalog
from server.ladder.law import Ladder
from server.ladder.rules.climbing import climb
from server.ladder.rules.folding import Row, fold
from server.ladder.rules.inputs import REACHED, Climb, Done, Student
from tests.support.ladders import HERE, THERE, calendar

LADDERS = list(catalog.ladders().values())
DAYS = calendar(date(2025, 8, 11))
UNTIL = DAYS[60]
BY_CLASS = School(id="a", level="high", mode="period", periods=6, days=DAYS)
BY_DAY = School(id="b", level="elementary", days=DAYS, minutes=390)
PLACES = [
    Place(id=HERE, school=BY_CLASS, stays=[(DAYS[0], DAYS[29])]),
    Place(id=THERE, school=BY_DAY, stays=[(DAYS[30], None)]),
]
EXCUSES = [
    AttendanceKind.ABSENT_EXCUSED,
    AttendanceKind.SUSPENSION_OUT,
    AttendanceKind.ACTIVITY_SCHOOL,
]
SHARES: dict[str, list[tuple[str, int, int | None]]] = {
    "day": [("", 840, None), ("", 420, None), ("", 280, None), ("", 0, 50)],
    "class": [(str(period), 0, minutes) for period, minutes in product(range(1, 7), (None, 40))],
}


def mark_of(day: date, kind: AttendanceKind, share: tuple[str, int, int | None]) -> Mark:
    return Mark(HERE if day < DAYS[30] else THERE, day, share[0], kind, *share[1:])


days = st.sampled_from(DAYS[:61])
shares = st.sampled_from([*SHARES["day"] * 3, *SHARES["class"]])
kinds = st.sampled_from([*[AttendanceKind.ABSENT_UNEXCUSED] * 6, *AttendanceKind])
marks = st.lists(
    st.builds(mark_of, days, kinds, shares),
    max_size=40,
)
few = settings(max_examples=50, deadline=None)
every_ladder = pytest.mark.parametrize("ladder", LADDERS, ids=lambda ladder: ladder.key)


def stand(ladder: Ladder, told: list[Mark], until: date = UNTIL) -> Climb:
    """Return where a student stands for whom everything that a step asks was done at once."""
    done = [
        Done(step=step.key, action=action, done_on=DAYS[12])
        for step in ladder.steps
        for action in [*[one.kind for one in step.actions], "conscientious_effort_conference"]
    ]
    return climb(ladder, Student(places=PLACES, marks=told, done=done), until)


@every_ladder
@few
@given(known=marks, chance=st.randoms())
def test_the_order_of_the_facts_is_irrelevant(
    ladder: Ladder, known: list[Mark], chance: Random
) -> None:
    shuffled = list(known)
    chance.shuffle(shuffled)

    assert stand(ladder, shuffled) == stand(ladder, known)


@every_ladder
@few
@given(known=marks)
def test_told_twice_or_in_two_batches_is_told_once(ladder: Ladder, known: list[Mark]) -> None:
    half = len(known) // 2
    batches = [*known[half:], *known[:half], *known]

    assert stand(ladder, batches) == stand(ladder, known)


@every_ladder
@few
@given(known=marks)
def test_looking_again_changes_nothing(ladder: Ladder, known: list[Mark]) -> None:
    first = stand(ladder, known)
    before = {one.step: one.status.value == "passed_over" for one in first.states if one.is_reached}
    student = Student(places=PLACES, marks=known, before=before)
    once = climb(ladder, student, UNTIL)

    assert climb(ladder, student, UNTIL) == once
    again = {one.step: one.status.value == "passed_over" for one in once.states if one.is_reached}
    assert climb(ladder, msgspec.structs.replace(student, before=again), UNTIL) == once


@every_ladder
@few
@given(known=marks, place=st.integers(0, 39), excuse=st.sampled_from(EXCUSES))
def test_an_excuse_never_raises_what_was_missed_without_one(
    ladder: Ladder, known: list[Mark], place: int, excuse: AttendanceKind
) -> None:
    changed = [
        one._replace(kind=excuse)
        if number == place and one.kind == AttendanceKind.ABSENT_UNEXCUSED
        else one
        for number, one in enumerate(known)
    ]
    added = [*known, *[one._replace(kind=excuse) for one in known[place : place + 1]]]
    by_step = {one.step: one.value_now for one in stand(ladder, known).states}
    all_absences = {step.key for step in ladder.steps if step.metric == "all_absences"}

    for told in (changed, added):
        found = stand(ladder, told)
        assert all(
            one.value_now <= by_step[one.step]
            for one in found.states
            if one.step not in all_absences and is_counted_apart(ladder, one.step)
        )
        for now, was in zip(found.days, stand(ladder, known).days, strict=True):
            assert now.unexcused <= was.unexcused
            assert now.minutes <= was.minutes
            assert now.is_full <= was.is_full
            assert now.is_part <= was.is_part


def is_counted_apart(ladder: Ladder, key: str) -> bool:
    """Tell whether a step's count begins on its own: not after an earlier step's crossing.

    An excuse that takes a crossing back moves what is counted since that crossing.
    """
    step = ladder.step(key)
    return step is not None and not step.window.startswith("since_step")


@every_ladder
@few
@given(known=marks, earlier=st.integers(0, 60))
def test_a_count_of_the_year_never_falls_as_days_go_by(
    ladder: Ladder, known: list[Mark], earlier: int
) -> None:
    yearly = {
        step.key
        for step in ladder.steps
        if step.window == "school_year" and step.unit != "percent" and not step.requires
    }
    then = stand(ladder, known, DAYS[earlier])
    now = stand(ladder, known)

    for was in then.states:
        present = now.state(was.step)
        assert present is not None
        if was.step in yearly:
            assert was.value_now <= present.value_now
            if was.status in REACHED:
                assert present.crossed_on == was.crossed_on


@few
@given(known=marks)
def test_a_date_is_never_more_than_a_day(known: list[Mark]) -> None:
    both = [*known, *[one._replace(place=HERE + THERE - one.place) for one in known]]

    for ladder in LADDERS:
        for told in (known, both):
            found = days_of_marks(ladder.day_rule, {one.id: one for one in PLACES}, told)
            assert all(sum(day.units.values()) <= UNITS_PER_DAY for day in found)
            assert [day.on_date for day in found] == sorted({one.on_date for one in told})


@every_ladder
@few
@given(known=marks)
def test_of_the_steps_seen_at_once_only_the_highest_asks(ladder: Ladder, known: list[Mark]) -> None:
    reached = [one for one in stand(ladder, known).states if one.is_reached]

    assert [one.status.value for one in reached[:-1]] == ["passed_over"] * (len(reached) - 1)
    assert all(one.owed == () and one.due_on is None for one in reached[:-1])
    assert not reached or reached[-1].status.value == "met"


@few
@given(known=marks)
def test_the_districts_fold_says_what_the_climb_says(known: list[Mark]) -> None:
    ladder = catalog.get("aps-2014")
    rows: list[Row[str]] = [
        (student, one.place, day, one.period, one.kind, one.units, one.minutes)
        for student in ("a", "b")
        for one in known
        for day in [one.on_date if student == "a" else one.on_date.isoformat()]
    ]
    by_id = {one.id: one for one in PLACES}

    found = dict(fold(ladder, by_id.__getitem__, rows))

    expected = climb(ladder, Student(places=PLACES, marks=known), UNTIL).reached
    assert found == ({"a": expected, "b": expected} if expected else {})


@every_ladder
@few
@given(known=marks, elsewhere=marks)
def test_what_a_school_tells_of_days_without_the_student_counts_in_no_step(
    ladder: Ladder, known: list[Mark], elsewhere: list[Mark]
) -> None:
    """A withdrawal that is entered late: the school he left had gone on marking him absent."""
    left_behind = [one._replace(place=HERE + THERE - one.place) for one in elsewhere]

    assert stand(ladder, [*known, *left_behind]) == stand(ladder, known)


def test_a_step_passed_over_asks_once_no_higher_one_is_met() -> None:
    """Whose tenth day is excused is owed what his fourth asks; what was asked goes on asking."""
    ladder = catalog.get("aps-2014")
    ten = [Mark(HERE, day, "", "absent_unexcused", 840) for day in DAYS[:10]]
    before = {
        "robocall_2": True,
        "school_call_3": True,
        "school_call_4": True,
        "early_intervention_5": False,
    }

    higher = climb(ladder, Student(places=PLACES, marks=ten, before=before), UNTIL)
    lower = climb(ladder, Student(places=PLACES, marks=ten[:4], before=before), UNTIL)

    assert [one.status.value for one in higher.states[:5]] == [
        "passed_over",
        "passed_over",
        "passed_over",
        "met",
        "met",
    ]
    assert [one.status.value for one in lower.states[:5]] == [
        "passed_over",
        "passed_over",
        "met",
        "not_met",
        "not_met",
    ]


def test_nothing_after_what_a_school_has_told_exists() -> None:
    ladder = catalog.get("aps-2014")
    told = [Mark(HERE, day, "", "absent_unexcused", 840) for day in DAYS[:6]]
    place = msgspec.structs.replace(PLACES[0], told_until=DAYS[3])

    found = climb(ladder, Student(places=[place], marks=told), UNTIL + timedelta(days=1))

    assert found.highest is not None
    assert found.highest.step == "school_call_4"
    assert [day.on_date for day in found.days] == DAYS[:4]
