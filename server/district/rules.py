"""Pure: which settings a district has, what each means, and what it may say."""

from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import available_timezones

from msgspec import Struct

from server.languages import Told
from server.problems import Invalid, NotFound

Read = Callable[[str], Any]


class Known(Struct, frozen=True, kw_only=True):
    """A setting there is."""

    key: str
    about: Told
    default: Any
    read: Read
    """Makes a value of what somebody typed, or raises ``ValueError`` with what is allowed."""
    counts_anew: bool = False
    """Who has reached which step hangs on it."""


def whole(least: int, most: int) -> Read:
    """Return how a whole number is read."""

    def read(text: str) -> int:
        if not text.strip().lstrip("-").isdigit() or not least <= int(text) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return int(text)

    return read


def one_of(words: Callable[[], Iterable[str]]) -> Read:
    """Return how one of some words is read."""

    def read(text: str) -> str:
        known = sorted(words())
        if text.strip() not in known:
            raise ValueError(f"one of {', '.join(known)}")
        return text.strip()

    return read


def line(most: int) -> Read:
    """Return how a line of text is read."""

    def read(text: str) -> str:
        said = text.strip()
        if not said or len(said) > most or not said.isprintable():
            raise ValueError(f"one line of 1 to {most} characters")
        return said

    return read


def zone(text: str) -> str:
    """Return a time zone by its name in the tz database."""
    if text.strip() not in available_timezones():
        raise ValueError("a time zone of the tz database, like America/Denver")
    return text.strip()


def find(known: Iterable[Known], key: str) -> Known:
    """Return a setting by its key; ``NotFound`` names what there is."""
    listed = list(known)
    for one in listed:
        if one.key == key:
            return one
    near = [one.key for one in listed if key and (key in one.key or one.key in key)]
    there_are = ", ".join(near or [one.key for one in listed])
    raise NotFound(f"There is no setting {key!r}. There are: {there_are}.", code="no_setting")


def value_of(one: Known, text: str) -> Any:
    """Return the value that somebody typed; ``Invalid`` says what it may be."""
    try:
        return one.read(text)
    except ValueError as fault:
        raise Invalid(f"{one.key}: {text!r} does not fit; write {fault}.") from fault
