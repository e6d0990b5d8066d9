"""``presente ladder why``: the dated rows behind a student's step."""

import argparse
from uuid import UUID

import msgspec

from schemas.attendance import Standing
from server import cli
from server.attendance.store import then as former
from server.db.database import Transaction
from server.db.tables.people import SchoolRow, StudentRow
from server.ladder import commands_asked as asking
from server.ladder import service, why, year
from server.ladder.store import names
from server.ladder.why import StepWhy
from server.ladder.words import why_text
from server.ladder.year import Asked
from server.languages import Told
from server.people import store as people
from server.problems import Invalid


class StudentWhy(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of ``presente ladder why``."""

    number: str
    name: str
    school: str
    standing: Standing
    """As known now."""
    why: StepWhy
    """Of the step asked for, else of the highest; as known when asked for."""


def register(parts: "cli.Commands") -> None:
    """Add ``presente ladder why``."""
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
    asking.add_law(parser)
    asking.add_until(parser, required=False)
    asking.add_known(parser)
    parser.set_defaults(run=_why)


def _why(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with asking.reading(context) as tx:
        student = asking.student_asked(tx, arguments)
        school_year = asking.year_asked(tx, arguments, student)
        asked = asking.days_asked(tx, arguments)
        school = _school(tx, student, school_year, asked)
        ladder = asking.ladder_asked(tx, arguments, school_year)
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
    asking.warn_outside(context, ladder, school_year)
    title = f"{answer.name} ({answer.number}), {answer.school}, {school_year}"
    return cli.Answer(
        data=answer, text="\n".join([title, why_text.text(answer.why, context.language)])
    )


def _school(tx: Transaction, student: StudentRow, school_year: str, asked: Asked) -> SchoolRow:
    """Return where a student is, or was when what was known then is asked for, or refuse."""
    found: UUID | None = None
    if asked.is_of_then:
        theirs = year.by_student(year.load(tx, school_year, asked).places([student.id]))
        found = theirs[student.id][-1].school_id if theirs else None
    if found is None:
        place = people.enrollment_of(tx, student.id)
        found = place.school_id if place else None
    school = people.find_school(tx, found) if found else None
    if school is None:
        raise Invalid(
            f"Student {student.number} is not known to be at any school.",
            detail_es=f"No consta que el estudiante {student.number} esté en ninguna escuela.",
        )
    return school
