"""The feed, the mutation log and conflicts (sync.md 6.2)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base
from server.db.types import Json


class SyncHeadRow(Base):
    """One row: the life of this database and the last position given out."""

    __tablename__ = "sync_head"

    one: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[str]
    v: Mapped[int] = mapped_column(BigInteger)
    floor: Mapped[int] = mapped_column(BigInteger, default=0)


class PublishedRow(Base):
    """A synced row as it is now. The features' own tables are its source."""

    __tablename__ = "published"

    ent: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[UUID] = mapped_column(primary_key=True)
    ver: Mapped[int]
    data: Mapped[str]
    """JSON of the full row; lenses project it."""
    gone: Mapped[bool] = mapped_column(default=False)


class RowVersionRow(Base):
    """Every version a synced row ever had: the history, and who wrote it."""

    __tablename__ = "row_version"

    ent: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[UUID] = mapped_column(primary_key=True)
    ver: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[str | None]
    at: Mapped[datetime]
    by_user_id: Mapped[UUID | None]
    """None: an import or the server itself."""
    mutation_id: Mapped[UUID | None]


class LinkRow(Base):
    """Membership of a row in a root: who may reach it."""

    __tablename__ = "link"
    __table_args__ = (Index("ix_link_root", "root"),)

    ent: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[UUID] = mapped_column(primary_key=True)
    root: Mapped[str] = mapped_column(primary_key=True)


class FeedRow(Base):
    """Latest position of each (root, row): an index of states, not a log of operations."""

    __tablename__ = "feed"
    __table_args__ = (
        Index("ix_feed_root_seq", "root", "seq"),
        Index(
            "ix_feed_gone_at",
            "gone_at",
            sqlite_where=text("gone_at IS NOT NULL"),
            postgresql_where=text("gone_at IS NOT NULL"),
        ),
    )

    root: Mapped[str] = mapped_column(primary_key=True)
    ent: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    gone: Mapped[bool] = mapped_column(default=False)
    gone_at: Mapped[datetime | None]
    """When it left the root: what is long gone is purged, and the floor rises."""


class DeviceRow(Base):
    """A registered browser profile, or a headless client that was issued a token."""

    __tablename__ = "device"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    label: Mapped[str]
    delivery_token_hash: Mapped[bytes] = mapped_column(unique=True)
    bearer_hash: Mapped[bytes | None] = mapped_column(unique=True)
    """Of a headless client's token, which reads and writes as its person."""
    last_n: Mapped[int] = mapped_column(default=0)
    durable_n: Mapped[int] = mapped_column(default=0)
    """The highest number that a verified backup holds."""
    acked_n: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    schema: Mapped[int] = mapped_column(default=1)
    build: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="active")
    registered_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]


class BackupMarkRow(Base):
    """A backup that was verified: what it holds cannot be lost with this database."""

    __tablename__ = "backup_mark"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    """The moment before the copy was taken: everything committed earlier is in it."""
    epoch: Mapped[str]
    head: Mapped[int] = mapped_column(BigInteger)
    sha: Mapped[str]
    """SHA-256 of the file, in hex."""
    byte_count: Mapped[int] = mapped_column(BigInteger)
    """Of the database inside."""


class MutationRow(Base):
    """Every mutation ever received, as it came, with its terminal receipt. Append-only."""

    __tablename__ = "mutation"
    __table_args__ = (UniqueConstraint("device_id", "n"), Index("ix_mutation_mid", "mid"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    n: Mapped[int]
    mid: Mapped[UUID]
    """The mutation's own id; the first arrival holds the effect, later ones copy its receipt."""
    user_id: Mapped[UUID]
    body: Mapped[bytes]
    """Raw payload, for ever."""
    sha: Mapped[bytes]
    received_at: Mapped[datetime]
    out: Mapped[str] = mapped_column(index=True)
    receipt: Mapped[object] = mapped_column(Json)
    trace: Mapped[str] = mapped_column(default="")
    """Why it was parked, for the operator."""
    claimed_at: Mapped[str] = mapped_column(default="", server_default="")
    """When the phone's clock says it was done, as it came."""
    est_at: Mapped[datetime | None]
    """When it was done, as well as can be known (``sync.skew``)."""
    skew_ms: Mapped[int | None] = mapped_column(BigInteger)
    """How far the phone's clock was behind."""
    sent: Mapped[object] = mapped_column(Json, nullable=True)
    """What the phone's clocks said when it was sent: wall, session, milliseconds."""


class ReplayRow(Base):
    """What became of a parked mutation when it was carried out after all. Once for each."""

    __tablename__ = "replay"

    mutation_id: Mapped[UUID] = mapped_column(ForeignKey("mutation.id"), primary_key=True)
    replayed_at: Mapped[datetime]
    out: Mapped[str]
    outcome: Mapped[object] = mapped_column(Json)
    """As a receipt; the phone's own receipt stays ``parked``."""


class ConflictRow(Base):
    """Two people changed one thing apart. Wire: ``schemas.sync.Conflict``."""

    __tablename__ = "conflict"
    __table_args__ = (Index("ix_conflict_ent_key", "ent", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ent: Mapped[str]
    key: Mapped[UUID]
    why: Mapped[str]
    fields: Mapped[object] = mapped_column(Json)
    status: Mapped[str] = mapped_column(index=True)
    mutation_id: Mapped[UUID | None]
    opened_at: Mapped[datetime]
    resolved_by: Mapped[UUID | None]
    resolved_at: Mapped[datetime | None]
