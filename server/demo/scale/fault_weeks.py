"""Weeks to plant faults in, each with somebody outside the programme to tell faulty things of."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from server.demo.scale.model import EXCUSED, MEDICAL, Delivery, District, Event, Pupil

_FIRST_WEEK, _WEEKS = 12, 12


class Week(NamedTuple):
    """A delivery with somebody to tell faulty things of."""

    district: District
    delivery: Delivery
    donor: Pupil
    free: date
    """A school day of the week on which nothing is told of him."""
    excused: Event

    @property
    def school(self) -> str:
        """The code of his school."""
        return self.district.schools[self.donor.stays[-1].school].code


def weeks_of(district: District) -> Iterator[Week]:
    """Yield weeks of the newest year, each with a donor and an excused day of somebody else."""
    year = len(district.years) - 1
    sent = [one for one in district.deliveries if one.year == year]
    plain = {
        pupil.place: pupil
        for pupil in district.pupils
        if pupil.place not in district.groups and _is_plain(district, pupil, year)
    }
    donors = [pupil for pupil in plain.values() if pupil.stays[-1].told == sent[0].number]
    donors = donors[: 2 * _WEEKS]
    own = {pupil.place for pupil in donors}
    busy = {(event.pupil, event.on) for event in district.events if event.pupil in own}
    excused = [
        event
        for event in district.events
        if event.year == year
        and event.pupil in plain
        and len(event.told) == 1
        and event.told[0].code in {EXCUSED, MEDICAL}
    ]
    told = {event.told[0].delivery for event in excused}
    whole = [one for one in sent[_FIRST_WEEK:] if one.number in told]
    for number, delivery in enumerate(whole[:_WEEKS]):
        donor = donors[number % len(donors)]
        free = next(
            day
            for day in reversed(days_of(district, donor))
            if day <= delivery.through and (donor.place, day) not in busy
        )
        event = next(one for one in excused if delivery.first <= one.on <= delivery.through)
        yield Week(district, delivery, donor, free, event)


def _is_plain(district: District, pupil: Pupil, year: int) -> bool:
    """Tell whether a student stays in one school all year, that sends whole days as CSV."""
    stays = [stay for stay in pupil.stays if stay.year == year]
    school = district.schools[pupil.stays[-1].school]
    is_csv = not school.is_edfi and school.mode == "daily"
    return is_csv and len(stays) == 1 and stays[0].exit is None


def days_of(district: District, pupil: Pupil) -> Sequence[date]:
    """Return the school days of a student's newest school and year."""
    stay = pupil.stays[-1]
    return district.calendar_of(stay.school, stay.year).school_days
