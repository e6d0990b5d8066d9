"""When something happened, as well as it can be known from a clock that may be wrong.

Device clocks order nothing and win nothing; this estimate is for people who read a date.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from msgspec import Struct

OLD = timedelta(days=30)
JUMP = timedelta(minutes=2)
"""A wall clock that strays further from the session's own was set meanwhile, or the phone slept."""
ASLEEP = timedelta(days=30)
"""A session's clock stands still while a phone sleeps (only on Windows it does not), and it never
runs ahead. By so much at most the wall clock's longer time is believed; by more it was set."""
SLACK = timedelta(minutes=2)
"""A clock may run ahead by this much before it is called wrong."""
_MILLISECOND = timedelta(milliseconds=1)
_LONGEST = 64
"""Letters of a moment at most. What is remembered must not be as long as somebody likes."""
_NOTHING = timedelta(0)
_AHEAD = -SLACK
_FIRST = datetime.min.replace(tzinfo=UTC) + timedelta(days=2)
_LAST = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)


class Estimate(Struct, frozen=True):
    """``at`` is never later than the moment of receipt."""

    at: datetime
    skew_ms: int | None
    """How far the phone's wall clock was behind the server's; None when it told none."""
    flags: tuple[str, ...] = ()
    """``future``, ``jump``, ``slept``, ``old``, ``unreadable``."""
    claimed: str = ""
    """What the phone's wall clock said at the event, untouched."""


class Told(Struct, frozen=True):
    """What a phone's clocks said at one moment: the wall, and milliseconds into a session."""

    wall: str
    session: str
    ms: int


def estimate(event: Told, sent: Told, *, received: datetime) -> Estimate:
    """Return when the event was.

    Within one session at least the session's time lies between event and sending, whatever the
    wall clock did; more, if the phone slept. Across sessions (it was restarted) the wall clock's
    difference has to do.
    """
    event_wall, sent_wall = moment(event.wall), moment(sent.wall)
    skew_ms = (received - sent_wall) // _MILLISECOND if sent_wall else None
    wall_age = sent_wall - event_wall if sent_wall and event_wall else None
    same_session = bool(event.session) and event.session == sent.session
    session_age = _milliseconds(sent.ms - event.ms) if same_session else None
    age = _age(wall_age, session_age)
    if age is None:
        return Estimate(at=received, skew_ms=skew_ms, flags=("unreadable",), claimed=event.wall)
    flags: tuple[str, ...] = ("future",) if age < _AHEAD else ()
    flags += _strayed(wall_age, session_age)
    if age > OLD:
        flags += ("old",)
    at = _before(received, age)
    return Estimate(at=at, skew_ms=skew_ms, flags=flags, claimed=event.wall)


def _age(wall: timedelta | None, session: timedelta | None) -> timedelta | None:
    if session is None or _strayed(wall, session) == ("slept",):
        return wall
    return session


def _strayed(wall: timedelta | None, session: timedelta | None) -> tuple[str, ...]:
    """Tell how the two clocks of one session parted. ``slept`` may be a slow clock put right."""
    if wall is None or session is None or abs(wall - session) <= JUMP:
        return ()
    return ("slept",) if _NOTHING < wall - session <= ASLEEP else ("jump",)


def _milliseconds(count: int) -> timedelta | None:
    try:
        return timedelta(milliseconds=count)
    except OverflowError:
        return None


def _before(received: datetime, age: timedelta) -> datetime:
    try:
        return received - age if age > _NOTHING else received
    except OverflowError:
        return received


def moment(text: str) -> datetime | None:
    """Return the moment a phone spelled; None unless it says its zone."""
    return _moment(text) if len(text) <= _LONGEST else None


def has_date_everywhere(at: datetime) -> bool:
    """Tell whether a moment falls on a date of the calendar in every zone, also when shown."""
    try:
        return _FIRST <= at <= _LAST
    except OverflowError:
        return False


@lru_cache(maxsize=1024)
def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
