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
    deleted_unknown_count: int = 0
    """Lines that delete something of which nothing was ever known; ``notes`` has them."""
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
        deleted_unknown_count=space.notes.count_of("deletes_unknown"),
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
