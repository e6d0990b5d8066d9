"""Tells what a school's attendance comes to: how many events became what, and some of them."""

from collections.abc import Collection, Sequence
from datetime import date
from itertools import islice

from server.db.database import Transaction
from server.intake import rules
from server.intake.changes import facts
from server.intake.changes.compare import Outcome
from server.intake.changes.facts import Part
from server.intake.changes.samples import Sample
from server.intake.store import enrollments


def outcomes_of(part: Part) -> dict[tuple[str, Outcome], int]:
    """Return how many events of each file came to what."""
    events = part.year.space.events_told
    if part.changes is not None:
        return {
            (events.files[file], outcome): count
            for (file, outcome), count in part.changes.outcomes.items()
        }
    meant = facts.meanings_of(part.year)
    found: dict[tuple[str, Outcome], int] = {}
    counts = events.counts(part.year.school, *part.year.bounds, by_class=part.by_class)
    for file, code, count in counts:
        outcome: Outcome = "unchanged" if meant[code] is None else "added"
        key = (events.files[file], outcome)
        found[key] = found.get(key, 0) + count
    return found


def takes_days(part: Part) -> bool:
    """Tell whether any code of a part means that a student missed something."""
    year = part.year
    counts = year.space.events_told.counts(year.school, *year.bounds, by_class=part.by_class)
    meant = facts.meanings_of(year)
    return any(
        (meaning := meant[code]) is not None and rules.takes_day(meaning[0])
        for _, code, _ in counts
    )


def first_file(part: Part) -> str:
    """Return a file that told of a part."""
    return next(iter(sorted(file for file, _ in outcomes_of(part))), "")


def samples(tx: Transaction, part: Part, count: int) -> list[Sample]:
    """Return some of what a part changes, student-day by student-day."""
    if part.changes is None:
        first = islice(facts.filed(part.year, by_class=part.by_class), count)
        return _told(
            tx,
            part,
            [(one.place, one.day, one.period, "", one.content[0]) for one in first if one.content],
        )
    was = _closed(part)
    found = [
        (one.place, one.day, one.period, was.pop((one.place, one.day, one.period), ""), now)
        for one in part.changes.opens[:count]
        if one.content is not None
        for now in [one.content[0]]
    ]
    rest = islice(was.items(), count - len(found))
    return _told(tx, part, [*found, *((*key, kind, "") for key, kind in rest)])


def vanishing(tx: Transaction, part: Part, count: int) -> list[Sample]:
    """Return the first records of a part that would vanish without anything in their place."""
    if part.changes is None:
        return []
    was = _closed(part)
    for one in part.changes.opens:
        was.pop((one.place, one.day, one.period), None)
    first = sorted(was.items(), key=lambda one: one[0][1:])[:count]
    return _told(tx, part, [(*key, kind, "") for key, kind in first])


def _closed(part: Part) -> dict[tuple[int, int, str], str]:
    """Return the kind of every record that is closed, by enrolment, day and class."""
    closes = part.changes.closes if part.changes is not None else ()
    return {(one.place_id, one.on_date.toordinal(), one.period): one.kind for one in closes}


_Row = tuple[int, int, str, str, str]
"""Enrolment, day, class, kind before and kind after."""


def _told(tx: Transaction, part: Part, rows: Sequence[_Row]) -> list[Sample]:
    numbers = _numbers(tx, part, {row[0] for row in rows})
    return [
        Sample(
            school_code=part.year.code,
            number=numbers.get(place, ""),
            on_date=date.fromordinal(day),
            period=period,
            was=was,
            now=now,
        )
        for place, day, period, was, now in rows
    ]


def _numbers(tx: Transaction, part: Part, places: Collection[int]) -> dict[int, str]:
    """Return whose enrolments these are; below 0 it is a student of the files alone."""
    texts = part.year.space.events_told.students.texts
    found = {place: texts[-place] for place in places if place < 0}
    found |= {
        one.place_id: texts[student]
        for student, one in part.year.places.items()
        if one.place_id is not None and one.place_id in places
    }
    return found | enrollments.numbers_of_enrollments(tx, set(places) - set(found))
