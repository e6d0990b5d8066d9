"""Invents a district. The same seed and day give the same people, all of them made up.

Names are shuffled from lists, phone numbers are 555-0100 to 555-0199 (kept for fiction), streets
and the town do not exist.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

import msgspec
from msgspec import Struct

NAME = "Piñon Valley Public Schools (demo)"
STUDENT_COUNT = 60
_ENOUGH_DAYS = 45
_FIRST_NUMBER = 700101
_SATURDAY = 5
_FAMILY_OF = 7
"""Every so manyth student is a sibling of the one before."""


class Names(Struct, frozen=True, kw_only=True):
    """Where names are drawn from."""

    given: list[str]
    family: list[str]
    mothers: list[str]
    fathers: list[str]
    streets: list[str]


NAMES = msgspec.json.decode(
    (Path(__file__).parent / "names.json").read_bytes(), type=Names, strict=True
)
RESTRICTIONS = (
    "",
    "",
    "",
    "Do not call the work number: calls are not allowed there.",
    "",
    "Court order on file: speak with the mother only, never with the father.",
    "",
    "Works nights. Call after 2 p.m.",
    "",
    "Prefers Spanish. Please do not use the student as an interpreter.",
)


class Phone(Struct, frozen=True, kw_only=True):
    """A number, with the type the school's system gave it."""

    number: str
    kind: str


class Parent(Struct, frozen=True, kw_only=True):
    """A guardian."""

    id: str
    first_name: str
    last_name: str
    relation: str
    language: str
    phones: list[Phone]
    mail: str
    street: str
    restriction: str


class Pupil(Struct, frozen=True, kw_only=True):
    """A student, with the school-day places (0 is the first day) on which he was missing."""

    number: str
    first_name: str
    last_name: str
    preferred_name: str
    birth_on: date
    school: str
    grade: str
    parents: list[Parent]
    unexcused: list[int]
    excused: list[int]
    late: list[int]
    leaves_at: int | None = None
    excused_later: int | None = None
    """A day that was unexcused until the last file excused it."""


class School(Struct, frozen=True, kw_only=True):
    """A school."""

    code: str
    name: str
    category: str
    grades: list[str]


class District(Struct, frozen=True, kw_only=True):
    """Everything the files are written from."""

    schools: list[School]
    days: list[tuple[date, str]]
    """The year's weekdays, each with what the calendar calls it."""
    school_days: list[date]
    past_count: int
    """School days up to and including today."""
    pupils: list[Pupil]


SCHOOLS = [
    School(
        code="901001",
        name="Cañada Middle School",
        category="Middle School",
        grades=["Sixth grade", "Seventh grade", "Eighth grade"],
    ),
    School(
        code="901002",
        name="Mesa Larga High School",
        category="High School",
        grades=["Ninth grade", "Tenth grade", "Eleventh grade", "Twelfth grade"],
    ),
]

_MISSED = (
    [(13, 2), (11, 6), (10, 12), (8, 18), (7, 15), (7, 9), (6, 14), (6, 11), (5, 1), (5, 2)]
    + [(5, 3), (5, 7), (5, 12), (5, 16), (4, 1), (4, 3), (4, 8), (3, 2), (3, 5), (3, 9), (3, 13)]
    + [(2, day) for day in (1, 2, 4, 7, 11, 15)]
)
"""The first students: days missed without an excuse, and how many school days ago the last was.
The others miss none or one."""
_EXCUSED_PLACE = 12
_LEAVER_PLACE = 7
_FIRST_MONTH = 8
"""In which school begins."""
_LINES = 100
"""Invented numbers of one area."""


def invent(today: date, *, seed: int) -> District:
    """Return the district as of a day."""
    chance = Random(seed)
    first_year = today.year if today.month >= _FIRST_MONTH else today.year - 1
    if _past(_school_days(_calendar(first_year)), today) < _ENOUGH_DAYS:
        first_year -= 1
    days = _calendar(first_year)
    school_days = _school_days(days)
    past = _past(school_days, today)
    return District(
        schools=SCHOOLS,
        days=days,
        school_days=school_days,
        past_count=past,
        pupils=_pupils(chance, first_year, past),
    )


def _calendar(first_year: int) -> list[tuple[date, str]]:
    day = date(first_year, 8, 10)
    days: list[tuple[date, str]] = []
    while day <= date(first_year + 1, 5, 25):
        if day.weekday() < _SATURDAY:
            is_holiday = any(begin <= day <= end for begin, end in _holidays(first_year))
            days.append((day, "Holiday" if is_holiday else "Instructional day"))
        day += timedelta(days=1)
    return days


