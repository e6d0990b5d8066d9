"""What Ed-Fi's own attendance categories and CEDS's mean. No other word is ever guessed."""

from collections.abc import Iterator, Mapping

from schemas.attendance import UNITS_PER_DAY, AttendanceKind
from server.intake.columns import words
from server.intake.formats.edfi.reading import Reading
from server.intake.records import CodeRecord, Origin

_DAY = UNITS_PER_DAY

CEDS: Mapping[str, tuple[AttendanceKind, int]] = {
    "13288": (AttendanceKind.PRESENT, 0),
    "13289": (AttendanceKind.PRESENT, 0),
    "13290": (AttendanceKind.SUSPENSION_IN, _DAY),
    "13291": (AttendanceKind.ACTIVITY_SCHOOL, _DAY),
    "13292": (AttendanceKind.ACTIVITY_INTERSCHOLASTIC, _DAY),
    "13293": (AttendanceKind.ABSENT_EXCUSED, _DAY),
    "13294": (AttendanceKind.ABSENT_EXCUSED, _DAY),
    "13295": (AttendanceKind.ABSENT_EXCUSED, _DAY),
    "13296": (AttendanceKind.ABSENT_EXCUSED, _DAY),
    "13297": (AttendanceKind.SUSPENSION_OUT, _DAY),
    "13298": (AttendanceKind.ABSENT_EXCUSED, _DAY),
    "13302": (AttendanceKind.ABSENT_UNEXCUSED, _DAY),
    "13303": (AttendanceKind.ABSENT_UNVERIFIED, _DAY),
}
"""CEDS present (13288 to 13292) and absent (13293 to 13303) categories.

13299 family activity, 13300 student employment and 13301 no transportation are missing on
purpose: whether a school excuses them is the district's to say, in its code map.
"""

TAKES_DAY = frozenset(
    {
        AttendanceKind.ABSENT_UNEXCUSED,
        AttendanceKind.ABSENT_EXCUSED,
        AttendanceKind.ABSENT_UNVERIFIED,
        AttendanceKind.SUSPENSION_OUT,
        AttendanceKind.SUSPENSION_IN,
        AttendanceKind.ACTIVITY_SCHOOL,
        AttendanceKind.ACTIVITY_INTERSCHOLASTIC,
    }
)
"""Kinds whose duration says how much of the day was missed; a tardy's says how late it was."""

_KNOWN = {**words.ATTENDANCE, **CEDS}


def defaults() -> Iterator[CodeRecord]:
    """Yield what Ed-Fi's own codes mean where a district has not said otherwise."""
    for code, (kind, units) in _KNOWN.items():
        yield CodeRecord(
            at=Origin(file="Ed-Fi", line=0, element="AttendanceEventCategory"),
            code=code,
            kind=kind,
            units=units,
            is_default=True,
        )


def described(reading: Reading) -> CodeRecord | None:
    """Return what a district's own descriptor says it means, by the category it is mapped to.

    Data standard 2 maps every descriptor to one of the standard's categories; later ones do not.
    """
    code = reading.text("CodeValue")
    mapped = reading.word("AttendanceEventCategory", "AttendanceEventCategoryType")
    known = words.ATTENDANCE.get(mapped.casefold())
    if not code or known is None or code.casefold() in _KNOWN:
        return None
    kind, units = known
    return CodeRecord(at=reading.origin, code=code, kind=kind, units=units, is_default=True)


def has_share(code: str) -> bool:
    """Tell whether an event's duration is a share of the day that was missed.

    A code that is not Ed-Fi's own may mean an absence: its duration is kept.
    """
    known = _KNOWN.get(code.casefold())
    return known is None or known[0] in TAKES_DAY
