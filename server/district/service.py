"""Decides what the district's settings are and become; a change of ladder is counted at once."""

import tomllib
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any, get_origin
from uuid import UUID

import msgspec
from msgspec import Struct

from server.attendance import freshness
from server.attendance import store as attendance
from server.cases import deeds
from server.cases.deeds import Recounted
from server.db.database import Transaction
from server.desk.store.programme import PHONE_STALE_DAYS, STALE_SETTING
from server.district import rules
from server.district.rules import Known
from server.identity import store as identity
from server.intake import rules as intake
from server.intake.changes.planning import MASS_DROP_SETTING
from server.ladder import catalog
from server.ladder import service as ladders
from server.ladder.law import Ladder
from server.ladder.store import facts
from server.ladder.year import DEFAULT_ZONE
from server.languages import Told
from server.problems import Invalid
from server.snapshot import service as snapshot
from server.snapshot import settings as snapshots
from server.snapshot.settings import SnapshotSettings

LADDER = "ladder"
_SNAPSHOT = f"{snapshot.SETTING}."
_OF_YEAR = 366

OWN: tuple[Known, ...] = (
    Known(
        key="name",
        about=Told("How the district calls itself.", "Cómo se llama el distrito a sí mismo."),
        default="",
        read=rules.line(120),
    ),
    Known(
        key=LADDER,
        about=Told(
            "The law by which absences lead to steps; `presente ladder list` has them.",
            "La ley por la que las ausencias llevan a pasos; `presente ladder list` las tiene.",
        ),
        default=ladders.DEFAULT_LADDER,
        read=rules.one_of(catalog.ladders),
        counts_anew=True,
    ),
    Known(
        key=ladders.MIN_DAYS_SETTING,
        about=Told(
            "Where the ladder leaves it open: shares are judged from as many days of enrolment on "
            "as the law names (gte), or from more than these (gt).",
            "Donde la escalera lo deja abierto: las proporciones se juzgan desde tantos días de "
            "inscripción como nombra la ley (gte), o desde más que esos (gt).",
        ),
        default="gte",
        read=rules.one_of(lambda: ("gt", "gte")),
        counts_anew=True,
    ),
    Known(
        key="time_zone",
        about=Told(
            "Where the district's days begin and end.",
            "Dónde empiezan y terminan los días del distrito.",
        ),
        default=DEFAULT_ZONE,
        read=rules.zone,
    ),
    Known(
        key=MASS_DROP_SETTING,
        about=Told(
            "An import in which more than this percentage of a school's students or records "
            "vanish is refused until somebody confirms it.",
            "Una importación en la que desaparece más de este porcentaje de los estudiantes o "
            "registros de una escuela se rechaza hasta que alguien la confirma.",
        ),
        default=intake.DROP_PERCENT,
        read=rules.whole(1, 100),
    ),
    Known(
        key="freshness_late_days",
        about=Told(
            "From how many untold school days on a school is late.",
            "Desde cuántos días de clase sin entregar va atrasada una escuela.",
        ),
        default=freshness.LATE_DAYS,
        read=rules.whole(1, _OF_YEAR),
    ),
    Known(
        key="freshness_stale_days",
        about=Told(
            "From how many untold school days on a school's attendance is stale.",
            "Desde cuántos días de clase sin entregar es vieja la asistencia de una escuela.",
        ),
        default=freshness.STALE_DAYS,
        read=rules.whole(1, _OF_YEAR),
    ),
    Known(
        key="freshness_silent_records",
        about=Told(
            "In a school with so many records on half of its days, a day without any is doubted.",
            "En una escuela con tantos registros en la mitad de sus días, se duda de un día sin "
            "ninguno.",
        ),
        default=freshness.SILENT_RECORDS,
        read=rules.whole(1, 100_000),
    ),
    Known(
        key=STALE_SETTING,
        about=Told(
            "After how many unseen days somebody should ask after a phone.",
            "Tras cuántos días sin verlo debe alguien preguntar por un teléfono.",
        ),
        default=PHONE_STALE_DAYS,
        read=rules.whole(1, _OF_YEAR),
    ),
)


class Choice(Struct, frozen=True, kw_only=True):
    """A setting as it stands."""

    key: str
    value: Any
    default: Any
    is_default: bool
    about: str
    about_es: str


class Change(Struct, frozen=True, kw_only=True):
    """A setting before and after."""

    key: str
    was: Any
    value: Any


def all_known() -> list[Known]:
    """Return every setting there is, those of the snapshot last."""
    return [*OWN, *(_of_snapshot(one) for one in msgspec.structs.fields(SnapshotSettings))]


def choices(tx: Transaction) -> list[Choice]:
    """Return every setting as it stands."""
    return [_choice(tx, one) for one in all_known()]


def choice(tx: Transaction, key: str) -> Choice:
    """Return one setting as it stands. ``NotFound``: there is none of that name."""
    return _choice(tx, rules.find(all_known(), key))


