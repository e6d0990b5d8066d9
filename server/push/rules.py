"""What a push service's answer means, and when to try again. Pure."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus
from typing import NamedTuple

GIVE_UP_AFTER = timedelta(hours=24)
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
LONGEST_RETRY_AFTER = timedelta(hours=6)
_RETRIED = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class State(StrEnum):
    """Where a delivery stands."""

    DUE = "due"
    SENT = "sent"
    GONE = "gone"
    """The subscription is no more: the person turned alerts off, or the browser did."""
    REFUSED = "refused"
    """The push service (or our guard) will never take it: trying again is no use."""
    GIVEN_UP = "given_up"
    """Too late, or too long, to be worth sending."""


class Reply(NamedTuple):
    """What came back: a status, or none and the reason why not."""

    status: int | None
    retry_after: str = ""
    fault: str = ""


class Verdict(NamedTuple):
    """What becomes of the delivery."""

    state: State
    next_at: datetime


def judge(
    reply: Reply, *, attempts: int, created_at: datetime, at: datetime, chance: float
) -> Verdict:
    """Say what becomes of a delivery after its ``attempts``-th try. ``chance`` is in [0, 1)."""
    status = reply.status
    if status is None or status in _RETRIED or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        wait = wait_before_next(attempts, reply.retry_after, at=at, chance=chance)
        late = at + wait >= created_at + GIVE_UP_AFTER
        return Verdict(State.GIVEN_UP if late else State.DUE, at + wait)
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Verdict(State.SENT, at)
    if status in _GONE:
        return Verdict(State.GONE, at)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Verdict(State.GIVEN_UP, at)
    return Verdict(State.REFUSED, at)


def wait_before_next(attempts: int, retry_after: str, *, at: datetime, chance: float) -> timedelta:
    """Return how long to wait: doubling from 5 s to an hour, never less than asked for.

    The jitter spreads a crowd of deliveries that failed together.
    """
    doubled = min(FIRST_WAIT * (1 << min(max(attempts, 1) - 1, 20)), LONGEST_WAIT)
    asked = parse_retry_after(retry_after, at=at)
    return max(doubled * (0.5 + chance / 2), asked * (1 + chance / 10))


def parse_retry_after(text: str, *, at: datetime) -> timedelta:
    """Read seconds or an HTTP date; nothing sensible is zero, and six hours are the most."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_RETRY_AFTER)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return timedelta()
    until = until.replace(tzinfo=UTC) if until.tzinfo is None else until
    return min(max(until - at, timedelta()), LONGEST_RETRY_AFTER)
