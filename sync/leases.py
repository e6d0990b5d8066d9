"""Who may work on a task, and until when. Pure arithmetic over a server's moments.

Which moves are legal from where is said in ``sync.policy``. A lease runs out by itself: nobody has
to write anything for a task to be free again. Only ownership is ever refused; work that was done
never is.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from schemas.tasks import TaskStatus
from sync.policy import moved

LASTS = timedelta(hours=4)


class Lease(Struct, frozen=True, kw_only=True):
    """A task as far as its ownership goes."""

    status: TaskStatus = TaskStatus.OPEN
    holder_id: UUID | None = None
    until: datetime | None = None
    token: int = 0


class Granted(Struct, frozen=True):
    """A claim that was heard: until when, and under which token."""

    until: datetime
    token: int


class Denied(Struct, frozen=True):
    """A claim or a release that comes to nothing."""

    code: Literal["taken", "not_open", "lease_over"]


class Completed(Struct, frozen=True):
    """Work that was done.

    ``is_first``: nobody had done it before. ``is_late``: the lease it was done under was over.
    """

    is_first: bool
    is_late: bool


def holder_at(lease: Lease, at: datetime) -> UUID | None:
    """Return who holds a task at a moment; None: it is free, or no longer open."""
    if lease.status is not TaskStatus.OPEN or lease.until is None or at >= lease.until:
        return None
    return lease.holder_id


def claim(lease: Lease, who: UUID, *, at: datetime) -> Granted | Denied:
    """Return what becomes of a claim. Its present holder gets more time under the same token."""
    if moved("task", "task.claim", lease.status) is None:
        return Denied("not_open")
    holder = holder_at(lease, at)
    if holder not in {None, who}:
        return Denied("taken")
    return Granted(until=at + LASTS, token=lease.token + (holder is None))


def release(lease: Lease, who: UUID, *, fence: int, at: datetime) -> Denied | None:
    """Return why a task cannot be given back; None: it can. ``fence`` 0: whichever lease it is."""
    if moved("task", "task.release", lease.status) is None:
        return Denied("not_open")
    is_theirs = holder_at(lease, at) == who and fence in {0, lease.token}
    return None if is_theirs else Denied("lease_over")


def complete(lease: Lease, who: UUID, *, fence: int, at: datetime) -> Completed:
    """Return what a completion is. It is always taken, under whichever lease and after any."""
    is_holder = holder_at(lease, at) == who and fence in {0, lease.token}
    is_first = moved("task", "task.complete", lease.status) != lease.status
    return Completed(is_first=is_first, is_late=not is_holder)
