"""Writes Presente's own tables, empty but for examples, for a district to fill in."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from server.intake.columns.shapes import SHAPES, Column, Shape
from server.intake.words.columns import README_ES, SPANISH
from server.intake.words.refusals import refusal
from server.languages import Language, Told

_README = """\
Presente: your files
====================

Each .csv file here is one table. Fill in what you have and leave the rest out: a file or a column
that is missing is no fault. Schools, students and enrolments come first; attendance needs them.

- The first line names the columns. Their order does not matter, and you may leave out any column
  that the file's own comments do not call needed.
- Lines that begin with # are comments. They are not read.
- The lines below the comments are examples. Put your own in their place: nobody in them is real.
- Save as "CSV UTF-8". A sheet of an Excel workbook with the same columns is read as well.
- Write dates as 2024-09-03. If your files have 9/3/2024, import them with --dates mdy, and with
  --dates dmy where that is the 9th of March.
- Attendance codes are your own. codes.csv says what each of them means; an import whose codes are
  not all there is refused, with the list of those that are missing.

Look first, then import:

    presente import --dry-run {folder}
    presente import {folder}

The files:

"""

_EXAMPLES: Mapping[str, Sequence[Mapping[str, str]]] = {
    "schools": (
        {
            "school_id": "0590",
            "name": "Example Elementary",
            "level": "elementary",
            "mode": "daily",
            "minutes_per_day": "390",
        },
        {
            "school_id": "0591",
            "name": "Example High",
            "level": "high",
            "mode": "period",
            "periods_per_day": "7",
            "minutes_per_day": "420",
        },
    ),
    "calendar": (
        {"school_id": "0590", "date": "2024-08-29", "event": "Instructional day"},
        {"school_id": "0590", "date": "2024-08-30", "event": "Instructional day"},
        {"school_id": "0590", "date": "2024-09-02", "event": "Holiday"},
        {"school_id": "0591", "date": "2024-08-29", "event": "Instructional day"},
        {
            "school_id": "0591",
            "date": "2024-08-30",
            "event": "Student late arrival/early dismissal",
            "periods": "4",
            "minutes": "240",
        },
    ),
    "terms": (
        {
            "school_year": "2024-25",
            "kind": "semester",
            "title": "Fall",
            "begin_date": "2024-08-08",
            "end_date": "2024-12-20",
        },
        {
            "school_year": "2024-25",
            "kind": "semester",
            "title": "Spring",
            "begin_date": "2025-01-06",
            "end_date": "2025-05-23",
        },
    ),
    "students": (
        {
            "student_id": "000900001",
            "first_name": "Lucía",
            "last_name": "Example Baca",
            "preferred_name": "Lucy",
            "birth_date": "2015-03-09",
        },
        {
            "student_id": "000900002",
            "first_name": "Mateo",
            "last_name": "Example Baca",
            "birth_date": "2009-11-20",
        },
        {"student_id": "000900003", "first_name": "Dana", "last_name": "Sample"},
    ),
    "enrollments": (
        {
            "student_id": "000900001",
            "school_id": "0590",
            "school_year": "2024-25",
            "grade": "04",
            "entry_date": "2024-08-08",
        },
        {
            "student_id": "000900002",
            "school_id": "0591",
            "school_year": "2024-25",
            "grade": "10",
            "entry_date": "2024-08-08",
            "periods": "6",
        },
        {
            "student_id": "000900003",
            "school_id": "0591",
            "school_year": "2024-25",
            "grade": "09",
            "entry_date": "2024-08-08",
            "exit_date": "2024-09-13",
            "exit_reason": "Transferred",
        },
    ),
    "guardians": (
        {
            "guardian_id": "g1",
            "student_id": "000900001",
            "first_name": "Rosa",
            "last_name": "Example Baca",
            "relation": "Mother",
            "language": "Spanish",
            "needs_interpreter": "yes",
            "is_primary": "yes",
            "is_emergency": "yes",
            "lives_with": "yes",
            "position": "1",
            "mobile_phone": "505-555-0101",
            "email": "rosa@example.org",
            "street": "100 Example St NW",
            "city": "Albuquerque",
            "state": "NM",
            "postal_code": "87102",
        },
        {
            "guardian_id": "g1",
            "student_id": "000900002",
            "first_name": "Rosa",
            "last_name": "Example Baca",
            "relation": "Mother",
            "is_primary": "yes",
            "lives_with": "yes",
            "position": "1",
        },
        {
            "guardian_id": "g2",
            "student_id": "000900003",
            "first_name": "Lee",
            "last_name": "Sample",
            "relation": "Father",
            "language": "English",
            "is_primary": "yes",
            "restriction": "Do not call at work",
            "home_phone": "505-555-0102",
            "work_phone": "505-555-0103",
        },
    ),
    "codes": (
        {"code": "U", "kind": "absent_unexcused"},
        {"code": "UH", "kind": "absent_unexcused", "portion": "0.5"},
        {"code": "E", "kind": "absent_excused"},
        {"code": "T", "kind": "tardy"},
    ),
    "attendance": (
        {"student_id": "000900001", "school_id": "0590", "date": "2024-08-29", "code": "U"},
        {
            "student_id": "000900001",
            "school_id": "0590",
            "date": "2024-08-30",
            "code": "E",
            "portion": "0.5",
            "reason": "Dentist",
            "updated_at": "2024-09-03T08:15:00-06:00",
        },
        {
            "student_id": "000900002",
            "school_id": "0591",
            "date": "2024-08-29",
            "code": "U",
            "period": "3",
        },
    ),
    "submissions": (
        {"school_id": "0590", "through_date": "2024-08-30"},
        {"school_id": "0591", "through_date": "2024-08-30"},
    ),
    "staff": (
        {"login": "ana.example", "name": "Ana Example", "role": "advisor", "school_ids": "0590"},
        {
            "login": "sam.sample",
            "name": "Sam Sample",
            "role": "coordinator",
            "school_ids": "0590;0591",
        },
    ),
    "contacts": (
        {
            "contact_id": "1",
            "student_id": "000900001",
            "occurred_at": "2024-09-03 17:40",
            "by_login": "ana.example",
            "method": "phone_call",
            "outcome": "voicemail_left",
        },
        {
            "contact_id": "2",
            "student_id": "000900001",
            "occurred_at": "2024-09-05 16:10",
            "by_login": "ana.example",
            "method": "home_visit",
            "outcome": "spoke_guardian",
            "role": "advisor",
            "met": "mother",
            "note": "The bus stop was moved.",
            "school_id": "0590",
        },
    ),
}
"""Invented people. 555-01xx are numbers that nobody has."""


def write(folder: Path, language: Language = "en") -> list[str]:
    """Write every table with comments and examples, and a README; return the files' names.

    Comments are in a language; columns and the words in them are the same in both.

    Raises ``Problem`` when one of them is there already: nobody's work is overwritten.
    """
    files = {f"{key}.csv": text_of(shape, language) for key, shape in SHAPES.items()}
    listed = "".join(
        f"{key}.csv\n    {says(shape).in_language(language)}\n" for key, shape in SHAPES.items()
    )
    readme = Told(_README, README_ES).in_language(language)
    files["README.txt"] = readme.format(folder=folder) + listed
    there = sorted(name for name in files if (folder / name).exists())
    if there:
        raise refusal("would_overwrite", folder=folder, files=", ".join(there))
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return list(files)


def says(shape: Shape, column: Column | None = None) -> Told:
    """Return what a table, or a column of it, is."""
    if column is None:
        return Told(shape.says, SPANISH[shape.key][""])
    return Told(column.says, SPANISH[shape.key][column.name])


def text_of(shape: Shape, language: Language = "en") -> str:
    """Return one table as CSV: header, comments, examples."""
    names = [column.name for column in shape.columns]
    lines = [",".join(names), f"# {says(shape).in_language(language)}"]
    lines += [_comment(shape, column, language) for column in shape.columns]
    lines += [
        ",".join(_quoted(row.get(name, "")) for name in names) for row in _EXAMPLES[shape.key]
    ]
    return "".join(f"{line}\r\n" for line in lines)


def _comment(shape: Shape, column: Column, language: Language) -> str:
    needed = Told(" (needed)", " (obligatoria)").in_language(language) if column.is_needed else ""
    return f"# {column.name}{needed}: {says(shape, column).in_language(language)}"


def _quoted(text: str) -> str:
    return f'"{text}"' if "," in text else text
