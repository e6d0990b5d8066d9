"""Packs a database into a backup file and takes it out again, checking every byte.

With a secret everything after the first line is encrypted (``sealed``); without one it is not.
"""

import gzip
import hashlib
import io
import os
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from server.backup.rules import (
    FIRST_LINE,
    MOST_HEAD,
    BadBackup,
    Manifest,
    first_line,
    is_sealed,
    manifest_of,
    sha_of,
)
from server.backup.sealed import Opener, Sealer, Writer, WrongKey

_CHUNK = 1024 * 1024
_LEVEL = 1
"""Four fifths of what the best level saves, in a tenth of the time."""
_GZIP = 16
"""What zlib wants added to write gzip."""


def sha256(file: Path) -> str:
    """Return a file's SHA-256, in hex."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def pack(database: Path, manifest: Manifest, target: Path, secret: bytes | None = None) -> str:
    """Write a backup to ``target``, on the disk when this returns; return its SHA-256."""
    with private(target) as out, database.open("rb") as raw:
        out.write(first_line(is_sealed=secret is not None))
        counted = _Counted(out)
        if secret is None:
            _write(raw, manifest, counted)
        else:
            sealer = Sealer(counted, secret)
            _write(raw, manifest, sealer)
            sealer.close()
        out.seek(0)
        out.write(first_line(counted.sha, is_sealed=secret is not None))
    return counted.sha


def unpack(backup: Path, target: Path | None = None, secret: bytes | None = None) -> Manifest:
    """Read a backup to its last byte, into ``target`` if given.

    Raises ``BadBackup``, or ``WrongKey`` where it is encrypted with another one.
    """
    with backup.open("rb") as file:
        first = file.read(FIRST_LINE)
        promised = sha_of(first)
        if hashlib.file_digest(file, "sha256").hexdigest() != promised:
            raise BadBackup("The backup is damaged: it is not what was written. Take another one.")
        file.seek(FIRST_LINE)
        inside = _inside(file, first, secret)
        manifest = manifest_of(inside.readline(MOST_HEAD))
        total = hashlib.sha256()
        with private(target) if target else open(os.devnull, "wb") as out:  # noqa: PTH123  (a device, not a path of ours)
            try:
                for chunk in _chunks(gzip.GzipFile(fileobj=inside)):
                    total.update(chunk)
                    out.write(chunk)
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                raise BadBackup("The backup cannot be unpacked.") from error
    if total.hexdigest() != manifest.sha:
        raise BadBackup("What is in the backup is not the database that was copied.")
    return manifest


class _Counted:
    """Writes on, and remembers the digest of it all."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out, self._total = out, hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._total.update(data)
        self._out.write(data)

    @property
    def sha(self) -> str:
        return self._total.hexdigest()


def _write(raw: IO[bytes], manifest: Manifest, out: Writer) -> None:
    packing = zlib.compressobj(_LEVEL, wbits=zlib.MAX_WBITS | _GZIP)
    out.write(msgspec.json.encode(manifest) + b"\n")
    for chunk in _chunks(raw):
        out.write(packing.compress(chunk))
    out.write(packing.flush())


def _inside(file: IO[bytes], first: bytes, secret: bytes | None) -> "IO[bytes] | io.BufferedReader":
    if not is_sealed(first):
        return file
    if secret is None:
        raise WrongKey(
            "The backup is encrypted. Say where its key is: --key-file FILE, or "
            "PRESENTE_BACKUP_KEY_FILE.",
            detail_es="El respaldo está cifrado. Diga dónde está su clave: --key-file ARCHIVO, o "
            "PRESENTE_BACKUP_KEY_FILE.",
        )
    return io.BufferedReader(Opener(file, secret))


def sha_in(backup: Path) -> str:
    """Return the SHA-256 that a backup was given when it was made."""
    with backup.open("rb") as file:
        return sha_of(file.read(FIRST_LINE))


@contextmanager
def private(file: Path) -> Generator[IO[bytes]]:
    """Open a new file for its owner only; it is on the disk when the block has ended."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w+b") as opened:
        yield opened
        opened.flush()
        os.fsync(opened.fileno())


def settle(file: Path) -> None:
    """Put a file that others wrote on the disk."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _chunks(file: "IO[bytes] | gzip.GzipFile") -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk
