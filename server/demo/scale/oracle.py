"""Counts an invented district by itself: nothing here is the product's code.

Every total of every school and week in two ways, as recorded at the end of that week and as known
at the end of the story; and the snapshot's figures by the formulas of domain.md 6.2. A test holds
the product's answers against it.
"""

from bisect import bisect_left
from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from server.demo.scale.faults import Fault
from server.demo.scale.model import (
    EXCUSED,
    MEDICAL,
    TARDY,
    UNEXCUSED,
    District,
    Event,
)
from server.demo.scale.snapshot_figures import Snapshot, snapshot_of

DAY = 840
THRESHOLDS = (2, 3, 4, 5, 10)


class Totals(Struct, kw_only=True):
    """From the first day of the school year to the end of a week."""

    unexcused_units: int = 0
    excused_units: int = 0
    tardies: int = 0
    at_least: dict[str, int] = {}
    """Students, wherever they were missing in the district, with so many unexcused days."""


class Week(Struct, frozen=True, kw_only=True):
    """A school's totals at the end of a week."""

    delivery: int
    through: date
    recorded: Totals
    """As recorded when that week's files had come."""
    known: Totals
    """As known at the end of the story."""


class SchoolTotals(Struct, frozen=True, kw_only=True):
    """A school's weeks, year by year."""

    code: str
    name: str
    level: str
    calendar: str
    mode: str
    weeks: dict[str, list[Week]]


class Oracle(Struct, frozen=True, kw_only=True):
    """Everything that the files come to."""

    district: str
    scale: str
    seed: int
    students: int
    events: int
    """Student-days told, in the newest word of the office."""
    corrections: int
    contacts: int
    schools: list[SchoolTotals]
    snapshot: Snapshot
    faults: list[Fault]


def count(district: District, faults: list[Fault]) -> Oracle:
    """Count everything."""
    weeks = {year: _Year(district, year).weeks() for year in range(len(district.years))}
    return Oracle(
        district=district.name,
        scale=district.scale,
        seed=district.seed,
        students=sum(
            any(stay.told < len(district.deliveries) for stay in pupil.stays)
            for pupil in district.pupils
        ),
        events=sum(bool(event.told[-1].code) for event in district.events),
        corrections=sum(len(event.told) - 1 for event in district.events),
        contacts=len(district.contacts),
        schools=[
            SchoolTotals(
                code=school.code,
                name=school.name,
                level=school.level,
                calendar=school.calendar,
                mode=school.mode,
                weeks={
                    one.label: weeks[place][school.place]
                    for place, one in enumerate(district.years)
                },
            )
            for school in district.schools
        ],
        snapshot=snapshot_of(district),
        faults=faults,
    )


class _Ledger:
    """Running sums of one school year under one way of knowing."""

    def __init__(self, schools: int) -> None:
        self._sums = [[0, 0, 0] for _ in range(schools)]
        self._at_least = [dict.fromkeys(THRESHOLDS, 0) for _ in range(schools)]
        self._units: dict[int, int] = {}
        self._school: dict[int, int] = {}

    def seat(self, pupil: int, school: int) -> None:
        """Count a student in this school from now on."""
        self._move(pupil, -1)
        self._school[pupil] = school
        self._move(pupil, +1)

    def add(self, event: Event, code: str, units: int) -> None:
        """Add a word of the office; negative units take one back."""
        own = self._sums[event.school]
        if code == UNEXCUSED:
            self._move(event.pupil, -1)
            self._units[event.pupil] = self._units.get(event.pupil, 0) + units
            self._move(event.pupil, +1)
            own[0] += units
        elif code in {EXCUSED, MEDICAL}:
            own[1] += units
        elif code == TARDY:
            own[2] += 1 if units >= 0 else -1

    def totals(self, school: int) -> Totals:
        """Return a school's totals now."""
        unexcused, excused, tardies = self._sums[school]
        return Totals(
            unexcused_units=unexcused,
            excused_units=excused,
            tardies=tardies,
            at_least={str(days): number for days, number in self._at_least[school].items()},
        )

    def _move(self, pupil: int, step: int) -> None:
        units = self._units.get(pupil, 0)
        school = self._school.get(pupil)
        if school is None:
            return
        own = self._at_least[school]
        for days in THRESHOLDS:
            if units < days * DAY:
                break
            own[days] += step


class _Year:
    def __init__(self, district: District, year: int) -> None:
        self._district = district
        self._year = year
        self._sent = [one for one in district.deliveries if one.year == year]
        self._events = [event for event in district.events if event.year == year]
        self._seats = self._seat_by_delivery()

    def weeks(self) -> list[list[Week]]:
        """Return each school's weeks."""
        schools = range(len(self._district.schools))
        recorded, known = _Ledger(len(schools)), _Ledger(len(schools))
        by_recorded, by_known = self._by_recorded(), self._by_known()
        found: list[list[Week]] = [[] for _ in schools]
        for delivery in self._sent:
            for pupil, school in self._seats.get(delivery.number, ()):
                recorded.seat(pupil, school)
                known.seat(pupil, school)
            for event, code, units in by_recorded.get(delivery.number, ()):
                recorded.add(event, code, units)
            for event, code, units in by_known.get(delivery.number, ()):
                known.add(event, code, units)
            for school in schools:
                found[school].append(
                    Week(
                        delivery=delivery.number,
                        through=delivery.through,
                        recorded=recorded.totals(school),
                        known=known.totals(school),
                    )
                )
        return found

    def _by_recorded(self) -> Mapping[int, list[tuple[Event, str, int]]]:
        """Return by delivery what it adds, and with negative units what it takes back."""
        found: dict[int, list[tuple[Event, str, int]]] = {}
        for event in self._events:
            before = None
            for told in event.told:
                steps = found.setdefault(told.delivery, [])
                if before is not None and before.code:
                    steps.append((event, before.code, -before.units or -1))
                if told.code:
                    steps.append((event, told.code, told.units))
                before = told
        return found

    def _by_known(self) -> Mapping[int, list[tuple[Event, str, int]]]:
        """Return by delivery in whose weeks a day lies what is known of it at the end."""
        ends = [one.through for one in self._sent]
        found: dict[int, list[tuple[Event, str, int]]] = {}
        for event in self._events:
            last = event.told[-1]
            if last.code:
                number = self._sent[bisect_left(ends, event.on)].number
                found.setdefault(number, []).append((event, last.code, last.units))
        return found

    def _seat_by_delivery(self) -> Mapping[int, list[tuple[int, int]]]:
        """Return by delivery who begins to count in which school: that of his newest stay."""
        found: dict[int, list[tuple[int, int]]] = {}
        for pupil in self._district.pupils:
            own = [stay for stay in pupil.stays if stay.year == self._year]
            for stay in sorted(own, key=lambda one: one.entry):
                if not stay.is_double:
                    found.setdefault(stay.told, []).append((pupil.place, stay.school))
        return found
