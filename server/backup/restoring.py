"""Puts a backup in place of the database: checked before anything is touched, and a new life."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec

from server.backup import files, service, store
from server.backup.rules import NEWER, BadBackup, Manifest
from server.backup.store import copying
from server.clock import Clock
from server.db.database import Database, Transaction
from server.db.failures import unusable
from server.db.holding import alone_with
from server.db.migrate import knows, upgrade
from server.db.sidecar import Sidecar
from server.db.standing import standing_of
from server.feed import store as feed
from server.ids import new_id
from server.problems import Conflicting
from server.settings import Settings


class NotNewest(Conflicting):
    """Phones may have let go of what only a newer backup holds."""

    code = "not_newest"


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What a restore did."""

    manifest: Manifest
    epoch: str
    """The new life's. Every phone sends again what it still keeps."""
    kept: list[str]
    """Where the database that was here before is now: files, or a schema."""
    sessions: int
    """People who must sign in again."""
    revoked: int
    """Devices that were revoked since the backup, and were revoked again."""


class _Present(msgspec.Struct, frozen=True):
    """What can be learnt of the database that is about to be put aside."""

    marked_at: datetime | None = None
    revoked: frozenset[UUID] = frozenset()


def look(settings: Settings, file: Path) -> Manifest:
    """Check a backup to its last byte and row, and tell what it holds. Changes nothing."""
    folder = settings.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    with service.workroom(folder) as work:
        return _taken_out(settings, file, work / "copy.db")[0]


def restore(settings: Settings, file: Path, now: Clock, *, is_older_fine: bool) -> Restored:
    """Put a backup in place. The present database stays aside; its epoch is over.

    Refused while anybody works on the database, when the backup is not whole, and (unless
    ``is_older_fine``) when a newer one was verified.
    """
    at = now()
    database = Database(settings.database_url)
    folder = Path(settings.database_url.removeprefix("sqlite:///")).parent
    folder = folder if database.is_sqlite else settings.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with alone_with(database), service.workroom(folder) as work:
            raw = work / "copy.db"
            manifest, held = _taken_out(settings, file, raw)
            present = _present(database, at)
            if present.marked_at and present.marked_at > manifest.made_at and not is_older_fine:
                raise NotNewest(
                    f"A newer backup was verified ({present.marked_at:%Y-%m-%d %H:%M} UTC), and "
                    "phones may have let go of what only that one holds. Restore that one; or, "
                    "if it is lost, say --older.",
                    detail_es="Se comprobó un respaldo más nuevo "
                    f"({present.marked_at:%Y-%m-%d %H:%M} UTC), y los teléfonos pueden haber "
                    "soltado lo que solo ese contiene. Restaure ese; o, si se perdió, diga "
                    "--older.",
                )
            copied = Database(f"sqlite:///{raw}")
            try:
                upgrade(copied)
                with copied.write(at) as tx:
                    told = _renewed(tx, manifest, present)
                    store.mark(tx, manifest, held.numbers, sha=files.sha_in(file))
                kept = _in_place(database, copied, at)
            finally:
                copied.close()
    finally:
        database.close()
    Sidecar(settings.head_file).begin(told.epoch, held.head)
    return msgspec.structs.replace(told, kept=kept)


def new_life(settings: Settings, now: Clock, *, because: str) -> str:
    """Begin a new epoch on the database as it stands; return its name."""
    database = Database(settings.database_url)
    try:
        with alone_with(database):
            if standing_of(database, now()) is None:
                raise Conflicting(
                    "There is no database here.",
                    code="no_database",
                    detail_es="Aquí no hay base de datos.",
                )
            upgrade(database)
            with database.write(now()) as tx:
                epoch = feed.new_epoch(tx)
                _, head = feed.head(tx)
                store.audit(tx, "epoch.new", subject=epoch, detail={"because": because})
    finally:
        database.close()
    Sidecar(settings.head_file).begin(epoch, head)
    return epoch


def _taken_out(settings: Settings, file: Path, raw: Path) -> tuple[Manifest, copying.Held]:
    sealing = service.sealing_of(settings)
    manifest = files.unpack(file, raw, sealing.secret if sealing else None)
    held = copying.check(raw)
    told = (manifest.revision, manifest.epoch, manifest.head, manifest.counts)
    if told != held[:4]:
        raise BadBackup(
            "The backup does not hold what it says.",
            detail_es="El respaldo no contiene lo que dice.",
        )
    if not knows(manifest.revision):
        raise BadBackup(NEWER)
    return manifest, held


def _present(database: Database, at: datetime) -> _Present:
    """Learn what the present database still tells; nothing, when it is gone or damaged."""
    try:
        if standing_of(database, at) is None:
            return _Present()
        with database.read(at) as tx:
            mark = store.last_mark(tx)
            revoked = frozenset(store.revoked_devices(tx))
        return _Present(None if mark is None else mark.at, revoked)
    except Exception as error:
        if not unusable(error):
            raise
        return _Present()


def _renewed(tx: Transaction, manifest: Manifest, present: _Present) -> Restored:
    """Begin the copy's new life."""
    epoch = feed.new_epoch(tx)
    sessions = store.end_sessions(tx)
    revoked = present.revoked - store.revoked_devices(tx)
    store.revoke_devices(tx, revoked)
    detail = {"from": manifest.epoch, "head": manifest.head, "revoked": len(revoked)}
    store.audit(tx, "backup.restore", subject=epoch, detail=detail)
    return Restored(
        manifest=manifest, epoch=epoch, kept=[], sessions=sessions, revoked=len(revoked)
    )


def _in_place(database: Database, copied: Database, at: datetime) -> list[str]:
    """Take over from the present database; return where it is kept."""
    stamp = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{new_id().hex[-4:]}"
    if not database.is_sqlite:
        aside = f"before_{stamp}".lower().replace("-", "_")
        copying.replace_tables(database, copied, aside)
        return [aside]
    raw, file = (Path(each.writer.url.database or "") for each in (copied, database))
    database.close()  # what has it open would write into the one put aside
    copied.close()
    copying.settle(raw)
    return [str(each) for each in copying.replace_file(file, raw, f"before-{stamp}")]
