"""One push message: payload sealed (RFC 8291), VAPID header made (RFC 8292)."""

from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from py_vapid import Vapid02, VapidException
from pywebpush import WebPusher

from server.problems import Problem
from server.push.keys import SubscriptionKeys, VapidKey, base64url

MAX_PAYLOAD = 3993
"""4,096 bytes less the header (86), the tag (16) and the delimiter (1): RFC 8291 section 4."""
TOKEN_LIFE = timedelta(hours=12)
"""RFC 8292 allows at most 24 hours."""
RENEW_BEFORE = timedelta(hours=1)


class PayloadTooLong(ValueError):
    """A payload that push services need not take."""


def seal(payload: bytes, keys: SubscriptionKeys) -> bytes:
    """Return the body for the push service, which only the subscribed browser can open."""
    if not payload or len(payload) > MAX_PAYLOAD:
        raise PayloadTooLong(f"{len(payload)} bytes; at most {MAX_PAYLOAD} are allowed")
    pusher = WebPusher({"endpoint": "", "keys": keys._asdict()})
    body = pusher.encode(payload, content_encoding="aes128gcm")["body"]
    return bytes(body)


def topic_of(case_id: UUID) -> str:
    """Return the topic of a case: 32 base64url characters that tell the push service nothing.

    A message still waiting at the push service is replaced by the next one about the same case.
    """
    return base64url(sha256(b"presente/topic\n" + case_id.bytes).digest()[:24])


class BadPushContact(Problem):
    """Push services want to know whom to write to, and this says nobody."""

    code = "bad_push_contact"


class VapidHeaders:
    """Authorization headers, one per push service, signed again shortly before they expire."""

    def __init__(self, key: VapidKey, *, contact: str) -> None:
        self._vapid = Vapid02(private_key=key.private)
        self._contact = contact
        try:  # now, at the start, and not with the first alert
            self._vapid.sign({"aud": "https://push.example", "exp": 1, "sub": contact})
        except VapidException as fault:
            raise BadPushContact(
                f"PRESENTE_PUSH_CONTACT must be mailto:name@host or https://host, not {contact!r}."
            ) from fault
        self._known: dict[str, tuple[datetime, str]] = {}

    def authorization(self, audience: str, *, at: datetime) -> str:
        """Return the header's value for this audience, good for at least an hour."""
        known = self._known.get(audience)
        if known is not None and at < known[0] - RENEW_BEFORE:
            return known[1]
        expires_at = at + TOKEN_LIFE
        claims: dict[str, str | int] = {
            "aud": audience,
            "exp": int(expires_at.timestamp()),
            "sub": self._contact,
        }
        header = str(self._vapid.sign(claims)["Authorization"])
        self._known[audience] = expires_at, header
        return header
