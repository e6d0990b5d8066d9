"""Computes the snapshot of a school year at day N. Reads only; nothing is kept."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from schemas.snapshot import Snapshot, SnapshotFigure, SnapshotRows, SnapshotSchool
from server.attendance import store as attendance
from server.attendance.rules.calendar import is_school_year, school_year_of
from server.db.database import Transaction
from server.ladder import service as ladder
from server.languages import LANGUAGES, Language
from server.people.rules import folded
from server.problems import Invalid, NotFound
from server.snapshot import hearing, missed, rows, rules, store, students, words, years
from server.snapshot.figures import SUMS, Figure, State, YearOf, figures
from server.snapshot.settings import PUBLIC_CELL, SnapshotSettings, checked
from server.snapshot.years import Members, Term, Year

SETTING = "snapshot"
"""The district's own choices: a mapping as in a settings file."""
WHOLE_SETTING = "schools_are_all"
ENROLLED_SETTING = "district_enrolled"

_MOST_DAYS = 366


class Question(Struct, frozen=True, kw_only=True):
    """What a snapshot is asked of."""

    school_year: str
    day: int
    known_at: datetime | None = None
    schools: tuple[str, ...] | None = None
    """Codes or names; None: every school that has students that year."""
    told: dict[str, Any] = {}
    """Settings that differ from the district's."""
    is_public: bool = False
    """Hide what is of fewer than ten people, and every address of rows."""
    schools_file: str = ""
    settings_file: str = ""
    """What was given on the command line, for the commands that list rows."""


class Taken(Struct, frozen=True, kw_only=True):
    """A computed snapshot: what it was asked, what it found."""

    question: Question
    settings: SnapshotSettings
    state: State
    figures: dict[str, Figure]
    ladder_key: str
    caveats: list[words.Said]


def take(tx: Transaction, question: Question, scope: Collection[UUID] | None = None) -> Taken:
    """Compute the snapshot. ``scope``: the schools that the reader may see; None: all."""
    settings = settings_of(tx, question)
    year = _load(tx, question, settings, question.school_year, on=settings.on)
    before = _load(tx, question, settings, previous(question.school_year), on=settings.on_before)
    chosen = _chosen(tx, year, question.schools, scope)
    is_whole = question.schools is None and scope is None
    heard = hearing.hear(tx, year, chosen, is_whole=is_whole, settings=settings)
    if year.is_empty() and heard.is_nothing:
        _refuse_unknown(tx, question.school_year)
    found = students.sort(tx, year, chosen, heard.contacts, settings)
    chosen_ladder = ladder.ladder_of_district(tx, question.school_year)
    day_rule: Any = chosen_ladder.day_rule
    theirs = {one for key in found.contacts for one in year.schools_of.get(key, ())}
    why_no_rate = _why_no_rate(settings, scope)
    spent = missed.tally(
        tx,
        year,
        {*chosen, *theirs} if why_no_rate else year.terms,
        rule=day_rule,
        to_the_end=not why_no_rate and settings.habitual_until == "end_of_year",
        watched=found.contacts.keys(),
    )
    levels = rules.grouped((year.terms[one].level or "unknown", one) for one in chosen)
    state = State(
        settings=settings,
        schools=chosen,
        levels=levels,
        terms=year.terms,
        contacts=heard.contacts,
        events=students.households(tx, heard.contacts),
        sorted=found,
        this=YearOf(year=year, missed=spent, members=_members(year, levels, settings)),
        before=YearOf(
            year=before,
            missed=missed.tally(tx, before, chosen, rule=day_rule),
            members=_members(before, levels, settings),
        ),
        rate=why_no_rate or spent,
        unrecorded=(_unrecorded(year, chosen), _unrecorded(before, chosen)),
        rate_members=years.members(year, year.terms, settings, _until(settings)).ever_enrolled,
    )
    return Taken(
        question=question,
        settings=settings,
        state=state,
        figures={one.key: one for one in figures(state)},
        ladder_key=chosen_ladder.key,
        caveats=_caveats(state, heard, day=question.day),
    )


def snapshot(tx: Transaction, taken: Taken, *, language: Language = "en") -> Snapshot:
    """Return a computed snapshot as it is answered."""
    state, question = taken.state, taken.question
    hidden = _hidden(taken)
    return Snapshot(
        school_year=question.school_year,
        school_year_before=state.before.year.school_year,
        day=question.day,
        taken_at=tx.at,
        known=words.known(taken.settings, question.known_at, language),
        ladder=taken.ladder_key,
        settings=msgspec.to_builtins(taken.settings),
        schools=[_school(state, one) for one in state.schools],
        figures={
            key: _answer(
                taken,
                one,
                is_hidden=key in hidden,
                is_whole_hidden=one.of in hidden,
                language=language,
            )
            for key, one in taken.figures.items()
        },
        suppressed=sorted(hidden),
        caveats=[words.say(one, language) for one in taken.caveats],
    )


