"""Decides about backups: how one is made and believed, what it makes durable, when it is late."""

import fcntl
import secrets
import shutil
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from server.backup import files, rules, sealed, store
from server.backup.rules import BadBackup, Manifest
from server.backup.store import copying
from server.clock import Clock
from server.db.database import Database, Transaction
from server.db.migrate import head_revision, revision_of
from server.db.standing import standing_of
from server.problems import Conflicting
from server.settings import Settings

_WORK, _COPY = ".presente-work-", ".presente-copy-"
_LOCKS = {_WORK: ".presente.lock", _COPY: ".presente-copy.lock"}


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """A backup that was made and verified."""

    file: str
    manifest: Manifest
    sha: str
    byte_count: int
    is_encrypted: bool
    removed: list[str] = []
    """Older backups that went."""


class Counted(Protocol):
    """A phone, as far as it is counted."""

    @property
    def last_n(self) -> int:
        """The last of its mutations that is committed."""
        ...

    @property
    def durable_n(self) -> int:
        """The last of them that is in a verified backup."""
        ...


def durable_of(tx: Transaction, devices: Sequence[Counted]) -> list[int]:
    """Return, for each phone, up to which number it may let go of its work.

    What a verified backup holds; where no backup was ever set up, what is committed.
    """
    is_set_up = store.is_set_up(tx)
    return [device.durable_n if is_set_up else device.last_n for device in devices]


def standing(tx: Transaction) -> Literal["off", "late", "ok"]:
    """Tell whether backups are made as they should be."""
    if not store.is_set_up(tx):
        return "off"
    mark = store.last_mark(tx)
    return "late" if rules.is_late(None if mark is None else mark.at, tx.at) else "ok"


def last_at(tx: Transaction) -> datetime | None:
    """Return the moment that the newest verified backup holds; None: there is none."""
    mark = store.last_mark(tx)
    return None if mark is None else mark.at


class Sealing(msgspec.Struct, frozen=True):
    """How backups are encrypted."""

    secret: bytes
    room: Path
    """Where the copy lies as it is while a backup is made: beside the database, as plain as it."""


def sealing_of(settings: Settings) -> Sealing | None:
    """Return how backups are encrypted here; None: they are not. Raises where the key is unfit."""
    if settings.backup_key_file is None:
        return None
    return Sealing(sealed.secret_in(settings.backup_key_file), settings.data_dir)


def make(
    database: Database,
    folder: Path,
    now: Clock,
    *,
    keep: int = 0,
    sealing: Sealing | None = None,
) -> Backup:
    """Make a backup of a live database in a folder, verify it, and note what is durable by it.

    Whatever fails, no older backup is touched and nothing is called durable. ``keep``: how many
    of the newest stay; 0: all. ``sealing``: encrypted so, and read back with the same key.
    """
    if not database.is_sqlite and revision_of(database) != head_revision():
        raise Conflicting(
            "This database has other tables. First: presente migrate",
            code="old",
            detail_es="Esta base de datos tiene otras tablas. Primero: presente migrate",
        )
    secret = sealing.secret if sealing else None
    with _alone_in(folder) as work, _room(sealing, work) as inner:
        at = now()
        raw, part = inner / "copy.db", work / "backup"
        held = _checked(raw, copying.copy(database, raw, at), database=database, at=at)
        manifest = _manifest(raw, held, at, is_sqlite=database.is_sqlite)
        sha = files.pack(raw, manifest, part, secret)
        if files.unpack(part, secret=secret) != manifest:
            raise BadBackup(
                "What was written cannot be read back.",
                detail_es="Lo escrito no se puede leer de vuelta.",
            )
        file = folder / rules.name_of(at, manifest.head)
        byte_count = part.stat().st_size
        part.replace(file)
        files.settle(folder)
        with database.write(now()) as tx:
            store.mark(tx, manifest, held.numbers, sha=sha)
        removed = _let_go(folder, keep)
    return Backup(
        file=str(file),
        manifest=manifest,
        sha=sha,
        byte_count=byte_count,
        is_encrypted=sealing is not None,
        removed=removed,
    )


@contextmanager
def _room(sealing: Sealing | None, work: Path) -> Generator[Path]:
    """Say where the plain copy lies while it is packed: beside the database, if encrypted."""
    if sealing is None:
        yield work
        return
    with _alone_in(sealing.room, _COPY) as room:
        yield room


@contextmanager
def workroom(folder: Path, prefix: str = _WORK) -> Generator[Path]:
    """Make a folder of one's own inside another; it goes with all that is in it."""
    work = folder / f"{prefix}{secrets.token_hex(6)}"
    work.mkdir(mode=0o700)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _alone_in(folder: Path, prefix: str = _WORK) -> Generator[Path]:
    """Let one backup at a time into a folder; clear away what an earlier one left half done."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / _LOCKS[prefix]).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflicting(
                "A backup is being made there already.",
                code="busy",
                detail_es="Ahí ya se está haciendo un respaldo.",
            ) from error
        for left in folder.glob(f"{prefix}*"):
            shutil.rmtree(left, ignore_errors=True)
        with workroom(folder, prefix) as work:
            yield work


def _checked(
    raw: Path, counted: dict[str, int], *, database: Database, at: datetime
) -> copying.Held:
    held = copying.check(raw)
    if counted and held.counts != counted:
        raise BadBackup(
            "The copy does not hold as many rows as the database.",
            detail_es="La copia no tiene tantas filas como la base de datos.",
        )
    now = standing_of(database, at)
    if now is None or held.epoch != now.epoch or held.head > now.head:
        raise BadBackup(
            "The copy is of another life of this database.",
            detail_es="La copia es de otra vida de esta base de datos.",
        )
    return held


def _manifest(raw: Path, held: copying.Held, at: datetime, *, is_sqlite: bool) -> Manifest:
    return Manifest(
        format=rules.FORMAT,
        made_at=at,
        origin="sqlite" if is_sqlite else "postgresql",
        revision=held.revision,
        epoch=held.epoch,
        head=held.head,
        counts=held.counts,
        byte_count=raw.stat().st_size,
        sha=files.sha256(raw),
    )


def _let_go(folder: Path, keep: int) -> list[str]:
    if not keep:
        return []
    removed = rules.may_go((each.name for each in folder.iterdir()), keep=keep)
    for name in removed:
        (folder / name).unlink()
    return removed
