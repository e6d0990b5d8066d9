"""``presente ladder``: who is at which step on which day as known when, and why."""

import argparse
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, datetime

import msgspec

from schemas.attendance import Standing
from server import cli
from server.attendance import store as attendance
from server.attendance.rules.calendar import is_school_year
from server.attendance.store import then as former
from server.command_words import wrong
from server.db.database import Transaction
from server.db.opening import opened
from server.db.tables.people import StudentRow
from server.ladder import catalog, commands_check, service, students, why, year
from server.ladder.law import Ladder
from server.ladder.store import names
from server.ladder.students import StepStudents
from server.ladder.why import StepWhy
from server.ladder.words import why_text
from server.ladder.year import Asked
from server.languages import Language, Told, joined
from server.people import store as people
from server.problems import Invalid, NotFound


class StudentWhy(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of ``presente ladder why``."""

    number: str
    name: str
    school: str
    standing: Standing
    """As known now."""
    why: StepWhy
    """Of the step asked for, else of the highest; as known when asked for."""


_AT_OR_ABOVE = Told("Students at or above each step:", "Estudiantes en cada paso o por encima:")


def register(commands: "cli.Commands") -> "cli.Commands":
    """Add ``presente ladder`` and return where its parts go."""
    ladder = commands.add_parser(
        "ladder",
        help=Told("who has reached which step, and why", "quién llegó a qué paso, y por qué"),
        description=Told(
            "Counts students on the ladder and says why a student stands where he does.",
            "Cuenta a los estudiantes en la escalera y dice por qué cada uno está donde está.",
        ),
    )
    parts: cli.Commands = ladder.add_subparsers(metavar="WHAT", required=True)
    _register_counts(parts)
    _register_students(parts)
    _register_why(parts)
    known = cli.add_part(parts, "list", Told("the ladders there are", "las escaleras que hay"))
    known.set_defaults(run=_list)
    commands_check.register(parts)
    return parts


def _register_counts(parts: "cli.Commands") -> None:
    counts = parts.add_parser(
        "counts",
        parents=[cli.common()],
        help=Told("students at or above each step", "estudiantes en cada paso o por encima"),
        description=Told(
            "Counts students at or above each step that needs no person's decision.",
            "Cuenta a los estudiantes en cada paso, o por encima, que no depende de una decisión.",
        ),
    )
    add_law(counts, needs_year=True)
    _add_until(counts, required=True)
    _add_known(counts)
    counts.set_defaults(run=_counts)


def _register_students(parts: "cli.Commands") -> None:
    listed = parts.add_parser(
        "students",
        parents=[cli.common()],
        help=Told("the students behind a count", "los estudiantes detrás de una cifra"),
        description=Told(
            "Lists who is at or above a step, with the value and the day it was crossed.",
            "Lista quién está en un paso o por encima, con el valor y el día en que llegó.",
        ),
    )
    listed.add_argument("--step", metavar="STEP", required=True)
    add_law(listed)
    listed.add_argument(
        "--school",
        metavar="CODE",
        default="",
        help=Told("only those who are there now", "solo quienes están ahí ahora"),
    )
    _add_until(listed, required=False)
    _add_known(listed)
    listed.set_defaults(run=_students)


def _register_why(parts: "cli.Commands") -> None:
    parser = parts.add_parser(
        "why",
        parents=[cli.common()],
        help=Told(
            "the dated rows behind a student's step",
            "las filas con fecha detrás del paso de un estudiante",
        ),
        description=Told(
            "Says why in words, with the rule and every row behind it.",
            "Dice por qué en palabras, con la regla y todas las filas en que se apoya.",
        ),
    )
    parser.add_argument(
        "student",
        metavar="STUDENT_NUMBER",
        help=Told("the district's student number", "el número de estudiante del distrito"),
    )
    parser.add_argument(
        "--step",
        metavar="STEP",
        default="",
        help=Told("default: the highest reached", "si no se dice: el más alto alcanzado"),
    )
    add_law(parser)
    _add_until(parser, required=False)
    _add_known(parser)
    parser.set_defaults(run=_why)


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


def _add_until(parser: argparse.ArgumentParser, *, required: bool) -> None:
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


def _add_known(parser: argparse.ArgumentParser) -> None:
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


def _counts(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with reading(context) as tx:
        ladder = ladder_asked(tx, arguments, arguments.school_year)
        asked = _asked(tx, arguments)
        found = service.counts(tx, ladder, arguments.school_year, **msgspec.structs.asdict(asked))
    _warn_outside(context, ladder, arguments.school_year)
    for warning in found.warnings:
        context.warn(warning)
    lines = [f"{key:<28}{number:>6}" for key, number in found.steps.items()]
    return cli.Answer(
        data={"steps": found.steps},
        text="\n".join([_AT_OR_ABOVE.in_language(context.language), *lines]),
    )


def _students(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with reading(context) as tx:
        school_year = year_asked(tx, arguments)
        ladder = ladder_asked(tx, arguments, school_year)
        found = students.at_step(
            tx,
            ladder,
            school_year,
            arguments.step,
            _asked(tx, arguments),
            school_code=arguments.school,
        )
    _warn_outside(context, ladder, school_year)
    for warning in found.warnings:
        context.warn(warning)
    return cli.Answer(data=found, text=_students_text(found, context.language))


def _students_text(found: StepStudents, language: Language) -> str:
    since = Told("since", "desde").in_language(language)
    lines = [
        f"  {one.number:<12}{one.name:<30}{why_text.amount(found.unit, one.value, language):>12}"
        f"  {since} {one.crossed_on}  {one.school}"
        for one in found.students
    ]
    title = Told(
        f"{found.count} students at or above {found.step} in {found.school_year}:",
        f"{found.count} estudiantes en {found.step} o por encima en {found.school_year}:",
    )
    return "\n".join([title.in_language(language), *lines])


def _why(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with reading(context) as tx:
        student = student_asked(tx, arguments)
        school_year = year_asked(tx, arguments, student)
        place = people.enrollment_of(tx, student.id)
        school = people.find_school(tx, place.school_id) if place else None
        if school is None:
            raise Invalid(
                f"Student {student.number} is not known to be at any school.",
                detail_es=f"No consta que el estudiante {student.number} esté en ninguna escuela.",
            )
        ladder = ladder_asked(tx, arguments, school_year)
        asked = _asked(tx, arguments)
        then = None if asked.known_at is None else former.then(tx, asked.known_at)
        (named,) = names.students(tx, [student.id], then)
        answer = StudentWhy(
            number=student.number,
            name=named.name,
            school=school.name,
            standing=service.standing_of(
                tx, ladder, school_year, student_id=student.id, school_id=school.id
            ),
            why=why.of_step(
                tx,
                ladder,
                school_year,
                student.id,
                step=arguments.step,
                asked=asked,
            ),
        )
    _warn_outside(context, ladder, school_year)
    title = f"{answer.name} ({answer.number}), {answer.school}, {school_year}"
    return cli.Answer(
        data=answer, text="\n".join([title, why_text.text(answer.why, context.language)])
    )


def _list(_context: cli.Context, _arguments: argparse.Namespace) -> cli.Answer:
    known = [ladder for versions in catalog.versions().values() for ladder in versions]
    lines = [
        joined([f"{ladder.key:<12}{ladder.title} (", _effective(ladder), ")"], "")
        for ladder in known
    ]
    data = [
        {"key": ladder.key, "title": ladder.title, "effective": ladder.effective}
        for ladder in known
    ]
    return cli.Answer(data={"ladders": data}, text=joined(lines))


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


@contextmanager
def reading(context: cli.Context) -> Generator[Transaction]:
    """Open the data folder's database for reading, at this moment."""
    with opened(context) as database, database.read(context.clock()) as tx:
        yield tx


def _asked(tx: Transaction, arguments: argparse.Namespace) -> Asked:
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


def _warn_outside(context: cli.Context, ladder: Ladder, school_year: str) -> None:
    first = int(school_year[:4])
    if not ladder.holds_in(date(first, 9, 1), date(first + 1, 5, 31)):
        holds = _effective(ladder)
        context.warn(
            Told(
                f"Ladder {ladder.key} holds {holds}; it is used for {school_year} all the same, "
                "because you named it or the district chose it.",
                f"La escalera {ladder.key} rige {holds.es}; se usa de todos modos para "
                f"{school_year}, porque usted la nombró o el distrito la eligió.",
            )
        )


def _effective(ladder: Ladder) -> Told:
    begin, end = ladder.effective
    if end:
        return Told(f"from {begin} to {end}", f"del {begin} al {end}")
    return Told(f"from {begin} on", f"desde el {begin}")


def _day_number(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise wrong("a school day's number is 1 or more", "el número de un día de clase es 1 o más")
    return int(text)
