"""What the commands about the ladder ask for alike: which law, which days, known when."""

import argparse
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, datetime

from server import cli
from server.attendance import store as attendance
from server.attendance.rules.calendar import is_school_year
from server.command_words import wrong
from server.db.database import Transaction
from server.db.opening import opened
from server.db.tables.people import StudentRow
from server.ladder import service, year
from server.ladder.law import Ladder
from server.ladder.year import Asked
from server.languages import Told, joined
from server.people import store as people
from server.problems import Invalid, NotFound


def add_law(parser: argparse.ArgumentParser, *, needs_year: bool = False) -> None:
    """Add which ladder counts, and in which school year."""
    parser.add_argument(
        "--ladder",
        metavar="KEY",
        help=Told("default: the district's ladder", "si no se dice: la escalera del distrito"),
    )
    like = Told("like 2021-22", "como 2021-22")
    default = Told("; default: the newest", "; si no se dice: el más reciente")
    parser.add_argument(
        "--school-year",
        metavar="YEAR",
        required=needs_year,
        help=like if needs_year else joined([like, default], ""),
    )


def add_until(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """Add up to which day, by date or by number."""
    until = parser.add_mutually_exclusive_group(required=required)
    until.add_argument(
        "--day",
        type=_day_number,
        metavar="N",
        help=Told(
            "up to school day N of each school's calendar",
            "hasta el día de clase N del calendario de cada escuela",
        ),
    )
    until.add_argument(
        "--on", type=cli.a_day, metavar="DATE", help=Told("up to this date", "hasta esta fecha")
    )


def add_known(parser: argparse.ArgumentParser) -> None:
    """Add as known when."""
    known = parser.add_mutually_exclusive_group()
    cli.add_known_at(known)
    known.add_argument(
        "--as-recorded",
        action="store_true",
        help=Told(
            "as recorded at the end of the day asked for (with --day: of each school's day N)",
            "como constaba al final del día pedido (con --day: del día N de cada escuela)",
        ),
    )


@contextmanager
def reading(context: cli.Context) -> Generator[Transaction]:
    """Open the data folder's database for reading, at this moment."""
    with opened(context) as database, database.read(context.clock()) as tx:
        yield tx


def student_asked(tx: Transaction, arguments: argparse.Namespace) -> StudentRow:
    """Return the student whose number was given, or refuse."""
    student = people.find_student_by_number(tx, arguments.student)
    if student is None:
        raise NotFound(
            f"No student has the number {arguments.student}.",
            detail_es=f"Ningún estudiante tiene el número {arguments.student}.",
        )
    return student


def year_asked(
    tx: Transaction, arguments: argparse.Namespace, student: StudentRow | None = None
) -> str:
    """Return the school year that was given, else the newest (in which a student has facts)."""
    given: str = arguments.school_year or ""
    if not given:
        years = attendance.years_of(tx, student.id) if student else []
        given = next(iter(years), attendance.newest_year(tx))
    if not is_school_year(given):
        raise _no_year(given)
    return given


def ladder_asked(tx: Transaction, arguments: argparse.Namespace, school_year: str) -> Ladder:
    """Return the ladder that was named, else the district's, in the version of the year."""
    if not is_school_year(school_year):
        raise _no_year(school_year)
    if arguments.ladder:
        return service.ladder_of(tx, arguments.ladder, school_year)
    return service.ladder_of_district(tx, school_year)


def _no_year(given: str) -> Invalid:
    return Invalid(
        f"Write the school year like 2021-22; {given!r} is none.",
        detail_es=f"Escriba el año escolar como 2021-22; {given!r} no lo es.",
    )


def days_asked(tx: Transaction, arguments: argparse.Namespace) -> Asked:
    """Return up to which day and as known when, or refuse."""
    known_at: date | datetime | None = arguments.known_at
    if arguments.as_recorded and arguments.day is None and arguments.on is None:
        raise Invalid(
            "--as-recorded needs the day: add --day N or --on DATE.",
            detail_es="--as-recorded necesita el día: añada --day N o --on FECHA.",
        )
    if known_at is not None and not isinstance(known_at, datetime):
        known_at = year.end_of(known_at, year.zone_of(tx))
    return Asked(
        day=arguments.day,
        on=arguments.on,
        known_at=known_at,
        as_recorded=arguments.as_recorded,
    )


def warn_outside(context: cli.Context, ladder: Ladder, school_year: str) -> None:
    """Warn where a ladder is used for a year in which its law does not hold."""
    first = int(school_year[:4])
    if not ladder.holds_in(date(first, 9, 1), date(first + 1, 5, 31)):
        holds = effective(ladder)
        context.warn(
            Told(
                f"Ladder {ladder.key} holds {holds}; it is used for {school_year} all the same, "
                "because you named it or the district chose it.",
                f"La escalera {ladder.key} rige {holds.es}; se usa de todos modos para "
                f"{school_year}, porque usted la nombró o el distrito la eligió.",
            )
        )


def effective(ladder: Ladder) -> Told:
    """Return from when to when a ladder's law holds."""
    begin, end = ladder.effective
    if end:
        return Told(f"from {begin} to {end}", f"del {begin} al {end}")
    return Told(f"from {begin} on", f"desde el {begin}")


def _day_number(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise wrong("a school day's number is 1 or more", "el número de un día de clase es 1 o más")
    return int(text)
