"""Decides who is in which school from when to when, and who is in which group of the snapshot.

Roles first: whoever is to be counted as left really leaves before day N, whoever is analysed is
still there on it (some moved inside, some left and came back, some leave after it).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from server.demo.scale.model import District, Pupil, School, Stay
from server.demo.scale.people import GRADES, Families
from server.demo.scale.shape import Shape

_STAYED_ON = 0.94
_MOVED_TWICE = 0.6
_FRIDAY = 4
_JOINER, _LEAVER, _MOVER, _RETURNER = 0.05, 0.06, 0.015, 0.004
_INSIDE, _OUTSIDE, _GONE = "transfer_inside", "transfer_outside", "withdrawn"


class _Now(NamedTuple):
    """The newest year, as every decision needs it."""

    district: District
    chance: Random
    told: Mapping[date, int]

    @property
    def year(self) -> int:
        return len(self.district.years) - 1

    def days(self, school: int) -> Sequence[date]:
        return self.district.calendar_of(school, self.year).school_days

    def told_by(self, day: date) -> int:
        """Return the delivery that tells of a day; one that is never sent: not told."""
        return self.told.get(day, len(self.district.deliveries))


def told_by_day(district: District, year: int) -> dict[date, int]:
    """Return for each day of a year the delivery that tells it first."""
    days = sorted({day for c in district.years[year].calendars.values() for day, _ in c.days})
    sent = [one for one in district.deliveries if one.year == year]
    return {day: one.number for one in sent for day in days if one.first <= day <= one.through}


def enrol(district: District, shape: Shape, families: Families, chance: Random) -> None:
    """Invent everybody with his stays of both years, as if nobody ever moved."""
    year = len(district.years) - 1
    first_year = int(district.years[-1].label[:4])
    for school, size in zip(district.schools, _sizes(district.schools, shape, chance), strict=True):
        grades = GRADES[school.level]
        for _ in range(size):
            grade = chance.choice(grades)
            pupil = families.add(grade, first_year, is_edfi=school.is_edfi)
            place = grades.index(grade)
            if year and place and chance.random() < _STAYED_ON:
                pupil.stays.append(_whole(district, school, year - 1, grades[place - 1]))
            pupil.stays.append(_whole(district, school, year, grade))
        for _ in range(size // len(grades) if year else 0):
            pupil = families.add(grades[-1], first_year - 1, is_edfi=school.is_edfi)
            pupil.stays.append(_whole(district, school, year - 1, grades[-1]))
    district.pupils = families.pupils


def choose(district: District, shape: Shape, chance: Random) -> dict[int, str]:
    """Choose who is in the programme, about as many in each school, and in which group."""
    by_school: list[list[int]] = [[] for _ in district.schools]
    for pupil in district.pupils:
        if pupil.stays[-1].year == len(district.years) - 1:
            by_school[pupil.stays[-1].school].append(pupil.place)
    for members in by_school:
        chance.shuffle(members)
    chosen = [
        members[count]
        for count in range(max(map(len, by_school)))
        for members in by_school
        if count < len(members)
    ][: shape.students]
    chance.shuffle(chosen)
    words = ["never"] * shape.never + ["left"] * shape.left + ["data"] * shape.data
    words += ["analysed"] * (shape.students - len(words))
    return dict(zip(chosen, words, strict=True))


def move(district: District, families: Families, chance: Random) -> None:
    """Let students join late, leave, move inside and come back, each as his group allows."""
    year = len(district.years) - 1
    now = _Now(district, chance, told_by_day(district, year))
    for pupil in list(district.pupils):
        if pupil.stays[-1].year != year:
            continue
        group = district.groups.get(pupil.place, "")
        draw = chance.random()
        if group == "left":
            _leave(now, pupil.stays[-1], 40, district.day_number - 4)
        elif group == "analysed":
            _move_analysed(now, pupil, draw)
        elif group == "data":
            _spoil(now, pupil, families)
        else:
            _move_other(now, pupil, draw, may_join=not group)
    _tell(district)


def _move_other(now: _Now, pupil: Pupil, draw: float, *, may_join: bool) -> None:
    stay = pupil.stays[-1]
    if draw < _LEAVER:
        _leave(now, stay, 20, len(now.days(stay.school)) - 2)
    elif draw < _LEAVER + _MOVER:
        _move_inside(now, pupil, 15, 150)
    elif draw < _LEAVER + _MOVER + _RETURNER:
        _come_back(now, pupil)
    elif draw < _LEAVER + _MOVER + _RETURNER + _JOINER and may_join:
        _join_late(now, pupil)


def _move_analysed(now: _Now, pupil: Pupil, draw: float) -> None:
    days = len(now.days(pupil.stays[-1].school))
    steps: Iterable[tuple[float, Callable[[], None]]] = (
        (0.03, lambda: _move_inside(now, pupil, 30, now.district.day_number - 15)),
        (0.04, lambda: _come_back(now, pupil)),
        (0.07, lambda: _leave(now, pupil.stays[-1], now.district.day_number + 3, days - 2)),
    )
    for limit, step in steps:
        if draw < limit:
            step()
            return


def _spoil(now: _Now, pupil: Pupil, families: Families) -> None:
    """Make a student whom no analysis can be made of: in the files twice, or in two schools."""
    stay = pupil.stays[-1]
    here = now.district.schools[stay.school]
    others = [
        one.place
        for one in now.district.schools
        if one.level == here.level and one.calendar == here.calendar and one.place != here.place
        if not (one.is_edfi or here.is_edfi)
    ]
    is_double = now.district.scale == "district" or now.chance.random() < _MOVED_TWICE
    if others and is_double:
        entry = now.days(here.place)[now.chance.randrange(30, 80)]
        pupil.stays.append(
            Stay(
                school=now.chance.choice(others),
                year=stay.year,
                grade=stay.grade,
                entry=entry,
                told=0,
                is_double=True,
            )
        )
    else:
        twin = families.twin(pupil)
        twin.stays.append(_whole(now.district, here, stay.year, stay.grade))


def _whole(district: District, school: School, year: int, grade: str) -> Stay:
    days = district.calendar_of(school.place, year).school_days
    return Stay(school=school.place, year=year, grade=grade, entry=days[0], told=0)


def _leave(now: _Now, stay: Stay, first: int, last: int) -> None:
    days = now.days(stay.school)
    stay.exit = days[now.chance.randrange(first, min(last, len(days) - 1))]
    stay.reason = now.chance.choice((_OUTSIDE, _OUTSIDE, _GONE))


def _move_inside(now: _Now, pupil: Pupil, first: int, last: int) -> None:
    """Move to a school of the same level and calendar, so that day N is the same date."""
    stay = pupil.stays[-1]
    here = now.district.schools[stay.school]
    others = [
        one.place
        for one in now.district.schools
        if (one.level, one.calendar) == (here.level, here.calendar)
        and one.place != here.place
        and not (one.is_edfi or here.is_edfi)
    ]
    if not others:
        return
    days = now.days(here.place)
    at = now.chance.randrange(first, min(last, len(days) - 5))
    stay.exit, stay.reason = days[at], _INSIDE
    there = Stay(
        school=now.chance.choice(others),
        year=stay.year,
        grade=stay.grade,
        entry=days[at + 1],
        told=0,
    )
    pupil.stays.append(there)


def _come_back(now: _Now, pupil: Pupil) -> None:
    stay = pupil.stays[-1]
    days = now.days(stay.school)
    at = now.chance.randrange(30, 80)
    stay.exit, stay.reason = days[at], _GONE
    again = days[at + now.chance.randrange(6, 20)]
    pupil.stays.append(
        Stay(school=stay.school, year=stay.year, grade=stay.grade, entry=again, told=0)
    )


def _join_late(now: _Now, pupil: Pupil) -> None:
    if len(pupil.stays) > 1:
        return
    stay = pupil.stays[-1]
    days = [day for day in now.days(stay.school) if day < now.district.deliveries[-1].first]
    stay.entry = days[now.chance.randrange(5, len(days))]


def _tell(district: District) -> None:
    """Say with which delivery the office tells each stay and each exit."""
    for year in range(len(district.years)):
        told = told_by_day(district, year)
        start = min(one.number for one in district.deliveries if one.year == year)
        never = len(district.deliveries)
        for pupil in district.pupils:
            for count, stay in enumerate(one for one in pupil.stays if one.year == year):
                first_day = district.calendar_of(stay.school, year).school_days[0]
                is_start = stay.entry == first_day and count == 0
                stay.told = start if is_start else told.get(stay.entry, never)
                if stay.exit is not None:
                    after = stay.exit + timedelta(days=1)
                    stay.exit_told = told.get(_weekday(after), never)


def _weekday(day: date) -> date:
    """Return the day itself, or the Monday after a week-end."""
    return day + timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > _FRIDAY else 0)


def _sizes(schools: Sequence[School], shape: Shape, chance: Random) -> list[int]:
    sizes = [round(shape.size[one.level] * chance.uniform(0.85, 1.15)) for one in schools]
    if shape.enrolled:
        total = sum(sizes)
        sizes = [size * shape.enrolled // total for size in sizes]
        for place in range(shape.enrolled - sum(sizes)):
            sizes[place % len(sizes)] += 1
    return sizes
