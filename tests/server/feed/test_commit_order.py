"""Invariant I18 on PostgreSQL: real threads in several processes, one poller, and a control."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text

from server.db.database import Database
from server.feed import reader
from tests.conftest import MONDAY, ROOT
from tests.server.feed import writers
from tests.server.feed.writers import Committed

PROCESSES = 3
SEED = 20261122
_NAIVE = text("SELECT seq FROM naive_feed WHERE seq > :cursor ORDER BY seq")

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


class Poller:
    """Follows both feeds by cursor in the same manner, as often as it can."""

    def __init__(self, database: Database) -> None:
        self.keys: list[str] = []
        self.seqs: list[int] = []
        self.naive: list[int] = []
        self.polls = 0
        self._database = database
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._follow)

    def __enter__(self) -> "Poller":
        self._thread.start()
        return self

    def __exit__(self, *_told: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _follow(self) -> None:
        is_last = False
        while not is_last:
            is_last = self._is_over.is_set()
            self._poll()
            self.polls += 1
            self._is_over.wait(0.003)

    def _poll(self) -> None:
        with self._database.read(MONDAY) as tx:
            cursor = self.seqs[-1] if self.seqs else 0
            for entry in reader.changed(tx, ["ref"], after=cursor):
                self.keys.append(str(entry.key))
                self.seqs.append(entry.seq)
        with self._database.read(MONDAY) as tx:
            cursor = self.naive[-1] if self.naive else 0
            self.naive += tx.session.scalars(_NAIVE, {"cursor": cursor}).all()


def write_in_processes(url: str) -> list[Committed]:
    """Let several processes write at once; return what each of them committed."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", writers.__name__, url, str(SEED + number)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        for number in range(PROCESSES)
    ]
    said = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0] * PROCESSES
    return [Committed(**json.loads(one)) for one in said]


def test_a_poller_misses_nothing_of_ours_and_much_of_a_naive_feed(
    postgres_db: Database, record_property: Callable[[str, object], None]
) -> None:
    with postgres_db.restructure() as connection:
        connection.exec_driver_sql("CREATE SEQUENCE naive")
        connection.exec_driver_sql("CREATE TABLE naive_feed (seq bigint PRIMARY KEY)")

    with Poller(postgres_db) as poller:
        committed = write_in_processes(postgres_db.url)

    keys = [key for one in committed for key in one.keys]
    naive = {seq for one in committed for seq in one.naive}
    lost = naive - set(poller.naive)
    record_property(
        "told",
        f"commit order: {PROCESSES} processes of {2 * writers.THREADS} threads,"
        f" {poller.polls} polls;"
        f" ours: {len(keys)} committed, {len(set(keys) - set(poller.keys))} lost;"
        f" naive sequence: {len(naive)} committed, {len(lost)} lost",
    )
    assert len(poller.keys) == len(keys)
    assert set(poller.keys) == set(keys)
    assert poller.seqs == list(range(1, len(keys) + 1))
    # The negative control: the same poller on the same server, and it does lose rows.
    assert set(poller.naive) <= naive
    assert lost