def rows_of(tx: Transaction, taken: Taken, key: str, *, language: Language = "en") -> SnapshotRows:
    """Return the rows behind a figure. ``NotFound``: there is no such figure."""
    figure = taken.figures.get(key)
    if figure is None:
        raise NotFound(
            f"There is no figure {key!r}. There are: {', '.join(taken.figures)}.",
            code="figure_unknown",
        )
    return SnapshotRows(
        figure=key,
        school_year=taken.question.school_year,
        day=taken.question.day,
        count=len(figure.rows),
        units=sum(one.units for one in figure.rows) if figure.kind == "missed" else None,
        rows=rows.of(tx, taken.state, figure, language),
    )


def settings_of(tx: Transaction, question: Question) -> SnapshotSettings:
    """Return the settings: the defaults, then the district's own, then what was asked with."""
    told: dict[str, Any] = {
        key: value
        for key in (WHOLE_SETTING, ENROLLED_SETTING)
        if (value := attendance.find_setting(tx, key)) is not None
    }
    told |= attendance.find_setting(tx, SETTING, {})
    told |= question.told
    settings = checked(told, "The snapshot's settings")
    if question.known_at is not None:
        settings = msgspec.structs.replace(settings, known="at")
    elif settings.known == "at":
        raise Invalid('The setting known = "at" needs a moment: give --known-at.')
    if question.is_public:
        settings = msgspec.structs.replace(settings, min_cell=settings.min_cell or PUBLIC_CELL)
    return settings


def previous(school_year: str) -> str:
    """Return the school year before."""
    return school_year_of(date(int(school_year[:4]) - 1, 9, 1))


def _load(
    tx: Transaction,
    question: Question,
    settings: SnapshotSettings,
    school_year: str,
    *,
    on: date | None,
) -> Year:
    if not is_school_year(question.school_year):
        raise Invalid(f"Write the school year like 2021-22; {question.school_year!r} is none.")
    if not 1 <= question.day <= _MOST_DAYS:
        raise Invalid(f"A school day's number is 1 to {_MOST_DAYS}; {question.day} is none.")
    return years.load(
        tx, school_year, question.day, settings=settings, on=on, known_at=question.known_at
    )


def _refuse_unknown(tx: Transaction, school_year: str) -> None:
    """Refuse a school year of which nothing was ever known: its zeros would be read as figures."""
    known = store.school_years(tx)
    if school_year in known:
        return
    there = words.Said("years_known", (", ".join(known),)) if known else words.Said("no_years")
    told = (words.Said("no_year", (school_year,)), there)
    en, es = (" ".join(words.say(one, tongue) for one in told) for tongue in LANGUAGES)
    raise NotFound(en, code="school_year_unknown", detail_es=es)


def _chosen(
    tx: Transaction, year: Year, named: Iterable[str] | None, scope: Collection[UUID] | None
) -> list[UUID]:
    terms = [one for one in year.terms.values() if scope is None or one.school.id in scope]
    if named is None:
        has_students = {one for theirs in year.schools_of.values() for one in theirs}
        has_students = has_students or store.schools_with_students(tx, year.school_year)
        return [one.school.id for one in terms if one.school.id in has_students]
    by_name = {folded(one.school.name): one.school.id for one in terms}
    by_name |= {folded(one.school.code): one.school.id for one in terms}
    unknown = sorted({one for one in named if folded(one) not in by_name})
    if unknown:
        raise Invalid(
            f"No school has this code or name: {', '.join(unknown)}. Known are "
            f"{', '.join(f'{one.school.code} ({one.school.name})' for one in terms)}.",
            code="school_unknown",
        )
    wanted = {by_name[folded(one)] for one in named}
    return [one.school.id for one in terms if one.school.id in wanted]


def _members(
    year: Year, levels: Mapping[str, Collection[UUID]], settings: SnapshotSettings
) -> dict[str, Members]:
    return {
        level: years.members(year, theirs, settings, _day_n) for level, theirs in levels.items()
    }


def _day_n(term: Term) -> date | None:
    return term.day_n


