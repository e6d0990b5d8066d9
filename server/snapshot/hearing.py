"""Which contacts count: whose, in whose school's year, and as known when."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from server.attendance import store as attendance
from server.contacts.rules import Stay, school_on
from server.db.database import Transaction
from server.snapshot import store
from server.snapshot.settings import SnapshotSettings
from server.snapshot.store import contacts
from server.snapshot.store.contacts import ContactLine
from server.snapshot.years import Year


class Counted(Struct, frozen=True, kw_only=True):
    """A contact that counts."""

    line: ContactLine
    on_date: date
    school_id: UUID | None


class Heard(Struct, frozen=True, kw_only=True):
    """The contacts that count, and how many do not for a reason the reader should know."""

    contacts: list[Counted]
    came_later: int = 0
    """Written down here only after the moment as of which the snapshot is taken."""
    of_no_school: int = 0
    """Nothing tells the student's school."""

    @property
    def is_nothing(self) -> bool:
        """Tell whether nobody was ever contacted, counted or not."""
        return not (self.contacts or self.came_later or self.of_no_school)


def hear(
    tx: Transaction,
    year: Year,
    schools: Collection[UUID],
    *,
    is_whole: bool,
    settings: SnapshotSettings,
) -> Heard:
    """Return the contacts of a year that count.

    ``is_whole``: the schools are all there are, so that a contact counts even where nothing tells
    the student's school.
    """
    zone = attendance.zone_of(tx)
    first = int(year.school_year[:4])
    opens, ends = date(first, 7, 1), year.reached_day_n(schools)
    if settings.year_begins == "first_school_day":
        opens = year.begins(schools) or opens
    if ends is None:
        return Heard(contacts=[])
    window = _Window(year=year, schools=schools, settings=settings, first=opens, last=ends)
    found: list[Counted] = []
    came_later = of_no_school = 0
    lines = contacts.between(
        tx,
        first=_day(opens, zone),
        last=_day(ends, zone, time.max),
        with_voided=window.is_then,
    )
    wanted = [line for line in lines if _is_wanted(line, settings)]
    stale = _of_earlier_years(tx, year, wanted)
    for line in wanted:
        on_date = getattr(line, settings.contact_time).astimezone(zone).date()
        school_id = school_of(line, year, on_date, is_stale=line.id in stale)
        if school_id not in schools and not is_whole:
            of_no_school += school_id is None
        elif window.holds(on_date, school_id):
            cut = window.cut(school_id)
            if line.voided_at is not None and (cut is None or line.voided_at <= cut):
                continue
            if cut is None or line.recorded_at <= cut:
                found.append(Counted(line=line, on_date=on_date, school_id=school_id))
            else:
                came_later += line.voided_at is None
    return Heard(contacts=found, came_later=came_later, of_no_school=of_no_school)


class _Window(Struct, frozen=True, kw_only=True):
    """From when to when a contact counts, by the student's school."""

    year: Year
    schools: Collection[UUID]
    settings: SnapshotSettings
    first: date
    last: date

    def holds(self, day: date, school_id: UUID | None) -> bool:
        """Tell whether a day lies in the school's year up to day N; without one, in the others'."""
        term = self.year.terms.get(school_id) if school_id is not None else None
        if term is None or term.day_n is None:
            return self.first <= day <= self.last
        first = self.first if self.settings.year_begins == "july_1" else term.days[0]
        return first <= day <= term.day_n

    @property
    def is_then(self) -> bool:
        """Tell whether contacts count as they were known at an earlier moment."""
        return self.settings.known != "as_known_now" and self.settings.contacts_known == "then"

    def cut(self, school_id: UUID | None) -> datetime | None:
        """Return the moment up to which a school's contacts count as known; None: now."""
        if not self.is_then:
            return None
        cuts = [
            self.year.terms[one].cut
            for one in ([school_id] if school_id in self.schools else self.schools)
            if one is not None
        ]
        return max((cut for cut in cuts if cut is not None), default=None)


def _day(day: date, zone: ZoneInfo, at: time = time.min) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _is_wanted(line: ContactLine, settings: SnapshotSettings) -> bool:
    return (
        line.by_role in settings.roles
        and line.method in settings.methods
        and line.direction in settings.directions
    )


def _of_earlier_years(tx: Transaction, year: Year, lines: Iterable[ContactLine]) -> set[UUID]:
    """Return which contacts were stored with a school that had the student in earlier years only.

    That is all that was known of him before the year's roster came.
    """
    doubted = [
        line
        for line in lines
        if line.school_id is not None
        and line.student_id in year.schools_of
        and line.school_id not in year.schools_of[line.student_id]
    ]
    had = store.enrolled_before(tx, year.school_year, {line.student_id for line in doubted})
    return {line.id for line in doubted if (line.student_id, line.school_id) in had}


def school_of(
    line: ContactLine, year: Year, on_date: date, *, is_stale: bool = False
) -> UUID | None:
    """Return the school that a contact is of: as it was stored, else as the year's stays tell.

    ``is_stale``: what was stored is the school of an earlier year.
    """
    if line.school_id is not None and not is_stale:
        return line.school_id
    theirs = year.stays.get(line.student_id, [])
    stays = [
        Stay(
            school_id=one.school_id,
            entry_on=one.entry_on,
            exit_on=one.exit_on,
            is_from_file=one.is_from_file,
            school_year=year.school_year,
        )
        for one in theirs
    ]
    found = school_on(stays, on_date, school_year=year.school_year)
    return found or line.case_school_id
