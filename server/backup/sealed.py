"""Encrypts a backup under the operator's key, chunk by chunk, and opens it again.

The key of a file is made from the secret and a salt of its own (scrypt), so a chunk's number is
nonce enough for AES-256-GCM. The last chunk says that it is the last: nothing can be cut off, moved
or put in.
"""

import io
import secrets
from pathlib import Path
from typing import IO, Any, Protocol

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from server.backup.rules import MOST_HEAD, NEWER, BadBackup
from server.problems import Problem

SHORTEST_SECRET = 20
_CHUNK = 256 * 1024
_TAG = 16
_SALT = 16
_COST, _BLOCK, _LANES = 2**15, 8, 1
_COSTS = frozenset(2**power for power in range(15, 21))
"""Of scrypt (RFC 7914): a power of two; never cheaper than ours, nor more than 1 GiB of memory."""


class WrongKey(Problem):
    """No key was given, none that may be used, or another than the backup was made with."""

    code = "wrong_key"


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """How a backup is encrypted: its second line, in the clear."""

    cipher: str = "scrypt, aes-256-gcm"
    salt: str
    cost: int = _COST
    chunk: int = _CHUNK


def secret_in(file: Path) -> bytes:
    """Return the secret that a key file holds: its first line. Never a short one."""
    try:
        secret = file.read_bytes().split(b"\n", maxsplit=1)[0].strip()
    except OSError as error:
        raise WrongKey(
            f"The key of the backups cannot be read: {file}.",
            detail_es=f"No se puede leer la clave de los respaldos: {file}.",
        ) from error
    if len(secret) < SHORTEST_SECRET:
        raise WrongKey(
            f"The key of the backups in {file} is shorter than {SHORTEST_SECRET} characters. "
            "Make one: openssl rand -base64 32",
            detail_es=f"La clave de los respaldos en {file} tiene menos de {SHORTEST_SECRET} "
            "caracteres. Haga una: openssl rand -base64 32",
        )
    return secret


class Writer(Protocol):
    """Takes bytes in."""

    def write(self, data: bytes, /) -> object:
        """Take in more."""
        ...


class Sealer:
    """Writes what it is given, encrypted. Nothing is whole before ``close``."""

    def __init__(self, out: Writer, secret: bytes) -> None:
        head = _head(Envelope(salt=secrets.token_hex(_SALT)))
        self._out, self._box = out, _Box(head, secret)
        self._waiting = bytearray()
        out.write(head)

    def write(self, data: bytes) -> None:
        """Take in more."""
        self._waiting += data
        while len(self._waiting) > _CHUNK:
            self._out.write(self._box.sealed(bytes(self._waiting[:_CHUNK]), is_last=False))
            del self._waiting[:_CHUNK]

    def close(self) -> None:
        """Write the last chunk, which says that it is the last."""
        self._out.write(self._box.sealed(bytes(self._waiting), is_last=True))


class Opener(io.RawIOBase):
    """Reads what a ``Sealer`` wrote; raises ``WrongKey`` where the secret is another."""

    def __init__(self, file: IO[bytes], secret: bytes) -> None:
        super().__init__()
        head = file.readline(MOST_HEAD)
        self._file, self._box = file, _Box(head, secret)
        self._size = self._box.envelope.chunk + _TAG
        self._next = file.read(self._size)
        self._plain = b""

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Open the next chunk when the one before is used up."""
        while not self._plain and self._next:
            sealed, self._next = self._next, self._file.read(self._size)
            self._plain = self._box.opened(sealed, is_last=not self._next)
        view = memoryview(buffer).cast("B")
        part, self._plain = self._plain[: len(view)], self._plain[len(view) :]
        view[: len(part)] = part
        return len(part)


class _Box:
    def __init__(self, head: bytes, secret: bytes) -> None:
        self.envelope = _envelope(head)
        derived = Scrypt(
            salt=bytes.fromhex(self.envelope.salt),
            length=32,
            n=self.envelope.cost,
            r=_BLOCK,
            p=_LANES,
        ).derive(secret)
        self._cipher, self._head, self._count = AESGCM(derived), head, 0

    def sealed(self, plain: bytes, *, is_last: bool) -> bytes:
        return self._cipher.encrypt(self._nonce(is_last=is_last), plain, self._head)

    def opened(self, sealed: bytes, *, is_last: bool) -> bytes:
        is_first = self._count == 0
        try:
            return self._cipher.decrypt(self._nonce(is_last=is_last), sealed, self._head)
        except InvalidTag as error:
            if is_first:
                raise WrongKey(
                    "This key does not open the backup: another one made it.",
                    detail_es="Esta clave no abre el respaldo: lo hizo otra.",
                ) from error
            raise BadBackup(
                "The backup cannot be opened to its end.",
                detail_es="El respaldo no se puede abrir hasta el final.",
            ) from error

    def _nonce(self, *, is_last: bool) -> bytes:
        self._count += 1
        return self._count.to_bytes(11, "big") + bytes([is_last])


def _head(envelope: Envelope) -> bytes:
    return msgspec.json.encode(envelope) + b"\n"


def _envelope(head: bytes) -> Envelope:
    try:
        envelope = msgspec.json.decode(head, type=Envelope)
        salt = bytes.fromhex(envelope.salt)
    except (msgspec.DecodeError, ValueError) as error:
        raise BadBackup(
            "How the backup is encrypted cannot be read.",
            detail_es="No se puede leer cómo está cifrado el respaldo.",
        ) from error
    is_ours = envelope.cipher == Envelope(salt="").cipher and envelope.chunk == _CHUNK
    if not is_ours or len(salt) != _SALT or envelope.cost not in _COSTS:
        raise BadBackup(NEWER)
    return envelope
