"""Pure: what a file's events do to the facts that are known of the same school and days."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from msgspec import Struct

Scope = Literal["full", "partial", "delta"]
"""``full``: what the file lacks within its window is wrong. ``partial``: it replaces the
student-days it names. ``delta``: it replaces only the very records it names."""

Content = tuple[str, int, int | None, str, str]
"""Kind, units, minutes, the file's own code, and reason."""

Key = tuple[int, int, str]
"""Enrolment, day and class."""

Outcome = Literal["added", "changed", "unchanged", "older"]


class Filed(NamedTuple):
    """An event of a file."""

    place: int
    """The enrolment's id; below 0: the student has none here yet."""
    day: int
    period: str
    content: Content | None
    """None: nothing is to be known of this day or class (present, or taken back)."""
    source_at: int | None
    at: int


class KnownFact(NamedTuple):
    """A fact in force."""

    id: int
    place_id: int
    on_date: date
    period: str
    kind: str
    units: int
    minutes: int | None
    source_code: str
    reason: str
    source_at: int | None


class FactChanges(Struct, kw_only=True):
    """What to close and what to open."""

    opens: list[Filed]
    closes: list[KnownFact]
    dates: dict[int, int]
    """Facts of which the source said the same again, later: when."""
    outcomes: dict[tuple[int, Outcome], int]
    """How many events of a file (by number) came to what."""
    gone: dict[int, int]
    """Of facts that are closed with nothing in their very place: when the source had taken them
    back, where the file tells."""
    corrected_count: int
    """Closed with something in their place."""
    seen_count: int = 0
    """Known facts of enrolments and days of which the file says something."""

    @property
    def dropped_count(self) -> int:
        """Return how many are closed without anything in their place."""
        return len(self.closes) - self.corrected_count


class Word(Struct, frozen=True, kw_only=True):
    """What is known of when the source said what."""

    newest: int | None = None
    """The last change that the file tells: a file that tells everything is as new as that."""
    gone: Mapping[Key, int] = {}
    """When the source took back what is not in force any more."""


_NO_WORD = Word()


def compare(  # noqa: PLR0913  (both sides, and how they are to be read)
    filed: Iterable[Filed],
    known: Sequence[KnownFact],
    *,
    scope: Scope,
    held: Collection[tuple[int, int]],
    word: Word = _NO_WORD,
    file_of: int = 32,
) -> FactChanges:
    """Return what changes. Enrolments and days in ``held`` lose nothing.

    An event that the source changed before the fact that is known never replaces it, and one
    that it changed before it took the fact back never brings it again.
    ``file_of``: by how many bits ``at`` is to be shifted to give the file's number.
    """
    by_key: dict[tuple[int, int, str], list[KnownFact]] = {}
    for fact in known:
        by_key.setdefault((fact.place_id, fact.on_date.toordinal(), fact.period), []).append(fact)
    matching = _Matching(word.gone, word.newest if scope == "full" else None)
    for event in filed:
        matching.take(event, by_key.get((event.place, event.day, event.period), ()))
    closes = [
        fact
        for fact in known
        if fact.id not in matching.kept
        and (fact.place_id, fact.on_date.toordinal()) not in held
        and matching.names(fact, scope)
    ]
    closed_days = {(fact.place_id, fact.on_date.toordinal()) for fact in closes}
    opened_days = {(event.place, event.day) for event in matching.opens}
    outcomes = matching.outcomes
    for event in [*matching.opens, *matching.silent]:
        is_change = (event.place, event.day) in closed_days
        plain: Outcome = "added" if event.content else "unchanged"
        key = (event.at >> file_of, "changed" if is_change else plain)
        outcomes[key] = outcomes.get(key, 0) + 1
    for event, outcome in matching.settled:
        key = (event.at >> file_of, outcome)
        outcomes[key] = outcomes.get(key, 0) + 1
    return FactChanges(
        opens=matching.opens,
        closes=closes,
        dates=matching.dates,
        gone=matching.gone(closes),
        outcomes=outcomes,
        corrected_count=sum(
            (fact.place_id, fact.on_date.toordinal()) in opened_days for fact in closes
        ),
        seen_count=sum(
            fact.id in matching.kept
            or (fact.place_id, fact.on_date.toordinal()) in held
            or matching.names(fact, "partial")
            for fact in known
        ),
    )


class _Matching:
    """Finds for each event of a file the fact that says the same."""

    def __init__(self, gone: Mapping[Key, int], newest: int | None) -> None:
        self._gone = gone
        self._newest = newest
        self.opens: list[Filed] = []
        self.silent: list[Filed] = []
        self.settled: list[tuple[Filed, Outcome]] = []
        self.kept: set[int] = set()
        self.dates: dict[int, int] = {}
        self.outcomes: dict[tuple[int, Outcome], int] = {}
        self._days: dict[tuple[int, int], int] = {}
        """When the source last changed what the file says of an enrolment's day; 0: unknown."""
        self._keys: dict[Key, int] = {}

    def take(self, event: Filed, facts: Sequence[KnownFact]) -> None:
        """Match an event with the facts of the same student, day and class."""
        source_at = event.source_at
        if source_at is not None and any((one.source_at or 0) > source_at for one in facts):
            self.kept.update(one.id for one in facts)
            self.settled.append((event, "older"))
            return
        key = event.place, event.day, event.period
        if event.content is not None and not facts and self._was_taken_back(key, source_at):
            self.settled.append((event, "older"))
            return
        told = source_at or 0
        self._days[key[:2]] = max(told, self._days.get(key[:2], 0))
        self._keys[key] = max(told, self._keys.get(key, 0))
        if event.content is None:
            self.silent.append(event)
            return
        same = next((one for one in facts if _content(one) == event.content), None)
        if same is None:
            self.opens.append(event)
            return
        self.kept.add(same.id)
        self.settled.append((event, "unchanged"))
        if source_at is not None and source_at != same.source_at:
            self.dates[same.id] = source_at

    def _was_taken_back(self, key: Key, source_at: int | None) -> bool:
        """Tell whether the source said later than this that there is no such fact."""
        if source_at is None:
            return False
        return max(source_at, self._newest or 0) < self._gone.get(key, 0)

    def names(self, fact: KnownFact, scope: Scope) -> bool:
        """Tell whether the file says something of a fact's day, so that it can be wrong."""
        day = fact.on_date.toordinal()
        if scope == "delta":
            return (fact.place_id, day, fact.period) in self._keys
        return scope == "full" or (fact.place_id, day) in self._days

    def gone(self, closes: Iterable[KnownFact]) -> dict[int, int]:
        """Return when the source had taken these facts back, of those that none replaces."""
        opened = {(one.place, one.day, one.period) for one in self.opens}
        found: dict[int, int] = {}
        for fact in closes:
            key = fact.place_id, fact.on_date.toordinal(), fact.period
            told = self._keys.get(key) or self._days.get(key[:2]) or self._newest
            if told and key not in opened:
                found[fact.id] = told
        return found


def _content(fact: KnownFact) -> Content:
    return fact.kind, fact.units, fact.minutes, fact.source_code, fact.reason
