"""``presente freshness``: how far each school has told its attendance, and what is missing."""

import argparse
from collections.abc import Sequence
from datetime import date

from schemas.desk import DeskFreshness, SchoolFreshness
from server import cli
from server.attendance import freshness
from server.db.opening import opened
from server.languages import Told, joined

_NAMED = 5
"""Missing days that a line names; ``--json`` has more."""
_UNTOLD = Told("not told yet", "sin entregar todavía")
_SILENT = Told("without a single record", "sin un solo registro")
_STATES = {"fresh": "al día", "late": "atrasada", "stale": "muy atrasada", "never": "nunca"}


def register(commands: "cli.Commands") -> None:
    """Add ``presente freshness``."""
    parser = commands.add_parser(
        "freshness",
        parents=[cli.common()],
        help=Told(
            "how far each school has told its attendance",
            "hasta qué día ha entregado cada escuela su asistencia",
        ),
        description=Told(
            "Data as of, last submission and missing days of each school, the school furthest "
            "behind first. Settings: freshness_late_days, freshness_stale_days, "
            "freshness_silent_records.",
            "Fecha de los datos, última entrega y días que faltan de cada escuela, la más "
            "atrasada primero. Ajustes: freshness_late_days, freshness_stale_days, "
            "freshness_silent_records.",
        ),
    )
    parser.set_defaults(run=_freshness)


def _freshness(context: cli.Context, _arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database, database.read(context.clock()) as tx:
        found = freshness.freshness(tx)
    return cli.Answer(data=found, text=_text(found))


def _text(found: DeskFreshness) -> Told:
    if not found.schools:
        return Told("No school is known yet.", "Todavía no se conoce ninguna escuela.")
    year, today = found.school_year, found.today
    lines = [Told(f"School year {year}, on {today}:", f"Año escolar {year}, el {today}:")]
    for one in found.schools:
        lines.append(_line(one))
        lines += _named(_UNTOLD, one.days_behind, one.missing)
        lines += _named(_SILENT, len(one.silent), one.silent)
    return joined(lines)


def _line(one: SchoolFreshness) -> Told:
    school = f"{one.school_name} ({one.school_code})"
    as_of = _as_of(one)
    return Told(
        f"{one.status:<6} {as_of:<24} {school}",
        f"{_STATES.get(one.status, one.status):<14} {as_of.es:<24} {school}",
    )


def _as_of(one: SchoolFreshness) -> Told:
    if not one.data_as_of:
        return Told("nothing told", "sin entregas")
    return Told(f"data as of {one.data_as_of}", f"datos al {one.data_as_of}")


def _named(what: Told, count: int, days: Sequence[date]) -> list[Told]:
    if not days:
        return []
    named = ", ".join(str(day) for day in days[-_NAMED:])
    more = "..., " if count > _NAMED else ""  # the newest are named: older ones come before them
    return [
        Told(
            f"       {count} school days {what}: {more}{named}",
            f"       {count} días de clase {what.es}: {more}{named}",
        )
    ]
