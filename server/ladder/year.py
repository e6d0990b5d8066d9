"""Gathers what the ladder counts from: a school year's schools, enrolments and what was done.

What is asked is always two things: up to which day, and as known when. *As recorded* means as
known at the end of that very day where the district is; *as known now* is the default.

That goes for facts, enrolments and calendars alike. As recorded on day N means: N by the calendar
known now, everything else as it was known at the end of that day. How far a school had told its
attendance at an earlier moment is what it had said by then; of a school that never said, the last
date of any fact that had been written down.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from server.attendance import store as attendance
from server.attendance.rules import calendar as attendance_rules
from server.attendance.rules.days import Place, School
from server.attendance.rules.places import Stay
from server.attendance.store import former, then
from server.db.database import Transaction
from server.ladder.store import facts as store
from server.ladder.store import then as store_then
from server.ladder.store.facts import CalendarFacts, PlaceFacts, SchoolFacts
from server.languages import Told
from server.people import store as people
from server.problems import Invalid

_Calendars: TypeAlias = Mapping[UUID, CalendarFacts]
_Semesters: TypeAlias = Mapping[UUID | None, Sequence[tuple[date, date]]]
DEFAULT_ZONE = "America/Denver"


class Asked(Struct, frozen=True, kw_only=True):
    """Up to which day, and as known when, something is counted. Nothing: all that is known now."""

    day: int | None = None
    """School day N of each school's own calendar."""
    on: date | None = None
    known_at: datetime | None = None
    as_recorded: bool = False
    """As known at the end of the day asked for; with ``day`` that is each school's own day N."""

    @property
    def is_of_then(self) -> bool:
        """Tell whether what was known earlier is asked for."""
        return self.known_at is not None or self.as_recorded


