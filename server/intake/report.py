"""What an import tells the person who started it: per file, per school, and in plain words."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from msgspec import Struct, field

from server.cases.service import Followed
from server.intake.changes.reach import Outcome
from server.intake.changes.samples import Sample
from server.intake.records import Fault
from server.intake.staged.faults import Reason
from server.intake.staged.staging import Staging
from server.intake.words.saying import Both

_SHOWN = 20
KEPT = 500
"""Faults and notes that a report holds; the rest is counted, and in quarantine."""
_READ = Both("", "")
_STRONGEST: Mapping[str, int] = {"unchanged": 0, "older": 1, "changed": 2, "added": 3}


class FileReport(Struct, kw_only=True):
    """What became of one file's records: each is in exactly one of the five counts."""

    file: str
    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    """Known already, or said again by another line of the files."""
    older: int = 0
    """What is known was changed at the source later."""
    quarantined: int = 0
    elements: dict[str, int] = {}
    ignored: dict[str, int] = {}
    """Elements that Presente has no use for."""
    skipped: str = ""
    """Why the file was not read at all."""
    skipped_es: str = ""


class SchoolReport(Struct, kw_only=True):
    """What became of one school's attendance."""

    code: str
    name: str
    scope: Literal["full", "partial", "delta", ""] = ""
    """Whether the file was read as everything about its dates; empty: no attendance."""
    first_on: date | None = None
    last_on: date | None = None
    known_count: int = 0
    unseen_count: int = 0
    """Records known on its dates that a file taken for corrections (unasked) does not name."""
    opened_count: int = 0
    corrected_count: int = 0
    dropped_count: int = 0
    unchanged_count: int = 0
    older_count: int = 0
    suggested_count: int = 0
    """Students who are known there only because events name them."""
    outside_count: int = 0
    """Students with an event on a day on which they were not enrolled."""
    missing_count: int = 0
    """Enrolled students who are not in the file's roster. They stay enrolled."""
    missing_from_file: list[str] = []
    """Numbers of the first of them."""
    enrolled_count: int = 0
    """Students who are enrolled, where some are missing."""
    must_confirm: bool = False
    """So much would vanish that nothing is taken unless somebody says that it is right."""
    vanishing: list[Sample] = []
    """The first records that would vanish, where it must be confirmed."""


class Report(Struct, kw_only=True):
    """The whole answer of ``presente import``."""

    state: Literal["done", "nothing_to_do", "dry_run"] = "done"
    run: str = ""
    """The run's id; empty: nothing was changed."""
    format: str = ""
    files: list[FileReport] = []
    schools: list[SchoolReport] = []
    samples: list[Sample] = []
    """Some of the student-days that change."""
    quarantined_count: int = 0
    quarantined: list[Fault] = []
    """The first of them."""
    reasons: list[Reason] = []
    """Why lines were not taken, and how many."""
    note_count: int = 0
    notes: list[Fault] = []
    """The first of them."""
    cases: Followed = field(default_factory=Followed)
    conflict_count: int = 0
    resumed: bool = False


class Outcomes:
    """Counts what becomes of each line: of several records of one line the strongest counts."""

    def __init__(self, refused: Iterable[tuple[str, str]] = ()) -> None:
        """``refused``: file and element of lines that are in quarantine."""
        self._refused = {hash(one) for one in refused}
        self._lines: dict[int, tuple[str, Outcome]] = {}
        self._counts: dict[tuple[str, Outcome], int] = {}

    def tell(self, file: str, element: str, outcome: Outcome) -> None:
        """Take what became of a record."""
        line = hash((file, element))
        known = self._lines.get(line)
        if line in self._refused:
            return
        if known is None or _STRONGEST[outcome] > _STRONGEST[known[1]]:
            self._lines[line] = (file, outcome)

    def count(self, file: str, outcome: Outcome, number: int) -> None:
        """Take what became of many events."""
        key = (file, outcome)
        self._counts[key] = self._counts.get(key, 0) + number

    def all(self) -> dict[tuple[str, Outcome], int]:
        """Return how many lines of each file came to what."""
        counts = dict(self._counts)
        for key in self._lines.values():
            counts[key] = counts.get(key, 0) + 1
        return counts


def begin(space: Staging, skipped: Mapping[str, Both], format_: str) -> Report:
    """Return the report as far as reading and checking went."""
    quarantined = space.faults.count_by_file()
    names = sorted({*space.told, *space.left, *skipped, *quarantined})
    return Report(
        format=format_,
        files=[
            FileReport(
                file=name,
                read=sum(space.told.get(name, {}).values()),
                unchanged=space.repeated.get(name, 0),
                older=space.older.get(name, 0),
                quarantined=quarantined.get(name, 0),
                elements=space.told.get(name, {}),
                ignored=space.left.get(name, {}),
                skipped=_unread(space, skipped, name).en,
                skipped_es=_unread(space, skipped, name).es,
            )
            for name in names
        ],
        quarantined_count=sum(quarantined.values()),
        quarantined=space.faults.first(KEPT),
        reasons=space.faults.reasons(),
        note_count=sum(space.notes.count_by_file().values()),
        notes=space.notes.first(KEPT),
    )


