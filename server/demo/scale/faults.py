"""Plants 37 kinds of data fault in the files, each with what the importer must do about it.

None may change a total: a faulty line is about somebody outside the programme and, where it could
be taken after all, tells a school activity.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from msgspec import Struct

from server.demo.scale import writing
from server.demo.scale.fault_weeks import Week, weeks_of
from server.demo.scale.model import (
    ACTIVITY,
    UNEXCUSED,
    District,
)

Expect = Literal["quarantined", "noted", "taken", "once", "by_precedence", "refused"]
_NOBODY, _NOWHERE = "999999999", "999999"


class Fault(Struct, frozen=True, kw_only=True):
    """A planted fault."""

    kind: str
    file: str
    """Below the demo's folder."""
    line: int
    """As an editor counts; 0: the whole file."""
    value: str
    expect: Expect
    """``quarantined``: the line is left out and kept for mending. ``noted``: taken, with a remark.
    ``taken``: as if it were well written. ``once``: taken once.
    ``by_precedence``: both codes are taken, the excuse is heard first.
    ``refused``: the whole import, with nothing changed."""


_Row = Callable[[Week], Mapping[str, object]]


def _own(**columns: object) -> _Row:
    """Return a line about the donor with some columns put wrong."""
    return lambda week: {
        "student_id": week.donor.number,
        "school_id": week.school,
        "date": week.free,
        "code": ACTIVITY,
        **columns,
    }


def _excused(week: Week, code: str) -> Mapping[str, object]:
    pupil = week.district.pupils[week.excused.pupil]
    school = week.district.schools[week.excused.school].code
    return {
        "student_id": pupil.number,
        "school_id": school,
        "date": week.excused.on,
        "code": code,
        "portion": "1",
    }


_ATTENDANCE: dict[str, tuple[_Row, Expect]] = {
    "unknown_student": (_own(student_id=_NOBODY), "quarantined"),
    "unknown_school": (_own(school_id=_NOWHERE), "quarantined"),
    "impossible_date": (_own(date="2014-11-31"), "quarantined"),
    "date_beyond_calendar": (_own(date="2031-01-15"), "quarantined"),
    "holiday": (lambda w: _own(date=_holiday(w))(w), "quarantined"),
    "weekend": (lambda w: _own(date=w.delivery.through + timedelta(days=1))(w), "quarantined"),
    "no_student": (_own(student_id=""), "quarantined"),
    "no_date": (_own(date=""), "quarantined"),
    "no_code": (_own(code=""), "quarantined"),
    "portion_over_one": (_own(portion="1.5"), "quarantined"),
    "portion_not_a_number": (_own(portion="half"), "quarantined"),
    "negative_minutes": (_own(minutes="-20"), "quarantined"),
    "minutes_not_a_number": (_own(minutes="all day"), "quarantined"),
    "formula_cell": (lambda w: _own(student_id=f"=0+{w.donor.number}")(w), "quarantined"),
    "lost_leading_zero": (lambda w: _own(student_id=_shorn(w))(w), "quarantined"),
    "code_in_lower_case": (_own(code=ACTIVITY.lower()), "taken"),
    "number_with_spaces": (lambda w: _own(student_id=f" {w.donor.number} ")(w), "taken"),
    "short_row": (lambda w: {"student_id": w.donor.number}, "quarantined"),
    "long_row": (_own(reason="Trip,with,commas"), "quarantined"),
    "exact_duplicate": (lambda w: _excused(w, w.excused.told[-1].code), "once"),
    "two_codes_one_day": (lambda w: _excused(w, UNEXCUSED), "by_precedence"),
}
_OTHERS: dict[str, tuple[str, _Row, Expect]] = {
    "guardian_of_unknown_student": (
        "guardians.csv",
        lambda w: {**_guardian(w), "student_id": _NOBODY},
        "quarantined",
    ),
    "guardian_without_name": (
        "guardians.csv",
        lambda w: {**_guardian(w), "last_name": ""},
        "quarantined",
    ),
    "phone_not_a_number": (
        "guardians.csv",
        lambda w: {**_guardian(w), "mobile_phone": "call the shop"},
        "noted",
    ),
    "email_without_at": (
        "guardians.csv",
        lambda w: {**_guardian(w), "email": "none"},
        "noted",
    ),
    "exit_before_entry": (
        "enrollments.csv",
        lambda w: {**_stay(w), "exit_date": w.free - timedelta(days=400)},
        "quarantined",
    ),
    "enrolled_in_unknown_school": (
        "enrollments.csv",
        lambda w: {**_stay(w), "school_id": _NOWHERE},
        "quarantined",
    ),
    "impossible_school_year": (
        "enrollments.csv",
        lambda w: {**_stay(w), "school_year": "2014"},
        "quarantined",
    ),
    "impossible_birth_date": (
        "students.csv",
        lambda w: {**_person(w), "birth_date": "2003-02-30"},
        "quarantined",
    ),
    "student_without_name": (
        "students.csv",
        lambda w: {**_person(w), "last_name": ""},
        "quarantined",
    ),
    "unknown_calendar_word": (
        "calendar.csv",
        lambda w: {"school_id": w.school, "date": w.free, "event": "Funday"},
        "quarantined",
    ),
    "calendar_of_unknown_school": (
        "calendar.csv",
        lambda w: {"school_id": _NOWHERE, "date": w.free, "event": "Holiday"},
        "quarantined",
    ),
    "unknown_role": (
        "staff.csv",
        lambda _: {"login": "visitor", "name": "A Visitor", "role": "wizard"},
        "quarantined",
    ),
    "submission_of_unknown_school": (
        "submissions.csv",
        lambda w: {"school_id": _NOWHERE, "through_date": w.free},
        "quarantined",
    ),
}
_ROWS: dict[str, tuple[str, _Row, Expect]] = {
    **{kind: ("attendance.csv", row, expect) for kind, (row, expect) in _ATTENDANCE.items()},
    **_OTHERS,
}
WHOLE_FILES = ("unmapped_code", "truncated_archive", "mass_drop")
KINDS = (*_ROWS, *WHOLE_FILES)


