"""The writing parts of ``presente ladder``: what was done, decided and exempted, and recompute.

They stand here because cases follow what they change.
"""

import argparse
from collections.abc import Collection
from uuid import UUID

from server import cli
from server.cases import deeds
from server.cases.deeds import About, Recounted
from server.db.database import Transaction
from server.db.opening import opened
from server.identity import store as identity
from server.ladder import commands as ladder
from server.ladder import commands_asked as asking
from server.ladder.deeds import DECISIONS
from server.ladder.store import facts
from server.languages import Told
from server.problems import Invalid, NotFound


def register(commands: "cli.Commands") -> None:
    """Add ``presente ladder`` with all its parts."""
    parts = ladder.register(commands)
    done = _add(
        parts,
        "done",
        _done,
        Told("record that a step's action was done", "anota que se hizo la acción de un paso"),
    )
    done.add_argument(
        "what",
        metavar="STEP.ACTION",
        help=Told("or a condition that a step requires", "o una condición que exige un paso"),
    )
    done.add_argument("--on", type=cli.a_day, metavar="DATE", required=True)
    decide = _add(
        parts,
        "decide",
        _decide,
        Told(
            "record what a person decided about a step",
            "anota lo que una persona decidió sobre un paso",
        ),
    )
    decide.add_argument("step", metavar="STEP")
    decide.add_argument("decision", choices=DECISIONS)
    decide.add_argument("--on", type=cli.a_day, metavar="DATE", required=True)
    exempt = _add(
        parts,
        "exempt",
        _exempt,
        Told(
            "record why some steps are barred for a student",
            "anota por qué algunos pasos no valen para un estudiante",
        ),
    )
    exempt.add_argument("kind", metavar="KIND")
    exempt.add_argument("--from", dest="first", type=cli.a_day, metavar="DATE", required=True)
    exempt.add_argument(
        "--until",
        dest="last",
        type=cli.a_day,
        metavar="DATE",
        help=Told("inclusive", "inclusive (se cuenta)"),
    )
    for parser in (done, decide):
        parser.add_argument("--note", metavar="TEXT", default="")
    void = cli.add_part(
        parts, "void", Told("say that a deed never was", "dice que algo anotado nunca fue")
    )
    void.add_argument(
        "id",
        type=UUID,
        metavar="ID",
        help=Told("as done, decide and exempt print it", "como lo imprimen done, decide y exempt"),
    )
    void.set_defaults(run=_void)
    recompute = parts.add_parser(
        "recompute",
        parents=[cli.common()],
        help=Told(
            "count everybody anew, after the district chose another ladder",
            "cuenta a todos de nuevo, cuando el distrito eligió otra escalera",
        ),
        description=Told(
            "Counts every student of a school year anew. Nothing is ever deleted.",
            "Cuenta de nuevo a todos los estudiantes de un año escolar. Nunca se borra nada.",
        ),
    )
    asking.add_law(recompute)
    recompute.set_defaults(run=_recompute)


def _add(parts: "cli.Commands", name: str, run: cli.Run, words: Told) -> argparse.ArgumentParser:
    parser = cli.add_part(parts, name, words)
    parser.add_argument(
        "student",
        metavar="STUDENT_NUMBER",
        help=Told("the district's student number", "el número de estudiante del distrito"),
    )
    asking.add_law(parser)
    parser.add_argument(
        "--by",
        metavar="LOGIN",
        default="",
        help=Told("who did or decided it", "quién lo hizo o decidió"),
    )
    parser.set_defaults(run=run)
    return parser


def _done(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    step, dot, action = arguments.what.rpartition(".")
    with opened(context) as database, database.write(context.clock()) as tx:
        about = _about(tx, arguments)
        made = deeds.record_done(tx, about, step, action, arguments.on)
    what, day = f"{step}{dot}{action}", arguments.on
    return _kept(made, Told(f"{what} was done on {day}", f"{what} se hizo el {day}"))


def _decide(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database, database.write(context.clock()) as tx:
        about = _about(tx, arguments)
        made = deeds.record_decision(tx, about, arguments.step, arguments.decision, arguments.on)
    step, decision, day = arguments.step, arguments.decision, arguments.on
    return _kept(made, Told(f"{step} was {decision} on {day}", f"{step}: {decision} el {day}"))


def _exempt(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database, database.write(context.clock()) as tx:
        about = _about(tx, arguments)
        made = deeds.exempt(tx, about, arguments.kind, arguments.first, arguments.last)
    kind, first, last = arguments.kind, arguments.first, arguments.last
    until, hasta = (f" until {last}", f" hasta el {last}") if last else ("", "")
    said = Told(f"{kind} holds from {first}{until}", f"{kind} vale desde el {first}{hasta}")
    return _kept(made, said)


def _void(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database, database.write(context.clock()) as tx:
        deeds.void(tx, arguments.id)
    return cli.Answer(
        data={"id": arguments.id, "voided": True},
        text=Told("It counts no more; it stays on record.", "Ya no cuenta; sigue anotado."),
    )


def _recompute(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database:
        with database.read(context.clock()) as tx:
            school_year = asking.year_asked(tx, arguments)
            law = asking.ladder_asked(tx, arguments, school_year)
            students = list({one.student_id for one in facts.places(tx, school_year)})

        def write(part: Collection[UUID]) -> Recounted:
            with database.write(context.clock()) as tx:
                return deeds.recompute(tx, law, school_year, part)

        what = f"{law.key} {school_year}"
        followed = deeds.recompute_all(what, sorted(students), write=write, say=context.warn)
    data = {
        "ladder": law.key,
        "school_year": school_year,
        "students": len(students),
        "opened": followed.opened,
        "no_longer_met": followed.no_longer_met,
        "met_again": followed.met_again,
    }
    text = Told(
        f"{len(students)} students counted anew by {law.key} in {school_year}: "
        f"{followed.opened} cases opened, {followed.no_longer_met} no longer met, "
        f"{followed.met_again} met again.",
        f"{len(students)} estudiantes contados de nuevo por {law.key} en {school_year}: "
        f"{followed.opened} casos se abrieron, {followed.no_longer_met} ya no se cumplen, "
        f"{followed.met_again} se cumplen otra vez.",
    )
    return cli.Answer(data=data, text=text)


def _about(tx: Transaction, arguments: argparse.Namespace) -> About:
    student = asking.student_asked(tx, arguments)
    school_year = asking.year_asked(tx, arguments, student)
    by = identity.find_login(tx, arguments.by) if arguments.by else None
    if arguments.by and by is None:
        raise NotFound(
            f"Nobody signs in as {arguments.by!r}.",
            detail_es=f"Nadie entra como {arguments.by!r}.",
        )
    if len(getattr(arguments, "note", "")) > _NOTE:
        raise Invalid(
            f"A note has at most {_NOTE} characters.",
            detail_es=f"Una nota tiene como máximo {_NOTE} caracteres.",
        )
    return About(
        student_id=student.id,
        school_year=school_year,
        ladder=asking.ladder_asked(tx, arguments, school_year),
        by_user_id=by.id if by else None,
        note=getattr(arguments, "note", ""),
    )


def _kept(made: UUID, said: Told) -> cli.Answer:
    text = Told(f"Recorded: {said} ({made}).", f"Anotado: {said.es} ({made}).")
    return cli.Answer(data={"id": made}, text=text)


_NOTE = 4000
