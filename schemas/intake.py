"""Imports over ``/api/imports``: files are dropped, checked, read about, and only then taken in."""

from typing import Literal
from uuid import UUID

from schemas.attendance import AttendanceKind
from schemas.base import Day, Instant, Line, Row, Wire
from schemas.problems import Problem


class DropFile(Row, frozen=True, kw_only=True):
    """One file of a drop."""

    name: str
    size: int
    """Bytes."""


class ImportProgress(Row, frozen=True, kw_only=True):
    """How far a running job is."""

    phase: Line
    """``reading``, ``checking``, ``comparing``, ``people``, ``schools``, ``undoing``."""
    done: int = 0
    total: int = 0
    """0: not known yet. Bytes while reading; schools while comparing and taking in."""


class ImportFault(Row, frozen=True, kw_only=True):
    """A line that was not taken, or a remark about one that was."""

    file: str
    line: int
    element: str
    field: str
    """What the file itself calls it."""
    value: str
    reason: str
    mend: str
    reason_es: str = ""
    """The same in Spanish; empty: kept by a version that had English only."""
    mend_es: str = ""
    code: Line = ""
    """Stable: what is wrong, for programs."""


class ImportFile(Row, frozen=True, kw_only=True):
    """What became of one file's records: each is in exactly one of the counts."""

    file: str
    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    older: int = 0
    """What is known is newer than what the file says."""
    quarantined: int = 0
    skipped: str = ""
    """Why the file was not read at all."""
    skipped_es: str = ""


class ImportChange(Row, frozen=True, kw_only=True):
    """One student-day that changes."""

    school_code: str
    student_number: str
    on_date: Day
    was: str
    """What is known; empty: nothing."""
    becomes: str
    """What the file says; empty: nothing any more."""


class ImportSchool(Row, frozen=True, kw_only=True):
    """What becomes of one school's attendance and students."""

    code: str
    name: str
    scope: Literal["full", "partial", "delta", ""] = ""
    """Whether the file says everything about its dates; empty: no attendance in it."""
    first_on: Day | None = None
    last_on: Day | None = None
    known_count: int = 0
    opened_count: int = 0
    corrected_count: int = 0
    dropped_count: int = 0
    unseen_count: int = 0
    """Known records of these dates that a file read as corrections does not name: they stay, and
    whether the source deleted them it cannot show."""
    missing_count: int = 0
    """Enrolled students who are not in the file's roster. They stay enrolled."""
    enrolled_count: int = 0
    """Of how many, where some are missing."""
    missing: list[str] = []
    """Numbers of the first of them."""
    must_confirm: bool = False
    """So much would vanish here that a person must say that it is right."""
    vanishing: list[ImportChange] = []
    """The first records that would vanish, where it must be confirmed."""


class ImportReport(Row, frozen=True, kw_only=True):
    """What an import does, or did."""

    state: Literal["dry_run", "done", "nothing_to_do"]
    files: list[ImportFile]
    schools: list[ImportSchool]
    changes: list[ImportChange]
    """The first of them."""
    quarantined: list[ImportFault]
    quarantined_count: int
    notes: list[ImportFault]
    """The first of them."""
    notes_count: int = 0
    cases_opened: int = 0
    cases_no_longer_met: int = 0


class ImportUndone(Row, frozen=True, kw_only=True):
    """What taking an import back did."""

    closed_count: int = 0
    """Attendance records that it had told."""
    reopened_count: int = 0
    """Attendance records that it had dropped, known again."""
    kept_count: int = 0
    """Records that stay: a later import told them, or newer ones."""
    restored_count: int = 0
    """Fields of people, schools and calendars that are as before."""
    changed_since_count: int = 0
    """Fields that stay: somebody changed them since."""
    removed_count: int = 0
    """Rows it had added, gone again."""
    cases_no_longer_met: int = 0
    date_orders_count: int = 0
    """Sources whose dates are not read any more as was said with it: they are asked about again."""
    untold_count: int = 0
    """Later imports that hold and may have told again, unchanged, what went."""


class UnmappedCode(Row, frozen=True, kw_only=True):
    """An attendance code whose meaning nobody has said yet."""

    code: str
    count: int
    schools: list[str] = []
    """Codes of the schools that use it."""
    first_file: str
    first_line: int
    guess: str = ""
    """A kind that its text suggests; empty: none. Never used unasked."""


DateOrder = Literal["mdy", "dmy"]
"""The month first, or the day first."""


class UnclearDate(Row, frozen=True, kw_only=True):
    """A date that can be read in two ways, and nothing in its file tells which."""

    file: str
    line: int
    written: str
    month_first: Day
    day_first: Day
    read_as: Literal["", "mdy", "dmy"] = ""
    """How it is read now, as somebody said of its source before; empty: nobody said yet."""


