"""People of the programme: invitation, sign-in, devices."""

from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from schemas.base import DeviceId, Instant, Line, Root, Row, SchoolId, UserId, Wire
from schemas.people import Role

Password = Annotated[str, Meta(min_length=12, max_length=200)]
"""NIST SP 800-63B: length is what counts; no composition rules."""

Token = Annotated[str, Meta(min_length=16, max_length=120)]


class Me(Row, frozen=True, kw_only=True):
    """Who is signed in."""

    id: UserId
    name: Line
    login: Line
    role: Role
    root: Root
    language: Line
    school_ids: list[SchoolId]
    """Schools whose cases a coordinator or clerk sees; empty for an administrator means all."""
    has_password: bool = False
    passkey_count: int = 0
    district: Line = ""
    is_demo: bool = False


class SignIn(Wire, frozen=True, kw_only=True):
    """Sign in with a password."""

    login: Line
    password: Annotated[str, Meta(max_length=200)]


class InvitationInfo(Row, frozen=True, kw_only=True):
    """What an invitation link is for. ``kind``: ``invite``, ``recover`` or ``demo``."""

    kind: str
    name: Line
    login: Line
    role: Role
    district: Line


class AcceptInvitation(Wire, frozen=True, kw_only=True):
    """Take up an invitation with a password. With a passkey: see the ``/passkeys`` routes."""

    token: Token
    password: Password


class InvitationToken(Wire, frozen=True, kw_only=True):
    """Look at, or (kind ``demo``) sign in with, an invitation."""

    token: Token


class PasskeyOptionsRequest(Wire, frozen=True, kw_only=True):
    """Begin a registration: by invitation token, or empty when signed in."""

    token: str = ""


class PasskeyAnswer(Wire, frozen=True, kw_only=True):
    """The browser's answer (WebAuthn JSON: ``PublicKeyCredential.toJSON()``)."""

    ceremony: UUID
    credential: dict[str, Any]
    label: Line = ""


class PasskeyOptions(Row, frozen=True, kw_only=True):
    """Options for ``navigator.credentials``, in WebAuthn's JSON form."""

    ceremony: UUID
    options: dict[str, Any]


class RegisterDevice(Wire, frozen=True, kw_only=True):
    """A browser profile asks to become a device of the person signed in."""

    label: Line
    build: Line = ""


class DeviceKeys(Row, frozen=True, kw_only=True):
    """Told once, at registration: what the phone needs to seal and to deliver."""

    id: DeviceId
    delivery_token: str
    """Write-only: may POST ``/sync/v1`` with sealed mutations and gets receipts, never rows."""
    server_key: str
    """HPKE public key (P-256, uncompressed point, base64url)."""
    push_key: str
    """VAPID public key (P-256, uncompressed point, base64url)."""


class Device(Row, frozen=True, kw_only=True):
    """One registered browser profile."""

    id: DeviceId
    user_id: UserId
    user_name: Line
    label: Line
    state: str
    """``active`` or ``revoked``."""
    registered_at: Instant
    last_seen_at: Instant | None = None
    last_n: int = 0
    waiting: int = 0
    """Unsent rows the phone last reported."""
    build: Line = ""
    has_push: bool = False


class UserDraft(Wire, frozen=True, kw_only=True):
    """Invite a person."""

    name: Line
    login: Line
    role: Role
    school_ids: list[SchoolId] = []
    language: Line = "en"


class User(Row, frozen=True, kw_only=True):
    """A person, as coordinators and administrators see them."""

    id: UserId
    name: Line
    login: Line
    role: Role
    school_ids: list[SchoolId]
    state: str
    """``invited``, ``active`` or ``closed``."""
    last_seen_at: Instant | None = None


class InvitationLink(Row, frozen=True, kw_only=True):
    """Shown once to whoever invited; nobody can read it again."""

    user: User
    url: str
    expires_at: Instant
