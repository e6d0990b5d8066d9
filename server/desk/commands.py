"""``presente cases``: the lists of cases, as known now or at an earlier moment."""

import argparse
from datetime import datetime

from schemas.desk import DeskCase
from server import cli
from server.db.database import Transaction
from server.desk import service
from server.desk.store.cases import CaseList
from server.identity import store as identity
from server.ladder import year
from server.ladder.commands import reading
from server.ladder.words.amounts import days_en
from server.problems import NotFound


def register(commands: "cli.Commands") -> None:
    """Add ``presente cases``."""
    parser = commands.add_parser(
        "cases",
        parents=[cli.common()],
        help="the lists of cases, as known when",
        description="Lists open cases, the most overdue first, with the days missed without an "
        "excuse and the contacts.",
    )
    parser.add_argument(
        "--list",
        dest="which",
        choices=[one.value for one in CaseList],
        default=CaseList.NEW.value,
        help="new (nobody has it), open, or left (default: new)",
    )
    parser.add_argument("--school", metavar="CODE", default="", help="only of this school")
    parser.add_argument(
        "--known-at",
        type=cli.a_moment,
        metavar="TIME",
        help="as it was known then: a date (to its end in the district) or a time with its zone",
    )
    parser.set_defaults(run=_cases)


def _cases(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with reading(context) as tx:
        known_at = _known_at(tx, arguments)
        school_id = identity.find_school(tx, arguments.school) if arguments.school else None
        if arguments.school and school_id is None:
            code = arguments.school
            raise NotFound(f"There is no school with the code {code!r}.", code="no_school")
        found = service.cases(
            tx,
            None,
            which=CaseList(arguments.which),
            school_id=school_id,
            q="",
            known_at=known_at,
        )
    counts = found.counts
    when = f"as known at {known_at:%Y-%m-%d %H:%M} UTC" if known_at else "as known now"
    title = f"{len(found.cases)} cases, {when}; in all: {counts.new} new, {counts.open} open, "
    lines = [f"{title}{counts.left} left.", *map(_line, found.cases)]
    return cli.Answer(data=found, text="\n".join(lines))


def _known_at(tx: Transaction, arguments: argparse.Namespace) -> datetime | None:
    asked = arguments.known_at
    if asked is None or isinstance(asked, datetime):
        return asked
    return year.end_of(asked, year.zone_of(tx))


def _line(one: DeskCase) -> str:
    told = f"data to {one.data_as_of}" if one.data_as_of else "no data told"
    return (
        f"  due {one.case.due_on}  {one.student_name:<30}{days_en(one.unexcused_units):>10}"
        f"  {one.contact_count} contacts, {one.reached_count} reached  {one.school_name}  {told}"
    )
