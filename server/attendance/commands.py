"""``presente freshness``: how far each school has told its attendance, and what is missing."""

import argparse
from collections.abc import Sequence
from datetime import date

from schemas.desk import DeskFreshness, SchoolFreshness
from server import cli
from server.attendance import freshness
from server.db.opening import opened

_NAMED = 5
"""Missing days that a line names; ``--json`` has more."""


def register(commands: "cli.Commands") -> None:
    """Add ``presente freshness``."""
    parser = commands.add_parser(
        "freshness",
        parents=[cli.common()],
        help="how far each school has told its attendance",
        description="Data as of, last submission and missing days of each school, the school "
        "furthest behind first. Settings: freshness_late_days, freshness_stale_days, "
        "freshness_silent_records.",
    )
    parser.set_defaults(run=_freshness)


def _freshness(context: cli.Context, _arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database, database.read(context.clock()) as tx:
        found = freshness.freshness(tx)
    return cli.Answer(data=found, text=_text(found))


def _text(found: DeskFreshness) -> str:
    lines = [f"School year {found.school_year}, on {found.today}:"]
    for one in found.schools:
        lines.append(f"{one.status:<6} {_as_of(one):<24} {one.school_name} ({one.school_code})")
        lines += _named("not told yet", one.days_behind, one.missing)
        lines += _named("without a single record", len(one.silent), one.silent)
    return "\n".join(lines if found.schools else ["No school is known yet."])


def _as_of(one: SchoolFreshness) -> str:
    return f"data as of {one.data_as_of}" if one.data_as_of else "nothing told"


def _named(what: str, count: int, days: Sequence[date]) -> list[str]:
    if not days:
        return []
    named = ", ".join(str(day) for day in days[-_NAMED:])
    more = "..., " if count > _NAMED else ""  # the newest are named: older ones come before them
    return [f"       {count} school days {what}: {more}{named}"]
