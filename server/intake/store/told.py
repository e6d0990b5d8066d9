"""Remembers which enrolments an import told as they were already: so it holds them up, too.

A roster names everybody each night and changes next to nothing; its lines (``journal``) say only
what it changed. The ids are kept as the steps from one to the next, packed: some bytes a school.
"""

import zlib
from collections.abc import Iterable
from itertools import accumulate, pairwise
from uuid import UUID

import msgspec
from sqlalchemy import insert, select

from server.db.database import Transaction
from server.db.tables.attendance import ImportToldRow

_STEPS = msgspec.json.Decoder(list[int])


def keep(tx: Transaction, run_id: UUID, places: Iterable[int]) -> None:
    """Remember that a run told these enrolments as they were."""
    packed = pack(places)
    if packed:
        tx.run(insert(ImportToldRow), {"run_id": run_id, "places": packed})


def places_of(tx: Transaction, run_ids: Iterable[UUID]) -> set[int]:
    """Return the enrolments that any of these runs told as they were."""
    found: set[int] = set()
    for run_id in run_ids:
        rows = tx.run(select(ImportToldRow.places).where(ImportToldRow.run_id == run_id))
        for (packed,) in rows:
            found.update(unpack(packed))
    return found


def pack(places: Iterable[int]) -> bytes:
    """Return ids in few bytes; none for none."""
    known = sorted(set(places))
    steps = [after - before for before, after in pairwise((0, *known))]
    return zlib.compress(msgspec.json.encode(steps), 1) if steps else b""


def unpack(packed: bytes) -> Iterable[int]:
    """Return the ids again, sorted."""
    return accumulate(_STEPS.decode(zlib.decompress(packed)))
