"""Remembers how a source writes dates that can be read in two ways, once somebody has said it."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Protocol
from uuid import UUID

from server.attendance.store import zone_of
from server.clock import Clock
from server.db.database import Database
from server.intake.columns import dates
from server.intake.columns.orders import Before, Order, Orders
from server.intake.records import Origin
from server.intake.staged.staging import Staging
from server.intake.store import orders as store
from server.intake.store.orders import NewOrder
from server.intake.words.saying import why


class Asking(Protocol):
    """Who imports what, as far as it matters here (``service.Order``)."""

    @property
    def date_order(self) -> Order | None:
        """What is said of all these files."""
        ...

    @property
    def schools(self) -> frozenset[str] | None:
        """The only schools that the sender speaks for; None: all."""
        ...

    @property
    def by(self) -> UUID | None:
        """Who it is."""
        ...

    @property
    def dry_run(self) -> bool:
        """Nothing is to be kept."""
        ...


@contextmanager
def remembering(db: Database, asking: Asking, clock: Clock) -> Generator[Orders]:
    """Hand out what is said of dates, now or before; keep what was said now, if all went well."""

    def recall(key: str) -> Before | None:
        with db.read(clock()) as tx:
            row = store.find(tx, key)
            if row is None:
                return None
            said_on = row.said_at.astimezone(zone_of(tx)).date()
            return Before(order="dmy" if row.order == "dmy" else "mdy", said_on=said_on)

    orders = Orders(asking.date_order, recall, asking.schools)
    yield orders
    said = {file: used for file, used in orders.used.items() if used.before is None}
    if asking.dry_run or not said:
        return
    with db.write(clock()) as tx:
        for file, used in said.items():
            store.save(tx, NewOrder(key=used.key, order=used.order, file=file, by=asking.by))


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
