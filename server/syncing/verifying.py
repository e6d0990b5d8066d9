"""Whether a phone holds what it should: digests of whole roots, compared. Changes nothing."""

from collections.abc import Iterable

import msgspec

from schemas.sync import PROTO, VerifyReq, VerifyRes
from server.db.database import Transaction
from server.feed import reader
from server.feed.reader import Entry
from server.syncing import authority, service
from server.syncing.rules import Person
from server.syncing.seeing import Eyes
from sync import upcast
from sync.canonical import Held, digest_of
from sync.cursor import parse
from sync.lens import Unseen


def verify(tx: Transaction, person: Person, asked: VerifyReq) -> VerifyRes:
    """Return the roots in which a phone, at the place of its cursor, holds something else.

    Only roots are judged that the phone may hold through this lens, and in which nothing moved
    since: the others its next pull brings up to date. Raises ``NotYourDevice``.
    """
    service.greet(tx, person, asked.device)
    standing = reader.standing(tx)
    cursor = parse(asked.cursor)
    answer = VerifyRes(proto=PROTO, epoch=standing.epoch)
    is_ours = cursor is not None and cursor.epoch == standing.epoch == asked.epoch
    if cursor is None or not is_ours or not upcast.SHIPPED.reads(asked.schema):
        return answer
    if not standing.floor <= cursor.seq <= standing.head:
        return answer
    scope: dict[str, str] = {**authority.scope_of(tx, person)}
    told = sorted(
        root for root in asked.digests if root in scope and asked.held.get(root) == scope[root]
    )
    moved = {entry.root for entry in reader.changed(tx, told, after=cursor.seq)}
    eyes = Eyes(tx, person, scope=scope, schema=asked.schema)
    differ = [
        root
        for root, entries in reader.each_whole(tx, [root for root in told if root not in moved])
        if _digest(eyes, entries) not in {None, asked.digests[root]}
    ]
    return VerifyRes(proto=PROTO, epoch=standing.epoch, differ=differ)


def _digest(eyes: Eyes, entries: Iterable[Entry]) -> str | None:
    """Return a root's digest; None: an earlier release kept something too deep to look into."""
    try:
        return digest_of(_held(eyes, entries))
    except RecursionError:
        return None


def _held(eyes: Eyes, entries: Iterable[Entry]) -> Iterable[Held]:
    for entry in entries:
        seen = eyes.see(entry)
        if not isinstance(seen, Unseen):
            yield Held(entry.ent, str(entry.key), entry.ver, msgspec.json.decode(seen))