class Year:
    """A school year as far as it is asked for: everything but the students and their marks."""

    def __init__(
        self, tx: Transaction, school_year: str, asked: Asked, wanted: Collection[UUID]
    ) -> None:
        self.school_year = school_year
        self.warnings: list[str] = []
        self.has_dates = True
        """Whether ``schools`` tell their calendars' dates, which are many; what is unusual of a
        date they always tell. As known at an earlier moment they tell both."""
        self._tx = tx
        self._wanted = wanted
        self._stays: dict[int, list[Stay]] = {}
        self.then = None if asked.known_at is None else then.then(tx, asked.known_at)
        """Enrolments and calendars as they were; None: as they are now."""
        self._gone = {one.id: one.name for one in former.schools_gone(tx, self.then)}
        if self._gone:
            self._wanted = {*wanted, *self._gone}
        self.asked_until = last = self._last(asked)
        """By school, the last day asked for."""
        self.newest = (
            None if asked.known_at is None else attendance.newest_recording(tx, asked.known_at)
        )
        """The last recording that counts; None: all of them."""
        self.newest_of = _newest_of(tx, last) if asked.as_recorded else None
        """By school, where each school's day is asked for as recorded then."""
        if asked.as_recorded:
            self.then = then.then_of(tx, _ends_of(tx, last))
            vars(self).pop("schools", None)  # read for the number of the day, as known now
        told = _told(tx, school_year, wanted, self.newest, newest_of=self.newest_of)
        if asked.is_of_then:
            self._warn_untold(told)
        self._warn_behind(told)
        self.ends = {
            school_id: min(end, told.get(school_id, end)) for school_id, end in last.items()
        }
        """By school, the last day that counts; a school that is missing here is left out."""
        self.until = _until(tx, asked, self.ends)
        """The day that is today for the question."""

    @cached_property
    def schools(self) -> Mapping[UUID, School]:
        """How each school keeps its year. Read when it is first asked for."""
        calendars, semesters, schools = self._calendars()
        known: dict[UUID, School] = {}
        for one in schools:
            calendar = calendars.get(one.id)
            known[one.id] = School(
                id=one.id,
                level=one.level,
                mode=one.mode,
                periods=one.periods,
                minutes=one.minutes,
                days=calendar.days if calendar else (),
                semesters=semesters.get(one.id) or semesters.get(None) or (),
                periods_on=calendar.periods if calendar else {},
                minutes_on=calendar.minutes if calendar else {},
            )
        return known

    def places(self, students: Collection[UUID] | None = None) -> list[PlaceFacts]:
        """Return the year's enrolments (of some students), in no order."""
        if self.then is None:
            return store.places(self._tx, self.school_year, students)
        found, stays = store_then.places(self._tx, self.school_year, self.then, students)
        self._stays |= stays
        return found

    def stays(self, places: Collection[int] | None = None) -> Mapping[int, Sequence[Stay]]:
        """Return each stay of the enrolments (None: of all) that have several.

        Of an earlier moment: of those that ``places`` has returned.
        """
        if self.then is None:
            return store.stays(self._tx, self.school_year, places)
        return self._stays

    def place(self, known: PlaceFacts, stays: Sequence[Stay] = ()) -> Place:
        """Return an enrolment as the engine takes it."""
        return Place(
            id=known.id,
            school=self.schools[known.school_id],
            grade=known.grade,
            periods=known.periods,
            stays=stays or ((known.entry_on, known.exit_on),),
            told_until=self.ends[known.school_id],
        )

    def _calendars(self) -> tuple[_Calendars, _Semesters, Sequence[SchoolFacts]]:
        tx, school_year, wanted = self._tx, self.school_year, self._wanted
        if self.then is None:
            read = store.calendars if self.has_dates else store.unusual_days
            return (
                read(tx, school_year, wanted),
                store.semesters(tx, school_year),
                store.schools(tx, wanted),
            )
        return (
            store_then.calendars(tx, school_year, self.then, wanted),
            store_then.semesters(tx, school_year, self.then),
            store_then.schools(tx, self.then, wanted),
        )

    def _warn_untold(self, told: Mapping[UUID, date]) -> None:
        """Note which schools had told nothing by then: their zero is no count."""
        self.warnings += [
            Told(
                f"{row.name} had told no attendance of {self.school_year} by the moment asked for: "
                "nobody of it is counted.",
                f"{row.name} no había entregado asistencia de {self.school_year} en el momento "
                "pedido: nadie de ella cuenta.",
            )
            for row in people.schools(self._tx)
            if row.id in self.asked_until and row.id not in told
        ]

    def _warn_behind(self, told: Mapping[UUID, date]) -> None:
        """Note which schools had not told all the school days up to the day asked for."""
        yesterday = today_of(self._tx) - timedelta(days=1)
        behind: dict[date, list[UUID]] = {}
        for school_id, last in self.asked_until.items():
            until, end = told.get(school_id), min(last, yesterday)
            if last < date.max and until is not None and until < end:
                days = self.schools[school_id].days
                if bisect_right(days, until) < bisect_right(days, end):
                    behind.setdefault(until, []).append(school_id)
        if behind:
            names = {row.id: row.name for row in people.schools(self._tx)} | self._gone
            for day, theirs in sorted(behind.items()):
                said = ", ".join(sorted(names[one] for one in theirs))
                self.warnings.append(
                    Told(
                        f"Attendance is told to {day} only by {said}: later days are not counted "
                        "there.",
                        f"Solo hasta el {day} ha entregado la asistencia {said}: los días "
                        "posteriores no cuentan allí.",
                    )
                )

    def _last(self, asked: Asked) -> dict[UUID, date]:
        """Return the last day asked for in each school; note what the reader should know of it."""
        if asked.day is None:
            return dict.fromkeys(self._wanted, asked.on or date.max)
        last: dict[UUID, date] = {}
        named = {row.id: row.name for row in people.schools(self._tx)} | self._gone
        for school_id, name in named.items():
            if school_id not in self._wanted:
                continue
            calendar = self.schools[school_id].days
            reached = attendance_rules.nth_school_day(calendar, asked.day)
            if reached is not None:
                last[school_id] = reached
            elif calendar:
                last[school_id] = calendar[-1]
                self.warnings.append(
                    Told(
                        f"{name} has only {len(calendar)} school days in {self.school_year}: "
                        "counted to its last.",
                        f"{name} solo tiene {len(calendar)} días de clase en {self.school_year}: "
                        "se cuenta hasta el último.",
                    )
                )
            else:
                self.warnings.append(
                    Told(
                        f"{name} has no calendar for {self.school_year}: left out.",
                        f"{name} no tiene calendario de {self.school_year}: queda fuera.",
                    )
                )
        return last


