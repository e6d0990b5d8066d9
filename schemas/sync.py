"""The sync protocol: mutations up, receipts and a scoped feed down, in one exchange.

``docs/sync-protocol.md`` is the specification; the numbers in comments are its sections.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Raw, Struct

from schemas.base import ConflictId, DeviceId, Instant, MutationId, Root, Row, UserId, Value

PROTO = 1
"""Version of the exchange itself."""
SCHEMA = 1
"""Version of the rows and mutations. Additive changes do not raise it."""
OLDEST_SCHEMA = 1
"""Oldest version that rows are still projected to. An older build may write, but gets no rows."""
MIN_BUILD = f"schema {OLDEST_SCHEMA}"
"""What ``min_build`` says to a build that is older than that."""
MAX_MUTATIONS = 100
MAX_BODY_BYTES = 1024 * 1024
"""Cap on a request as sent. Inside, mutations may fill 256 KiB."""


class Lens(StrEnum):
    """Which projection of a root a person sees."""

    SELF = "self"
    """One's own ``usr:`` root."""
    ALL = "all"
    """Reference rows (root ``ref``)."""
    ADVISOR = "adv"
    """A family in full: advisors and social workers."""
    CALLER = "call"
    """Name, phones, restrictions: work-study callers, and whoever holds a lease."""
    COORDINATOR = "coord"
    POOL = "pool"
    """Tasks of a school that wait for somebody. Nothing of a family."""


class Mut(Struct, omit_defaults=True, kw_only=True):
    """One thing a person did. Numbered per device, contiguous from 1."""

    n: Annotated[int, Meta(ge=1)]
    id: MutationId
    """UUIDv7, the global idempotency key. Survives a re-identification of the device."""
    op: str
    """``contact.create``, ``contact.amend``, ``contact_point.edit``, ``contact_point.create``,
    ``case.assign``, ``conflict.resolve``, ``task.create``, ``task.claim``, ``task.release``,
    ``task.complete``, ``task.cancel``. An unknown one is parked, never refused."""
    ent: str
    key: UUID
    root: str
    """A claim only: authority follows the row's own links."""
    v: int = SCHEMA
    base: int = 0
    """``ver`` of the row the person saw; 0 creates."""
    was: dict[str, Value] = {}
    """Touched fields as the person saw them, own pending edits included."""
    set: dict[str, Any] = {}
    """Touched fields, new value; a set field may be ``{"+": [..], "-": [..]}``."""
    at: str = ""
    """Claimed wall time, RFC 3339 with offset. Never orders anything."""
    mono: tuple[str, int] | None = None
    """Session id and milliseconds since that session began."""
    fence: int = 0
    """The task's ``token`` as held, for ``task.release`` and ``task.complete``."""


class SealedMut(Struct, kw_only=True):
    """A mutation sealed for the server (HPKE, RFC 9180), so that a locked phone can deliver it.

    Suite: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, base mode. ``info`` is
    ``presente/mut/1`` + newline + device id + newline + mutation id. The plaintext is ``Mut``.
    """

    n: Annotated[int, Meta(ge=1)]
    id: MutationId
    enc: str
    """Encapsulated key, base64url without padding."""
    ct: str
    """Ciphertext with its tag, base64url without padding."""


class SyncReq(Struct, kw_only=True, forbid_unknown_fields=True):
    """What a phone says. Only this envelope may be answered with 4xx, never its mutations."""

    proto: int
    build: Annotated[str, Meta(max_length=60)]
    schema: int
    device: DeviceId
    epoch: Annotated[str, Meta(max_length=60)] = ""
    sent: tuple[str, str, int]
    """Wall time, session id, milliseconds since the session began: for the clock skew."""
    muts: list[Raw] = []
    """At most 100, oldest first; each is decoded on its own as ``Mut``."""
    sealed: list[Raw] = []
    """Instead of ``muts``: each is decoded on its own as ``SealedMut``."""
    cursor: Annotated[str, Meta(max_length=80)] = ""
    """Opaque ``<epoch>.<seq>``; empty: nothing held."""
    held: dict[str, str] = {}
    """Root -> lens."""
    acked_n: int = 0
    """Receipts durably stored up to here."""
    limit: int = 512 * 1024
    """Bytes wanted back."""
    waiting: int = 0
    """Mutations on the phone that have no receipt yet, those of this request included."""
    pull: bool = True
    """False: deliver only. The write-only token never gets rows."""