class Planting:
    """Writes every kind of fault into the files of this year's weeks, week by week."""

    def __init__(self, district: District, folder: Path) -> None:
        self._folder = folder
        self._weeks = list(weeks_of(district))
        self._found: dict[str, Fault] = {}

    def plant(self, delivery: int) -> None:
        """Write a delivery's share, once its files are there."""
        for place, (kind, (file, row, expect)) in enumerate(_ROWS.items()):
            week = self._weeks[place % len(self._weeks)]
            if week.delivery.number == delivery:
                path = writing.folder_of(self._folder, week.delivery) / "week" / file
                self._found[kind] = self._put(path, kind, row(week), expect)

    def end(self) -> list[Fault]:
        """Write the files that are refused whole; return where all faults are."""
        whole = _plant_files(self._weeks[-1], self._folder)
        return [*(self._found[kind] for kind in _ROWS), *whole]

    def _put(self, path: Path, kind: str, columns: Mapping[str, object], expect: Expect) -> Fault:
        return Fault(
            kind=kind,
            file=str(path.relative_to(self._folder)),
            line=_append(path, columns, is_short=kind == "short_row"),
            value=",".join(str(value) for value in columns.values()),
            expect=expect,
        )


def _append(path: Path, columns: Mapping[str, object], *, is_short: bool) -> int:
    """Add a line to a table; return its number."""
    text = path.read_text(encoding="utf-8") if path.exists() else ",".join(columns) + "\n"
    header = text.partition("\n")[0].split(",")
    cells = [str(columns.get(name, "")) for name in header]
    row = cells[: len(columns)] if is_short else cells
    writing.save(path, text + ",".join(row) + "\n")
    return text.count("\n") + 1


def _plant_files(week: Week, folder: Path) -> list[Fault]:
    """Write files that must be refused as a whole, in folders of their own."""
    place = folder / "refused"
    header = "student_id,school_id,date,code\n"
    line = f"{week.donor.number},{week.school},{week.free},"
    writing.save(place / "unmapped_code" / "attendance.csv", f"{header}{line}ZZZ\n")
    writing.save_zip(
        place / "truncated_archive" / "roster.zip",
        {"attendance.csv": f"{header}{line}{ACTIVITY}\n", "users.csv": "sourcedId\n" * 500},
    )
    archive = place / "truncated_archive" / "roster.zip"
    archive.write_bytes(archive.read_bytes()[:-60])
    days = week.district.calendar_of(week.donor.stays[-1].school, week.delivery.year).school_days
    told = [day for day in days if day <= week.delivery.through]
    few = "".join(f"{week.donor.number},{week.school},{day},{ACTIVITY}\n" for day in told)
    writing.save(place / "mass_drop" / "attendance.csv", header + few)
    return [
        Fault(kind=kind, file=f"refused/{kind}", line=0, value="", expect="refused")
        for kind in WHOLE_FILES
    ]


def _holiday(week: Week) -> date:
    stay = week.donor.stays[-1]
    days = week.district.calendar_of(stay.school, stay.year).days
    return next(day for day, word in days if word == "Holiday")


def _shorn(week: Week) -> str:
    """Return a number as a spreadsheet leaves it: without its leading nought."""
    numbers = (pupil.number for pupil in week.district.pupils)
    return next(number for number in numbers if number.startswith("0")).lstrip("0")


def _guardian(week: Week) -> dict[str, object]:
    return {
        "guardian_id": f"9{week.donor.number}",
        "student_id": week.donor.number,
        "first_name": "Perpetua",
        "last_name": "Nemo",
        "relation": "Aunt",
        "mobile_phone": "(505) 555-0100",
        "email": "nemo@example.org",
    }


def _stay(week: Week) -> dict[str, object]:
    return {
        "student_id": week.donor.number,
        "school_id": week.school,
        "school_year": week.district.years[-1].label,
        "grade": week.donor.stays[-1].grade,
        "entry_date": week.donor.stays[-1].entry,
        "exit_date": "",
    }


def _person(week: Week) -> dict[str, object]:
    donor = week.donor
    return {
        "student_id": donor.number,
        "first_name": donor.first_name,
        "last_name": donor.last_name,
        "birth_date": donor.birth,
    }
