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
from server.ladder.deeds import DECISIONS
from server.ladder.store import facts
from server.problems import Invalid, NotFound


def register(commands: "cli.Commands") -> None:
    """Add ``presente ladder`` with all its parts."""
    parts = ladder.register(commands)
    done = _add(parts, "done", _done, "record that a step's action was done")
    done.add_argument("what", metavar="STEP.ACTION", help="or a condition that a step requires")
    done.add_argument("--on", type=cli.a_day, metavar="DATE", required=True)
    decide = _add(parts, "decide", _decide, "record what a person decided about a step")
    decide.add_argument("step", metavar="STEP")
    decide.add_argument("decision", choices=DECISIONS)
    decide.add_argument("--on", type=cli.a_day, metavar="DATE", required=True)
    exempt = _add(parts, "exempt", _exempt, "record why some steps are barred for a student")
    exempt.add_argument("kind", metavar="KIND")
    exempt.add_argument("--from", dest="first", type=cli.a_day, required=True)
    exempt.add_argument("--until", dest="last", type=cli.a_day, help="inclusive")
    for parser in (done, decide):
        parser.add_argument("--note", default="")
    void = parts.add_parser("void", parents=[cli.common()], help="say that a deed never was")
    void.add_argument("id", type=UUID, metavar="ID", help="as done, decide and exempt print it")
    void.set_defaults(run=_void)
    recompute = parts.add_parser(
        "recompute",
        parents=[cli.common()],
        help="count everybody anew, after the district chose another ladder",
        description="Counts every student of a school year anew. Nothing is ever deleted.",
    )
    recompute.add_argument("--ladder", metavar="KEY", help="default: the district's ladder")
    recompute.add_argument("--school-year", metavar="YEAR", help="default: the newest")
    recompute.set_defaults(run=_recompute)


def _add(parts: "cli.Commands", name: str, run: cli.Run, words: str) -> argparse.ArgumentParser:
    parser = parts.add_parser(name, parents=[cli.common()], help=words)
    parser.add_argument("student", metavar="STUDENT_NUMBER", help="the district's student number")
    parser.add_argument("--ladder", metavar="KEY", help="default: the district's ladder")
    parser.add_argument("--school-year", metavar="YEAR", help="default: the newest")
    parser.add_argument("--by", metavar="LOGIN", default="", help="who did or decided it")
    parser.set_defaults(run=run)
    return parser


def _done(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    step, dot, action = arguments.what.rpartition(".")
    with opened(context) as database, database.write(context.clock()) as tx:
        about = _about(tx, arguments)
        made = deeds.record_done(tx, about, step, action, arguments.on)
    return _kept(made, f"{step}{dot}{action} was done on {arguments.on}")


def _decide(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database, database.write(context.clock()) as tx:
        about = _about(tx, arguments)
        made = deeds.record_decision(tx, about, arguments.step, arguments.decision, arguments.on)
    return _kept(made, f"{arguments.step} was {arguments.decision} on {arguments.on}")


def _exempt(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database, database.write(context.clock()) as tx:
        about = _about(tx, arguments)
        made = deeds.exempt(tx, about, arguments.kind, arguments.first, arguments.last)
    until = f" until {arguments.last}" if arguments.last else ""
    return _kept(made, f"{arguments.kind} holds from {arguments.first}{until}")


def _void(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database, database.write(context.clock()) as tx:
        deeds.void(tx, arguments.id)
    return cli.Answer(
        data={"id": arguments.id, "voided": True}, text="It counts no more; it stays on record."
    )


def _recompute(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database:
        with database.read(context.clock()) as tx:
            school_year = ladder.year_asked(tx, arguments)
            law = ladder.ladder_asked(tx, arguments, school_year)
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
    text = (
        f"{len(students)} students counted anew by {law.key} in {school_year}: "
        f"{followed.opened} cases opened, {followed.no_longer_met} no longer met, "
        f"{followed.met_again} met again."
    )
    return cli.Answer(data=data, text=text)


def _about(tx: Transaction, arguments: argparse.Namespace) -> About:
    student = ladder.student_asked(tx, arguments)
    school_year = ladder.year_asked(tx, arguments, student)
    by = identity.find_login(tx, arguments.by) if arguments.by else None
    if arguments.by and by is None:
        raise NotFound(f"Nobody signs in as {arguments.by!r}.")
    if len(getattr(arguments, "note", "")) > _NOTE:
        raise Invalid(f"A note has at most {_NOTE} characters.")
    return About(
        student_id=student.id,
        school_year=school_year,
        ladder=ladder.ladder_asked(tx, arguments, school_year),
        by_user_id=by.id if by else None,
        note=getattr(arguments, "note", ""),
    )


def _kept(made: UUID, text: str) -> cli.Answer:
    return cli.Answer(data={"id": made}, text=f"Recorded: {text} ({made}).")


_NOTE = 4000
