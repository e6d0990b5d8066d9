"""What a phone lacks: a pure function of one database snapshot, the person and the request."""

from collections.abc import Mapping
from typing import cast

import msgspec

from schemas.sync import Drop, Pull, RootSnap, RowMsg
from server.db.database import Transaction
from server.db.parts import parts
from server.feed import reader
from server.feed.reader import Entry
from server.syncing import authority
from server.syncing.rules import Visit
from server.syncing.seeing import Eyes
from sync.cursor import Cursor, digest, parse
from sync.lens import Unseen
from sync.scope import Shift, shift

_MAX_BYTES = 4 * 1024 * 1024
_ROOTS_AT_ONCE = 50
_ROW_BYTES = 120
"""What a row costs besides its data."""


def pull(tx: Transaction, visit: Visit) -> Pull:
    """Return what the phone must forget and learn, at most about ``limit`` bytes of it.

    The phone is consistent exactly when ``more`` is False. The order of pages never matters: a
    row that moves ahead while a phone walks arrives later in the same walk.
    """
    request = visit.request
    standing = reader.standing(tx)
    cursor = parse(request.cursor)
    is_reset = _is_reset(visit, cursor, standing)
    held: Mapping[str, str] = {} if is_reset else request.held
    after = standing.head if is_reset or cursor is None else cursor.seq
    scope: dict[str, str] = {**authority.scope_of(tx, visit.person)}
    lost = {root: lens for root, lens in held.items() if root not in scope}
    step = shift(scope, held, why=authority.why_lost(tx, visit.person, lost))
    eyes = Eyes(tx, visit.person, scope=scope, schema=request.schema)
    page = _Page(eyes, budget=_budget(request.limit))
    rows, position = _deltas(tx, page, step, after=after)
    roots = _roots(tx, page, step) if position is None else []
    return Pull(
        base=digest(request.cursor, request.held, request.schema),
        cursor=str(Cursor(standing.epoch, standing.head if position is None else position)),
        head=standing.head,
        reset=is_reset,
        more=position is not None or len(roots) < len(step.new),
        drop=[Drop(root=root, why=why) for root, why in step.drop.items()],
        rows=rows,
        roots=roots,
        total_roots=len(scope),
    )


def _is_reset(visit: Visit, cursor: Cursor | None, standing: reader.Standing) -> bool:
    """Tell whether what the phone holds cannot be built upon: another life, or too old."""
    request = visit.request
    if cursor is None:
        return bool(request.cursor or request.held)
    is_other_life = cursor.epoch != standing.epoch or request.epoch not in {"", standing.epoch}
    return is_other_life or not standing.floor <= cursor.seq <= standing.head


class _Page:
    """An answer being filled: what the person may see, and how many bytes are left."""

    def __init__(self, eyes: Eyes, *, budget: int) -> None:
        self.eyes = eyes
        self.budget = budget

    def message(self, entry: Entry) -> RowMsg | None:
        """Return a row as the person sees it, counted; None: not even that it exists."""
        seen = self.eyes.see(entry)
        if seen is Unseen.NEVER:
            return None
        data = None if isinstance(seen, Unseen) else msgspec.Raw(seen)
        self.budget -= _ROW_BYTES + (0 if data is None else len(data))
        return RowMsg(root=entry.root, ent=entry.ent, key=entry.key, ver=entry.ver, data=data)

    def whole(self, rows: list[str]) -> list[RowMsg]:
        """Return a root's rows that need not be looked into, counted, as they will be sent."""
        self.budget -= sum(map(len, rows))
        text = f"[{','.join(rows)}]"
        return cast("list[RowMsg]", msgspec.Raw(text.encode()))  # which the encoder copies


def _budget(limit: int) -> int:
    return min(max(limit, 1), _MAX_BYTES)


def _deltas(
    tx: Transaction, page: _Page, step: Shift, *, after: int
) -> tuple[list[RowMsg], int | None]:
    """Return changed rows, and the position where the budget cut them (None: all are there).

    The first row always travels, or nobody would get ahead.
    """
    rows: list[RowMsg] = []
    position = after
    for entry in reader.changed(tx, step.keep, after=after):
        if rows and page.budget <= 0:
            return rows, position
        message = page.message(entry)
        if message is not None:
            rows.append(message)
        position = entry.seq
    return rows, None


def _roots(tx: Transaction, page: _Page, step: Shift) -> list[RootSnap]:
    """Return new roots, each whole, until the budget is used."""
    roots: list[RootSnap] = []
    if page.budget <= 0:
        return roots
    for part in parts(step.new, _ROOTS_AT_ONCE):
        clear = [root for root in part if page.eyes.sees_all_of(root)]
        published = reader.each_as_published(tx, clear)
        others = dict(reader.each_whole(tx, [root for root in part if root not in published]))
        for root in part:
            if root in published:
                rows = page.whole(published[root])
            else:
                seen = [page.message(entry) for entry in others[root]]
                rows = [row for row in seen if row is not None and row.data is not None]
            roots.append(RootSnap(root=root, lens=page.eyes.scope[root], rows=rows))
            page.budget -= _ROW_BYTES
            if page.budget <= 0:
                return roots
    return roots
