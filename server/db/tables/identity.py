"""People of the programme, how they prove who they are, and what they did here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base
from server.db.types import Json


class UserRow(Base):
    """A person of the programme."""

    __tablename__ = "app_user"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    root: Mapped[str] = mapped_column(unique=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    password_hash: Mapped[str | None]
    state: Mapped[str]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]


class UserSchoolRow(Base):
    """Which schools' cases a person works with."""

    __tablename__ = "user_school"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)


class InvitationRow(Base):
    """A link that lets somebody in once. Only the token's hash is kept."""

    __tablename__ = "invitation"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    kind: Mapped[str]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PasskeyRow(Base):
    """A WebAuthn credential."""

    __tablename__ = "passkey"

    credential_id: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    label: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class CeremonyRow(Base):
    """A WebAuthn challenge under way. Lives five minutes."""

    __tablename__ = "ceremony"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    challenge: Mapped[bytes]
    user_id: Mapped[UUID | None]
    token_hash: Mapped[bytes | None]
    expires_at: Mapped[datetime]


class SessionRow(Base):
    """A signed-in browser. Only the cookie's hash is kept."""

    __tablename__ = "session"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    device_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class TryRow(Base):
    """Failed tries, for the limits per account and per address."""

    __tablename__ = "sign_in_try"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]


class AuditRow(Base):
    """Who did what outside the sync log: sign-ins, invitations, revocations, imports."""

    __tablename__ = "audit"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    by_user_id: Mapped[UUID | None]
    action: Mapped[str]
    """A stable dotted word: ``device.revoke``."""
    subject: Mapped[str] = mapped_column(default="")
    detail: Mapped[object] = mapped_column(Json)
