"""The snapshot's figures of an invented district, counted from the truth by domain.md 6.2.

Part of the oracle: nothing of the product's code, and nothing of what was asked of the district
(``Figures``): a test holds the two against each other.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from msgspec import Struct

from server.demo.scale.model import LEVELS, UNEXCUSED, Contact, District, Level, Pupil

_DAY, _HABITUAL = 840, 10
_TEAM = frozenset({"advisor", "social_worker", "caller", "coordinator"})
_METHODS = frozenset(
    {"phone_call", "home_visit", "school_meeting", "student_conference", "community_visit"}
)
_REACHED = frozenset(
    {"spoke_guardian", "spoke_student", "spoke_guardian_and_student", "meeting_held"}
)
_BANDS = ((1, 1), (2, 5), (6, 10), (11, 10**6))


class Mean(Struct, frozen=True, kw_only=True):
    """Unexcused days for each student of a level who was enrolled on day N."""

    units: int
    students: int
    mean: str
    """To one decimal, half up."""


class Snapshot(Struct, frozen=True, kw_only=True):
    """What the snapshot must say, as known at the end of the story."""

    school_year: str
    day_number: int
    contacts_or_attempts: int
    students_attempted: int
    schools: int
    bands: list[int]
    bands_percent: list[int]
    never: int
    left: int
    data: int
    analysed: int
    reached: int
    not_habitual: int
    not_habitual_percent: int
    unexcused_units: list[int]
    """Of the schools in each year, the newest last, up to day N."""
    fewer_days: str
    """The year before less this one; empty: there is no year before."""
    means: dict[str, list[Mean]]
    """By level, for each year."""
    habitual: int
    """Students of the modelled schools with ten days or more, up to the end of the story."""
    enrolled: int
    """Students ever enrolled in them this year."""
    at_five: int
    """Students with five days or more by day N: more than were contacted."""


def snapshot_of(district: District) -> Snapshot:
    """Count the figures."""
    return _Count(district).snapshot()


class _Count:
    def __init__(self, district: District) -> None:
        self._district = district
        self._year = len(district.years) - 1
        self._units: list[dict[int, int]] = [{} for _ in district.years]
        self._until_end: dict[int, int] = {}
        self._by_level = [dict.fromkeys(LEVELS, 0) for _ in district.years]
        for event in district.events:
            last = event.told[-1]
            if last.code != UNEXCUSED:
                continue
            if event.year == self._year:
                self._until_end[event.pupil] = self._until_end.get(event.pupil, 0) + last.units
            if event.on <= self._day_n(event.school, event.year):
                own = self._units[event.year]
                own[event.pupil] = own.get(event.pupil, 0) + last.units
                level = district.schools[event.school].level
                self._by_level[event.year][level] += last.units

    def snapshot(self) -> Snapshot:
        contacts = [one for one in self._district.contacts if self._counts(one)]
        per_student: dict[int, int] = {}
        for one in contacts:
            per_student[one.pupil] = per_student.get(one.pupil, 0) + 1
        reached = {one.pupil for one in contacts if one.outcome in _REACHED}
        groups = self._groups(per_student, reached)
        analysed = groups["analysed"]
        units = self._units[self._year]
        low = sum(units.get(place, 0) < _HABITUAL * _DAY for place in analysed)
        bands = [
            sum(low_end <= count <= high_end for count in per_student.values())
            for low_end, high_end in _BANDS
        ]
        totals = [sum(own.values()) for own in self._by_level]
        return Snapshot(
            school_year=self._district.years[-1].label,
            day_number=self._district.day_number,
            contacts_or_attempts=len(contacts),
            students_attempted=len(per_student),
            schools=len(self._district.schools),
            bands=bands,
            bands_percent=[_percent(count, len(per_student)) for count in bands],
            **{name: len(members) for name, members in groups.items()},
            reached=len(reached),
            not_habitual=low,
            not_habitual_percent=_percent(low, len(analysed)),
            unexcused_units=totals,
            fewer_days=_days(totals[-2] - totals[-1]) if len(totals) > 1 else "",
            means={level: self._means(level) for level in LEVELS},
            habitual=sum(one >= _HABITUAL * _DAY for one in self._until_end.values()),
            enrolled=sum(self._is_known(pupil) for pupil in self._district.pupils),
            at_five=sum(one >= 5 * _DAY for one in units.values()),
        )

    def _counts(self, one: Contact) -> bool:
        zone_day = one.at.date()
        days = self._district.calendar_of(one.school, self._year).school_days
        return (
            self._district.staff[one.staff].role in _TEAM
            and one.method in _METHODS
            and days[0] <= zone_day <= self._day_n(one.school, self._year)
        )

    def _groups(self, per_student: Mapping[int, int], reached: set[int]) -> dict[str, list[int]]:
        groups: dict[str, list[int]] = {"never": [], "left": [], "data": [], "analysed": []}
        same = self._same_persons()
        for place in per_student:
            pupil = self._district.pupils[place]
            if place not in reached:
                groups["never"].append(place)
            elif not self._is_there(pupil, self._year):
                groups["left"].append(place)
            elif same[_person(pupil)] > 1 or any(stay.is_double for stay in pupil.stays):
                groups["data"].append(place)
            else:
                groups["analysed"].append(place)
        return groups

    def _same_persons(self) -> Mapping[tuple[str, str, date], int]:
        found: dict[tuple[str, str, date], int] = {}
        for pupil in self._district.pupils:
            found[_person(pupil)] = found.get(_person(pupil), 0) + 1
        return found

    def _means(self, level: Level) -> list[Mean]:
        found: list[Mean] = []
        for year in range(len(self._district.years)):
            there = sum(self._is_there(pupil, year, level) for pupil in self._district.pupils)
            units = self._by_level[year][level]
            found.append(Mean(units=units, students=there, mean=_tenths(units, there)))
        return found

    def _is_there(self, pupil: Pupil, year: int, level: str = "") -> bool:
        """Tell whether a student is enrolled in a school on its day N."""
        return any(
            stay.year == year
            and stay.told < len(self._district.deliveries)
            and (not level or self._district.schools[stay.school].level == level)
            and stay.entry <= self._day_n(stay.school, year)
            and (stay.exit is None or self._day_n(stay.school, year) <= stay.exit)
            for stay in pupil.stays
        )

    def _is_known(self, pupil: Pupil) -> bool:
        ends = len(self._district.deliveries)
        return any(stay.year == self._year and stay.told < ends for stay in pupil.stays)

    def _day_n(self, school: int, year: int) -> date:
        days: Sequence[date] = self._district.calendar_of(school, year).school_days
        return days[self._district.day_number - 1]


def _person(pupil: Pupil) -> tuple[str, str, date]:
    return (pupil.first_name, pupil.last_name, pupil.birth)


def _percent(part: int, whole: int) -> int:
    return (200 * part + whole) // (2 * whole) if whole else 0


def _tenths(units: int, students: int) -> str:
    tenths = (20 * units + students * _DAY) // (2 * students * _DAY) if students else 0
    return f"{tenths // 10}.{tenths % 10}"


def _days(units: int) -> str:
    days = Fraction(units, _DAY)
    return str(days.numerator) if days.denominator == 1 else f"{float(days):g}"
