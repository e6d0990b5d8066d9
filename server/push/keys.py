"""Keys: the server's own (VAPID, RFC 8292), made at the first start, and those of subscriptions."""

import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from server.problems import Problem

FILE_NAME = "vapid.pem"
_POINT_BYTES = 65
_AUTH_BYTES = 16


class BadVapidKey(Problem):
    """The key file cannot be used. Subscriptions hang on it, so it is never replaced silently."""

    code = "bad_vapid_key"


class BadPushKeys(Problem):
    """The subscription's keys are not what RFC 8291 asks for."""

    code = "bad_push_keys"


class VapidKey:
    """A P-256 key pair. Every subscription is bound to its public half."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self.private = private
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public_text = base64url(point)
        """Uncompressed point, base64url without padding: ``applicationServerKey``."""


def load_or_create(secrets_dir: Path) -> VapidKey:
    """Return this server's key; make it when there is none.

    Two processes starting at once agree on one key: whoever links its file first wins, and a
    half-written file is never seen.
    """
    path = secrets_dir / FILE_NAME
    if not path.exists():
        _create(path)
    return _load(path)


class SubscriptionKeys(NamedTuple):
    """Checked keys, base64url without padding."""

    p256dh: str
    auth: str


def check_keys(p256dh: str, auth: str) -> SubscriptionKeys:
    """Return the keys in their plain form, or raise ``BadPushKeys``."""
    point, secret = _decode(p256dh), _decode(auth)
    if len(secret) != _AUTH_BYTES:
        raise BadPushKeys("The auth secret is not 16 bytes.")
    if len(point) != _POINT_BYTES:
        raise BadPushKeys("The p256dh key is not an uncompressed point.")
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as fault:
        raise BadPushKeys("The p256dh key is not a point of P-256.") from fault
    return SubscriptionKeys(base64url(point), base64url(secret))


def base64url(data: bytes) -> str:
    """Encode without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _create(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
    _sync_directory(path.parent)


def _sync_directory(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _load(path: Path) -> VapidKey:
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as fault:
        raise BadVapidKey(
            f"{path} cannot be read as a private key; restore it from a backup of the secrets "
            "folder, or move it away to begin anew (every phone must then subscribe again)."
        ) from fault
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != "secp256r1":
        raise BadVapidKey(f"{path} is not a P-256 key.")
    return VapidKey(private)


def _decode(text: str) -> bytes:
    bare = text.rstrip("=")
    if not bare.isascii() or not bare.replace("-", "a").replace("_", "a").isalnum():
        raise BadPushKeys("A key is not base64url.")
    try:
        return urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except ValueError as fault:
        raise BadPushKeys("A key is not base64url.") from fault
