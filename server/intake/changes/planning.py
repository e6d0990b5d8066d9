"""Plans an import inside one read snapshot: what would change, and whether it may."""

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from server.attendance import store as attendance
from server.attendance.rules.calendar import school_year_of
from server.db.database import Transaction
from server.intake import report, rules, store
from server.intake.changes import directory, fact_report, families, history_parts, schools
from server.intake.changes.facts import Window
from server.intake.changes.reach import Changes
from server.intake.changes.samples import Sample
from server.intake.changes.schools import Import, SchoolChanges
from server.intake.progress import Tell, untold
from server.intake.records import Origin, SubmissionRecord, TieRecord
from server.intake.report import Outcomes, Report, SchoolReport
from server.intake.staged import checks, codes, event_checks, naming, own_schools, resolve
from server.intake.staged.staging import Staging
from server.intake.store import known, running
from server.intake.words.refusals import sentence
from server.intake.words.saying import Both, why
from server.problems import Problem

_SAMPLES = 200
_NAMED = 50
MASS_DROP_SETTING = "mass_drop_percent"


class MassDrop(Problem):
    """A full file would take away suspiciously many of a school's records or students.

    ``report`` says of every school what would vanish, as a dry run would.
    """

    code = "mass_drop"

    def __init__(self, text: Both, report: Report) -> None:
        super().__init__(text.en, detail_es=text.es)
        self.report = report
        self.data = {"report": report}


class Plan(Struct, kw_only=True):
    """What an import would do."""

    imported: Import
    said: Report
    has_changes: bool
    ends_ties: bool
    directory: list[str]
    """Schools whose own row, calendar or terms change; "" for what is common to all."""
    has_people: bool
    has_history: bool
    """Staff or contacts change."""
    recount: list[tuple[str, str]]
    """School and year whose calendar changes."""
    newest_year: str


class Asked(Struct, frozen=True, kw_only=True):
    """What the person who starts an import decides, and who hears how far it is."""

    window: Window
    confirm_drop: bool
    tell: Tell = untold


def check(
    tx: Transaction,
    space: Staging,
    *,
    today: date,
    school_year: str = "",
    only: frozenset[str] | None = None,
) -> codes.Meanings:
    """Check everything that was read; return what its codes mean. May refuse.

    ``school_year``: of enrolments that tell none; empty: the present one. ``only``: codes of the
    only schools that the files may speak of; None: of all.
    """
    resolve.resolve(tx, space)
    naming.name_years(tx, space, today=today, school_year=school_year)
    checks.check(space)
    event_checks.check(tx, space, today=today)
    history_parts.check(tx, space)
    if only is not None:
        own_schools.demand(tx, space, only)
    meanings = codes.look_up(tx, space)
    space.events_told.settle()
    _settle_twice(space, meanings)
    return meanings


def _settle_twice(space: Staging, meanings: codes.Meanings) -> None:
    """Leave one of the events that say the same, and say of which files there were such."""
    fallen = space.events_told.settle_twice(codes.sense_of(space, meanings))
    for file, told in fallen.items():
        space.repeat(file, told.again)
        space.outdate(file, told.older)
        if told.again:
            space.note(
                Origin(file=file, line=told.first_line, element="").fault(
                    "", str(told.again), why("said_again")
                )
            )


def plan(tx: Transaction, imported: Import, said: Report, asked: Asked, digest: str) -> Plan:
    """Return what would change. Raises ``MassDrop`` unless that was confirmed."""
    is_known = running.is_done(tx, digest)
    space = imported.space
    outcomes = Outcomes(space.faults.elements())
    found = Plan(
        imported=imported,
        said=said,
        has_changes=False,
        ends_ties=_ends_ties(tx, space),
        directory=[],
        has_people=False,
        has_history=False,
        recount=[],
        newest_year=max([known.newest_year(tx), *imported.school_years, *_years_planned(space)]),
    )
    _plan_directory(tx, found, outcomes)
    for changes in _people(tx, found):
        found.has_people |= not changes.is_empty
        _count(found, outcomes, changes)
    vanishing = _plan_schools(tx, found, outcomes, asked)
    _tell_submissions(tx, space, outcomes)
    _plan_history(tx, found, outcomes)
    found.has_changes |= bool(found.directory) or found.has_people or found.has_history
    found.has_changes |= not is_known and _has_new_faults(tx, space)
    report.tell(said, outcomes)
    if vanishing and not asked.confirm_drop:
        said.state = "dry_run"
        raise MassDrop(vanishing[0], said)
    return found


