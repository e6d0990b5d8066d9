"""Writes a whole plan with few statements; the positions come last."""

from collections.abc import Sequence
from itertools import islice
from uuid import UUID

import msgspec

from schemas.base import ConflictId, MutationId
from schemas.sync import ConflictField, Receipt
from server.contacts.store import many
from server.db.database import Transaction
from server.db.tables.syncing import ConflictRow
from server.feed import batch as feed
from server.feed import reader
from server.feed.batch import Change
from server.syncing import conflicts
from server.syncing import store as syncing_store
from server.syncing.batch.plans import Plan
from server.syncing.store import Standing
from server.syncing.store import batch as store


def write(
    tx: Transaction, planned: Sequence[tuple[Standing, Sequence[Plan]]]
) -> list[list[Receipt]]:
    """Write what was planned for each phone; return the receipts of each."""
    plans = [plan for _, own in planned for plan in own]
    disputes = _disputes(tx, plans)
    many.add(tx, [plan.new for plan in plans if plan.new is not None])
    many.change(tx, [plan.edited for plan in plans if plan.edited is not None])
    store.add_conflicts(tx, [row for row, _ in disputes.values()])
    changes: list[Change] = []
    ends: list[int] = []
    for plan in plans:
        if plan.change is not None:
            changes.append(plan.change)
        if plan.held:
            changes.append(disputes[plan.item.id][1])
        ends.append(len(changes))
    feed.write(tx, changes)
    seqs = [0, *feed.number(tx, changes)]
    receipts: list[Receipt] = []
    before = 0
    for plan, end in zip(plans, ends, strict=True):
        receipts.append(
            Receipt(
                n=plan.item.n,
                id=MutationId(plan.item.id),
                out=plan.out,
                seq=seqs[end] if end > before else 0,
                ver=plan.ver,
                conflict=ConflictId(disputes[plan.item.id][0].id) if plan.held else None,
            )
        )
        before = end
    rest = iter(receipts)
    told = [list(islice(rest, len(own))) for _, own in planned]
    store.add_mutations(
        tx,
        [
            store.Kept(device, plan.item, plan.told, receipt)
            for (device, own), ours in zip(planned, told, strict=True)
            for plan, receipt in zip(own, ours, strict=True)
        ],
    )
    return told


def _disputes(tx: Transaction, plans: Sequence[Plan]) -> dict[UUID, tuple[ConflictRow, Change]]:
    """Return the new conflicts, each as its row and as it is published, by mutation."""
    disputed = [plan for plan in plans if plan.held]
    if not disputed:
        return {}
    keys = {plan.deed.mut.key for plan in disputed}
    versions = reader.versions_of(tx, "contact", keys)
    linked = {key: held.roots for key, held in feed.held(tx, "contact", keys).items()}
    authors = {plan.deed.person.user_id for plan in disputed} | {
        one.user_id for found in versions.values() for one in found if one.user_id is not None
    }
    roots = syncing_store.roots_of_users(tx, authors)
    found: dict[UUID, tuple[ConflictRow, Change]] = {}
    for plan in disputed:
        mut = plan.deed.mut
        fields = [
            _field(tx, plan, name, reader.writer_among(versions[mut.key], name))
            for name in plan.held
        ]
        row = conflicts.made(plan.deed, fields, why="fields", at=tx.at)
        wrote = {who for one in fields for who in (one.mine_by, one.theirs_by) if who is not None}
        all_roots = linked[mut.key] | {roots[who] for who in wrote if who in roots}
        text = msgspec.json.encode(syncing_store.conflict_of(row)).decode()
        change = Change(
            "conflict", row.id, 1, text, frozenset(all_roots), frozenset(), plan.deed.author
        )
        found[plan.item.id] = (row, change)
    return found


def _field(tx: Transaction, plan: Plan, name: str, rival: reader.Writer) -> ConflictField:
    held = plan.held[name]
    return conflicts.field_of(plan.deed, name, held, rival, at=tx.at)
