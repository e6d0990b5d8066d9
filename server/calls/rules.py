"""The words of the call list. Pure."""

from uuid import UUID

from msgspec import Struct

from server.problems import Problem
from sync.leases import Denied

_SAID = {
    "taken": "Somebody else has taken this call. It may be free again later.",
    "not_open": "This call is not open any more.",
    "lease_over": "Your time for this call is over, or it was given back before.",
}


class NotYours(Problem):
    """A claim, release or cancellation that comes to nothing. Work done is never refused."""


class Opened(Struct, frozen=True, kw_only=True):
    """What ``presente calls open`` did."""

    school: str
    step: str
    opened: int
    known: int
    """Students at the step who had a call already."""
    tasks: list[UUID]


class Effort(Struct, frozen=True, kw_only=True):
    """A completion as its author told it."""

    mutation_id: UUID
    by_user_id: UUID
    contact_id: UUID | None
    fence: int


def refusal(denied: Denied) -> NotYours:
    """Return the sentence for it."""
    return NotYours(_SAID[denied.code], code=denied.code)
