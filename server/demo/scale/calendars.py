"""Two calendars a year, as a district with year-round schools has them, and its deliveries.

Day N of both is a Friday: what the office sends that afternoon holds the whole of it, so that
"as recorded on day N" and "as known later" differ by what was corrected, not by what was on its
way.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.demo.scale.model import ALTERNATIVE, TRADITIONAL, Calendar, Delivery, School, Year

ZONE = ZoneInfo("America/Denver")
_FRIDAY, _SATURDAY = 4, 5
_SENT_AT = time(16, 30)
_RESEND_EVERY = 4
_SCHOOL_DAY, _HOLIDAY = "Instructional day", "Holiday"


def invent_year(first: int, day_number: int) -> Year:
    """Return the school year that begins in the summer of ``first``."""
    calendars = {
        TRADITIONAL: _calendar(first, date(first, 8, 13), _breaks(first), day_number),
        ALTERNATIVE: _calendar(
            first, date(first, 7, 23), _breaks(first) + _intersessions(first), day_number
        ),
    }
    return Year(
        label=f"{first}-{(first + 1) % 100:02d}",
        calendars=calendars,
        day_n={name: one.school_days[day_number - 1] for name, one in calendars.items()},
    )


def year_before(as_of: date, day_number: int) -> int:
    """Return the summer of the newest school year whose day N was at least a week ago."""
    first = as_of.year
    while max(invent_year(first, day_number).day_n.values()) + timedelta(days=7) > as_of:
        first -= 1
    return first


def deliveries_of(
    years: list[Year], schools: list[School], *, as_of: date, weeks_before: int
) -> list[Delivery]:
    """Return what is sent when: this year every Friday, years before every so many weeks."""
    found: list[Delivery] = []
    for place, year in enumerate(years):
        is_newest = place == len(years) - 1
        weeks = _weeks(year, 1 if is_newest else weeks_before, as_of)
        for count, (first, through) in enumerate(weeks):
            again: dict[int, date] = {}
            if is_newest and count >= _RESEND_EVERY:
                again = _resent(schools, count, weeks[count - _RESEND_EVERY][0])
            found.append(
                Delivery(
                    number=len(found),
                    year=place,
                    at=datetime.combine(through, _SENT_AT, ZONE).astimezone(UTC),
                    first=first,
                    through=through,
                    resend_first=again,
                )
            )
    return found


def _weeks(year: Year, most: int, as_of: date) -> list[tuple[date, date]]:
    """Return windows of so many school weeks; day N of every calendar ends one of them."""
    days = sorted({day for one in year.calendars.values() for day in one.school_days})
    mondays = sorted({day - timedelta(days=day.weekday()) for day in days})
    windows: list[tuple[date, date]] = []
    begun: list[date] = []
    for monday in mondays:
        begun.append(monday)
        friday = monday + timedelta(days=_FRIDAY)
        is_end = len(begun) == most or friday in year.day_n.values() or monday == mondays[-1]
        if is_end and friday <= as_of:
            windows.append((begun[0], friday))
            begun = []
    return windows


def _resent(schools: list[School], count: int, first: date) -> dict[int, date]:
    """Every fourth week a school sends the weeks since its last time again, corrected."""
    return {
        school.place: first
        for school in schools
        if school.place % _RESEND_EVERY == count % _RESEND_EVERY
    }


def _calendar(
    first: int, begins: date, breaks: list[tuple[date, date]], day_number: int
) -> Calendar:
    """Begin a few days earlier where that makes day N a Friday."""
    while True:
        days = _weekdays(first, begins, breaks)
        school_days = [day for day, kind in days if kind == _SCHOOL_DAY]
        if school_days[day_number - 1].weekday() == _FRIDAY:
            return Calendar(days=days, school_days=school_days)
        begins -= timedelta(days=1)
        while begins.weekday() >= _SATURDAY:
            begins -= timedelta(days=1)


def _weekdays(first: int, begins: date, breaks: list[tuple[date, date]]) -> list[tuple[date, str]]:
    days: list[tuple[date, str]] = []
    day = begins
    while day <= date(first + 1, 5, 22):
        if day.weekday() < _SATURDAY:
            is_off = any(begin <= day <= end for begin, end in breaks)
            days.append((day, _HOLIDAY if is_off else _SCHOOL_DAY))
        day += timedelta(days=1)
    return days


def _breaks(first: int) -> list[tuple[date, date]]:
    second = first + 1
    labor, thanks = _nth(first, 9, 0, 1), _nth(first, 11, 3, 4)
    king, presidents = _nth(second, 1, 0, 3), _nth(second, 2, 0, 3)
    fall = _nth(first, 10, 3, 2)
    return [
        (labor, labor),
        (fall, fall + timedelta(days=1)),
        (date(first, 11, 11), date(first, 11, 11)),
        (thanks - timedelta(days=1), thanks + timedelta(days=1)),
        (date(first, 12, 23), date(second, 1, 3)),
        (king, king),
        (presidents, presidents),
        (_nth(second, 4, 0, 2), _nth(second, 4, 0, 2) + timedelta(days=4)),
    ]


def _intersessions(first: int) -> list[tuple[date, date]]:
    autumn = _nth(first, 10, 2, 4)
    spring = _nth(first + 1, 4, 0, 1)
    return [(autumn, autumn + timedelta(days=13)), (spring, spring + timedelta(days=4))]


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
