"""Finds out whom the files mean: by the district's number or by the source system's identifier.

Only what the files name is looked up, so that a day's corrections cost the same however many
years and students are stored.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from server.attendance.rules.calendar import school_year_of
from server.db.database import Transaction
from server.intake.records import PlaceRecord, StudentRecord, TieRecord
from server.intake.staged import beside, naming
from server.intake.staged.events import Events, year_bounds
from server.intake.staged.said import Texts
from server.intake.staged.staging import Staging
from server.intake.store import facts
from server.intake.store import known as store
from server.intake.words.saying import Why, why

_OWN: Mapping[str, tuple[str, str]] = {
    "school": ("school", "code"),
    "student": ("student", "number"),
    "guardian": ("guardian", "source_id"),
}
_NAMED: Mapping[str, Sequence[tuple[str, str]]] = {
    "school": (
        ("place", "school_code"),
        ("calendar", "school_code"),
        ("term", "school_code"),
        ("code", "school_code"),
        ("submission", "school_code"),
        ("contact", "school_code"),
    ),
    "student": (("tie", "number"), ("place", "number"), ("contact", "number")),
    "guardian": (("tie", "source_id"),),
}

_LONGEST = 10
"""Digits of the longest number that zeros are looked for before."""


def resolve(tx: Transaction, space: Staging) -> None:
    """Name everybody by the district's own number, and note in ``known`` who is stored."""
    _name_guardians(space)
    _rename(space, "student", naming.keep_numbers(tx, space))
    _drop_unknown_deleted(tx, space)
    beside.name(tx, space)
    for ent in _OWN:
        _resolve(tx, space, ent)


def fill_schools(tx: Transaction, space: Staging) -> None:
    """Find the school of events that name none: where the student was on that day."""
    events = space.events_told
    students = events.students_without_school()
    if not students:
        return
    numbers = [events.students.texts[place] for place in students]
    stays = list(_filed_stays(space, set(numbers)))
    stays += facts.stays_of(tx, numbers)
    events.fill_schools(
        (
            events.students[number],
            events.schools[code],
            entry_on.toordinal() if entry_on else year_bounds(year)[0],
            exit_on.toordinal() if exit_on else year_bounds(year)[1],
            *year_bounds(year),
        )
        for number, code, year, entry_on, exit_on in stays
    )


def unknown_students(space: Staging) -> list[str]:
    """Return the students of events whom nobody knows."""
    return _unknown(space, "student", space.events_told.students.texts)


def unknown_schools(space: Staging) -> list[str]:
    """Return the schools of events that nobody knows."""
    return _unknown(space, "school", space.events_told.schools.texts)


def _unknown(space: Staging, ent: str, texts: Sequence[str]) -> list[str]:
    table, column = _OWN[ent]
    known = set(space.values(f"select {column} from {table}"))
    known.update(space.values("select name from known where ent = ?", [ent]))
    return [text for text in texts if text and text not in known]


def _resolve(tx: Transaction, space: Staging, ent: str) -> None:
    table, column = _OWN[ent]
    own = set(space.values(f"select {column} from {table}"))
    named = {
        name
        for where, field in _NAMED[ent]
        for name in space.values(f"select distinct {field} from {where}")
    }
    texts = _texts(space.events_told, ent)
    named.update(texts)
    named -= {*own, "", None, *space.values("select name from alias where ent = ?", [ent])}
    known = store.names_known(tx, ent, named)
    space.run("insert or ignore into known values (?, ?)", ((ent, name) for name in known))
    strange = named - known
    if not strange:
        return
    aliases = store.source_keys(tx, ent, strange)
    if ent != "guardian":
        aliases |= dict(
            space.rows(f"select source_id, {column} from {table} where source_id <> ''")
        )
    aliases = {name: aliases[name] for name in strange if name in aliases}
    if aliases:
        _rename(space, ent, aliases)
        found = store.names_known(tx, ent, set(aliases.values()) - own - known)
        space.run("insert or ignore into known values (?, ?)", ((ent, name) for name in found))
    _find_padded(tx, space, ent, strange - aliases.keys())


def _find_padded(tx: Transaction, space: Staging, ent: str, strange: Iterable[str]) -> None:
    """Note for unknown numbers the known one that a spreadsheet may have taken the zeros off."""
    meant = {
        name.zfill(width): name
        for name in strange
        if name.isascii() and name.isdigit()
        for width in range(len(name) + 1, _LONGEST + 1)
    }
    if not meant:
        return
    table, column = _OWN[ent]
    own = set(space.values(f"select {column} from {table}"))
    for known in (own & meant.keys()) | store.names_known(tx, ent, meant):
        space.padded[ent, meant[known]] = known


def why_unknown(space: Staging, ent: str, name: str) -> Why:
    """Return why a name of nobody is refused, with the known one that it may have been."""
    padded = space.padded.get((ent, name))
    if padded is None:
        return why(f"{ent}_unknown")
    return why(f"{ent}_unknown_padded", padded=padded)


def _rename(space: Staging, ent: str, aliases: Mapping[str, str]) -> None:
    rows = ((ent, name, ours) for name, ours in aliases.items())
    space.run("insert into alias values (?, ?, ?)", rows)
    for table, field in _NAMED[ent]:
        space.run(
            f"update {table} set {field} = (select ours from alias "
            f"where ent = ? and name = {field}) where {field} in "
            "(select name from alias where ent = ?)",
            [(ent, ent)],
        )
    if ent == "student":
        space.held_ties.update(aliases[name] for name in space.held_ties & aliases.keys())
    events = space.events_told
    texts = _texts(events, ent)
    places = {texts[name]: texts[ours] for name, ours in aliases.items() if name in texts}
    if places and ent == "student":
        events.replace_students(places)
    elif places and ent == "school":
        events.replace_schools(places)
    for name in aliases:
        if name in texts:
            texts.texts[texts[name]] = aliases[name]


def _texts(events: Events, ent: str) -> Texts:
    return {"school": events.schools, "student": events.students}.get(ent, Texts())


def _name_guardians(space: Staging) -> None:
    """Ties that refer to a guardian by his element's id get his identifier."""
    space.run(
        "update tie set source_id = coalesce((select source_id from guardian "
        "where guardian.xml_id = tie.xml_id), '') where source_id = ? and xml_id <> ''",
        [("",)],
    )


def _drop_unknown_deleted(tx: Transaction, space: Staging) -> None:
    """Leave out students who were deleted at the source before they ever came here."""
    deleted = space.values("select number from student where is_deleted = '1'")
    known = store.names_known(tx, "student", deleted) if deleted else set[str]()
    for number in set(deleted) - known:
        for record in space.take(StudentRecord, "number = ?", [number]):
            space.repeat(record.at.file)
            space.note(record.at.fault("", "", why("deletes_unknown")))
            for place in space.take(PlaceRecord, "number in (?, ?)", [number, record.source_id]):
                if place.at != record.at:  # else it is of the very line that is told of here
                    space.repeat(place.at.file)
            space.take(TieRecord, "number in (?, ?)", [number, record.source_id])


def _filed_stays(
    space: Staging, numbers: set[str]
) -> Iterable[tuple[str, str, str, date | None, date | None]]:
    for record in space.find(PlaceRecord, "is_deleted = '0'"):
        if record.number in numbers:
            yield (
                record.number,
                record.school_code,
                record.school_year or (school_year_of(record.entry_on) if record.entry_on else ""),
                record.entry_on,
                record.exit_on,
            )
