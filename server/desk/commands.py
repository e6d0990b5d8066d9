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
from server.ladder.commands_asked import reading
from server.ladder.words.amounts import days_en, days_es
from server.languages import Told, joined
from server.problems import NotFound


def register(commands: "cli.Commands") -> None:
    """Add ``presente cases``."""
    parser = commands.add_parser(
        "cases",
        parents=[cli.common()],
        help=Told(
            "the lists of cases, as known when", "las listas de casos, según se sabía cuándo"
        ),
        description=Told(
            "Lists open cases, the most overdue first, with the days missed without an excuse and "
            "the contacts.",
            "Lista los casos abiertos, los más atrasados primero, con los días de ausencia sin "
            "justificar y los contactos.",
        ),
    )
    parser.add_argument(
        "--list",
        dest="which",
        choices=[one.value for one in CaseList],
        default=CaseList.NEW.value,
        help=Told(
            "new (nobody has it), open, or left (default: new)",
            "new (nadie lo lleva), open (abiertos) o left (quienes se fueron); si no se dice: new",
        ),
    )
    parser.add_argument(
        "--school",
        metavar="CODE",
        default="",
        help=Told("only of this school", "solo de esta escuela"),
    )
    cli.add_known_at(parser)
    parser.set_defaults(run=_cases)


def _cases(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with reading(context) as tx:
        known_at = _known_at(tx, arguments)
        school_id = identity.find_school(tx, arguments.school) if arguments.school else None
        if arguments.school and school_id is None:
            code = arguments.school
            raise NotFound(
                f"There is no school with the code {code!r}.",
                code="no_school",
                detail_es=f"No hay ninguna escuela con el código {code!r}.",
            )
        found = service.cases(
            tx,
            None,
            which=CaseList(arguments.which),
            school_id=school_id,
            q="",
            known_at=known_at,
        )
    counts = found.counts
    when = Told("as known now", "según se sabe ahora")
    if known_at:
        then = f"{known_at:%Y-%m-%d %H:%M} UTC"
        when = Told(f"as known at {then}", f"según se sabía el {then}")
    title = Told(
        f"{len(found.cases)} cases, {when}; in all: {counts.new} new, {counts.open} open, "
        f"{counts.left} left.",
        f"{len(found.cases)} casos, {when.es}; en total: {counts.new} nuevos, {counts.open} "
        f"abiertos, {counts.left} de quienes se fueron.",
    )
    return cli.Answer(data=found, text=joined([title, *map(_line, found.cases)]))


def _known_at(tx: Transaction, arguments: argparse.Namespace) -> datetime | None:
    asked = arguments.known_at
    if asked is None or isinstance(asked, datetime):
        return asked
    return year.end_of(asked, year.zone_of(tx))


def _line(one: DeskCase) -> Told:
    told = Told("no data told", "sin datos")
    if one.data_as_of:
        told = Told(f"data to {one.data_as_of}", f"datos al {one.data_as_of}")
    units, made, reached = one.unexcused_units, one.contact_count, one.reached_count
    return Told(
        f"  due {one.case.due_on}  {one.student_name:<30}{days_en(units):>10}"
        f"  {made} contacts, {reached} reached  {one.school_name}  {told}",
        f"  vence {one.case.due_on}  {one.student_name:<30}{days_es(units):>10}"
        f"  {made} contactos, {reached} con respuesta  {one.school_name}  {told.es}",
    )
