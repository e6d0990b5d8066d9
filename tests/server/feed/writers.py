"""One process of writers on one PostgreSQL: ``python -m tests.server.feed.writers URL SEED``.

Half of its threads publish rows through the product's feed, half put rows into a naive feed whose
positions come from a sequence at the insert. Both hold their transactions open for a moment before
the commit, some for longer than a poll takes, and give some up. Prints what was committed.
"""

import json
import random
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

from sqlalchemy import text

from schemas.base import SchoolId
from schemas.people import School
from server.db.database import Database, Transaction
from server.feed import store as feed
from server.ids import new_id
from tests.conftest import MONDAY

THREADS = 4
"""Of each kind."""
EACH = 25
GIVEN_UP = 0.05
HELD_OPEN = 0.1
LONGER_THAN_A_POLL_SECONDS = 0.15
_ADD = text("INSERT INTO naive_feed (seq) VALUES (nextval('naive')) RETURNING seq")


class GivenUp(Exception):
    """The transaction ends without a commit."""


class Committed(NamedTuple):
    """What one process committed."""

    keys: list[str]
    """Of rows in the product's feed."""
    naive: list[int]
    """Positions in the naive feed."""


def main(url: str, seed: int) -> Committed:
    """Write with several threads; return what was committed."""
    database = Database(url)
    with ThreadPoolExecutor(2 * THREADS) as pool:
        ours = [
            pool.submit(_write, database, partial(_publish, at), random.Random(f"ours {seed} {at}"))
            for at in range(THREADS)
        ]
        naive = [
            pool.submit(_write, database, _insert, random.Random(f"naive {seed} {at}"))
            for at in range(THREADS)
        ]
        keys = [str(key) for one in ours for keys in one.result() for key in keys]
        seqs = [int(str(seq)) for one in naive for seqs in one.result() for seq in seqs]
    database.close()
    return Committed(keys, seqs)


def _write(
    database: Database,
    act: Callable[[Transaction, random.Random], list[object]],
    chance: random.Random,
) -> list[list[object]]:
    committed: list[list[object]] = []
    for _ in range(EACH):
        try:
            with database.write(MONDAY) as tx:
                done = act(tx, chance)
                _hold(chance)
        except GivenUp:
            continue
        committed.append(done)
    return committed


def _publish(thread: int, tx: Transaction, chance: random.Random) -> list[object]:
    keys = [new_id() for _ in range(chance.randint(1, 3))]
    for key in keys:
        row = School(id=SchoolId(key), name=f"School of thread {thread}")
        feed.publish(tx, "school", row, key=key, roots=["ref"])
    return list(keys)


def _insert(tx: Transaction, _chance: random.Random) -> list[object]:
    return [tx.session.execute(_ADD).scalar_one()]


def _hold(chance: random.Random) -> None:
    """Leave the transaction open for a moment, at times for longer than a poll takes."""
    is_long = chance.random() < HELD_OPEN
    time.sleep(LONGER_THAN_A_POLL_SECONDS if is_long else chance.uniform(0, 0.01))
    if chance.random() < GIVEN_UP:
        raise GivenUp


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], int(sys.argv[2]))._asdict()))
