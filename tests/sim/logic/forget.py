"""Mirror of ``pwa/src/outbox/forget.ts``: which entries a phone may forget. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from tests.sim.logic.entry import Entry, out_of

SHOWN_DAYS = 7
KEPT_DAYS = 30
UNREADABLE = frozenset({"cannot_open", "undecodable", "not_utf8", "number_differs", "too_deep"})


class Horizon(Struct, frozen=True):
    """Moments in UTC, as ISO text, and how far the server's backups reach."""

    durable_n: int
    device: str
    shown_since: str
    kept_since: str


def forgettable(entries: Sequence[Entry], horizon: Horizon) -> list[str]:
    """Return the ids that may go."""
    received = [entry for entry in entries if entry.receipt is not None]
    return [entry.id for entry in received if _may_go(entry, horizon)]


def is_unread(entry: Entry) -> bool:
    """Tell whether the server holds bytes that nobody there can ever read."""
    is_shut = (
        entry.receipt is not None
        and entry.receipt["out"] == "parked"
        and entry.receipt["code"] in UNREADABLE
    )
    return is_shut and (entry.replay is None or entry.replay["code"] == "dismissed")


def wants_its_author(entry: Entry) -> bool:
    """Tell whether a refused deed was not read yet."""
    return out_of(entry) == "refused" and not entry.is_seen


def _may_go(entry: Entry, horizon: Horizon) -> bool:
    if not entry.is_settled or wants_its_author(entry) or is_unread(entry):
        return False
    since = entry.received_at or horizon.shown_since
    if entry.device != horizon.device:
        return since < horizon.kept_since
    is_durable = entry.n <= horizon.durable_n
    return is_durable and since < horizon.shown_since
