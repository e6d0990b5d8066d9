"""What a district's own attendance codes mean, set and listed by people."""

from uuid import UUID

from msgspec import Struct

from schemas.attendance import UNITS_PER_DAY, AttendanceKind
from server.attendance.rules.calendar import is_school_year, units_of
from server.db.database import Transaction
from server.intake import rules
from server.intake.store import undoing as store
from server.intake.words.refusals import refusal
from server.people import store as people

_KINDS = ", ".join(AttendanceKind)


class Entry(Struct, frozen=True, kw_only=True):
    """What one code means; ``school`` and ``school_year`` empty: everywhere."""

    code: str
    kind: str
    units: int | None = None
    """Share of a day in 1/840; None: a whole day where the kind is one."""
    school: str = ""
    school_year: str = ""


def entries(tx: Transaction) -> list[Entry]:
    """Return the code map."""
    return [
        Entry(
            code=row.code,
            kind=row.kind,
            units=row.units,
            school=row.school_code,
            school_year=row.school_year,
        )
        for row in store.codes(tx)
    ]


def entry_of(text: str, *, school: str = "", school_year: str = "") -> Entry:
    """Understand ``CODE=KIND`` or ``CODE=KIND:PORTION`` (a share of a day). Raises ``Problem``."""
    code, equals, meaning = text.rpartition("=")
    kind, colon, portion = meaning.partition(":")
    kind = kind.strip().casefold()
    if not (equals and code.strip()):
        raise refusal("code_sets_nothing", text=repr(text))
    if kind not in set(AttendanceKind):
        raise refusal("code_no_kind", kind=repr(kind), kinds=_KINDS)
    units = units_of(portion.strip()) if colon else None
    if colon and units is None:
        raise refusal("code_no_share", portion=repr(portion))
    if school_year and not is_school_year(school_year):
        raise refusal("code_no_year", year=repr(school_year))
    return Entry(
        code=rules.fold_code(code), kind=kind, units=units, school=school, school_year=school_year
    )


def save(tx: Transaction, entry: Entry, *, by: UUID | None) -> None:
    """Say from now on what a code means. What was taken in by it before stays as it is."""
    if entry.school and entry.school not in {row.code for row in people.schools(tx)}:
        raise refusal("no_such_school", school=entry.school)
    store.save_code(
        tx,
        (entry.school, entry.school_year, entry.code),
        kind=entry.kind,
        units=entry.units,
        by=by,
    )


def text_of(found: list[Entry]) -> str:
    """Return the code map as its commands would write it."""
    return "\n".join(_line(one) for one in found)


def _line(one: Entry) -> str:
    share = "" if one.units is None else f":{one.units / UNITS_PER_DAY:.4g}"
    where = ", ".join(filter(None, (f"school {one.school}" if one.school else "", one.school_year)))
    return f"{one.code}={one.kind}{share}" + (f"  ({where})" if where else "")