def _vanishing(tx: Transaction, planned: SchoolChanges) -> list[Sample]:
    """Return the first of a school's records that would vanish."""
    found: list[Sample] = []
    for part in planned.parts:
        found += fact_report.vanishing(tx, part, _NAMED - len(found))
    return found


def _years_planned(space: Staging) -> list[str]:
    """Return the newest school year of the files' calendars, in a list; none: they hold none."""
    newest = space.values("select max(on_date) from calendar")[0]
    return [] if newest is None else [school_year_of(date.fromisoformat(newest))]


def _plan_directory(tx: Transaction, found: Plan, outcomes: Outcomes) -> None:
    space = found.imported.space
    common = directory.change_common(tx, space)
    keys = directory.change_keys(tx, space)
    _count(found, outcomes, common.changes)
    if not (common.changes.is_empty and keys.is_empty):
        found.directory.append("")
    for code in directory.codes_of(space):
        one = directory.change_school(tx, space, code)
        _count(found, outcomes, one.changes)
        if not one.changes.is_empty:
            found.directory.append(code)
        found.recount += [(code, year) for year in sorted(one.years)]
    tx.session.expunge_all()


def _people(tx: Transaction, found: Plan) -> Iterator[Changes]:
    space = found.imported.space
    for batch in families.batches_of(space):
        changes = families.change(tx, batch, ends_ties=found.ends_ties, lock=False)
        families.note_due(space, batch, changes)
        yield changes
        tx.session.expunge_all()  # a district's families need not be in memory at once


def _plan_schools(tx: Transaction, found: Plan, outcomes: Outcomes, asked: Asked) -> list[Both]:
    """Plan school by school; return in words what would vanish suspiciously."""
    imported = found.imported
    percent = attendance.find_setting(tx, MASS_DROP_SETTING, rules.DROP_PERCENT)
    vanishing: list[Both] = []
    codes_told = schools.codes_of(imported.space)
    for number, code in enumerate(codes_told):
        asked.tell("comparing", number, len(codes_told))
        planned = schools.change(tx, imported, code)
        schools.keep(imported, planned)
        _count(found, outcomes, planned.places.changes)
        found.has_changes |= not planned.is_empty
        told = _school_report(imported, planned)
        found.said.schools.append(told)
        _tell_events(tx, found, outcomes, planned, told)
        _note_class_counts(tx, found, planned)
        drops = list(_mass_drops(planned, told, percent))
        if drops:
            told.must_confirm = True
            told.vanishing = _vanishing(tx, planned)
            vanishing += drops
    return vanishing


def _plan_history(tx: Transaction, found: Plan, outcomes: Outcomes) -> None:
    for part in history_parts.changes(tx, found.imported.space):
        found.has_history |= not part.is_empty
        _count(found, outcomes, part.changes)
        found.said.note_count += len(part.notes)
        room = max(0, report.KEPT - len(found.said.notes))
        found.said.notes += map(found.imported.space.words.put_into, part.notes[:room])


def _count(found: Plan, outcomes: Outcomes, changes: Changes) -> None:
    for file, element, outcome in changes.outcomes:
        outcomes.tell(file, element, outcome)
    found.said.conflict_count += len(changes.clashes)
    found.said.deleted_unknown_count += len(changes.nobody_knew)
    found.said.note_count += len(changes.nobody_knew)
    room = max(0, report.KEPT - len(found.said.notes))
    found.said.notes += [
        at.fault("", "", why("deletes_unknown")) for at in changes.nobody_knew[:room]
    ]


