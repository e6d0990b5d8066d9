"""``presente ladder``: counts at a day, the reasons behind a step, and the ladders there are."""

import argparse
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import msgspec

from schemas.attendance import Absence, AttendanceKind, Standing
from server import cli
from server.attendance import store as attendance
from server.attendance.rules import is_school_year
from server.db import migrate
from server.db.database import Database, Transaction
from server.ladder import catalog, service, words
from server.ladder.catalog import Ladder
from server.people import store as people
from server.problems import Invalid, NotFound

_KIND_WORDS = {
    AttendanceKind.ABSENT_UNEXCUSED: "absent without an excuse",
    AttendanceKind.ABSENT_EXCUSED: "absent, excused",
    AttendanceKind.ABSENT_UNVERIFIED: "absent, reason not yet known",
    AttendanceKind.TARDY: "late",
    AttendanceKind.ACTIVITY_INTERSCHOLASTIC: "at an interscholastic activity",
    AttendanceKind.ACTIVITY_SCHOOL: "at a school activity",
    AttendanceKind.SUSPENSION_OUT: "suspended",
    AttendanceKind.SUSPENSION_IN: "suspended in school",
}


class StudentWhy(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of ``presente ladder why``."""

    number: str
    name: str
    school: str
    standing: Standing
    data_as_of: date | None
    """The last school day that the school has told."""


def register(commands: "cli.Commands") -> None:
    """Add ``presente ladder``."""
    ladder = commands.add_parser(
        "ladder",
        help="who has reached which step, and why",
        description="Counts students on the ladder and says why a student stands where he does.",
    )
    parts = ladder.add_subparsers(metavar="WHAT", required=True)
    _register_counts(parts)
    why = parts.add_parser(
        "why", parents=[cli.common()], help="the dated absences behind a student's step"
    )
    why.add_argument("student", metavar="STUDENT_NUMBER", help="the district's student number")
    why.add_argument("--ladder", metavar="KEY", help="default: the district's ladder")
    why.add_argument("--school-year", metavar="YEAR", help="like 2021-22; default: the newest")
    why.set_defaults(run=_why)
    known = parts.add_parser("list", parents=[cli.common()], help="the ladders there are")
    known.set_defaults(run=_list)


def _register_counts(parts: "cli.Commands") -> None:
    counts = parts.add_parser(
        "counts",
        parents=[cli.common()],
        help="students at or above each step",
        description="Counts students at or above each step that needs no person's decision.",
    )
    counts.add_argument("--ladder", metavar="KEY", help="default: the district's ladder")
    counts.add_argument("--school-year", metavar="YEAR", required=True, help="like 2021-22")
    until = counts.add_mutually_exclusive_group(required=True)
    until.add_argument(
        "--day", type=_day_number, metavar="N", help="up to school day N of each school's calendar"
    )
    until.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="up to this date")
    counts.add_argument(
        "--known-at",
        type=_moment,
        metavar="TIME",
        help="as it was known then: a date (to its end in the district) or a time with its zone",
    )
    counts.set_defaults(run=_counts)


def _counts(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with _reading(context) as tx:
        ladder = _ladder(tx, arguments)
        found = service.counts(
            tx,
            ladder,
            arguments.school_year,
            day=arguments.day,
            on=arguments.on,
            known_at=_known_at(tx, arguments.known_at),
        )
    _warn_outside(context, ladder, arguments.school_year)
    for warning in found.warnings:
        context.warn(warning)
    lines = [f"{key:<24}{number:>6}" for key, number in found.steps.items()]
    return cli.Answer(
        data={"steps": found.steps},
        text="\n".join(["Students at or above each step:", *lines]),
    )


def _why(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with _reading(context) as tx:
        student = people.find_student_by_number(tx, arguments.student)
        if student is None:
            raise NotFound(f"No student has the number {arguments.student}.")
        years = attendance.years_of(tx, student.id)
        year = arguments.school_year or next(iter(years), attendance.newest_year(tx))
        if not is_school_year(year):
            raise Invalid(f"Write the school year like 2021-22; {year!r} is none.")
        place = people.enrollment_of(tx, student.id)
        school = people.find_school(tx, place.school_id) if place else None
        if school is None:
            raise Invalid(f"Student {student.number} is not known to be at any school.")
        ladder = _ladder(tx, arguments)
        answer = StudentWhy(
            number=student.number,
            name=f"{student.first_name} {student.last_name}",
            school=school.name,
            standing=service.standing_of(
                tx, ladder, year, student_id=student.id, school_id=school.id
            ),
            data_as_of=attendance.data_as_of(tx, school.id, year),
        )
    _warn_outside(context, ladder, year)
    return cli.Answer(data=answer, text=_why_text(answer))


def _list(_context: cli.Context, _arguments: argparse.Namespace) -> cli.Answer:
    known = catalog.ladders().values()
    lines = [f"{ladder.key:<12}{ladder.title} ({_effective(ladder)})" for ladder in known]
    data = [
        {"key": ladder.key, "title": ladder.title, "effective": ladder.effective}
        for ladder in known
    ]
    return cli.Answer(data={"ladders": data}, text="\n".join(lines))


def _why_text(answer: StudentWhy) -> str:
    standing = answer.standing
    lines = [
        f"{answer.name} ({answer.number}), {answer.school}, {standing.school_year}",
        standing.why_en,
        "",
    ]
    crossed = {
        crossing.crossed_on: crossing.step
        for crossing in standing.crossings
        if crossing.no_longer_met_at is None
    }
    total = 0
    for absence in standing.absences:
        line = _absence_text(absence)
        if absence.kind is AttendanceKind.ABSENT_UNEXCUSED:
            total += absence.units
            line += f"; {words.days_en(total)} so far"
            step = crossed.get(absence.on_date)
            line += f" -> {step}" if step else ""
        lines.append(line)
    if answer.data_as_of is not None:
        lines += ["", f"The school's records reach to {words.date_en(answer.data_as_of)}."]
    return "\n".join(lines)


def _absence_text(absence: Absence) -> str:
    share = f", {words.days_en(absence.units)}" if absence.units else ""
    reason = _KIND_WORDS.get(absence.kind, absence.kind.value)
    return f"  {absence.on_date:%a} {words.date_en(absence.on_date)}: {reason}{share}"


def _ladder(tx: Transaction, arguments: argparse.Namespace) -> Ladder:
    if arguments.ladder:
        return catalog.get(arguments.ladder)
    return service.ladder_of_district(tx)


def _warn_outside(context: cli.Context, ladder: Ladder, school_year: str) -> None:
    first = int(school_year[:4])
    if not ladder.holds_in(date(first, 8, 1), date(first + 1, 5, 31)):
        context.warn(
            f"Ladder {ladder.key} holds {_effective(ladder)}; it is used for {school_year} all the "
            "same, because you named it or the district chose it."
        )


def _effective(ladder: Ladder) -> str:
    begin, end = ladder.effective
    return f"from {begin} to {end}" if end else f"from {begin} on"


@contextmanager
def _reading(context: cli.Context) -> Generator[Transaction]:
    context.settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(context.settings.database_url)
    try:
        migrate.upgrade(database)
        with database.read(context.clock()) as tx:
            yield tx
    finally:
        database.close()


def _known_at(tx: Transaction, moment: date | datetime | None) -> datetime | None:
    if moment is None or isinstance(moment, datetime):
        return moment
    zone = ZoneInfo(attendance.find_setting(tx, "time_zone", "America/Denver"))
    return datetime.combine(moment, time.max, zone).astimezone(UTC)


def _moment(text: str) -> date | datetime:
    if len(text) == len("2021-01-01"):
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("write the zone too, as in 2022-03-01T08:00:00-07:00")
    return moment


def _day_number(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("a school day's number is 1 or more")
    return int(text)
