"""Imports files: reads and checks everything, plans, and only then commits, part by part.

A plan inside one read snapshot tells what would change and may refuse; then schools, families and
each school's attendance are committed. A run that is cut off is begun again with the same files and
goes on where it stopped. Files whose content is known already change nothing.
"""

import fcntl
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import msgspec
from msgspec import Struct

from server.cases import service as cases
from server.clock import Clock
from server.db.database import Database, Transaction
from server.db.tables.attendance import ImportRunRow
from server.ids import new_id
from server.intake import date_orders, reading, report
from server.intake.changes import committing, planning, schools
from server.intake.changes.committing import Run
from server.intake.changes.facts import Window
from server.intake.changes.planning import Asked, Plan
from server.intake.columns.orders import Order as DateOrder
from server.intake.columns.orders import Orders
from server.intake.columns.profile import Profile
from server.intake.formats import Source
from server.intake.mending import quarantine
from server.intake.mending.quarantine import Mending
from server.intake.progress import Meter, Say, Tell, untold
from server.intake.reading import ReadAhead
from server.intake.report import Report
from server.intake.staged import recognise, staging
from server.intake.staged.recognise import Find, Recognised
from server.intake.staged.staging import Staging
from server.intake.store import known, running
from server.intake.store.running import FileOfRun, NewRun, Progress
from server.intake.words.refusals import refusal
from server.intake.words.told import told
from server.memory import seldom_searched

_IMPORTS = 0x1A7A_4E00
"""What an import holds, so that another machine's does not run beside it on one database."""
_TRIES = 3
_PAUSE = 0.05


class Order(Struct, frozen=True, kw_only=True):
    """What to import, and how."""

    folder: Path
    """A folder, one file, or a zip archive."""
    more: Sequence[Path] = ()
    """What is read together with it."""
    data_dir: Path
    dry_run: bool = False
    confirm_drop: bool = False
    by: UUID | None = None
    schools: frozenset[str] | None = None
    """Codes of the only schools that these files may speak of; None: of all."""
    window: Window = "auto"
    """``replace``: what the files lack between a school's first and last date is wrong. ``merge``:
    only the student-days they name are replaced. ``auto``: the files' size tells."""
    profile: Profile | None = None
    """By which mapping to read the files; None: by those that ship with Presente."""
    date_order: DateOrder | None = None
    """Of day and month; None: as the files or their profile tell, or as it was said before."""
    school_year: str = ""
    """Of tables that do not tell it, as "2024-25"."""
    ahead: ReadAhead | None = None
    """What another process has read of these files; not used if they are others by now."""
    began: Callable[[UUID], None] | None = None
    """Hears the run's id before anything is written, so that it can be found if it is cut off."""

    @property
    def read_ahead(self) -> ReadAhead | None:
        """Return what was read of the files, unless it is said now how to read them."""
        is_said = self.profile is not None or self.date_order is not None or bool(self.school_year)
        return None if is_said else self.ahead


def import_folder(
    db: Database, order: Order, *, clock: Clock, say: Say, tell: Tell = untold
) -> Report:
    """Import every file that Presente reads. Raises ``Problem`` with nothing changed.

    ``say`` and ``tell`` hear of the progress, without names.
    """
    meter = Meter(tell)
    with (
        alone(db, order.data_dir),
        seldom_searched(),
        staging.throw_away(order.data_dir) as folder,
        reading.opened((order.folder, *order.more), folder, meter.heard) as given,
        ExitStack() as stack,
    ):
        _announce(say, tell, "reading", told("reading", count=len(given)))
        orders = date_orders.orders_of(db, order, given, clock)
        mending = _mending(db, given, clock)
        found = given if mending is None else mending.sources
        recognised = recognise.recognise(found, _formats(db, order, clock, found, orders))
        if mending is not None:
            recognised = quarantine.as_additions(recognised)
        files = recognise.digests_of(found)
        space = stack.enter_context(
            _staged(
                None if mending else order.read_ahead,
                folder,
                recognised,
                files=files,
                orders=orders,
                meter=meter,
            )
        )
        with db.read(clock()) as tx:
            today = cases.today_of(tx)
            _announce(say, tell, "checking", told("checking"))
            meanings = planning.check(
                tx, space, today=today, school_year=order.school_year, only=order.schools
            )
            space.faults.fill_columns(found, commented=recognised.commented)
            imported = schools.begin(tx, space, meanings, window=order.window, today=today)
            said = report.begin(space, recognised.skipped, recognised.format)
            asked = Asked(window=order.window, confirm_drop=order.confirm_drop, tell=tell)
            plan = planning.plan(tx, imported, said, asked, recognise.digest_of(files))
        if order.dry_run:
            said.state = "dry_run"
            return said
        run = _begin(db, order, plan, files, orders, clock=clock, say=say, tell=tell)
        if run is None:
            said.state = "nothing_to_do"
        else:
            said = committing.commit(run)
        if mending is not None:
            _close_mended(db, order, mending, space, clock=clock, run=run)
        return said


