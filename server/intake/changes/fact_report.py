"""Tells what a school's attendance comes to: how many events became what, and some of them."""

from datetime import date
from itertools import islice

from server.intake import rules
from server.intake.changes import facts
from server.intake.changes.compare import Outcome
from server.intake.changes.facts import Part
from server.intake.changes.samples import Sample


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


def samples(part: Part, count: int) -> list[Sample]:
    """Return some of what a part changes, student-day by student-day."""
    if part.changes is None:
        first = islice(facts.filed(part.year, by_class=part.by_class), count)
        return [
            _sample(part, _number(part, one.place), one.day, one.period, now=one.content[0])
            for one in first
            if one.content is not None
        ]
    changes = part.changes
    was = {(one.place_id, one.on_date.toordinal(), one.period): one.kind for one in changes.closes}
    found = [
        _sample(
            part,
            _number(part, one.place),
            one.day,
            one.period,
            was=was.pop((one.place, one.day, one.period), ""),
            now=one.content[0],
        )
        for one in changes.opens[:count]
        if one.content is not None
    ]
    rest = islice(was.items(), count - len(found))
    return found + [
        _sample(part, _number(part, place), day, period, was=kind)
        for (place, day, period), kind in rest
    ]


def _number(part: Part, place: int) -> str:
    """Return a student's number; empty: the files do not name him."""
    texts = part.year.space.events_told.students.texts
    if place < 0:
        return texts[-place]
    for student, known in part.year.places.items():
        if known.place_id == place:
            return texts[student]
    return ""


def _sample(  # noqa: PLR0913  (a line of the report)
    part: Part, number: str, day: int, period: str, *, was: str = "", now: str = ""
) -> Sample:
    return Sample(
        school_code=part.year.code,
        number=number,
        on_date=date.fromordinal(day),
        period=period,
        was=was,
        now=now,
    )