def _unread(space: Staging, skipped: Mapping[str, Both], name: str) -> Both:
    return _READ if name in space.told else skipped.get(name, _READ)


def tell(report: Report, outcomes: Outcomes) -> None:
    """Add what became of every record. Each line is then in exactly one count.

    Lines of which several were drawn together to one record (classes to a stay) count as unchanged.
    """
    files = {one.file: one for one in report.files}
    for (file, outcome), number in outcomes.all().items():
        one = files.get(file)
        if one is not None:
            setattr(one, outcome, getattr(one, outcome) + number)
    for one in report.files:
        told = one.added + one.changed + one.unchanged + one.older + one.quarantined
        one.read = max(one.read, told)
        one.unchanged += one.read - told


def is_nothing_taken(report: Report) -> bool:
    """Tell whether every line that was read is in quarantine."""
    return report.quarantined_count > 0 and not any(
        one.added or one.changed or one.unchanged or one.older for one in report.files
    )


def text_of(report: Report) -> str:
    """Return the report in words."""
    heads = {
        "done": "Imported.",
        "nothing_to_do": "Everything in these files was known already: nothing was changed.",
        "dry_run": "A dry run: nothing was changed. This is what would be:",
    }
    lines = [heads[report.state], ""]
    if report.state == "nothing_to_do" and not any(one.read for one in report.files):
        lines = ["Nothing in these files is of use to Presente: nothing was changed.", ""]
    if is_nothing_taken(report):
        told = "Nothing could be taken: every line is in quarantine."
        lines = [heads[report.state], told, ""] if report.state == "dry_run" else [told, ""]
    lines += [_file_text(one) for one in report.files if not one.skipped]
    skipped = [one for one in report.files if one.skipped]
    lines += [f"{one.file}: not read. {one.skipped}" for one in skipped]
    lines += ["", *(text for one in report.schools for text in _school_text(one))]
    cases = report.cases
    if report.state == "done":
        lines.append(
            f"Cases: {cases.opened} opened, {cases.met_again} met again, "
            f"{cases.no_longer_met} no longer met, {cases.left} left; {cases.told} alerts."
        )
    if report.conflict_count:
        lines.append(
            f"{report.conflict_count} numbers that a person corrected differ from the file: "
            "kept, and shown as conflicts."
        )
    lines += _fault_lines("Quarantined", report.quarantined, report.quarantined_count)
    lines += [f"  {one.count} x {one.file}: {one.reason}" for one in report.reasons]
    lines += _fault_lines("Noted", report.notes, report.note_count)
    return "\n".join(lines)


def drop_text(report: Report) -> list[str]:
    """Return what would vanish of each school where it must be confirmed, in words."""
    lines: list[str] = []
    for one in report.schools:
        if not one.must_confirm:
            continue
        if one.dropped_count:
            lines.append(
                f"{one.name}: {one.dropped_count} of {one.known_count} attendance records would "
                "vanish, the first of them:"
            )
            lines += [f"  {row.number}  {row.on_date}  {row.was}" for row in one.vanishing[:_SHOWN]]
        if one.missing_count:
            lines.append(
                f"{one.name}: {one.missing_count} of {one.enrolled_count} enrolled students are "
                f"not in the file's roster: {', '.join(one.missing_from_file)}"
            )
    return lines


def _file_text(one: FileReport) -> str:
    older = f", {one.older} older than what is known" if one.older else ""
    return (
        f"{one.file}: {one.read} read, {one.added} added, {one.changed} changed, "
        f"{one.unchanged} unchanged{older}, {one.quarantined} quarantined"
    )


def _school_text(one: SchoolReport) -> list[str]:
    meant = {
        "full": "read as everything about these dates",
        "partial": "read as corrections: only the student-days it names were replaced",
        "delta": "read as changes: only the records it names were replaced",
    }
    lines: list[str] = []
    if one.scope:
        lines.append(
            f"{one.name}, {one.first_on} to {one.last_on}: {meant[one.scope]}; "
            f"{one.opened_count} new facts, {one.corrected_count} corrected, "
            f"{one.dropped_count} dropped"
        )
    if one.unseen_count:
        lines.append(
            f"{one.name}: {one.unseen_count} records known on these dates are not in the file; "
            "import it with --replace-window if they are wrong"
        )
    if one.missing_count:
        lines.append(
            f"{one.name}: {one.missing_count} enrolled students are not in the file's roster; "
            f"they stay enrolled ({', '.join(one.missing_from_file[:5])} ...)"
        )
    return lines


def _fault_lines(title: str, faults: list[Fault], count: int) -> list[str]:
    lines = [
        f"  {fault.file}, line {fault.line}, {fault.element}, {fault.field} "
        f"{fault.value!r}: {fault.reason} {fault.mend}"
        for fault in faults[:_SHOWN]
    ]
    if count > _SHOWN:
        lines.append(f"  and {count - _SHOWN} more (--json tells more)")
    return ["", f"{title}: {count}", *lines] if faults else []
