"""Reads the dates of one file. A date that could be two days is never guessed.

ISO dates, dates with the year first and dates with the month's name read themselves. For the rest
the order of day and month is told (by a profile, or by ``--dates``) or found in the file: one day
above 12 settles it for the whole file.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal

from server.intake.columns.orders import Asked, Before, Order, Orders
from server.intake.words.refusals import refusal
from server.intake.words.saying import why
from server.problems import Problem

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})$")
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$|(\d{4})(\d{2})(\d{2})$")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})$")
_SHORT_YEAR = re.compile(r"\d{1,2}([-/.])(\d{1,2}|[A-Za-z]{3,9})\1\d{2}$")
_DAY_NAMED = re.compile(r"(\d{1,2})[-/. ]([A-Za-z]{3,9})\.?,?[-/. ](\d{4})$")
_NAME_FIRST = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})$")
_SERIAL = re.compile(r"(\d{5})(\.\d+)?$")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_TIME = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)?( ?Z| ?[+-]\d{2}:?\d{2})?$"
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_SERIAL_ZERO = date(1899, 12, 30)
"""Day 0 of a workbook's dates (after 28 February 1900, where Excel counts a day too many)."""
_DAY_SECONDS = 24 * 60 * 60
_KEPT = 20_000
_ODD_ONES = 20
"""One deciding date in this many may speak against the others: it is a slip, not a second order."""
_NOON = 12


class NoDate(ValueError):
    """A text is no date; it says why."""

    def __init__(self, code: str = "no_date", **parts: object) -> None:
        super().__init__(code)
        self.why = why(code, **parts)


class Dates(dict[str, str]):
    """The dates of one file, as ISO 8601 by what is written: ``dates["3/14/2022"]``.

    Raises ``NoDate`` for what is none, ``Problem`` (``dates_ambiguous``) when the file never says
    which of two orders it uses, or uses both. ``again`` yields line and text of all its dates; it
    is asked for only when a date needs it. By ``header`` and the file's name its source is known.
    ``serials``: numbers such as 44621 are dates (workbooks only).
    """

    def __init__(
        self,
        file: str,
        again: Callable[[], Iterable[tuple[int, str]]],
        *,
        order: Asked = None,
        header: Sequence[str] = (),
        serials: bool = False,
    ) -> None:
        super().__init__()
        self._file = file
        self._again = again
        self._header = header
        self._orders: Orders | None = None
        self._order: Order | None = None
        if isinstance(order, Orders):
            self._orders, self._order = order, order.said
        else:
            self._order = order
        self._serials = serials

    def __missing__(self, written: str) -> str:
        if len(self) >= _KEPT:
            self.clear()
        iso = self[written] = self._read(_without_time(written.strip())).isoformat()
        return iso

    def moment(self, written: str) -> datetime:
        """Return a date and time. Without a zone in it, it is the district's: no tzinfo.

        A date alone is its midnight.
        """
        counted = _SERIAL.match(written.strip()) if self._serials else None
        if counted is not None:
            midnight = datetime.combine(date.fromisoformat(self[written]), time())
            share = float(counted[2] or 0)
            return midnight + timedelta(seconds=round(share * _DAY_SECONDS))
        day, _, clock = written.strip().replace("T", " ", 1).partition(" ")
        if not clock:
            return datetime.combine(date.fromisoformat(self[day]), time())
        found = _TIME.match(clock.strip())
        if found is None:
            raise NoDate("no_moment")
        return datetime.combine(date.fromisoformat(self[day]), _clock_of(found))

    def _read(self, text: str) -> date:
        found = _YEAR_LAST.match(text)
        if found is None:
            return _told(text, serials=self._serials)
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        if self._order is None and first != second:
            self._settle()
        elif self._orders is not None and self._order and order_of(text) == "both":
            self._orders.use_said(self._file, self._header, self._order)
            self._orders = None
        month, day = (second, first) if self._order == "dmy" else (first, second)
        try:
            return _date(year, month, day)
        except NoDate:
            raise NoDate(f"no_date_{self._order or 'any'}") from None

    def _settle(self) -> None:
        found = orders_in(self._again())
        orders, self._orders = self._orders, None
        before = orders.before(self._file, self._header) if orders is not None else None
        if isinstance(found, Ambiguous):
            if orders is None or before is None:
                raise _refusal(self._file, found)
            orders.use_before(self._file, self._header, before, found)
            self._order = before.order
            return
        if found is None:
            raise _mixed(self._file, self._again())
        if before is not None and before.order != found:
            _refuse_other(self._file, self._again(), before)
        self._order = found


class Ambiguous(tuple[int, str]):
    """Line and text of the first date that fits both orders, in a file that settles neither."""

    __slots__ = ()


