"""Works that wait for the writer share a commit and nothing else, on every database."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select

from server.db.database import Database, Transaction
from server.db.tables.attendance import SettingRow
from server.db.turns import FairLock, Shared
from tests.conftest import MONDAY, FakeClock

WAITING = 8


def keeping(key: str) -> Callable[[Transaction], str]:
    def work(tx: Transaction) -> str:
        tx.session.add(SettingRow(key=key, value=1))
        return key

    return work


def breaking(tx: Transaction) -> str:
    keeping("half")(tx)
    tx.session.flush()
    raise ZeroDivisionError


def kept(db: Database) -> set[str]:
    with db.read(MONDAY) as tx:
        return set(tx.session.scalars(select(SettingRow.key)))


def at_once(db: Database, works: list[Callable[[Transaction], str]]) -> list[str]:
    """Let all of them wait behind one that holds the writer; return what each was told."""
    told: list[str] = [""] * len(works)
    holds, go_on = threading.Event(), threading.Event()

    def first(tx: Transaction) -> str:
        holds.set()
        go_on.wait(10)
        return "first"

    def ask(at: int) -> None:
        try:
            told[at] = db.together(works[at], FakeClock())
        except ZeroDivisionError:
            told[at] = "broke"

    leader = threading.Thread(target=db.together, args=(first, FakeClock()))
    leader.start()
    holds.wait(10)
    threads = [threading.Thread(target=ask, args=(at,)) for at in range(len(works))]
    for thread in threads:
        thread.start()
    go_on.set()
    for thread in [leader, *threads]:
        thread.join(30)
    return told


def test_what_one_work_breaks_is_undone_for_it_alone(any_db: Database) -> None:
    before = kept(any_db)
    works = [breaking if at == 3 else keeping(f"work {at}") for at in range(WAITING)]

    told = at_once(any_db, works)

    names = [f"work {at}" for at in range(WAITING) if at != 3]
    assert told == [*names[:3], "broke", *names[3:]]
    assert kept(any_db) - before == set(names)


def test_a_commit_that_fails_is_told_to_everybody_who_shared_it(db: Database) -> None:
    before = kept(db)

    def refuse(_connection: Any) -> None:
        raise ZeroDivisionError

    event.listen(db.writer, "commit", refuse)
    try:
        with pytest.raises(ZeroDivisionError):
            db.together(keeping("lost"), FakeClock())
    finally:
        event.remove(db.writer, "commit", refuse)

    assert kept(db) == before
    assert db.together(keeping("kept"), FakeClock()) == "kept"


def test_who_waits_is_served_in_the_order_of_coming() -> None:
    shared = Shared(most=3)
    groups: list[list[Any]] = []
    came = threading.Event()
    go_on = threading.Event()

    def carry_out(jobs: list[Any]) -> None:
        for job in jobs:
            job.answers.append(job.work(None))
        groups.append([job.answers[0] for job in jobs])

    def first(_tx: Any) -> int:
        came.set()
        go_on.wait(10)
        return 0

    threads = [threading.Thread(target=shared.run, args=(first, carry_out))]
    threads[0].start()
    came.wait(10)

    def later(at: int) -> Callable[[Any], int]:
        return lambda _tx: at

    for at in range(1, 6):
        threads.append(threading.Thread(target=shared.run, args=(later(at), carry_out)))
        threads[-1].start()
        while shared.waiting < at:
            pass
    go_on.set()
    for thread in threads:
        thread.join(10)

    assert groups == [[0], [1, 2, 3], [4, 5]]


def test_the_writer_is_handed_to_whoever_waited_longest() -> None:
    lock = FairLock()
    order: list[int] = []
    threads: list[threading.Thread] = []

    def take(at: int) -> None:
        with lock:
            order.append(at)

    with lock:
        for at in range(5):
            threads.append(threading.Thread(target=take, args=(at,)))
            threads[-1].start()
            while lock.waiting <= at:
                pass
    for thread in threads:
        thread.join(10)

    assert order == [0, 1, 2, 3, 4]
