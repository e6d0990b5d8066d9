"""Checks, imports and undoings that run beside the requests, for whoever watches on a screen.

Each runs in a thread of its own; the import itself lets only one through at a time. What becomes
of it is noted with the drop, so that a server that was stopped meanwhile still tells.
"""

import logging
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from uuid import UUID

import msgspec

from schemas.intake import DateOrder, DropFile, FileDrop, ImportProgress
from schemas.problems import Fault as WireFault
from schemas.problems import Problem as WireProblem
from server.clock import Clock
from server.db.database import Database
from server.ids import new_id
from server.intake import service
from server.intake.changes.planning import MassDrop
from server.intake.mending import undo
from server.intake.mending.undo import UndoOrder
from server.intake.progress import Tell
from server.intake.screen import answers, drops
from server.intake.screen.drops import Kept
from server.intake.service import Order
from server.intake.staged.codes import CodesUnmapped
from server.intake.store.screens import Viewer
from server.intake.words.refusals import refusal
from server.problems import Invalid, Problem
from server.settings import Settings

LOG = logging.getLogger(__name__)
_RUNNING = frozenset({"checking", "importing"})
_PHASES = {"directory": "people", "families": "people", "contacts": "people"}
"""How the screen calls the parts of an import that are not called so there."""

Work = Callable[[Kept, Tell], FileDrop]
"""Does what was asked for and returns the drop as it is then."""


