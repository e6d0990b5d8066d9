"""Web Push: subscriptions and the nameless message."""

from typing import Annotated

from msgspec import Meta

from schemas.base import CaseId, DeviceId, Row, Wire


class PushKeys(Wire, frozen=True, kw_only=True):
    """Keys of a ``PushSubscription`` (RFC 8291), base64url."""

    p256dh: Annotated[str, Meta(min_length=80, max_length=100)]
    auth: Annotated[str, Meta(min_length=20, max_length=32)]


class PushSubscription(Wire, frozen=True, kw_only=True):
    """``PushSubscription.toJSON()`` and the device it belongs to."""

    device: DeviceId
    endpoint: Annotated[str, Meta(max_length=1000)]
    keys: PushKeys


class PushNotification(Row, frozen=True, kw_only=True):
    """What is shown. Never a name, never a school's or a student's data."""

    title: str
    body: str
    navigate: str
    """Absolute URL; opens the case by its opaque id."""
    tag: str
    lang: str = "en"


class PushMessage(Row, frozen=True, kw_only=True):
    """Payload: a valid declarative push message (``web_push: 8030``) that workers read too."""

    web_push: int = 8030
    notification: PushNotification
    case_id: CaseId | None = None