def orders_in(dates: Iterable[tuple[int, str]]) -> Order | Ambiguous | None:
    """Return the order of day and month in a file's dates; None: it uses both.

    Dates that read themselves, and what is no date, say nothing.
    """
    month_first: set[str] = set()
    day_first: set[str] = set()
    unclear: Ambiguous | None = None
    seen: set[str] = set()
    for line, written in dates:
        if written in seen:
            continue
        if len(seen) < _KEPT:
            seen.add(written)
        order = order_of(written)
        if order == "both":
            unclear = unclear or Ambiguous((line, written.strip()))
        elif order is not None:
            (month_first if order == "mdy" else day_first).add(written)
    most, least = max(len(month_first), len(day_first)), min(len(month_first), len(day_first))
    if not most:
        return unclear or "mdy"
    if least * _ODD_ONES > most:
        return None
    return "mdy" if len(month_first) == most else "dmy"


def order_of(written: str) -> Literal["mdy", "dmy", "both"] | None:
    """Return in which order alone a text is a date; None: in any, or in none."""
    found = _YEAR_LAST.match(_without_time(written.strip()))
    if found is None or found[1] == found[3]:
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    is_mdy, is_dmy = _is_date(year, first, second), _is_date(year, second, first)
    if is_mdy and is_dmy:
        return None if first == second else "both"
    return "mdy" if is_mdy else "dmy" if is_dmy else None


def _refusal(file: str, unclear: Ambiguous) -> Problem:
    line, written = unclear
    mdy, dmy = readings(written)
    problem = refusal("dates_ambiguous", file=file, line=line, written=written, mdy=mdy, dmy=dmy)
    problem.data = _data(file, unclear)
    return problem


def _data(file: str, unclear: tuple[int, str]) -> dict[str, object]:
    """Return both readings of a date, for who must choose."""
    line, written = unclear
    mdy, dmy = readings(written)
    return {
        "file": file,
        "line": line,
        "written": written,
        "month_first": mdy,
        "day_first": dmy,
    }


def readings(written: str) -> tuple[str, str]:
    """Return an unclear date with the month first and with the day first."""
    found = _YEAR_LAST.match(_without_time(written))
    assert found is not None  # noqa: S101  (only such dates are unclear)
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    return date(year, first, second).isoformat(), date(year, second, first).isoformat()


def _mixed(file: str, dates: Iterable[tuple[int, str]]) -> Problem:
    first: dict[str | None, tuple[int, str]] = {}
    for line, written in dates:
        first.setdefault(order_of(written), (line, written.strip()))
    (mdy_line, mdy), (dmy_line, dmy) = first["mdy"], first["dmy"]
    problem = refusal(
        "dates_mixed", file=file, mdy_line=mdy_line, mdy=mdy, dmy_line=dmy_line, dmy=dmy
    )
    problem.data = _data(file, first["both"]) if "both" in first else None
    return problem


def _refuse_other(file: str, dates: Iterable[tuple[int, str]], before: Before) -> None:
    """Refuse a file that decides against what was said of its source, if it has unclear dates."""
    first: dict[str | None, tuple[int, str]] = {}
    for line, written in dates:
        first.setdefault(order_of(written), (line, written.strip()))
    if "both" not in first:
        return
    line, written = first["mdy" if before.order == "dmy" else "dmy"]
    problem = refusal(
        f"dates_not_{before.order}", file=file, line=line, written=written, said_on=before.said_on
    )
    problem.data = _data(file, first["both"])
    raise problem


def _told(text: str, *, serials: bool) -> date:
    """Read a date that needs no order."""
    found = _ISO.match(text) or _YEAR_FIRST.match(text)
    if found is not None:
        numbers = [int(part) for part in found.groups() if part and part.isdigit()]
        return _date(numbers[0], numbers[1], numbers[2])
    named = _DAY_NAMED.match(text)
    if named is not None:
        return _date(int(named[3]), _month(named[2]), int(named[1]))
    named = _NAME_FIRST.match(text)
    if named is not None:
        return _date(int(named[3]), _month(named[1]), int(named[2]))
    if _SHORT_YEAR.match(text):
        raise NoDate("short_year")
    if number := _SERIAL.match(text):
        day = _SERIAL_ZERO + timedelta(days=int(number[1]))
        if serials:
            return day
        raise NoDate("day_number", day=day)
    raise NoDate


def _without_time(text: str) -> str:
    """Cut the time off a date: ``3/14/2022 12:00:00 AM``, ``2022-03-14T00:00:00Z``."""
    if ":" not in text:
        return text
    day, gap, clock = text.replace("T", " ", 1).partition(" ")
    while gap and not _TIME.match(clock.strip()):
        more, gap, clock = clock.partition(" ")
        day = f"{day} {more}"
    return day.strip()


def _clock_of(found: re.Match[str]) -> time:
    hour = int(found[1])
    half = (found[4] or "").casefold()
    if half:
        if not 1 <= hour <= _NOON:
            raise NoDate("no_clock")
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    zone = (found[5] or "").strip()
    text = f"{hour:02d}:{found[2]}:{found[3] or '00'}{'+00:00' if zone == 'Z' else zone}"
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise NoDate("no_clock") from None


def _month(name: str) -> int:
    short = name[:3].casefold()
    if short not in _MONTHS:
        raise NoDate
    return _MONTHS.index(short) + 1


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        _date(year, month, day)
    except NoDate:
        return False
    return True


def _date(year: int, month: int, day: int) -> date:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise NoDate
    try:
        return date(year, month, day)
    except ValueError:
        raise NoDate from None