class Jobs:
    """The checks and imports that this server runs now."""

    def __init__(self, settings: Settings, *, db: Database, clock: Clock) -> None:
        self._data_dir = settings.data_dir
        self._db = db
        self._clock = clock
        self._lock = threading.Lock()
        self._progress: dict[UUID, ImportProgress] = {}
        self._threads: dict[UUID, threading.Thread] = {}
        self._is_stopping = False

    def look(self, drop_id: UUID, *, by: UUID) -> FileDrop:
        """Return a drop of this person's as it is at this moment."""
        return self._present(drops.read(self._data_dir, drop_id, by=by))

    def newest(self, *, by: UUID) -> FileDrop | None:
        """Return the last drop that this person made, or None."""
        kept = drops.newest(self._data_dir, by=by)
        return None if kept is None else self._present(kept)

    def put_in(self, drop_id: UUID, part: Path, file: DropFile, *, by: UUID) -> None:
        """Put a file that was received into its drop, unless its files are being worked on."""
        with self._lock:
            kept = drops.read(self._data_dir, drop_id, by=by)
            if drop_id in self._threads or kept.drop.state == "done" or kept.drop.undoes:
                raise refusal("drop_closed")
            drops.put_in(self._data_dir, kept, part, file)

    def throw_away(self, drop_id: UUID, *, by: UUID) -> None:
        """Delete a drop with its files."""
        with self._lock:
            drops.read(self._data_dir, drop_id, by=by)
            if drop_id in self._threads:
                raise refusal("drop_busy")
            drops.throw_away(self._data_dir, drop_id)

    def to_go_on_with(self, *, by: UUID) -> dict[UUID, UUID]:
        """Return by import the drop of this person's with which it can go on."""
        return {
            run_id: kept.drop.id
            for run_id, kept in drops.by_run(self._data_dir, by=by).items()
            if kept.drop.id not in self._threads
        }

    def is_busy(self) -> bool:
        """Tell whether any import runs at this moment, whoever began it."""
        return bool(self._threads) or service.is_running(self._db, self._data_dir)

    def check(self, drop_id: UUID, viewer: Viewer) -> FileDrop:
        """Begin to say what an import of these files would change."""

        def work(kept: Kept, tell: Tell) -> FileDrop:
            return self._import(kept, viewer, tell, dry_run=True)

        return self._begin(drop_id, "checking", work, by=viewer.user_id)

    def settle_dates(self, drop_id: UUID, viewer: Viewer, order: DateOrder) -> FileDrop:
        """Keep how these files write their dates, and look at them again."""
        with self._lock:
            kept = drops.read(self._data_dir, drop_id, by=viewer.user_id)
            if drop_id in self._threads:
                raise refusal("drop_busy")
            kept.drop = msgspec.structs.replace(kept.drop, dates=order)
            drops.save(self._data_dir, kept)
        return self.check(drop_id, viewer)

    def commit(self, drop_id: UUID, viewer: Viewer, *, confirm_drop: bool = False) -> FileDrop:
        """Begin to take the files in. What they would change must have been looked at."""
        drop = self.look(drop_id, by=viewer.user_id)
        if drop.state not in {"checked", "refused", "interrupted"}:
            raise refusal("drop_unchecked")
        return self.take_in(drop_id, viewer, confirm_drop=confirm_drop)

    def take_in(self, drop_id: UUID, viewer: Viewer, *, confirm_drop: bool = False) -> FileDrop:
        """Begin to take the files in, or go on taking an import back."""

        def work(kept: Kept, tell: Tell) -> FileDrop:
            if kept.drop.undoes is not None:
                return self._take_back(kept, kept.drop.undoes, tell)
            return self._import(kept, viewer, tell, confirm_drop=confirm_drop)

        return self._begin(drop_id, "importing", work, by=viewer.user_id)

    def take_back(self, run_id: UUID, viewer: Viewer) -> FileDrop:
        """Begin to take an import back; a drop without files tells how far it is."""
        by = viewer.user_id
        drop_id = drops.make(self._data_dir, by=by, at=self._clock(), undoes=run_id)
        return self.take_in(drop_id, viewer)

    def stop(self, seconds: float) -> None:
        """Wait a while for what runs. What does not end goes on when somebody asks for it again."""
        self._is_stopping = True
        for thread in list(self._threads.values()):
            thread.join(seconds)

    def wait(self) -> None:
        """Return when nothing runs any more."""
        for thread in list(self._threads.values()):
            thread.join()

    def _begin(
        self, drop_id: UUID, state: Literal["checking", "importing"], work: Work, *, by: UUID
    ) -> FileDrop:
        with self._lock:
            kept = drops.read(self._data_dir, drop_id, by=by)
            if drop_id in self._threads:
                raise refusal("drop_busy")
            if kept.drop.state == "done":
                raise refusal("drop_done")
            if not kept.drop.files and kept.drop.undoes is None:
                raise refusal("drop_empty")
            kept.drop = msgspec.structs.replace(
                kept.drop, state=state, problem=None, unmapped=[], unclear=None, report=None
            )
            drops.save(self._data_dir, kept)
            phase = "reading" if kept.drop.undoes is None else "undoing"
            self._progress[drop_id] = ImportProgress(phase=phase)
            thread = threading.Thread(target=self._run, args=(kept, work), daemon=True)
            self._threads[drop_id] = thread
            began = self._present(kept)
            thread.start()
        return began

    def _run(self, kept: Kept, work: Work) -> None:
        drop_id = kept.drop.id

        def tell(phase: str, done: int, total: int) -> None:
            phase = _PHASES.get(phase, phase)
            self._progress[drop_id] = ImportProgress(phase=phase, done=done, total=total)

        try:
            kept.drop = work(kept, tell)
        except Problem as problem:
            kept.drop = _refused(kept.drop, problem)
        except Exception as error:  # noqa: BLE001  (the thread's outermost edge: it must be told)
            if self._is_stopping:
                return  # as if cut off: it goes on where it was
            kept.drop = _broken(kept.drop, error)
        finally:
            with self._lock:
                drops.save(self._data_dir, kept)
                self._threads.pop(drop_id, None)
                self._progress.pop(drop_id, None)

    def _import(
        self,
        kept: Kept,
        viewer: Viewer,
        tell: Tell,
        *,
        dry_run: bool = False,
        confirm_drop: bool = False,
    ) -> FileDrop:
        def began(run_id: UUID) -> None:
            kept.run_id = run_id
            drops.save(self._data_dir, kept)

        order = Order(
            began=began,
            folder=drops.files_of(self._data_dir, kept.drop.id),
            data_dir=self._data_dir,
            by=kept.by,
            schools=viewer.schools,
            dry_run=dry_run,
            # looking shows also what would have to be confirmed
            confirm_drop=confirm_drop,
            date_order=kept.drop.dates or None,
        )
        said = service.import_folder(
            self._db, order, clock=self._clock, say=lambda _text: None, tell=tell
        )
        if not dry_run:
            drops.empty(self._data_dir, kept.drop.id)
        return msgspec.structs.replace(
            kept.drop,
            state="checked" if dry_run else "done",
            report=answers.report_of(said),
            unclear=answers.unclear_read_of(said) if dry_run else None,
        )

    def _take_back(self, kept: Kept, run_id: UUID, tell: Tell) -> FileDrop:
        order = UndoOrder(run=str(run_id), data_dir=self._data_dir, by=kept.by)
        done = undo.undo(self._db, order, clock=self._clock, say=lambda _text: None, tell=tell)
        return msgspec.structs.replace(kept.drop, state="done", undone=answers.undone_of(done))

    def _present(self, kept: Kept) -> FileDrop:
        if kept.drop.id in self._threads:
            return msgspec.structs.replace(kept.drop, progress=self._progress.get(kept.drop.id))
        if kept.drop.state in _RUNNING:
            # it may have ended between the reading of the note and this moment
            kept = drops.read(self._data_dir, kept.drop.id, by=kept.by)
        if kept.drop.state in _RUNNING:
            return msgspec.structs.replace(kept.drop, state="interrupted")
        return kept.drop


def _refused(drop: FileDrop, problem: Problem, *, trace_id: str = "") -> FileDrop:
    faults = problem.faults if isinstance(problem, Invalid) else ()
    report = answers.report_of(problem.report) if isinstance(problem, MassDrop) else None
    return msgspec.structs.replace(
        drop,
        state="refused",
        problem=WireProblem(
            title="Refused",
            status=problem.status,
            code=problem.code,
            detail=problem.detail,
            detail_es=problem.detail_es,
            faults=[WireFault(field=field, message=message) for field, message in faults],
            trace_id=trace_id,
        ),
        report=report,
        unclear=answers.unclear_of(problem),
        unmapped=answers.unmapped_of(problem) if isinstance(problem, CodesUnmapped) else [],
    )


def _broken(drop: FileDrop, error: Exception) -> FileDrop:
    """Log a fault of ours without the error's words: a database puts people's data into them."""
    trace_id = new_id().hex
    where = "".join(traceback.format_tb(error.__traceback__))
    LOG.error("fault %s: %s in an import\n%s", trace_id, type(error).__name__, where)
    return _refused(drop, refusal("internal"), trace_id=trace_id)