def preview(tx: Transaction, key: str, text: str | None) -> Change:
    """Return what a setting would become (None: the default); ``Invalid`` says what it may be."""
    known = rules.find(all_known(), key)
    value = known.default if text is None else rules.value_of(known, text)
    _check_together(tx, key, value)
    if key.startswith(_SNAPSHOT):
        _with(tx, key.removeprefix(_SNAPSHOT), None if text is None else value)
    return Change(key=key, was=_choice(tx, known).value, value=value)


def change(tx: Transaction, key: str, text: str | None, *, by: UUID | None) -> Change:
    """Write a setting, and who did. Does not count anew: ``recount`` does."""
    made = preview(tx, key, text)
    if key.startswith(_SNAPSHOT):
        said = _with(tx, key.removeprefix(_SNAPSHOT), None if text is None else made.value)
        for older in (snapshot.WHOLE_SETTING, snapshot.ENROLLED_SETTING):
            attendance.remove_setting(tx, older)
        attendance.save_setting(tx, snapshot.SETTING, said)
    elif text is None:
        attendance.remove_setting(tx, key)
    else:
        attendance.save_setting(tx, key, made.value)
    detail = {"was": made.was, "is": made.value}
    identity.audit(tx, "setting.set", by=by, subject=key, detail=detail)
    return made


def counts_anew(key: str) -> bool:
    """Tell whether who has reached which step hangs on a setting."""
    return rules.find(all_known(), key).counts_anew


class Everybody(Struct, frozen=True, kw_only=True):
    """Whom a change of ladder concerns."""

    school_year: str
    students: list[UUID]


def everybody(tx: Transaction) -> Everybody:
    """Return the students of the newest school year."""
    school_year = attendance.newest_year(tx)
    if not school_year:
        return Everybody(school_year="", students=[])
    students = {one.student_id for one in facts.places(tx, school_year)}
    return Everybody(school_year=school_year, students=sorted(students))


def recount(tx: Transaction, school_year: str, students: Collection[UUID]) -> Recounted:
    """Bring these students' crossings and cases up to date with the district's ladder."""
    return deeds.recompute(tx, ladder_of(tx, school_year), school_year, students)


def ladder_of(tx: Transaction, school_year: str) -> Ladder:
    """Return the district's ladder of a school year."""
    return ladders.ladder_of_district(tx, school_year)


def _choice(tx: Transaction, known: Known) -> Choice:
    value: Any
    if known.key.startswith(_SNAPSHOT):
        value = _in_snapshot(tx).get(known.key.removeprefix(_SNAPSHOT), known.default)
    else:
        value = attendance.find_setting(tx, known.key, known.default)
    return Choice(
        key=known.key,
        value=value,
        default=known.default,
        is_default=value == known.default,
        about=str(known.about),
        about_es=known.about.es,
    )


def _in_snapshot(tx: Transaction) -> Mapping[str, Any]:
    """Return what the district has said of the snapshot, older settings of their own included."""
    older = {
        key: value
        for key in (snapshot.WHOLE_SETTING, snapshot.ENROLLED_SETTING)
        if (value := attendance.find_setting(tx, key)) is not None
    }
    said: Mapping[str, Any] = attendance.find_setting(tx, snapshot.SETTING, {})
    return {**older, **said}


def _with(tx: Transaction, field: str, value: Any) -> dict[str, Any]:
    """Return what the district says of the snapshot with one field said anew (None: no more)."""
    said = {key: told for key, told in _in_snapshot(tx).items() if key != field}
    if value is not None:
        said[field] = value
    snapshots.checked(said, "The snapshot's settings")
    if said.get("known") == "at":
        raise Invalid('snapshot.known: "at" needs a moment; give --known-at each time instead.')
    return said


def _check_together(tx: Transaction, key: str, value: Any) -> None:
    pair = ("freshness_late_days", "freshness_stale_days")
    if key not in pair:
        return
    late, stale = (value if one == key else choice(tx, one).value for one in pair)
    if late > stale:
        raise Invalid(
            f"A school is late before it is stale: freshness_late_days would be {late} and "
            f"freshness_stale_days {stale}."
        )


def _of_snapshot(field: msgspec.structs.FieldInfo) -> Known:
    default = msgspec.to_builtins(field.default)
    return Known(
        key=f"{_SNAPSHOT}{field.name}",
        about=Told(
            "Of the data snapshot; docs/snapshot.md says what it means.",
            "Del informe; docs/snapshot.md dice qué significa.",
        ),
        default=default,
        read=_reader(field),
    )


def _reader(field: msgspec.structs.FieldInfo) -> Callable[[str], Any]:
    """Return how a snapshot's setting is read: lists by comma, the rest as TOML has it."""

    def read(text: str) -> Any:
        said: Any = text.strip()
        if get_origin(field.type) is tuple:
            said = [part.strip() for part in text.split(",") if part.strip()]
        else:
            with suppress(tomllib.TOMLDecodeError):  # a bare word: it is taken as it stands
                said = tomllib.loads(f"value = {said}")["value"]
        try:
            return msgspec.to_builtins(msgspec.convert(said, field.type))
        except msgspec.ValidationError as fault:
            raise ValueError(f"what docs/snapshot.md allows ({fault})") from fault

    return read
