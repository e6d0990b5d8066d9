"""``presente ladder``: who is at which step on which day as known when, and why."""

import argparse

import msgspec

from server import cli
from server.ladder import catalog, commands_check, commands_why, service, students
from server.ladder import commands_asked as asking
from server.ladder.students import StepStudents
from server.ladder.words import why_text
from server.languages import Language, Told, joined

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
    commands_why.register(parts)
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
    asking.add_law(counts, needs_year=True)
    asking.add_until(counts, required=True)
    asking.add_known(counts)
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
    asking.add_law(listed)
    listed.add_argument(
        "--school",
        metavar="CODE",
        default="",
        help=Told("only those who are there now", "solo quienes están ahí ahora"),
    )
    asking.add_until(listed, required=False)
    asking.add_known(listed)
    listed.set_defaults(run=_students)


def _counts(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with asking.reading(context) as tx:
        ladder = asking.ladder_asked(tx, arguments, arguments.school_year)
        asked = asking.days_asked(tx, arguments)
        found = service.counts(tx, ladder, arguments.school_year, **msgspec.structs.asdict(asked))
    asking.warn_outside(context, ladder, arguments.school_year)
    for warning in found.warnings:
        context.warn(warning)
    lines = [f"{key:<28}{number:>6}" for key, number in found.steps.items()]
    return cli.Answer(
        data={"steps": found.steps},
        text="\n".join([_AT_OR_ABOVE.in_language(context.language), *lines]),
    )


def _students(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with asking.reading(context) as tx:
        school_year = asking.year_asked(tx, arguments)
        ladder = asking.ladder_asked(tx, arguments, school_year)
        found = students.at_step(
            tx,
            ladder,
            school_year,
            arguments.step,
            asking.days_asked(tx, arguments),
            school_code=arguments.school,
        )
    asking.warn_outside(context, ladder, school_year)
    for warning in found.warnings:
        context.warn(warning)
    plain = msgspec.structs.replace(found, warnings=[str(one) for one in found.warnings])
    return cli.Answer(data=plain, text=_students_text(found, context.language))


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


def _list(_context: cli.Context, _arguments: argparse.Namespace) -> cli.Answer:
    known = [ladder for versions in catalog.versions().values() for ladder in versions]
    lines = [
        joined([f"{ladder.key:<12}{ladder.title} (", asking.effective(ladder), ")"], "")
        for ladder in known
    ]
    data = [
        {"key": ladder.key, "title": ladder.title, "effective": ladder.effective}
        for ladder in known
    ]
    return cli.Answer(data={"ladders": data}, text=joined(lines))
