"""The words syncing is written in: who acts, what was asked, and the ways not to do it. Pure."""

from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from msgspec import Struct

from schemas.base import ConflictId
from schemas.people import Role
from schemas.sync import Mut, Receipt, SyncReq
from server.feed.store import Author
from server.problems import Forbidden, Problem
from sync.skew import Estimate, Told, estimate

CONFLICT_NAMESPACE = UUID("6f0a1c1e-5d0e-5f6f-9a3e-0d7c1f2b4a10")
"""Ids of conflicts and of unreadable mutations are derived: the same work, the same id."""


Stop: TypeAlias = Literal["", "gap", "fork", "busy", "revoked"]
"""Why a push was not taken to its end."""


class Refused(Problem):
    """Business says no. The author is told in a sentence, and what he wrote is kept."""


class Parked(Exception):
    """What this version cannot judge. Kept as it came, for a later version or a person."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotYourDevice(Forbidden):
    """The phone is not registered as this person's."""

    code = "not_your_device"


def not_yours() -> NotYourDevice:
    """Return the answer to whoever comes with another's phone."""
    return NotYourDevice("This phone is not registered as yours.")


class Person(Struct, frozen=True, kw_only=True):
    """Who is syncing."""

    user_id: UUID
    role: Role
    root: str
    school_ids: AbstractSet[UUID]

    @property
    def call_schools(self) -> AbstractSet[UUID] | None:
        """The schools whose pools are shown; None: every school's."""
        if self.role is Role.CALLER:
            return self.school_ids or None  # who was given no school works for them all
        return self.school_ids if self.role is Role.COORDINATOR else frozenset()

    def calls_for(self, school_id: UUID) -> bool:
        """Tell whether the school's calls are this person's to take."""
        schools = self.call_schools
        return schools is None or school_id in schools or self.role is Role.ADMINISTRATOR

    def runs_school(self, school_id: UUID) -> bool:
        """Tell whether the school's cases are this person's to direct."""
        is_theirs = self.role is Role.COORDINATOR and school_id in self.school_ids
        return is_theirs or self.role is Role.ADMINISTRATOR


class Item(Struct, frozen=True, kw_only=True):
    """One mutation as it arrived, decoded as far as it could be."""

    n: int
    id: UUID
    sha: bytes
    """Digest of what it says, without its number: the same work sent again has the same."""
    body: bytes
    """What is kept for ever."""
    sent: Told | None = None
    """What the phone's clocks said when it was sent."""
    received_at: datetime | None = None
    """When it came, if it is carried out later than that."""
    mut: Mut | None = None
    fault: Refused | Parked | None = None

    def times(self, received: datetime) -> Estimate | None:
        """Return when it was done; None: it cannot be read, or came before this was kept."""
        if self.mut is None or self.sent is None:
            return None
        return estimate(event_of(self.mut), self.sent, received=received)


class Visit(Struct, frozen=True, kw_only=True):
    """One exchange: who came, with which phone, saying what about its clock."""

    person: Person
    request: SyncReq
    delivers_only: bool = False
    """Came with a delivery token: gets no rows."""

    @property
    def device(self) -> UUID:
        """The phone."""
        return self.request.device

    @property
    def sent(self) -> Told:
        """What its clocks said when it sent this."""
        wall, session, ms = self.request.sent
        return Told(wall, session, ms)


class Deed(Struct, frozen=True, kw_only=True):
    """A mutation to be carried out."""

    mut: Mut
    person: Person
    sent: Told
    received_at: datetime | None = None
    """When it came, if it is carried out later than that."""

    @property
    def author(self) -> Author:
        """Whom history names."""
        return Author(self.person.user_id, self.mut.id)

    @property
    def event(self) -> Told:
        """What the phone's clocks said when the person did it."""
        return event_of(self.mut)

    def times(self, at: datetime) -> Estimate:
        """Return when the person did it, for a mutation that is carried out ``at``."""
        return estimate(self.event, self.sent, received=self.received_at or at)


def event_of(mut: Mut) -> Told:
    """Return what the phone's clocks said when the person did it."""
    session, ms = mut.mono or ("", 0)
    return Told(mut.at, session, ms)


class Done(Struct, frozen=True, kw_only=True):
    """What became of it."""

    ver: int
    out: Literal["applied", "merged", "conflict"] = "applied"
    conflict: UUID | None = None
    code: str = ""
    """What else its author should know: ``duplicate_effort``."""


class Outcome(Struct, frozen=True, kw_only=True):
    """The last word on a mutation, before it is numbered."""

    out: Literal["applied", "merged", "conflict", "refused", "parked"]
    ver: int = 0
    conflict: ConflictId | None = None
    code: str = ""
    text: str = ""
    trace: str = ""
    """Where to find what broke."""


class Taken(Struct, frozen=True, kw_only=True):
    """The answer to one mutation: a receipt, or the reason to stop here."""

    receipt: Receipt | None = None
    stop: Stop = ""
