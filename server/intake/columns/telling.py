"""Attendance rows that tell several events, or tell them by flags instead of by a code."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from msgspec import Struct

from server.intake.columns.cells import Columns
from server.intake.columns.joined import place_of
from server.intake.columns.profile import CONDITIONS, Event, Names

Row = Sequence[str]


class Told(Struct, frozen=True, kw_only=True):
    """An event as a row spells it."""

    code: str
    period: str = ""
    portion: str = ""
    minutes: str = ""
    reason: str = ""


class Condition:
    """What a column must say."""

    def __init__(
        self, header: Sequence[str], name: str, wanted: str | list[str], columns: Columns
    ) -> None:
        self._place = place_of(header, name)
        self._wanted = wanted
        texts = wanted if isinstance(wanted, list) else []
        self._texts = frozenset(text.casefold() for text in texts)
        self._columns = columns
        self._known: dict[str, bool] = {}

    def holds(self, row: Row) -> bool:
        """Tell whether a row says it. A column that is not there is empty."""
        text = "" if self._place is None else row[self._place]
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._is_met(text.strip())
        return known

    def _is_met(self, text: str) -> bool:
        if text in self._columns.nulls:
            text = ""
        if self._wanted not in CONDITIONS:
            return text.casefold() in self._texts
        if self._wanted in {"filled", "empty"}:
            return bool(text) == (self._wanted == "filled")
        return _is_yes(text, self._columns) == (self._wanted == "yes")


def _is_yes(text: str, columns: Columns) -> bool:
    """Tell whether a flag is set: a word for yes, or a count above zero."""
    if text.casefold() in columns.yes:
        return True
    try:
        return Decimal(text) > 0
    except InvalidOperation:
        return False


class Telling:
    """The events of a table's rows."""

    def __init__(self, header: Sequence[str], events: Sequence[Event], columns: Columns) -> None:
        self._rules = [_Rule(header, event, columns) for event in events]
        self._rules = [rule for rule in self._rules if rule.is_there]

    def events(self, row: Row) -> Iterator[Told]:
        """Yield what a row tells. The same code twice (two halves of a day) is one event."""
        told: dict[tuple[str, str], Told] = {}
        settled: set[str] = set()
        for rule in self._rules:
            if rule.one_of in settled:
                continue
            one = rule.told(row)
            if one is None:
                continue
            if rule.one_of:
                settled.add(rule.one_of)
            key = (one.code, one.period)
            told[key] = _both(told[key], one) if key in told else one
        yield from told.values()


def _both(first: Told, second: Told) -> Told:
    if not (first.portion and second.portion):
        return first if not first.portion else second
    try:
        whole = min(Decimal(1), Decimal(first.portion) + Decimal(second.portion))
    except InvalidOperation:
        return first
    return Told(
        code=first.code,
        period=first.period,
        portion=f"{whole:f}",
        minutes=first.minutes,
        reason=first.reason or second.reason,
    )


class _Rule:
    def __init__(self, header: Sequence[str], event: Event, columns: Columns) -> None:
        self.one_of = event.one_of
        self._nulls = columns.nulls
        self._conditions = [
            Condition(header, name, wanted, columns) for name, wanted in event.when.items()
        ]
        self._code = _reader(header, event.code, event.code_is)
        self._suffix = _reader(header, event.suffix)
        self._period = _reader(header, event.period, event.period_is)
        self._share = "" if event.portion_is == "" else str(event.portion_is)
        self._portion = _reader(header, event.portion)
        self._minutes = _reader(header, event.minutes)
        self._reason = _reader(header, event.reason)
        self.is_there = bool(event.code_is) or place_of(header, event.code) is not None

    def told(self, row: Row) -> Told | None:
        for condition in self._conditions:
            if not condition.holds(row):
                return None
        code = self._clean(self._code(row))
        if not code:
            return None
        suffix = self._clean(self._suffix(row))
        return Told(
            code=f"{code}-{suffix}" if suffix else code,
            period=self._clean(self._period(row)),
            portion=self._clean(self._portion(row)).replace(",", ".", 1) or self._share,
            minutes=self._clean(self._minutes(row)),
            reason=self._clean(self._reason(row)),
        )

    def _clean(self, text: str) -> str:
        text = text.strip()
        return "" if text in self._nulls else text


def _reader(header: Sequence[str], names: Names, constant: str = "") -> Callable[[Row], str]:
    place = place_of(header, names) if names else None
    if place is None:
        return lambda _: constant
    return lambda row: row[place]


def conditions_of(
    header: Sequence[str], wanted: Mapping[str, str | list[str]], columns: Columns
) -> list[Condition]:
    """Return the conditions of a table's ``skip``."""
    return [Condition(header, name, one, columns) for name, one in wanted.items()]
