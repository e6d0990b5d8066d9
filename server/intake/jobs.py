"""Checks and imports that run beside the requests, for whoever watches them on a screen.

Each runs in a thread of its own; the import itself lets only one through at a time. What becomes
of it is noted with the drop, so that a server that was stopped meanwhile still tells.
"""

import logging
import threading
from collections.abc import Callable
from uuid import UUID

import msgspec

from schemas.intake import FileDrop, ImportProgress
from schemas.problems import Fault as WireFault
from schemas.problems import Problem as WireProblem
from server.clock import Clock
from server.db.database import Database
from server.ids import new_id
from server.intake import answers, drops, service
from server.intake.codes import CodesUnmapped
from server.intake.drops import Kept
from server.intake.report import Report
from server.intake.service import Order
from server.problems import Conflicting, Forbidden, Invalid, Problem
from server.settings import Settings

LOG = logging.getLogger(__name__)
_RUNNING = frozenset({"checking", "importing"})


class NotYourSchools(Forbidden):
    """The files speak of schools that are not the caller's."""

    code = "not_your_schools"


class Jobs:
    """The checks and imports that this server runs now."""

    def __init__(self, settings: Settings, *, db: Database, clock: Clock) -> None:
        self._data_dir = settings.data_dir
        self._db = db
        self._clock = clock
        self._lock = threading.Lock()
        self._progress: dict[UUID, ImportProgress] = {}
        self._threads: dict[UUID, threading.Thread] = {}

    def look(self, drop_id: UUID, *, by: UUID) -> FileDrop:
        """Return a drop of this person's as it is at this moment."""
        return self._present(drops.read(self._data_dir, drop_id, by=by))

    def newest(self, *, by: UUID) -> FileDrop | None:
        """Return the last drop that this person made, or None."""
        kept = drops.newest(self._data_dir, by=by)
        return None if kept is None else self._present(kept)

    def check(self, drop_id: UUID, *, by: UUID, schools: frozenset[str] | None) -> FileDrop:
        """Begin to say what an import of these files would change.

        ``schools``: codes of the only schools that the caller may speak for; None: of all.
        """
        return self._begin(drop_id, "checking", by=by, work=lambda kept: self._check(kept, schools))

    def commit(
        self, drop_id: UUID, *, by: UUID, schools: frozenset[str] | None, confirm_drop: bool
    ) -> FileDrop:
        """Begin to take the files in. What they would change must have been looked at."""
        kept = self._present(drops.read(self._data_dir, drop_id, by=by))
        if kept.state not in {"checked", "refused", "interrupted"}:
            raise Conflicting("Look first at what these files would change.")
        return self._begin(
            drop_id,
            "importing",
            by=by,
            work=lambda it: self._commit(it, schools, confirm_drop=confirm_drop),
        )

    def wait(self) -> None:
        """Return when nothing runs any more (a server that stops, a test)."""
        for thread in list(self._threads.values()):
            thread.join()

    def _begin(
        self, drop_id: UUID, state: str, *, by: UUID, work: Callable[[Kept], FileDrop]
    ) -> FileDrop:
        with self._lock:
            kept = drops.read(self._data_dir, drop_id, by=by)
            if drop_id in self._threads:
                raise Conflicting("These files are being worked on. Wait for it to end.")
            if not kept.drop.files:
                raise Invalid("There are no files yet.")
            kept.drop = msgspec.structs.replace(
                kept.drop, state=state, problem=None, unmapped=[], report=None
            )
            drops.save(self._data_dir, kept)
            self._progress[drop_id] = ImportProgress(phase="reading")
            thread = threading.Thread(target=self._run, args=(kept, work), daemon=True)
            self._threads[drop_id] = thread
            thread.start()
        return self._present(kept)

    def _run(self, kept: Kept, work: Callable[[Kept], FileDrop]) -> None:
        try:
            kept.drop = work(kept)
        except Problem as problem:
            kept.drop = _refused(kept.drop, problem)
        except Exception:  # the thread's outermost edge: whatever it was must be told
            trace_id = new_id().hex
            LOG.exception("import failed, trace %s", trace_id)
            kept.drop = _refused(kept.drop, Problem(_OURS, code="fault"), trace_id=trace_id)
        finally:
            drops.save(self._data_dir, kept)
            with self._lock:
                self._threads.pop(kept.drop.id, None)
                self._progress.pop(kept.drop.id, None)

    def _check(self, kept: Kept, schools: frozenset[str] | None) -> FileDrop:
        said = self._import(kept, Order(**self._order(kept), dry_run=True))
        _demand_schools(said, schools)
        return msgspec.structs.replace(kept.drop, state="checked", report=answers.report_of(said))

    def _commit(
        self, kept: Kept, schools: frozenset[str] | None, *, confirm_drop: bool
    ) -> FileDrop:
        if schools is not None:
            said = self._import(
                kept, Order(**self._order(kept), dry_run=True, confirm_drop=confirm_drop)
            )
            _demand_schools(said, schools)
        said = self._import(kept, Order(**self._order(kept), confirm_drop=confirm_drop))
        return msgspec.structs.replace(kept.drop, state="done", report=answers.report_of(said))

    def _order(self, kept: Kept) -> dict[str, object]:
        return {
            "folder": drops.files_of(self._data_dir, kept.drop.id),
            "data_dir": self._data_dir,
            "by": kept.by,
        }

    def _import(self, kept: Kept, order: Order) -> Report:
        def tell(phase: str, done: int, total: int) -> None:
            self._progress[kept.drop.id] = ImportProgress(phase=phase, done=done, total=total)

        return service.import_folder(
            self._db, order, clock=self._clock, say=lambda _: None, tell=tell
        )

    def _present(self, kept: Kept) -> FileDrop:
        if kept.drop.id in self._threads:
            return msgspec.structs.replace(kept.drop, progress=self._progress.get(kept.drop.id))
        if kept.drop.state in _RUNNING:
            return msgspec.structs.replace(kept.drop, state="interrupted")
        return kept.drop


_OURS = "Something went wrong here. Nothing more was changed; tell whoever runs the server."


def _demand_schools(said: Report, schools: frozenset[str] | None) -> None:
    if schools is None:
        return
    others = sorted({school.code for school in said.schools} - schools)
    if others:
        raise NotYourSchools(
            f"These files speak of {len(others)} schools that are not yours "
            f"({', '.join(others[:5])}). Ask an administrator to import them."
        )


def _refused(drop: FileDrop, problem: Problem, *, trace_id: str = "") -> FileDrop:
    faults = problem.faults if isinstance(problem, Invalid) else ()
    return msgspec.structs.replace(
        drop,
        state="refused",
        problem=WireProblem(
            title="Refused",
            status=problem.status,
            code=problem.code,
            detail=problem.detail,
            faults=[WireFault(field=field, message=message) for field, message in faults],
            trace_id=trace_id,
        ),
        unmapped=answers.unmapped_of(problem) if isinstance(problem, CodesUnmapped) else [],
    )