def load(
    tx: Transaction, school_year: str, asked: Asked, schools: Collection[UUID] | None = None
) -> Year:
    """Return a school year of these schools (None: of all), up to the day asked for."""
    if not attendance_rules.is_school_year(school_year):
        raise Invalid(f"Write the school year like 2021-22; {school_year!r} is none.")
    return Year(tx, school_year, asked, store.school_ids(tx) if schools is None else schools)


def by_student(places: Iterable[PlaceFacts]) -> dict[UUID, list[PlaceFacts]]:
    """Return each student's enrolments, the present or last school at the end."""
    found: dict[UUID, list[PlaceFacts]] = {}
    for place in places:
        found.setdefault(place.student_id, []).append(place)
    for theirs in found.values():
        if len(theirs) > 1:
            theirs.sort(key=_presence)
    return found


def zone_of(tx: Transaction) -> ZoneInfo:
    """Return where the district is: its days begin and end there."""
    return ZoneInfo(attendance.find_setting(tx, "time_zone", DEFAULT_ZONE))


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the last moment of a day in the district."""
    return datetime.combine(day, time.max, zone).astimezone(UTC)


def today_of(tx: Transaction) -> date:
    """Return the district's date at this moment."""
    return tx.at.astimezone(zone_of(tx)).date()


def _newest_of(tx: Transaction, last: Mapping[UUID, date]) -> dict[UUID, int]:
    zone = zone_of(tx)
    known = store.recordings(tx)
    moments = [at for at, _ in known]

    def newest(day: date) -> int:
        place = bisect_right(moments, end_of(day, zone)) if day < date.max else len(known)
        return known[place - 1][1] if place else 0

    return {school_id: newest(day) for school_id, day in last.items()}


def _told(
    tx: Transaction,
    school_year: str,
    schools: Collection[UUID],
    newest: int | None,
    *,
    newest_of: Mapping[UUID, int] | None,
) -> Mapping[UUID, date]:
    if newest_of is not None:
        then = {one: store.told_until_then(tx, school_year, one) for one in newest_of.values()}
        return {
            school_id: then[one][school_id]
            for school_id, one in newest_of.items()
            if school_id in then[one]
        }
    if newest is not None:
        return store.told_until_then(tx, school_year, newest)
    return store.told_until(tx, school_year, schools)


def _ends_of(tx: Transaction, last: Mapping[UUID, date]) -> dict[UUID, datetime]:
    zone = zone_of(tx)
    return {school_id: end_of(day, zone) for school_id, day in last.items() if day < date.max}


def _until(tx: Transaction, asked: Asked, ends: Mapping[UUID, date]) -> date:
    """Return the day that is today for the question: what holds *now* holds on it."""
    told = [day for day in ends.values() if day < date.max]
    if asked.on is not None:
        return asked.on
    if asked.day is not None:
        return max(told, default=today_of(tx))
    at = asked.known_at or tx.at
    return max([at.astimezone(zone_of(tx)).date(), *told])


def _presence(place: PlaceFacts) -> tuple[bool, bool, date, int]:
    """Order a student's enrolments as ``people.store.presence`` does."""
    return (
        place.source == "enrollment_file",
        place.exit_on is None,
        place.entry_on or date.min,
        place.id,
    )