def _ends_ties(tx: Transaction, space: Staging) -> bool:
    """Tell whether the files hold (about) all ties, so that what they lack has ended."""
    if "tie" in space.deltas:
        return False
    filed = space.count(TieRecord)
    return bool(filed) and filed * 2 >= store.ties_in_force_count(tx)


def _school_report(imported: Import, planned: SchoolChanges) -> SchoolReport:
    missing = [number for numbers in planned.places.missing.values() for number in numbers]
    told = SchoolReport(
        code=planned.code,
        name=schools.name_of(imported, planned.code),
        suggested_count=len(planned.places.suggested),
        outside_count=planned.outside_count,
        missing_count=len(missing),
        enrolled_count=sum(planned.places.enrolled_counts.values()),
        missing_from_file=missing[:_NAMED],
    )
    parts = planned.parts
    if parts:
        told.scope = parts[0].scope
        told.first_on = min(part.first_on for part in parts)
        told.last_on = max(part.last_on for part in parts)
        told.known_count = sum(part.known_count for part in parts)
        told.unseen_count = sum(part.unseen_count for part in parts)
        told.dropped_count = sum(part.dropped_count for part in parts)
    return told


def _tell_events(
    tx: Transaction, found: Plan, outcomes: Outcomes, planned: SchoolChanges, told: SchoolReport
) -> None:
    for part in planned.parts:
        for (file, outcome), count in fact_report.outcomes_of(part).items():
            outcomes.count(file, outcome, count)
            if outcome == "unchanged":
                told.unchanged_count += count
            elif outcome == "older":
                told.older_count += count
            elif part.changes is None:
                told.opened_count += count
        if part.changes is not None:
            told.opened_count += len(part.changes.opens)
            told.corrected_count += part.changes.corrected_count
        room = _SAMPLES - len(found.said.samples)
        if room > 0:
            found.said.samples += fact_report.samples(tx, part, room)


def _note_class_counts(tx: Transaction, found: Plan, planned: SchoolChanges) -> None:
    """Say where records by class cannot be turned into days."""
    imported, said = found.imported, found.said
    for part in planned.parts:
        year = part.year.school_year
        is_owed = part.by_class and fact_report.takes_days(part)
        if is_owed and schools.lacks_class_counts(tx, imported, planned.code, year):
            said.note_count += 1
            said.notes.append(
                Origin(file=fact_report.first_file(part), line=0, element="").fault(
                    "periods_per_day",
                    "",
                    why("classes_unknown", school=schools.name_of(imported, planned.code)),
                    school_code=planned.code,
                )
            )


def _tell_submissions(tx: Transaction, space: Staging, outcomes: Outcomes) -> None:
    for record in space.find(SubmissionRecord):
        school = known.schools(tx, [record.school_code]).get(record.school_code)
        until = None
        if school is not None:
            year = school_year_of(record.through_on)
            until = attendance.data_as_of(tx, school.id, year)
        if until is None:
            outcomes.tell(record.at.file, record.at.element, "added")
        else:
            is_news = until < record.through_on
            outcomes.tell(record.at.file, record.at.element, "changed" if is_news else "unchanged")


def _mass_drops(planned: SchoolChanges, told: SchoolReport, percent: int) -> Iterator[Both]:
    """Yield what of a school would vanish suspiciously, in words."""
    dropped, known_count = told.dropped_count, told.known_count
    for part in planned.parts:
        if rules.is_mass_drop(part.dropped_count, part.known_count, percent):
            yield sentence("records_vanish", dropped=dropped, known=known_count, school=told.name)
            break
    for year, missing in planned.places.missing.items():
        count = planned.places.enrolled_counts[year]
        if rules.is_mass_drop(len(missing), count, percent):
            yield sentence(
                "students_vanish", missing=len(missing), known=count, school=told.name, year=year
            )


def _has_new_faults(tx: Transaction, space: Staging) -> bool:
    files = space.faults.count_by_file()
    if not files:
        return False
    before = running.open_faults(tx, files)
    return any(running.key_of(one.fault) not in before for one in space.faults.all())
