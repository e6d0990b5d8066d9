"""What the office learns late: excuses after the fact, absences found later, records taken back.

Corrections of days up to day N that are told after it cancel each other out at every level, and
touch nobody in the analysed group: so the snapshot's totals are the same as recorded on day N and
as known later, while many a student's own count differs between the two.
"""

from random import Random

from server.demo.scale.model import (
    DAY,
    EXCUSED,
    LEVELS,
    MEDICAL,
    UNEXCUSED,
    District,
    Event,
    Told,
)

_LATE_EXCUSE = 0.07
_FOUND_LATER = 0.02
_EXCUSES = (EXCUSED, MEDICAL)


class Corrector:
    """Gives events of the newest year their history of what was said of them."""

    def __init__(self, district: District, year: int, chance: Random) -> None:
        self._district = district
        self._chance = chance
        self._sent = [one for one in district.deliveries if one.year == year]
        self._day_n = district.years[year].day_n
        self._year = year

    def corrected(self, event: Event) -> Event:
        """Return the event, perhaps with an earlier word of the office before the true one."""
        _, code, units = event.told[0]
        if units != DAY:
            return event
        draw = self._chance.random()
        is_late = code in _EXCUSES and draw < _LATE_EXCUSE
        is_found = code == UNEXCUSED and draw < _FOUND_LATER
        if not (is_late or is_found):
            return event
        again = self._resent(event)
        if again is None or self._crosses(event, again):
            return event
        return self._told_wrongly(event, again)

    def balance(self, events: list[Event]) -> None:
        """Let as many excuses as absences come to light after day N, level by level."""
        open_places: dict[tuple[str, bool], list[int]] = {}
        for place, event in enumerate(events):
            code = event.told[0].code
            if (
                event.year != self._year
                or len(event.told) > 1
                or event.told[0].units != DAY
                or code not in {UNEXCUSED, *_EXCUSES}
                or self._district.groups.get(event.pupil) == "analysed"
            ):
                continue
            again = self._resent(event)
            if again is not None and self._crosses(event, again):
                level = self._district.schools[event.school].level
                open_places.setdefault((level, code == UNEXCUSED), []).append(place)
        for level in LEVELS:
            found = open_places.get((level, True), [])
            excused = open_places.get((level, False), [])
            count = min(len(found) // 10, len(excused) // 10)
            for place in [
                *self._chance.sample(found, count),
                *self._chance.sample(excused, count),
            ]:
                again = self._resent(events[place])
                if again is not None:
                    events[place] = self._told_wrongly(events[place], again)

    def _told_wrongly(self, event: Event, again: int) -> Event:
        first = event.told[0]
        wrong = EXCUSED if first.code == UNEXCUSED else UNEXCUSED
        told = (Told(first.delivery, wrong, DAY), Told(again, first.code, first.units))
        return event._replace(told=told)

    def _resent(self, event: Event) -> int | None:
        """Return the next delivery in which the school sends this day again."""
        told = event.told[0].delivery
        for one in self._sent:
            first = one.resend_first.get(event.school)
            if one.number > told and first is not None and first <= event.on:
                return one.number
        return None

    def _crosses(self, event: Event, again: int) -> bool:
        """Tell whether a day up to day N would be set right after it."""
        day_n = self._day_n[self._district.schools[event.school].calendar]
        return event.on <= day_n < self._district.deliveries[again].through
