"""Says who was missing on which day, so that the totals up to day N come out exactly.

Days are drawn from a negative binomial (a gamma of shape 0.45 inside a Poisson), Mondays and
Fridays more than other days. Then those outside the analysed group are set right by whole days
until each level's total is what was asked for.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from math import exp
from random import Random
from typing import NamedTuple

from server.demo.scale.corrections import Corrector
from server.demo.scale.model import (
    ACTIVITY,
    DAY,
    EXCUSED,
    HALF,
    LEVELS,
    MEDICAL,
    TARDY,
    UNEXCUSED,
    District,
    Event,
    Level,
    Pupil,
    Told,
)
from server.demo.scale.shape import EARLY, HABITUAL, Shape
from server.demo.scale.stays import told_by_day

_K = 0.45
_EXCUSED_FOR_EACH = 1.4
_LARGE = 30
_MOST_OF_DAYS = 0.6
_EARLY_OF_LOW = 0.85
"""Of those who stay low: who has a few days missed early."""
_WITH_A_HALF, _WITH_HALVES = 0.25, 0.2
_ROOM_FOR_HALVES = 3
_AT_ACTIVITIES = 0.1
_WEIGHTS = (0.95, 0.62, 0.58, 0.62, 1.0)
"""How likely a weekday is to be missed, Monday to Friday."""


class _Member(NamedTuple):
    """A student of a level in a year: where he could be missing before and after day N."""

    pupil: Pupil
    before: Sequence[tuple[int, date]]
    after: Sequence[tuple[int, date]]
    group: str
    has_halves: bool


class Absences:
    """Draws every absence of an invented district."""

    def __init__(self, district: District, shape: Shape, chance: Random) -> None:
        self._district = district
        self._shape = shape
        self._chance = chance
        self._last = district.deliveries[-1].through
        self._low = self._lows()
        self._spans: dict[tuple[int, int, date, date | None], tuple[list[tuple[int, date]], ...]]
        self._spans = {}
        self._excused = 0.0
        self._total_before = 0

    def draw(self) -> list[Event]:
        """Return every event of every year, sorted by day within each student."""
        events: list[Event] = []
        for year in range(len(self._district.years)):
            told = told_by_day(self._district, year)
            is_newest = year == len(self._district.years) - 1
            corrector = Corrector(self._district, year, self._chance) if is_newest else None
            members: dict[Level, list[_Member]] = {
                level: self._members(level, year) for level in LEVELS
            }
            halves = self._halves(members, year)
            self._excused = _EXCUSED_FOR_EACH * _share(halves)
            for level in LEVELS:
                for member in members[level]:
                    half_days = halves[member.pupil.place]
                    for on, school, code, units in self._days(member, half_days):
                        event = Event(
                            member.pupil.place,
                            school,
                            year,
                            on,
                            (Told(told[on], code, units),),
                        )
                        if corrector is not None:
                            event = corrector.corrected(event)
                        events.append(event)
            if corrector is not None:
                corrector.balance(events)
        return events

    def _members(self, level: Level, year: int) -> list[_Member]:
        district = self._district
        found: list[_Member] = []
        for pupil in district.pupils:
            stays = [one for one in pupil.stays if one.year == year and not one.is_double]
            if not stays or district.schools[stays[0].school].level != level:
                continue
            spans = [self._span(one.school, year, one.entry, one.exit) for one in stays]
            before, after = spans[0]
            for more_before, more_after in spans[1:]:
                before, after = before + more_before, after + more_after
            is_newest = year == len(district.years) - 1
            group = district.groups.get(pupil.place, "") if is_newest else ""
            found.append(_Member(pupil, before, after, group, _has_halves(level)))
        return found

    def _span(
        self, school: int, year: int, entry: date, leaves: date | None
    ) -> tuple[list[tuple[int, date]], ...]:
        key = (school, year, entry, leaves)
        if key not in self._spans:
            days = self._district.calendar_of(school, year).school_days
            day_n = self._district.years[year].day_n[self._district.schools[school].calendar]
            end = min(leaves or self._last, self._last)
            inside = [(school, day) for day in days if entry <= day <= end]
            self._spans[key] = (
                [one for one in inside if one[1] <= day_n],
                [one for one in inside if one[1] > day_n],
            )
        return self._spans[key]

    def _lows(self) -> set[int]:
        analysed = [place for place, group in self._district.groups.items() if group == "analysed"]
        return set(self._chance.sample(analysed, self._shape.low))

    def _halves(self, members: dict[Level, list[_Member]], year: int) -> dict[int, int]:
        """Return unexcused half days up to day N of everybody in a year."""
        halves: dict[int, int] = {}
        targets = self._targets(members, year)
        for level in LEVELS:
            free: list[_Member] = []
            for one in members[level]:
                if one.group == "analysed":
                    drawn = self._analysed(one)
                    halves[one.pupil.place] = drawn if _has_halves(level) else drawn // 2 * 2
                else:
                    free.append(one)
            fixed = sum(
                halves[one.pupil.place] for one in members[level] if one.group == "analysed"
            )
            self._fit(free, targets[level] - fixed, halves, has_halves=_has_halves(level))
        return halves

    def _targets(self, members: dict[Level, list[_Member]], year: int) -> dict[Level, int]:
        """Return the half days of each level; the years' difference is exact where it is asked."""
        is_newest = year == len(self._district.years) - 1
        mean = self._shape.mean if is_newest else self._shape.mean_before
        targets: dict[Level, int] = {
            level: 2 * round(mean[level] * self._on_books(members[level], year)) for level in LEVELS
        }
        if is_newest and self._shape.fewer is not None:
            asked = self._total_before - 2 * self._shape.fewer
            targets["middle"] += asked - sum(targets.values())
        self._total_before = sum(targets.values())
        return targets

    def _on_books(self, members: Sequence[_Member], year: int) -> int:
        """Return how many of a level are enrolled on day N."""
        schools, day_n = self._district.schools, self._district.years[year].day_n
        return sum(
            any(
                stay.year == year
                and stay.entry <= day_n[schools[stay.school].calendar]
                and (stay.exit is None or stay.exit >= day_n[schools[stay.school].calendar])
                for stay in one.pupil.stays
            )
            for one in members
        )

    def _analysed(self, member: _Member) -> int:
        chance = self._chance
        if member.pupil.place in self._low:
            is_early = chance.random() < _EARLY_OF_LOW
            return chance.randrange(2 * EARLY, 2 * HABITUAL) if is_early else chance.randrange(10)
        drawn = 2 * HABITUAL + round(2 * chance.expovariate(1 / 6))
        return max(2 * HABITUAL, min(drawn, _most(member)))

    def _fit(
        self,
        members: Sequence[_Member],
        target: int,
        halves: dict[int, int],
        *,
        has_halves: bool,
    ) -> None:
        """Draw half days for these students that add up to the target."""
        chance = self._chance
        rates = [
            chance.gammavariate(_K, 1 / _K)
            * (2.0 if one.group else 1.0)
            * len(one.before)
            / self._district.day_number
            for one in members
        ]
        scale = target / 2 / max(sum(rates), 1e-9)
        for one, rate in zip(members, rates, strict=True):
            drawn = 2 * _poisson(chance, rate * scale)
            drawn -= bool(drawn and has_halves) and chance.random() < _WITH_A_HALF
            halves[one.pupil.place] = min(drawn, _most(one))
        lacking = target - sum(halves[one.pupil.place] for one in members)
        while lacking:
            one = chance.choice(members)
            step = max(-2, min(2, lacking))
            after = halves[one.pupil.place] + step
            if 0 <= after <= _most(one) and (step > 0 or not one.group):
                halves[one.pupil.place] = after
                lacking -= step

    def _days(self, member: _Member, halves: int) -> list[tuple[date, int, str, int]]:
        """Return day, school, code and units of everything about one student in one year."""
        chance = self._chance
        found: list[tuple[date, int, str, int]] = []
        later = len(member.after) / max(len(member.before), 1)
        excused = (halves / 4 + 1) * self._excused
        for days, wanted, rate in (
            (member.before, halves, excused),
            (member.after, 2 * _poisson(chance, halves / 2 * later), excused * later),
        ):
            own = min(wanted, 2 * int(_MOST_OF_DAYS * len(days)))
            single = own % 2
            if own > _ROOM_FOR_HALVES and member.has_halves and chance.random() < _WITH_HALVES:
                single += 2
            wholes = (own - single) // 2
            room = len(days) - wholes - single
            others = min(_poisson(chance, rate), room * 2 // 3)
            late = min(_poisson(chance, 0.5 * rate / 2), room // 3)
            picked = _pick(chance, days, wholes + single + others + late)
            for place, (school, day) in enumerate(picked):
                if place < wholes:
                    found.append((day, school, UNEXCUSED, DAY))
                elif place < wholes + single:
                    found.append((day, school, UNEXCUSED, HALF))
                elif place < wholes + single + others:
                    code = chance.choice((EXCUSED, EXCUSED, MEDICAL))
                    found.append((day, school, code, DAY))
                else:
                    code = ACTIVITY if chance.random() < _AT_ACTIVITIES else TARDY
                    found.append((day, school, code, DAY if code == ACTIVITY else 0))
        found.sort()
        return found


def _share(halves: Mapping[int, int]) -> float:
    """Return what makes (half of one's own days + 1) come to everybody's days in all."""
    total = sum(halves.values())
    return total / 2 / (total / 4 + len(halves)) if total else 0.0


def _has_halves(level: Level) -> bool:
    """Tell whether half days count as such: not in elementary schools (``full_day_each``)."""
    return level != "elementary"


def _most(member: _Member) -> int:
    return 2 * int(_MOST_OF_DAYS * len(member.before))


def _poisson(chance: Random, mean: float) -> int:
    if mean > _LARGE:
        return max(0, round(chance.gauss(mean, mean**0.5)))
    limit, product, count = exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def _pick(chance: Random, days: Sequence[tuple[int, date]], count: int) -> list[tuple[int, date]]:
    """Pick so many different days by the weights of their weekdays, in random order."""
    if count * 2 > len(days):
        every = list(days)
        chance.shuffle(every)
        return every[:count]
    taken: dict[int, None] = {}
    while len(taken) < count:
        place = int(chance.random() * len(days))
        if place not in taken and chance.random() < _WEIGHTS[days[place][1].weekday()]:
            taken[place] = None
    return [days[place] for place in taken]