def _holidays(first_year: int) -> list[tuple[date, date]]:
    second = first_year + 1
    labor_day = _nth_weekday(first_year, 9, 0, 1)
    thanksgiving = _nth_weekday(first_year, 11, 3, 4)
    return [
        (labor_day, labor_day),
        (date(first_year, 10, 8), date(first_year, 10, 12)),
        (thanksgiving - timedelta(days=1), thanksgiving + timedelta(days=1)),
        (date(first_year, 12, 21), date(second, 1, 4)),
        (_nth_weekday(second, 1, 0, 3), _nth_weekday(second, 1, 0, 3)),
        (_nth_weekday(second, 2, 0, 3), _nth_weekday(second, 2, 0, 3)),
        (date(second, 3, 16), date(second, 3, 20)),
    ]


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _school_days(days: Sequence[tuple[date, str]]) -> list[date]:
    return [day for day, kind in days if kind == "Instructional day"]


def _past(school_days: Sequence[date], today: date) -> int:
    return sum(day <= today for day in school_days)


def _pupils(chance: Random, first_year: int, past: int) -> list[Pupil]:
    given, families = list(NAMES.given), list(NAMES.family)
    chance.shuffle(given)
    chance.shuffle(families)
    pupils: list[Pupil] = []
    home: list[Parent] = []
    for place in range(STUDENT_COUNT):
        has_sibling = place % _FAMILY_OF == _FAMILY_OF - 1 and bool(pupils)
        if not has_sibling:
            home = _home(chance, place, families[place % len(families)])
        pupils.append(_pupil(chance, place, given, home, first_year=first_year, past=past))
    return pupils


def _pupil(  # noqa: PLR0913  (what a child is made of)
    chance: Random, place: int, given: list[str], home: list[Parent], *, first_year: int, past: int
) -> Pupil:
    school = SCHOOLS[place % 2]
    grade = chance.randrange(len(school.grades))
    age = 11 + grade + (3 if place % 2 else 0)
    unexcused = _missed(chance, past, place)
    free = [day for day in range(past) if day not in unexcused]
    first_name = given[(place * 7) % len(given)]
    return Pupil(
        number=str(_FIRST_NUMBER + place),
        first_name=first_name,
        last_name=home[0].last_name,
        preferred_name={"José": "Pepe", "Ximena": "Xime"}.get(first_name, ""),
        birth_on=date(first_year - age, 1 + chance.randrange(12), 1 + chance.randrange(28)),
        school=school.code,
        grade=school.grades[grade],
        parents=home,
        unexcused=unexcused,
        excused=sorted(chance.sample(free, chance.randrange(4))),
        late=sorted(chance.sample(free, chance.randrange(3))),
        leaves_at=past - 2 if place == _LEAVER_PLACE else None,
        excused_later=unexcused[1] if place == _EXCUSED_PLACE else None,
    )


def _missed(chance: Random, past: int, place: int) -> list[int]:
    """Spread absences over the year so that steps are reached early, lately and today."""
    if place >= len(_MISSED):
        return sorted(chance.sample(range(3, past), chance.randrange(2)))
    count, recent = _MISSED[place]
    early = chance.sample(range(3, past - recent), count - 1)
    return sorted([*early, past - recent])


def _home(chance: Random, place: int, family: str) -> list[Parent]:
    is_spanish = place % 5 in {0, 2}
    street = f"{chance.randrange(100, 2400)} {chance.choice(NAMES.streets)}"
    parents: list[Parent] = []
    for number, (names, relation) in enumerate(
        ((NAMES.mothers, "Mother"), (NAMES.fathers, "Father"))
    ):
        if number == 1 and place % 3 == 1:
            break
        first_name = names[(place * 3 + number) % len(names)]
        phones = [Phone(number=_number(place * 2 + number), kind="Mobile")]
        if place % 4 == number:
            phones.append(Phone(number=_number(place * 2 + number + 61), kind="Work"))
        parents.append(
            Parent(
                id=f"8{place:03d}{number}",
                first_name=first_name,
                last_name=family,
                relation=relation,
                language="Spanish" if is_spanish else "English",
                phones=phones,
                mail=f"family{place:02d}@example.org" if place % 3 == number else "",
                street=street,
                restriction=_restriction(place, relation),
            )
        )
    return parents


def _restriction(place: int, relation: str) -> str:
    """Ed-Fi keeps a restriction with the person it is about: the father, if he is not to be met."""
    text = RESTRICTIONS[place % len(RESTRICTIONS)]
    is_court_order = "father" in text
    return text if is_court_order == (relation == "Father") else ""


def _number(place: int) -> str:
    area = "505" if place < _LINES else "575"
    return f"({area}) 555-01{place % _LINES:02d}"
