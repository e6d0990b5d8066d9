"""The server's own key: phones seal mutations for it, so that a locked phone can deliver them.

HPKE (RFC 9180), base mode: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Device and
mutation id are bound through ``info``. The key lies in ``settings.secrets_dir``, made at first
use, readable by the server's user only. Whoever loses it loses the queues of locked phones;
their clear copies are still on the phones.
"""

import base64
import binascii
import errno
import os
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from server.db.failures import Unreachable

_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_FILE = "sync-key.pem"
_POINT_BYTES = 65
"""An uncompressed point of P-256: what HPKE calls ``enc``."""


class CannotOpen(ValueError):
    """Not sealed for this server, this device and this mutation; or damaged on the way."""


def public_key(secrets_dir: Path) -> str:
    """Return the public key as devices get it: uncompressed point, base64url without padding."""
    return _text(_point(_key(secrets_dir)))


def seal(server_key: str, *, device: UUID, mutation: UUID, plain: bytes) -> tuple[str, str]:
    """Return ``enc`` and ``ct`` as a phone makes them. For tools and tests."""
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(server_key))
    sealed = _SUITE.encrypt(plain, point, info=_info(device, mutation))
    return _text(sealed[:_POINT_BYTES]), _text(sealed[_POINT_BYTES:])


def open_sealed(secrets_dir: Path, *, device: UUID, mutation: UUID, enc: str, ct: str) -> bytes:
    """Return what was sealed, or raise ``CannotOpen``.

    Raises ``Unreachable`` when the server's own key cannot be read: then the letters wait.
    """
    key = _key(secrets_dir)
    try:
        sealed = _bytes(enc) + _bytes(ct)
        return _SUITE.decrypt(sealed, key, info=_info(device, mutation))
    except (InvalidTag, ValueError) as error:
        raise CannotOpen from error


def _key(secrets_dir: Path) -> ec.EllipticCurvePrivateKey:
    file = secrets_dir / _FILE
    if not file.exists():
        _make(file)
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(file: Path, _written: int) -> ec.EllipticCurvePrivateKey:
    """Return the key in a file, read once for as long as nobody puts another in its place."""
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, OSError) as error:
        raise _unreadable(file) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise _unreadable(file)
    return key


def _unreadable(file: Path) -> Unreachable:
    said = "The key that opens what locked phones send cannot be read; put its copy back"
    return Unreachable(errno.EIO, said, str(file))


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    draft = file.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(pem)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, file)  # whoever comes first wins; nobody ever replaces a key
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _info(device: UUID, mutation: UUID) -> bytes:
    return f"presente/mut/1\n{device}\n{mutation}".encode()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    try:
        raw = text.encode("ascii")
        return base64.b64decode(raw + b"=" * (-len(raw) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise CannotOpen from error