def _announce(say: Say, tell: Tell, phase: str, text: str) -> None:
    say(text)
    tell(phase, 0, 0)


def _mending(db: Database, given: Sequence[Source], clock: Clock) -> Mending | None:
    with db.read(clock()) as tx:
        return quarantine.rebuild(tx, given)


def _close_mended(  # noqa: PLR0913  (what closing needs to know)
    db: Database,
    order: Order,
    mending: Mending,
    space: Staging,
    *,
    clock: Clock,
    run: Run | None,
) -> None:
    refused = {(kept.fault.file, kept.fault.line) for kept in space.faults.all()}
    with db.write(clock()) as tx:
        run_id = None if run is None else run.new.id
        quarantine.close(tx, mending, refused=refused, run_id=run_id, by=order.by)


def _formats(
    db: Database, order: Order, clock: Clock, found: Sequence[Source], orders: Orders
) -> Sequence[Find]:
    """Return what recognises files before the formats that need no orders."""

    def school_days(code: str) -> Sequence[str]:
        with db.read(clock()) as tx:
            return [day.isoformat() for day in known.school_days(tx, code)]

    return reading.formats(
        found,
        orders,
        school_days=school_days,
        profile=order.profile,
        school_year=order.school_year,
    )


@contextmanager
def _staged(  # noqa: PLR0913  (what reading needs)
    ahead: ReadAhead | None,
    folder: Path,
    recognised: Recognised,
    *,
    files: Sequence[FileOfRun],
    orders: Orders,
    meter: Meter,
) -> Generator[Staging]:
    """Read everything, unless another process has read these very files already."""
    if ahead is not None and ahead.files == files:
        with staging.taken_up(ahead.staging) as space:
            yield space
        return
    with staging.opened(folder) as space:
        meter.begin()
        recognise.read(recognised, space)
        date_orders.remark(space, orders)
        yield space


def _begin(  # noqa: PLR0913  (what a run is made of)
    db: Database,
    order: Order,
    plan: Plan,
    files: list[FileOfRun],
    orders: Orders,
    *,
    clock: Clock,
    say: Say,
    tell: Tell,
) -> Run | None:
    """Begin a run, or take up the one that was cut off; None: there is nothing to do."""
    new = NewRun(
        id=new_id(),
        digest=recognise.digest_of(files),
        format=plan.said.format,
        files=files,
        by=order.by,
        date_order=order.date_order or "",
    )
    run = Run(db=db, clock=clock, say=say, tell=tell, new=new, plan=plan, recount=plan.recount)
    with db.write(clock()) as tx:
        cut_off = running.unfinished_run(tx)
        if cut_off is not None and _is_same(tx, cut_off, new, orders):
            so_far = running.progress_of(cut_off)
            run.new = msgspec.structs.replace(new, id=cut_off.id, date_order=so_far.date_order)
            run.done = running.schools_done(cut_off)
            run.recount = sorted({*so_far.recount, *plan.recount})
        elif not plan.has_changes:
            return None
        else:
            if cut_off is not None:
                say(told("cut_off", run=cut_off.id))
            progress = Progress(
                phase="directory",
                done=0,
                total=0,
                recount=plan.recount,
                date_order=new.date_order,
            )
            running.add_run(tx, new, progress)
        date_orders.keep(tx, run.new.id, orders, by=order.by)
    if order.began is not None:
        order.began(run.new.id)
    return run


def _is_same(tx: Transaction, cut_off: ImportRunRow, new: NewRun, orders: Orders) -> bool:
    """Tell whether a run can go on with files: read otherwise, half of it would have other days."""
    said = running.progress_of(cut_off).date_order
    is_same = cut_off.digest == new.digest and new.date_order in {"", said}
    return is_same and not date_orders.is_kept_otherwise(tx, cut_off.id, orders)


def is_running(db: Database, data_dir: Path) -> bool:
    """Tell whether an import, or the undoing of one, runs at this moment, here or elsewhere."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "import.lock").open("ab") as file, db.alone(_IMPORTS) as is_alone:
        return not (is_alone and _is_locked(file))


@contextmanager
def alone(db: Database, data_dir: Path) -> Generator[None]:
    """Hold the import lock: one import, or undoing of one, at a time."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        for left in reversed(range(_TRIES)):
            held = stack.enter_context(ExitStack())
            file = held.enter_context((data_dir / "import.lock").open("ab"))
            if held.enter_context(db.alone(_IMPORTS)) and _is_locked(file):
                break
            held.close()
            if not left:
                raise refusal("import_running")
            time.sleep(_PAUSE)  # it may only be somebody who looks whether one runs
        yield


def _is_locked(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