class FileDrop(Row, frozen=True, kw_only=True):
    """Answer of ``GET /api/imports/drops/{id}``: files on their way in."""

    id: UUID
    state: Literal["open", "checking", "checked", "importing", "done", "refused", "interrupted"]
    """``refused``: nothing was changed, ``problem`` says why. ``interrupted``: the server stopped
    meanwhile; importing again goes on where it was."""
    made_at: Instant
    files: list[DropFile]
    progress: ImportProgress | None = None
    problem: Problem | None = None
    unmapped: list[UnmappedCode] = []
    unclear: UnclearDate | None = None
    """Of a drop refused as ``dates_ambiguous``: somebody must say which comes first. Of one that is
    checked: it was read as somebody said at an earlier import, and can be read the other way."""
    dates: Literal["", "mdy", "dmy"] = ""
    """What somebody said about these files' dates; empty: nothing."""
    report: ImportReport | None = None
    """Also of a drop refused as ``mass_drop``: what would change if somebody confirms it."""
    undoes: UUID | None = None
    """The import that this job takes back: there are no files."""
    undone: ImportUndone | None = None


class DropMade(Row, frozen=True, kw_only=True):
    """Answer of ``POST /api/imports/drops``."""

    id: UUID


class SetDates(Wire, frozen=True, kw_only=True):
    """Body of ``POST /api/imports/drops/{id}/dates``."""

    order: DateOrder


class CommitDrop(Wire, frozen=True, kw_only=True):
    """Body of ``POST /api/imports/drops/{id}/commit``."""

    confirm_drop: bool = False
    """Go on although much of what is known would disappear."""


class ImportRun(Row, frozen=True, kw_only=True):
    """One import that was done or begun."""

    id: UUID
    state: Literal["running", "cut_off", "failed", "done", "undoing", "undo_cut_off", "undone"]
    """``cut_off``: it ended in the middle and goes on with the same files. ``failed``: it was cut
    off, and other files were imported since. ``undo_cut_off``: taking it back goes on."""
    format: Line
    started_at: Instant
    finished_at: Instant | None = None
    undone_at: Instant | None = None
    by_name: Line = ""
    files: list[str]
    quarantined_open: int = 0
    """Lines of it that still wait to be mended."""
    schools_done: int = 0
    """Of one that is not done: schools whose attendance is taken in."""
    schools_total: int = 0
    """0: not known; it was cut off before the first school."""
    last_school: Line = ""
    """The last of them, by name."""
    drop_id: UUID | None = None
    """The caller's own files with which it goes on; None: they are not here any more."""


class ImportRuns(Row, frozen=True, kw_only=True):
    """Answer of ``GET /api/imports/runs``: the newest 50, and the caller's latest drop."""

    runs: list[ImportRun]
    drop_id: UUID | None = None


class QuarantinedCell(Row, frozen=True, kw_only=True):
    """One column of a quarantined line."""

    column: str
    value: str


class QuarantinedRow(Row, frozen=True, kw_only=True):
    """A line that waits to be mended."""

    id: UUID
    run_id: UUID
    fault: ImportFault
    cells: list[QuarantinedCell]
    """The line as the file has it; empty when it can only be mended at the source."""


class Quarantine(Row, frozen=True, kw_only=True):
    """Answer of ``GET /api/imports/quarantine``: the first 200 open lines of how many."""

    total: int
    rows: list[QuarantinedRow]


class DismissRow(Wire, frozen=True, kw_only=True):
    """Body of ``POST /api/imports/quarantine/{id}/dismiss``."""

    because: Line
    """Kept with the line."""


class MendedCell(Wire, frozen=True, kw_only=True):
    """One column as somebody mended it."""

    column: str
    value: str


class MendedRow(Wire, frozen=True, kw_only=True):
    """A quarantined line with its mended values."""

    id: UUID
    cells: list[MendedCell]


class MendRows(Wire, frozen=True, kw_only=True):
    """Body of ``POST /api/imports/quarantine/mend``: imported again as files of their own."""

    rows: list[MendedRow]


class MappedCode(Row, frozen=True, kw_only=True):
    """What a district's attendance code means."""

    code: Line
    kind: AttendanceKind
    units: int | None = None
    """Share of a day in 1/840 that a whole-day record takes; empty: by its kind."""
    school_code: Line = ""
    school_year: Line = ""
    set_at: Instant | None = None


class CodeSchool(Row, frozen=True, kw_only=True):
    """A school by the district's own identifier."""

    code: Line
    name: Line


class CodeMap(Row, frozen=True, kw_only=True):
    """Answer of ``GET /api/imports/codes``."""

    codes: list[MappedCode]
    schools: list[CodeSchool] = []
    """For which the caller may set a code."""
    may_set_everywhere: bool = False


class SetCode(Wire, frozen=True, kw_only=True):
    """Body of ``PUT /api/imports/codes``."""

    code: Line
    kind: AttendanceKind
    units: int | None = None
    school_code: Line = ""
    school_year: Line = ""
