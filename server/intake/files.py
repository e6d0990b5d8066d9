"""Recognises the files of a folder by what is in them, never by their names, and stages them."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from server.intake import edfi, elements, tabular
from server.intake.elements import Item
from server.intake.records import Fault, Record
from server.intake.staging import Staged, Staging
from server.problems import Problem

_AT_ONCE = 500


def files_of(folder: Path) -> list[Path]:
    """Return the files of a folder (or the one file named), by name."""
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise Problem(f"There is no folder {folder}.", code="no_such_folder")
    files = sorted(file for file in folder.iterdir() if file.is_file())
    return [file for file in files if not file.name.startswith(".")]


def digest_of(files: Sequence[Path]) -> str:
    """Return SHA-256 over the files' contents; their names do not matter."""
    digests: list[bytes] = []
    for file in files:
        with file.open("rb") as content:
            digests.append(hashlib.file_digest(content, "sha256").digest())
    return hashlib.sha256(b"".join(sorted(digests))).hexdigest()


def stage(files: Iterable[Path], staging: Staging) -> Staged:
    """Read every file into the staging file. Raises ``Problem`` for one that is broken."""
    staged = Staged(staging=staging)
    for file in files:
        if _root_of(file).startswith("Interchange"):
            _stage(staged, file, _edfi(staged, file))
        elif tabular.header_of(file) == tabular.CALENDAR_HEADER:
            _stage(staged, file, _calendar(staged, file))
        else:
            staged.skipped[file.name] = "It is no Ed-Fi interchange and no calendar."
    if not staged.read:
        raise Problem(
            "None of these files is one that Presente reads: Ed-Fi interchanges (XML) and "
            "calendars (CSV with school_id,date,event).",
            code="nothing_to_read",
        )
    return staged


def _stage(staged: Staged, file: Path, found: Iterable[Record | Fault]) -> None:
    records: list[Record] = []
    for one in found:
        if isinstance(one, Fault):
            staged.faults.append(one)
        else:
            records.append(one)
        if len(records) >= _AT_ONCE:
            staged.staging.add(records)
            records.clear()
    staged.staging.add(records)
    if file.name not in staged.read and file.name not in staged.skipped:
        staged.skipped[file.name] = "It holds nothing that Presente reads."


def _root_of(file: Path) -> str:
    with file.open("rb") as content:
        return elements.root_of(file.name, content)


def _items(file: Path) -> Iterator[Item]:
    with file.open("rb") as content:
        yield from elements.items(file.name, content)


def _edfi(staged: Staged, file: Path) -> Iterator[Record | Fault]:
    for item in _items(file):
        reader = edfi.READERS.get(item.name)
        told = staged.ignored if reader is None else staged.read
        counts = told.setdefault(file.name, {})
        counts[item.name] = counts.get(item.name, 0) + 1
        if reader is None:
            continue
        try:
            record = reader(edfi.Reading(item, file.name))
        except edfi.NotUnderstood as refused:
            _hold(staged, item)
            yield refused.fault
        else:
            _note_missing(staged, item, record)
            yield record


def _calendar(staged: Staged, file: Path) -> Iterator[Record | Fault]:
    counts = staged.read.setdefault(file.name, {"row": 0})
    for row in tabular.calendar_rows(file):
        counts["row"] += 1
        yield row


def _hold(staged: Staged, item: Item) -> None:
    number = item.text("StudentReference/StudentIdentity/StudentUniqueId")
    if item.name in {"StudentContactAssociation", "StudentParentAssociation"}:
        staged.held_ties.add(number)
    if item.name.endswith("AttendanceEvent"):
        school = item.element.find(".//SchoolReference/SchoolIdentity/SchoolId")
        staged.staging.hold(
            "" if school is None else (school.text or "").strip(),
            number,
            item.text("AttendanceEvent/EventDate"),
            by_class="Section" in item.name,
        )


def _note_missing(staged: Staged, item: Item, record: Record) -> None:
    if item.name.endswith("ContactAssociation") and not item.text("LivesWith"):
        staged.notes.append(
            record.at.fault(
                "LivesWith", "", reason="It is missing and was taken as no.", mend="Fill it in."
            )
        )
    if item.name in {"Contact", "Parent"} and item.element.find("Telephone") is None:
        staged.notes.append(
            record.at.fault(
                "Telephone", "", reason="There is no phone number.", mend="Ask the school for one."
            )
        )
