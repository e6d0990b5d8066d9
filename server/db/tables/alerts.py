"""Alerts, push subscriptions and the outbox that a sender empties."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base
from server.db.types import Json


class PushSubscriptionRow(Base):
    """Where one device can be reached by Web Push."""

    __tablename__ = "push_subscription"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"), unique=True)
    endpoint: Mapped[str] = mapped_column(unique=True)
    p256dh: Mapped[str]
    auth: Mapped[str]
    created_at: Mapped[datetime]


class AlertRow(Base):
    """Something a person should hear of. Written in the transaction that caused it."""

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("user_id", "kind", "case_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    kind: Mapped[str]
    """``case.opened``, ``case.assigned``."""
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class PushDeliveryRow(Base):
    """One message to one subscription: the push outbox."""

    __tablename__ = "push_delivery"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alert.id"), index=True)
    subscription_id: Mapped[UUID] = mapped_column(index=True)
    """No foreign key: the subscription may be removed, the delivery's record stays."""
    state: Mapped[str] = mapped_column(index=True)
    """``due``, ``sent``, ``gone`` (404/410), ``refused`` (guard or other 4xx), ``given_up``."""
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(index=True)
    last_status: Mapped[int | None]
    detail: Mapped[object] = mapped_column(Json)