def _why_no_rate(settings: SnapshotSettings, scope: Collection[UUID] | None) -> words.Said | None:
    if scope is not None:
        return words.Said("rate_not_yours")
    return None if settings.schools_are_all else words.Said("rate_not_all")


def _until(settings: SnapshotSettings) -> Any:
    def last(term: Term) -> date | None:
        if settings.habitual_until == "day_n":
            return term.day_n
        return term.days[-1] if term.days else None

    return last


def _unrecorded(year: Year, schools: Collection[UUID]) -> words.Said | None:
    """Return that no attendance had been written down yet; None: it had, or never was."""
    late = year.late(schools)
    if not late or any(year.terms[one].is_told for one in schools):
        return None
    first = min(term.first_recorded for term in late if term.first_recorded is not None)
    return words.Said("not_recorded", (year.school_year, first.date().isoformat()))


def _later(year: Year, late: Sequence[Term], *, is_all: words.Said | None) -> words.Said:
    names = ", ".join(term.school.name for term in late)
    return is_all or words.Said("recorded_later", (names, year.school_year))


def _caveats(state: State, heard: hearing.Heard, *, day: int) -> list[words.Said]:
    """Return what the reader must know, each with its numbers."""
    found = [words.Said("correlation"), words.Said("survivors")]
    if state.settings.known != "as_known_now":
        found.append(words.Said("known_then"))
    for one in (state.this, state.before):
        late = one.year.late(state.schools)
        if late:
            found.append(_later(one.year, late, is_all=_unrecorded(one.year, state.schools)))
        if one.year.is_empty():
            found.append(words.Said("no_year", (one.year.school_year,)))
            continue
        for key in state.schools:
            term = one.year.terms[key]
            found += _of_term(term, one.year.school_year, day=day, settings=state.settings)
    if heard.came_later:
        found.append(words.Said("contacts_later", (heard.came_later,)))
    if heard.of_no_school:
        found.append(words.Said("of_no_school", (heard.of_no_school,)))
    return found


def _of_term(
    term: Term, school_year: str, *, day: int, settings: SnapshotSettings
) -> list[words.Said]:
    found: list[words.Said] = []
    if not term.days:
        found.append(words.Said("school_without_calendar", (term.school.name, school_year)))
    elif len(term.days) < day and settings.day_n == "school_calendar":
        found.append(words.Said("short", (term.school.name, len(term.days), school_year)))
    if not term.is_told:
        found.append(words.Said("untold", (term.school.name, school_year)))
    elif term.is_behind:
        told = (term.school.name, school_year, term.told_until, term.day_n)
        found.append(words.Said("behind", told))
    return found


def _school(state: State, school_id: UUID) -> SnapshotSchool:
    term = state.terms[school_id]
    return SnapshotSchool(
        code=term.school.code,
        name=term.school.name,
        level=term.level,
        day_n=term.day_n,
        day_n_before=state.before.year.terms[school_id].day_n,
    )


def _hidden(taken: Taken) -> set[str]:
    least = taken.settings.min_cell
    if not least:
        return set()
    counts = {key: one.people for key, one in taken.figures.items() if one.people is not None}
    for total, parts in SUMS:
        for part in parts:
            if part.startswith("~") and total in counts and part[1:] in counts:
                counts[part] = counts[total] - counts[part[1:]]
    sums = [
        (total, [part for part in parts if part in counts])
        for total, parts in SUMS
        if total in counts
    ]
    hidden = {key for key in rules.suppressed(counts, sums, least) if not key.startswith("~")}
    if "not_habitual" in hidden:
        hidden.add("not_habitual_of_attempted")
    return hidden


def _answer(
    taken: Taken,
    figure: Figure,
    *,
    is_hidden: bool,
    is_whole_hidden: bool,
    language: Language,
) -> SnapshotFigure:
    if is_hidden:
        return SnapshotFigure(of=figure.of, missing=words.say(words.Said("too_few"), language))
    exact, question, state = figure.exact, taken.question, taken.state
    codes = [state.terms[one].school.code for one in state.schools]
    return SnapshotFigure(
        value=figure.value,
        percent=None if is_whole_hidden else figure.percent,
        of=figure.of,
        denominator=None if is_whole_hidden else figure.denominator,
        exact="" if exact is None else f"{exact.numerator}/{exact.denominator}",
        denominators=figure.denominators,
        missing=words.say(figure.missing, language) if figure.missing else "",
        note=words.note(figure.key, language),
        rows="" if question.is_public else words.command(question, figure.key),
        address="" if question.is_public else words.address(question, figure.key, codes),
    )
