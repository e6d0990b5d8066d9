"""Invents a whole district: the same scale, seed and day give the same one."""

from datetime import date
from random import Random

from server.demo.scale import calendars, people, stays
from server.demo.scale.absences import Absences
from server.demo.scale.contacts import plan
from server.demo.scale.model import District
from server.demo.scale.people import Families
from server.demo.scale.shape import DAY_NUMBER, shape_of


def invent(scale: str, seed: int, as_of: date) -> District:
    """Return the district of a scale (``small``, ``programme``, ``district``) as of a day."""
    shape = shape_of(scale, _chance(seed, "shape"))
    first = calendars.year_before(as_of, DAY_NUMBER)
    years = [
        calendars.invent_year(first - back, DAY_NUMBER) for back in reversed(range(shape.years))
    ]
    schools = people.invent_schools(shape, _chance(seed, "schools"))
    district = District(
        name=shape.name,
        seed=seed,
        scale=scale,
        day_number=DAY_NUMBER,
        years=years,
        schools=schools,
        pupils=[],
        deliveries=calendars.deliveries_of(
            years, schools, as_of=as_of, weeks_before=shape.weeks_before
        ),
        events=[],
        staff=people.invent_staff(shape, schools, _chance(seed, "staff")),
        contacts=[],
        groups={},
    )
    families = Families(_chance(seed, "families"))
    stays.enrol(district, shape, families, _chance(seed, "stays"))
    district.groups = stays.choose(district, shape, _chance(seed, "groups"))
    stays.move(district, families, _chance(seed, "moves"))
    district.events = Absences(district, shape, _chance(seed, "absences")).draw()
    plan(district, shape, _chance(seed, "contacts"))
    return district


def _chance(seed: int, purpose: str) -> Random:
    """Return chance of its own for each purpose: a change to one leaves the others as they are."""
    return Random(f"{seed}/{purpose}")
