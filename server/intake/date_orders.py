"""Remembers how a source writes dates that can be read in two ways, once somebody has said it.

It is remembered with the import it was said with, from the moment that begins: cut off, it goes on
with it; taken back, it is forgotten, and what was said before holds again.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol
from uuid import UUID

from server.attendance.store import zone_of
from server.clock import Clock
from server.db.database import Database, Transaction
from server.intake.columns import dates
from server.intake.columns.orders import Before, Order, Orders
from server.intake.formats import Source
from server.intake.records import Origin
from server.intake.staged.staging import Staging
from server.intake.store import orders as store
from server.intake.store.orders import NewOrder
from server.intake.words.saying import why


class Asking(Protocol):
    """Who imports what, as far as it matters here (``service.Order``)."""

    @property
    def folder(self) -> Path:
        """What is handed over."""
        ...

    @property
    def more(self) -> Sequence[Path]:
        """What is handed over with it."""
        ...

    @property
    def data_dir(self) -> Path:
        """Presente's own folder."""
        ...

    @property
    def date_order(self) -> Order | None:
        """What is said of all these files."""
        ...

    @property
    def schools(self) -> frozenset[str] | None:
        """The only schools that the sender speaks for; None: all."""
        ...


def orders_of(db: Database, asking: Asking, given: Sequence[Source], clock: Clock) -> Orders:
    """Return what is said of dates, with this import or before. ``given``: its files."""

    def recall(key: str) -> Before | None:
        with db.read(clock()) as tx:
            row = store.find(tx, key)
            if row is None:
                return None
            said_on = row.said_at.astimezone(zone_of(tx)).date()
            return Before(order="dmy" if row.order == "dmy" else "mdy", said_on=said_on)

    came_in = _came_in(asking, {source.name for source in given})
    return Orders(asking.date_order, recall, schools=asking.schools, came_in=came_in)


def _came_in(asking: Asking, files: set[str]) -> list[str]:
    """Return the names of folders and archives. What the screen collects lies in no named one."""
    ours = asking.data_dir.resolve()
    handed = [path.resolve() for path in (asking.folder, *asking.more)]
    return [
        path.name for path in handed if path.name not in files and not path.is_relative_to(ours)
    ]


def is_kept_otherwise(tx: Transaction, run_id: UUID, orders: Orders) -> bool:
    """Tell whether an import that was cut off read one of its sources the other way."""
    kept = store.of_run(tx, run_id)
    return any(kept.get(used.key, used.order) != used.order for used in orders.used.values())


def keep(tx: Transaction, run_id: UUID, orders: Orders, *, by: UUID | None) -> None:
    """Keep what was said with an import."""
    for file, used in orders.used.items():
        if used.before is None:
            new = NewOrder(key=used.key, order=used.order, file=file, by=by)
            store.save(tx, run_id, new)


def remark(space: Staging, orders: Orders) -> None:
    """Say of each file whose dates were read as it was said before."""
    for file, used in orders.used.items():
        if used.before is not None:
            month_first, day_first = dates.readings(used.written)
            because = why(
                f"dates_as_{used.order}",
                mdy=month_first,
                dmy=day_first,
                said_on=used.before.said_on,
            )
            at = Origin(file=file, line=used.line, element="")
            space.note(at.fault("", used.written, because))
