"""Writes what OneRoster has no word for as Presente's own tables: calendar, codes, attendance.

A week's attendance is the whole week of every school, and for the schools whose turn it is the
weeks since their last turn again, as the office knows them now: what is gone from it was taken
back.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from server.demo.scale import roster, writing
from server.demo.scale.model import (
    DAY,
    HALF,
    KIND_OF_CODE,
    UNEXCUSED,
    Delivery,
    District,
    Event,
    Pupil,
    School,
    Told,
)

PERIODS = 7
_REASONS = {"EXC": "Note from home", "MED": "Seen by a doctor", "TDY": "Late bus"}


class EventIndex:
    """The events of each school in order of their days, for cutting weeks out."""

    def __init__(self, events: Iterable[Event], schools: int) -> None:
        self._events: list[list[Event]] = [[] for _ in range(schools)]
        for event in events:
            self._events[event.school].append(event)
        for own in self._events:
            own.sort(key=lambda one: (one.on, one.pupil))
        self._days = [[one.on for one in own] for own in self._events]

    def between(self, school: int, first: date, last: date) -> Sequence[Event]:
        """Return a school's events of these days, both included."""
        days = self._days[school]
        return self._events[school][bisect_left(days, first) : bisect_right(days, last)]

    def told(self, school: School, delivery: Delivery) -> Iterator[Event]:
        """Yield the events that a delivery tells of a school."""
        first = delivery.resend_first.get(school.place, delivery.first)
        for event in self.between(school.place, first, delivery.through):
            if event.as_of(delivery.number) is not None:
                yield event


def write_start(district: District, year: int, folder: Path) -> None:
    """Write what is told once a year: schools, calendars, codes, staff.

    Calendars are adopted for two years at a time: so the product knows from the first day which
    year is the newest, and opens no cases for the one before.
    """
    schools = district.schools
    writing.save(
        folder / "schools.csv",
        writing.table(
            ("school_id", "name", "level", "mode", "periods_per_day"),
            (
                (one.code, one.name, one.level, one.mode, PERIODS if one.mode == "period" else "")
                for one in schools
                if not one.is_edfi
            ),
        ),
    )
    writing.save(
        folder / "calendar.csv",
        writing.table(
            ("school_id", "date", "event"),
            (
                (one.code, day, word)
                for one in schools
                for later in range(year, len(district.years))
                for day, word in district.calendar_of(one.place, later).days
            ),
        ),
    )
    writing.save(
        folder / "codes.csv", writing.table(("code", "kind"), sorted(KIND_OF_CODE.items()))
    )
    writing.save(
        folder / "staff.csv",
        writing.table(
            ("login", "name", "role", "school_ids"),
            (
                (one.login, one.name, one.role, ";".join(schools[at].code for at in one.schools))
                for one in district.staff
            ),
        ),
    )


def write_week(district: District, delivery: Delivery, index: EventIndex, folder: Path) -> None:
    """Write a week's attendance of the schools that send CSV, and how far each has told it."""
    own = [school for school in district.schools if not school.is_edfi]
    lines = ["student_id,school_id,date,code,period,portion,minutes,reason"]
    for school in own:
        for event in index.told(school, delivery):
            lines += _lines(district.pupils[event.pupil], school, event, delivery)
    writing.save(folder / "attendance.csv", "\n".join([*lines, ""]))
    rows = [
        (school.code, last) for school in own if (last := told_until(district, school, delivery))
    ]
    writing.save(folder / "submissions.csv", writing.table(("school_id", "through_date"), rows))


def told_until(district: District, school: School, delivery: Delivery) -> date | None:
    """Return the last school day that a delivery tells of a school; None: it has not begun."""
    days = district.calendar_of(school.place, delivery.year).school_days
    count = bisect_right(days, delivery.through)
    return days[count - 1] if count else None


def families_by_delivery(district: District) -> Mapping[int, Sequence[Pupil]]:
    """Return by delivery whose guardians it tells: of whoever is new, where the roster has none."""
    found: dict[int, list[Pupil]] = {}
    if roster.wording_of(district).has_agents:
        return found
    for pupil in district.pupils:
        first = min(pupil.stays, key=lambda one: one.told)
        if not district.schools[first.school].is_edfi:
            found.setdefault(first.told, []).append(pupil)
    return found


def write_guardians(pupils: Sequence[Pupil], folder: Path) -> None:
    """Write these students' guardians, if there are any."""
    rows = [
        (
            *(one.id, pupil.number, one.first_name, one.last_name, one.relation, one.language),
            *("yes" if place == 0 else "no", "yes", one.restriction, place + 1),
            *(one.mobile, one.work, one.email, one.street, "Llano Alto", "NM", "87999"),
        )
        for pupil in pupils
        for place, one in enumerate(pupil.guardians)
    ]
    if rows:
        header = (
            *("guardian_id", "student_id", "first_name", "last_name", "relation", "language"),
            *("is_primary", "lives_with", "restriction", "position"),
            *("mobile_phone", "work_phone", "email", "street", "city", "state", "postal_code"),
        )
        writing.save(folder / "guardians.csv", writing.table(header, rows))


def _lines(pupil: Pupil, school: School, event: Event, delivery: Delivery) -> list[str]:
    told = event.as_of(delivery.number)
    if told is None:
        return []
    start = f"{pupil.number},{school.code},{event.on},{told.code}"
    reason = _REASONS.get(told.code, "")
    if school.mode == "period" and told.code == "UNX":
        return [f"{start},{period},,,{reason}" for period in classes_of(event, told.units)]
    portion = "0.5" if is_told_as_half(school, event.pupil, told) else "1" if told.units else ""
    return [f"{start},,{portion},,{reason}"]


def is_told_as_half(school: School, pupil: int, told: Told) -> bool:
    """Tell whether a file says half a day.

    In an elementary school that takes attendance daily, half a day without an excuse counts as a
    whole one (the ladder's ``full_day_each``): some of the days there are told so.
    """
    is_whole_anyway = school.level == "elementary" and told.code == UNEXCUSED
    return told.units == HALF or (is_whole_anyway and told.units == DAY and pupil % 7 == 0)


def classes_of(event: Event, units: int) -> Sequence[str]:
    """Return the classes missed on a day in a school that takes attendance by class.

    Up to half of them is half a day, more is a whole one (NMSA 22-12-9(B)).
    """
    if units == HALF:
        return "123"[: 2 + event.pupil % 2]
    return "1234567"[: 4 + event.pupil % 4]
