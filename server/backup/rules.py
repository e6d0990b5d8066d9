"""What backups agree on without looking anything up: names, the file's head, what may go."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec

from server.languages import Told
from server.problems import Problem

EVERY = timedelta(hours=1)
LATE_AFTER = 3
"""So many times ``EVERY`` without a verified backup, and it is called late."""
KEEP = 48
"""Backups that stay when the server makes them by itself: two days, hour by hour."""
FORMAT = 1
_PLAIN, _SEALED = b"presente-backup 1 sha256:", b"presente-backup 2 sha256:"
_NO_SHA = b"0" * 64
FIRST_LINE = len(_PLAIN) + len(_NO_SHA) + 1
MOST_HEAD = 1024 * 1024
NEWER = Told(
    "A newer Presente made this backup. Update, then restore it.",
    "Este respaldo lo hizo un Presente más nuevo. Actualice y luego restáurelo.",
)
_NAME = re.compile(r"presente-\d{8}T\d{6}Z-\d+\.backup")


class BadBackup(Problem):
    """The file is not whole, or not a backup: it must not be trusted."""

    code = "bad_backup"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself, in its second line."""

    format: int
    made_at: datetime
    """The moment before the copy was taken."""
    origin: str
    """``sqlite`` or ``postgresql``. What is in the file is a SQLite database either way."""
    revision: str
    epoch: str
    head: int
    counts: dict[str, int]
    """Rows of each table."""
    byte_count: int
    sha: str
    """Of the database inside, unpacked."""


def first_line(sha: str = "", *, is_sealed: bool) -> bytes:
    """Return a backup's first line: whether it is encrypted, and the SHA-256 of all after it."""
    return (_SEALED if is_sealed else _PLAIN) + (sha.encode() or _NO_SHA) + b"\n"


def is_sealed(line: bytes) -> bool:
    """Tell by its first line whether a backup is encrypted."""
    return line.startswith(_SEALED)


def sha_of(line: bytes) -> str:
    """Return what the first line promises, or raise ``BadBackup``."""
    is_ours = line.startswith((_PLAIN, _SEALED)) and line.endswith(b"\n")
    if len(line) != FIRST_LINE or not is_ours:
        raise BadBackup(
            "This is not a backup that Presente made, or its beginning is damaged.",
            detail_es="No es un respaldo hecho por Presente, o su comienzo está dañado.",
        )
    return line[len(_PLAIN) : -1].decode("ascii", "replace")


def manifest_of(line: bytes) -> Manifest:
    """Return what a backup says of itself, or raise ``BadBackup``."""
    try:
        manifest = msgspec.json.decode(line, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadBackup(
            "The backup's description of itself cannot be read.",
            detail_es="No se puede leer lo que el respaldo dice de sí mismo.",
        ) from error
    if manifest.format != FORMAT:
        raise BadBackup(NEWER)
    return manifest


def name_of(at: datetime, head: int) -> str:
    """Return the name of a backup: names in order are moments in order."""
    return f"presente-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{head}.backup"


def may_go(names: Iterable[str], *, keep: int) -> list[str]:
    """Return which backups may go when only the newest ``keep`` stay. Never names of others."""
    ours = sorted(name for name in names if _NAME.fullmatch(name))
    return ours[: max(0, len(ours) - max(keep, 1))]


def is_due(last: datetime | None, at: datetime, *, every: timedelta = EVERY) -> bool:
    """Tell whether it is time for the next backup. A clock that went back makes none wait."""
    return last is None or at - last >= every or last > at


def is_late(last: datetime | None, at: datetime) -> bool:
    """Tell whether backups have not come for so long that somebody should look."""
    return last is None or at - last >= EVERY * LATE_AFTER
