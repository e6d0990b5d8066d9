"""Pure: an import's report in words, for the command line."""

from collections.abc import Iterator, Sequence

from server.intake.records import Fault
from server.intake.report import FileReport, Report, SchoolReport, is_nothing_taken
from server.intake.staged.faults import Reason
from server.intake.words import lines as line_words
from server.intake.words.saying import Both
from server.intake.words.told import TOLD, lines_in, told
from server.languages import Language, Told

_SHOWN = 20


def text_of(report: Report, language: Language = "en") -> str:
    """Return the report in words."""
    return lines_in(_lines(report), language)


def _lines(report: Report) -> Iterator[str]:
    yield from _head(report)
    yield ""
    yield from (_file(one) for one in report.files if not one.skipped)
    for one in report.files:
        if one.skipped:
            yield told("skipped", file=one.file, en=one.skipped, es=one.skipped_es or one.skipped)
    yield ""
    for school in report.schools:
        yield from _school(school)
    cases = report.cases
    if report.state == "done":
        yield told(
            "cases",
            opened=cases.opened,
            met_again=cases.met_again,
            no_longer_met=cases.no_longer_met,
            left=cases.left,
            told=cases.told,
        )
    if report.deleted_unknown_count:
        yield told("deleted_unknown", count=report.deleted_unknown_count)
    if report.conflict_count:
        yield told("conflicts", count=report.conflict_count)
    yield from _faults("quarantined", report.quarantined, report.quarantined_count)
    yield from (_reason(one) for one in report.reasons)
    yield from _faults("noted", report.notes, report.note_count)


def _head(report: Report) -> Iterator[Told]:
    if is_nothing_taken(report):
        if report.state == "dry_run":
            yield told("dry_run")
        yield told("nothing_taken")
    elif report.state == "nothing_to_do" and not any(one.read for one in report.files):
        yield told("nothing_of_use")
    else:
        yield told(report.state)


def drop_text(report: Report, language: Language = "en") -> str:
    """Return what would vanish of each school where it must be confirmed, in words."""
    said: list[str] = []
    for one in report.schools:
        if not one.must_confirm:
            continue
        if one.dropped_count:
            said.append(
                told(
                    "records_would_vanish",
                    name=one.name,
                    dropped=one.dropped_count,
                    known=one.known_count,
                )
            )
            said += [f"  {row.number}  {row.on_date}  {row.was}" for row in one.vanishing[:_SHOWN]]
        if one.missing_count:
            said.append(
                told(
                    "students_would_vanish",
                    name=one.name,
                    missing=one.missing_count,
                    enrolled=one.enrolled_count,
                    some=", ".join(one.missing_from_file),
                )
            )
    return lines_in(said, language)


def _file(one: FileReport) -> Told:
    return told(
        "file",
        file=one.file,
        read=one.read,
        added=one.added,
        changed=one.changed,
        unchanged=one.unchanged,
        older=told("older", count=one.older) if one.older else "",
        quarantined=one.quarantined,
    )


def _school(one: SchoolReport) -> Iterator[Told]:
    if one.scope:
        yield told(
            "school",
            name=one.name,
            first=one.first_on,
            last=one.last_on,
            scope=TOLD[one.scope],
            opened=one.opened_count,
            corrected=one.corrected_count,
            dropped=one.dropped_count,
        )
    if one.unseen_count:
        yield told("unseen", name=one.name, count=one.unseen_count)
    if one.missing_count:
        some = ", ".join(one.missing_from_file[:5])
        yield told("missing", name=one.name, count=one.missing_count, some=some)


def _reason(one: Reason) -> Told:
    reason, _ = line_words.said(one.code, one.parts, reason=one.reason, mend="")
    return Told(*(f"  {one.count} x {one.file}: {said}" for said in reason))


def _faults(title: str, faults: Sequence[Fault], count: int) -> Iterator[str]:
    if not faults:
        return
    yield ""
    yield told(title, count=count)
    for fault in faults[:_SHOWN]:
        said = in_both(fault.code, fault.parts, reason=fault.reason, mend=fault.mend)
        yield told(
            "fault",
            file=fault.file,
            line=fault.line,
            element=_element(fault.element),
            field=fault.field,
            value=repr(fault.value),
            en=said.en,
            es=said.es,
        )
    if count > _SHOWN:
        yield told("more", count=count - _SHOWN)


def _element(element: str) -> Told:
    """Return what of a file is at fault: a table's row or header; a system's own word as it is."""
    row = element.removeprefix("row ")
    es = f"fila {row}" if row.isdecimal() else "encabezado" if element == "header" else element
    return Told(element, es)


def in_both(code: str, parts: dict[str, str], *, reason: str, mend: str) -> Both:
    """Return why a line was not taken and how to mend it, as one text."""
    why, how = line_words.said(code, parts, reason=reason, mend=mend)
    return why.then(how)
