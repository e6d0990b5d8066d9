"""Backs up and compacts by itself, in one thread beside the requests."""

import logging
import threading
from datetime import datetime, timedelta
from pathlib import Path

from server.backup import compacting, rules, service, store
from server.clock import Clock
from server.db.database import Database
from server.settings import Settings

logger = logging.getLogger(__name__)

_LOOK_EVERY_SECONDS = 60
_COMPACT_EVERY = timedelta(days=1)


class Keeper:
    """What a serving Presente does for its database. ``start`` and ``stop`` it with the app."""

    def __init__(self, settings: Settings, *, database: Database, clock: Clock) -> None:
        self._settings = settings
        self._folder: Path | None = settings.backup_dir
        self._keep = settings.backup_keep
        self._database = database
        self._clock = clock
        self._stopped = threading.Event()
        self._compacted_at: datetime | None = None
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        """Begin. From now on phones keep what no backup holds, if backups are wanted."""
        if self._folder is not None:
            with self._database.write(self._clock()) as tx:
                store.set_up(tx)
        self._thread.start()

    def stop(self, within_seconds: float) -> None:
        """End. A backup under way is finished, or left behind half done and cleared away later."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(within_seconds)

    def look(self) -> None:
        """Do what is due. What fails is logged and tried again; nothing stops for it."""
        for task in (self._back_up, self._compact):
            try:
                task()
            except Exception as error:  # noqa: BLE001  (the next try is a minute away)
                logger.error("%s failed: %s", task.__name__.strip("_"), type(error).__name__)  # noqa: TRY400  (a traceback would bear the database's words: people's data)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self.look()
            self._stopped.wait(_LOOK_EVERY_SECONDS)

    def _back_up(self) -> None:
        if self._folder is None:
            return
        at = self._clock()
        with self._database.read(at) as tx:
            mark = store.last_mark(tx)
        if not rules.is_due(None if mark is None else mark.at, at):
            return
        sealing = service.sealing_of(self._settings)
        made = service.make(
            self._database, self._folder, self._clock, keep=self._keep, sealing=sealing
        )
        logger.info("backup at %s verified, %s bytes", made.manifest.head, made.byte_count)

    def _compact(self) -> None:
        at = self._clock()
        if self._compacted_at is not None and at - self._compacted_at < _COMPACT_EVERY:
            return
        compacting.compact(self._database, self._clock)
        self._compacted_at = at
