"""Puts what an import tells into the words of the wire."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

import msgspec

from schemas import intake as wire
from server.intake.changes.samples import Sample
from server.intake.mending.undo import Undone
from server.intake.records import Fault
from server.intake.report import Report
from server.intake.staged.codes import CodesUnmapped
from server.intake.words import lines
from server.problems import Problem

_READ_AS: Final[Mapping[str, wire.DateOrder]] = {"dates_as_mdy": "mdy", "dates_as_dmy": "dmy"}
"""What a report notes where it read dates as somebody said before."""


def report_of(said: Report) -> wire.ImportReport:
    """Return the report of an import."""
    return wire.ImportReport(
        state=said.state,
        files=[
            wire.ImportFile(
                file=one.file,
                read=one.read,
                added=one.added,
                changed=one.changed,
                unchanged=one.unchanged,
                older=one.older,
                quarantined=one.quarantined,
                skipped=one.skipped,
                skipped_es=one.skipped_es,
            )
            for one in said.files
        ],
        schools=[
            wire.ImportSchool(
                code=one.code,
                name=one.name,
                scope=one.scope,
                first_on=one.first_on,
                last_on=one.last_on,
                known_count=one.known_count,
                opened_count=one.opened_count,
                corrected_count=one.corrected_count,
                dropped_count=one.dropped_count,
                unseen_count=one.unseen_count,
                missing_count=one.missing_count,
                enrolled_count=one.enrolled_count,
                missing=one.missing_from_file,
                must_confirm=one.must_confirm,
                vanishing=_changes(one.vanishing),
            )
            for one in said.schools
        ],
        changes=_changes(said.samples),
        quarantined=faults_of(said.quarantined),
        quarantined_count=said.quarantined_count,
        notes=faults_of(said.notes),
        notes_count=said.note_count,
        cases_opened=said.cases.opened,
        cases_no_longer_met=said.cases.no_longer_met,
    )


def _changes(samples: Iterable[Sample]) -> list[wire.ImportChange]:
    return [
        wire.ImportChange(
            school_code=one.school_code,
            student_number=one.number,
            on_date=one.on_date,
            was=one.was,
            becomes=one.now,
        )
        for one in samples
    ]


def faults_of(faults: Iterable[Fault]) -> list[wire.ImportFault]:
    """Return faults or notes."""
    return [fault_of(one) for one in faults]


def fault_of(one: Fault) -> wire.ImportFault:
    """Return a fault with its sentences in both languages, as far as its version had them."""
    reason_es, mend_es = lines.spanish_of(one.code, one.parts)
    return wire.ImportFault(
        file=one.file,
        line=one.line,
        element=one.element,
        field=one.field,
        value=one.value,
        reason=one.reason,
        mend=one.mend,
        reason_es=reason_es,
        mend_es=mend_es,
        code=one.code,
    )


def unmapped_of(refusal: CodesUnmapped) -> list[wire.UnmappedCode]:
    """Return the codes that nobody has explained."""
    return [
        wire.UnmappedCode(
            code=one.code,
            count=one.count,
            schools=one.schools,
            first_file=one.file,
            first_line=one.line,
            guess=one.guess,
        )
        for one in refusal.codes
    ]


def unclear_of(problem: Problem) -> wire.UnclearDate | None:
    """Return the date that stopped an import because it can be read in two ways."""
    if problem.code != "dates_ambiguous" or problem.data is None:
        return None
    return msgspec.convert(problem.data, wire.UnclearDate)


def unclear_read_of(said: Report) -> wire.UnclearDate | None:
    """Return the date that was read as it was said before, so that it can be read otherwise."""
    for note in said.notes:
        if note.code in _READ_AS:
            return wire.UnclearDate(
                file=note.file,
                line=note.line,
                written=note.value,
                month_first=date.fromisoformat(note.parts["mdy"]),
                day_first=date.fromisoformat(note.parts["dmy"]),
                read_as=_READ_AS[note.code],
            )
    return None


def undone_of(done: Undone) -> wire.ImportUndone:
    """Return what was taken back."""
    return wire.ImportUndone(
        closed_count=done.closed_count,
        reopened_count=done.reopened_count,
        kept_count=done.kept_count,
        restored_count=done.restored_count,
        changed_since_count=done.changed_since_count,
        removed_count=sum(done.removed.values()),
        cases_no_longer_met=done.cases.no_longer_met,
        date_orders_count=done.date_orders_count,
        untold_count=done.later_count,
    )