class Receipt(Struct, omit_defaults=True, kw_only=True, frozen=True):
    """The terminal answer to one mutation. Immutable, stored with the effect, carries no row."""

    n: int
    id: MutationId
    out: Literal["applied", "merged", "conflict", "refused", "parked"]
    seq: int = 0
    ver: int = 0
    conflict: ConflictId | None = None
    code: str = ""
    text: str = ""


class RowMsg(Struct, kw_only=True, frozen=True):
    """One row as it is now, projected. ``data`` None: it left this root."""

    root: Root
    ent: str
    key: UUID
    ver: int
    data: Any = None


class RootSnap(Struct, kw_only=True, frozen=True):
    """A root new to the phone, whole."""

    root: Root
    lens: str
    rows: list[RowMsg]


class Drop(Struct, kw_only=True, frozen=True):
    """A root the phone must forget. Never touches its outbox or drafts."""

    root: Root
    why: Literal["reassigned", "closed", "lease_over", "role", "exited"]


class Pull(Struct, omit_defaults=True, kw_only=True, frozen=True):
    """The feed part: a pure function of (database snapshot, user, request)."""

    base: str
    """Digest of the (cursor, held, schema) it was computed from: the phone's compare-and-swap."""
    cursor: str
    head: int
    reset: bool = False
    more: bool = False
    drop: list[Drop] = []
    rows: list[RowMsg] = []
    roots: list[RootSnap] = []
    total_roots: int = 0
    """Roots in scope, for honest progress at a first sync."""


class SyncRes(Struct, kw_only=True, frozen=True):
    """What the server answers; 200 for every protocol outcome."""

    proto: int
    """Also the marker that this is our answer and not a captive portal's page."""
    epoch: str
    device: DeviceId
    now: Instant
    next_n: int
    durable_n: int
    receipts: list[Receipt] = []
    stop: Literal["", "gap", "fork", "busy", "revoked"] = ""
    pull: Pull | None = None
    min_build: str = ""
    """Not empty: this build is too old to be given rows. It may go on delivering."""
    retry_ms: int = 0


class ConflictField(Row, frozen=True, kw_only=True):
    """One field two people changed apart. Both values are kept for ever."""

    field: str
    was: Value = None
    theirs: Value = None
    """The value in force."""
    mine: Value = None
    theirs_by: UserId | None = None
    theirs_at: Instant | None = None
    mine_by: UserId | None = None
    mine_at: Instant | None = None
    trail: list[Value] = []
    """Earlier values of ``mine``, when one person's offline edits continued the conflict."""
    choice: str = ""
    """Once decided: ``mine``, ``theirs`` or ``custom``."""
    chosen: Value = None


class Conflict(Row, frozen=True, kw_only=True):
    """Row ``conflict``, in the roots of the row it is about and of its authors."""

    id: ConflictId
    ent: str
    key: UUID
    why: Literal["fields", "deleted", "proposal"]
    fields: list[ConflictField]
    status: Literal["open", "resolved"] = "open"
    mutation_id: MutationId | None = None
    opened_at: Instant
    resolved_by: UserId | None = None
    resolved_at: Instant | None = None


class Refusal(Row, frozen=True, kw_only=True):
    """Row ``refusal`` in its author's ``usr:`` root: a mutation that was not taken, and why."""

    id: MutationId
    op: str
    ent: str
    key: UUID
    code: str
    text: str
    at: Instant
    set: dict[str, Any] = {}


class Replayed(Row, frozen=True, kw_only=True):
    """Row ``replayed`` in its author's ``usr:`` root: what became of a mutation that was parked.

    The phone's receipt stays ``parked``; this is the last word. What was refused is also shown
    as a row ``refusal``, with all it said.
    """

    id: MutationId
    op: str
    ent: str
    key: UUID
    out: Literal["applied", "merged", "conflict", "refused"]
    ver: int = 0
    conflict: ConflictId | None = None
    code: str = ""
    text: str = ""
    received_at: Instant
    """When the mutation came."""
    at: Instant
    """When it was carried out."""


class VerifyReq(Struct, kw_only=True, forbid_unknown_fields=True):
    """``POST /sync/v1/verify``: what a phone holds, after a complete pull."""

    proto: int
    device: DeviceId
    schema: int
    epoch: Annotated[str, Meta(max_length=60)]
    cursor: Annotated[str, Meta(max_length=80)]
    held: dict[str, str] = {}
    """Root -> lens."""
    digests: dict[str, str] = {}
    """Root -> digest of its rows (``docs/sync-protocol.md``)."""


class VerifyRes(Struct, kw_only=True, frozen=True):
    """Which roots a phone must forget and fetch again."""

    proto: int
    epoch: str
    differ: list[Root] = []
