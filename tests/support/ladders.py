"""Worked examples of a law: a school's calendar, and records in one word each.

The calendar is a fall whose August 11 is a Monday (2014 and 2025), without Labor Day. School days
by number: Aug 11-15 1-5, Aug 18-22 6-10, Aug 25-29 11-15, Sep 2-5 16-19, Sep 8-12 20-24, Sep 15-19
25-29, Sep 22-26 30-34, Sep 29-Oct 3 35-39, Oct 6-10 40-44, Oct 13-17 45-49, Oct 20-24 50-54.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct

from server.attendance.rules.days import Mark, Place, School
from server.ladder import catalog
from server.ladder.law import Ladder
from server.ladder.rules.climbing import climb
from server.ladder.rules.inputs import Climb, Decision, Done, Exemption, State, Status, Student

HERE, THERE = 1, 2
"""Two enrolments of one student."""


def calendar(first: date) -> list[date]:
    """Return Mondays to Fridays of 40 weeks, without Labor Day."""
    labor_day = date(first.year, 9, 1)
    days = [first + timedelta(days=count) for count in range(280)]
    return [day for day in days if day.weekday() < 5 and day != labor_day]


class Example(Struct, frozen=True, kw_only=True):
    """One worked example: what is told, up to when, and what the law makes of it."""

    law: str
    told: Sequence[Mark]
    until: str
    expect: dict[str, str]
    """By step: its status, then the crossing's month and day, then its value (as far as told)."""
    done: Sequence[str] = ()
    """Like ``08-25 habitual_10.written_notice``."""
    decided: Sequence[str] = ()
    exempt: Sequence[tuple[str, str, str]] = ()
    """Kind, first day, last day (empty: open)."""
    places: Sequence[Place] = ()


class Year:
    """One school year's words for records and examples."""

    def __init__(self, first: int, *, level: str = "high", classes: int = 6) -> None:
        self.first = first
        self.school = School(
            id="here",
            level=level,
            mode="period" if level != "elementary" else "daily",
            periods=classes,
            minutes=360,
            days=calendar(date(first, 8, 11)),
        )
        self.place = Place(id=HERE, school=self.school)

    def day(self, text: str) -> date:
        """Return the date of "09-08"; January to July are the next year's."""
        month, day = (int(part) for part in text.split("-"))
        return date(self.first + (month < 8), month, day)

    def days(self, *texts: str, kind: str = "absent_unexcused", units: int = 840) -> list[Mark]:
        """Return whole-day records, of a share of the day where told."""
        return [Mark(HERE, self.day(text), "", kind, units) for text in texts]

    def span(self, first: str, last: str, *, kind: str = "absent_unexcused") -> list[Mark]:
        """Return a whole-day record of each school day from one to another."""
        return [
            Mark(HERE, day, "", kind, 840)
            for day in self.school.days
            if self.day(first) <= day <= self.day(last)
        ]

    def classes(self, count: int, *texts: str, kind: str = "absent_unexcused") -> list[Mark]:
        """Return records of so many classes on each date; excused ones are numbered from 11."""
        start = 1 if kind == "absent_unexcused" else 11
        return [
            Mark(HERE, self.day(text), str(start + number), kind, 0)
            for text in texts
            for number in range(count)
        ]

    def late(self, minutes: int, *texts: str, period: str = "1") -> list[Mark]:
        """Return so many minutes late on each date."""
        return [Mark(HERE, self.day(text), period, "tardy", 0, minutes) for text in texts]

    def missed(self, minutes: int, *texts: str) -> list[Mark]:
        """Return so many minutes absent without an excuse on each date."""
        return [Mark(HERE, self.day(text), "", "absent_unexcused", 0, minutes) for text in texts]


def climbed(year: Year, ladder: Ladder | str, example: Example) -> Climb:
    """Return where the example's student stands."""
    student = Student(
        places=example.places or [year.place],
        marks=example.told,
        done=[
            Done(
                step=what.rpartition(".")[0],
                action=what.rpartition(".")[2],
                done_on=year.day(on),
            )
            for on, what in (one.split(" ") for one in example.done)
        ],
        decisions=[
            Decision(step=step, decision=word, on=year.day(on))  # type: ignore[arg-type]  # told by name, as tests like it
            for on, step, word in (one.split(" ") for one in example.decided)
        ],
        exemptions=[
            Exemption(kind=kind, first=year.day(first), last=year.day(last) if last else None)
            for kind, first, last in example.exempt
        ],
    )
    found = catalog.get(ladder) if isinstance(ladder, str) else ladder
    return climb(found, student, year.day(example.until))


def said(state: State | None, like: str) -> str:
    """Return a state as an example writes it, as far as the example says."""
    if state is None:
        return "no such step"
    words = [state.status.value]
    if state.crossed_on is not None:
        words.append(f"{state.crossed_on:%m-%d}")
    elif state.status is Status.WAITING:
        words.append(",".join(state.waits_for))
    elif state.status is Status.BLOCKED:
        words.append(",".join(state.blocked_by))
    words.append(str(state.value))
    return " ".join(words[: len(like.split(" "))])


def compare(found: Climb, example: Example) -> tuple[dict[str, str], dict[str, str]]:
    """Return what is and what should be, side by side."""
    is_now = {step: said(found.state(step), like) for step, like in example.expect.items()}
    return is_now, example.expect
