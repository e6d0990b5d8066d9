"""Decides what a reader hears of the office's own: records that wait, backups that do not come."""

from uuid import UUID

from schemas.base import MutationId
from schemas.desk import DeskParked, DeskUpkeep
from server.backup import service as backups
from server.db.database import Transaction
from server.desk.store import programme
from server.desk.store.scope import Scope
from server.problems import Invalid, NotFound
from server.syncing import replaying
from server.syncing.store import replays


def upkeep(tx: Transaction, scope: Scope) -> DeskUpkeep:
    """Return what waits of the people whom the reader works with, and how backups stand."""
    waiting = replaying.listed(tx)
    authors = programme.authors(tx, scope, {one.device_id for one in waiting})
    return DeskUpkeep(
        parked=[
            DeskParked(
                id=MutationId(one.id),
                user_name=authors[one.device_id].user_name,
                label=authors[one.device_id].device.label,
                op=one.op,
                code=one.code,
                received_at=one.received_at,
                may_dismiss=one.may_dismiss,
            )
            for one in waiting
            if one.device_id in authors
        ],
        backups=backups.standing(tx),
        backed_up_at=backups.last_at(tx),
    )


def parked_count(tx: Transaction, scope: Scope) -> int:
    """Return how many records ``upkeep`` lists."""
    waiting = replays.waiting_by_device(tx)
    if not waiting:
        return 0
    authors = programme.authors(tx, scope, waiting)
    return sum(count for device_id, count in waiting.items() if device_id in authors)


def dismiss(tx: Transaction, scope: Scope, mutation_id: UUID, *, because: str, by: UUID) -> None:
    """Give up on a record that nobody can ever read. ``NotFound`` also for another's people."""
    if not because.strip():
        raise Invalid("Say why: its author will read it.", code="no_reason")
    if all(one.id != mutation_id for one in upkeep(tx, scope).parked):
        raise NotFound("There is no such record among those of your people.")
    replaying.dismiss(tx, mutation_id, because=because.strip(), by=by)
