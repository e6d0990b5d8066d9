"""What an import tells the person who started it: per file, per school, and in plain words."""

from datetime import date
from typing import Literal

from msgspec import Struct, field

from server.cases.service import Followed
from server.intake.records import Fault
from server.intake.staging import Staged

_SHOWN = 20


class FileReport(Struct, kw_only=True):
    """What became of one file's records: each is in exactly one of the four counts."""

    file: str
    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    quarantined: int = 0
    elements: dict[str, int] = {}
    ignored: dict[str, int] = {}
    """Elements that Presente has no use for yet."""
    skipped: str = ""
    """Why the file was not read at all."""


class SchoolReport(Struct, kw_only=True):
    """What became of one school's attendance."""

    code: str
    name: str
    scope: Literal["full", "partial", ""] = ""
    """Whether the file was read as everything about its dates; empty: no attendance."""
    first_on: date | None = None
    last_on: date | None = None
    known_count: int = 0
    opened_count: int = 0
    corrected_count: int = 0
    dropped_count: int = 0


class Report(Struct, kw_only=True):
    """The whole answer of ``presente import``."""

    state: Literal["done", "nothing_to_do", "dry_run"] = "done"
    files: list[FileReport] = []
    schools: list[SchoolReport] = []
    quarantined: list[Fault] = []
    notes: list[Fault] = []
    cases: Followed = field(default_factory=Followed)
    conflict_count: int = 0
    resumed: bool = False

    def count(self, file: str, outcome: str, number: int = 1) -> None:
        """Count records of a file."""
        report = next(one for one in self.files if one.file == file)
        setattr(report, outcome, getattr(report, outcome) + number)


def begin(staged: Staged) -> Report:
    """Return the report as far as reading and checking went."""
    names = sorted({*staged.read, *staged.ignored, *staged.skipped})
    report = Report(
        files=[
            FileReport(
                file=name,
                read=sum(staged.read.get(name, {}).values()),
                unchanged=staged.repeated.get(name, 0),
                elements=staged.read.get(name, {}),
                ignored=staged.ignored.get(name, {}),
                skipped=staged.skipped.get(name, ""),
            )
            for name in names
        ],
        quarantined=sorted(staged.faults, key=lambda fault: (fault.file, fault.line)),
        notes=staged.notes,
        cases=Followed(),
    )
    for fault in staged.faults:
        report.count(fault.file, "quarantined")
    return report


def text_of(report: Report) -> str:
    """Return the report in words."""
    heads = {
        "done": "Imported.",
        "nothing_to_do": "Everything in these files was known already: nothing was changed.",
        "dry_run": "A dry run: nothing was changed. This is what would be:",
    }
    lines = [heads[report.state], ""]
    lines += [_file_text(one) for one in report.files if not one.skipped]
    skipped = [one.file for one in report.files if one.skipped]
    if skipped:
        lines.append(f"Not read, nothing for Presente in them: {', '.join(skipped)}.")
    lines += ["", *(_school_text(one) for one in report.schools if one.scope)]
    cases = report.cases
    lines.append(
        f"Cases: {cases.opened} opened, {cases.met_again} met again, "
        f"{cases.no_longer_met} no longer met, {cases.left} left; {cases.told} alerts."
    )
    if report.conflict_count:
        lines.append(
            f"{report.conflict_count} numbers that a person corrected differ from the file: "
            "kept, and shown as conflicts."
        )
    for title, faults in (("Quarantined", report.quarantined), ("Noted", report.notes)):
        lines += _fault_lines(title, faults)
    return "\n".join(lines)


def _file_text(one: FileReport) -> str:
    return (
        f"{one.file}: {one.read} read, {one.added} added, {one.changed} changed, "
        f"{one.unchanged} unchanged, {one.quarantined} quarantined"
    )


def _school_text(one: SchoolReport) -> str:
    meant = (
        "read as everything about these dates"
        if one.scope == "full"
        else "read as corrections: only the student-days it names were replaced"
    )
    return (
        f"{one.name}, {one.first_on} to {one.last_on}: {meant}; {one.opened_count} new facts, "
        f"{one.corrected_count} corrected, {one.dropped_count} dropped"
    )


def _fault_lines(title: str, faults: list[Fault]) -> list[str]:
    lines = [
        f"  {fault.file}, line {fault.line}, {fault.element}, {fault.field} "
        f"{fault.value!r}: {fault.reason} {fault.mend}"
        for fault in faults[:_SHOWN]
    ]
    if len(faults) > _SHOWN:
        lines.append(f"  and {len(faults) - _SHOWN} more (--json tells all)")
    return ["", f"{title}: {len(faults)}", *lines] if faults else []
