"""A backup counts once it was verified, and phones let go only of what it holds."""

import fcntl
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from server.backup import rules, service, store
from server.backup.store import copying
from server.db.database import Database
from server.db.tables.syncing import BackupMarkRow
from server.problems import Conflicting
from tests.conftest import FakeClock
from tests.server.backup.conftest import Keeping
from tests.server.syncing.conftest import District


def marks(db: Database) -> list[BackupMarkRow]:
    with db.read(FakeClock()()) as tx:
        return list(tx.session.scalars(select(BackupMarkRow)))


def left_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if each.name != ".presente.lock")


def test_without_backups_phones_let_go_of_what_is_committed(any_district: District) -> None:
    ana = Keeping(any_district)
    ana.visit()

    ana.exchange()

    assert ana.outbox == {}


def test_phones_let_go_only_of_what_a_verified_backup_holds(
    any_district: District, out: Path, clock: FakeClock
) -> None:
    ana = Keeping(any_district)
    ana.visit()
    ana.exchange()
    service.make(any_district.db, out, clock)
    ana.visit()

    before = ana.exchange().durable_n
    kept = sorted(ana.outbox)
    service.make(any_district.db, out, clock)
    after = ana.exchange().durable_n

    assert (before, kept, after, ana.outbox) == (1, [2], 2, {})


def test_a_phone_registered_since_the_backup_keeps_everything(
    any_district: District, out: Path, clock: FakeClock
) -> None:
    service.make(any_district.db, out, clock)
    ana = Keeping(any_district)
    ana.visit()

    assert ana.exchange().durable_n == 0
    assert sorted(ana.outbox) == [1]


def test_a_backup_tells_what_it_holds(any_district: District, out: Path, clock: FakeClock) -> None:
    ana = Keeping(any_district)
    ana.visit()
    answer = ana.exchange()

    made = service.make(any_district.db, out, clock)

    assert answer.pull is not None
    assert (made.manifest.epoch, made.manifest.head) == (answer.epoch, answer.pull.head)
    assert made.manifest.counts["contact"] == 1
    assert made.manifest.counts["mutation"] == 1
    assert [(mark.head, mark.sha) for mark in marks(any_district.db)] == [
        (made.manifest.head, made.sha)
    ]
    assert left_in(out) == [Path(made.file).name]
    assert Path(made.file).stat().st_mode & 0o077 == 0


def test_a_backup_that_fails_its_check_moves_nothing(
    any_district: District, out: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = Keeping(any_district)
    ana.visit()
    ana.exchange()
    service.make(any_district.db, out, clock)
    before = left_in(out)
    ana.visit()
    ana.exchange()
    copy = copying.copy

    def damaged(database: Database, target: Path, at: Any) -> dict[str, int]:
        counts = copy(database, target, at)
        with target.open("r+b") as file:
            file.seek(target.stat().st_size // 2)
            file.write(b"\xff" * 65536)
        return counts

    monkeypatch.setattr(copying, "copy", damaged)
    clock.advance(hours=1)
    with pytest.raises(rules.BadBackup):
        service.make(any_district.db, out, clock, keep=1)

    assert left_in(out) == before
    assert len(marks(any_district.db)) == 1
    assert ana.exchange().durable_n == 1


def test_what_a_killed_backup_left_is_cleared_away(
    district: District, out: Path, clock: FakeClock
) -> None:
    (out / ".presente-work-dead").mkdir(parents=True)
    (out / ".presente-work-dead" / "copy.db").write_bytes(b"half")

    made = service.make(district.db, out, clock)

    assert left_in(out) == [Path(made.file).name]


def test_only_the_newest_stay_and_nothing_else_is_touched(
    district: District, out: Path, clock: FakeClock
) -> None:
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    made: list[str] = []
    for _ in range(4):
        clock.advance(hours=1)
        made.append(Path(service.make(district.db, out, clock, keep=2).file).name)

    assert left_in(out) == sorted(["notes.txt", *made[2:]])


def test_one_backup_at_a_time(district: District, out: Path, clock: FakeClock) -> None:
    out.mkdir()
    with (out / ".presente.lock").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Conflicting, match="already"):
            service.make(district.db, out, clock)


def test_health_tells_whether_somebody_should_look(
    any_district: District, out: Path, clock: FakeClock
) -> None:
    def told() -> str:
        with any_district.db.read(clock()) as tx:
            return service.standing(tx)

    never = told()
    service.make(any_district.db, out, clock)
    fresh = told()
    clock.advance(hours=3)

    assert (never, fresh, told()) == ("off", "ok", "late")


def test_a_row_without_its_parent_is_noticed(
    district: District, out: Path, clock: FakeClock
) -> None:
    with district.db.restructure() as connection:
        connection.execute(text("DELETE FROM app_user WHERE login LIKE 'advisor%'"))

    with pytest.raises(rules.BadBackup):
        service.make(district.db, out, clock)

    with district.db.read(clock()) as tx:
        assert not store.is_set_up(tx)
