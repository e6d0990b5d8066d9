"""After a restore nothing anybody wrote is missing: what the copy lacks, phones send again."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from server.backup import restoring, rules, service
from server.cli import main
from server.db.database import Database
from server.db.holding import InUse, working_on
from server.db.sidecar import Sidecar
from server.db.tables.cases import ContactRow
from server.db.tables.syncing import DeviceRow
from server.identity import phones
from server.settings import Settings
from tests.conftest import FakeClock
from tests.server.backup.conftest import Keeping, contacts_in
from tests.server.syncing.conftest import District


def restore(district: District, file: str, *, older: bool = False) -> restoring.Restored:
    """Stop, restore, and go on in the same process."""
    district.db.close()
    return restoring.restore(district.settings, Path(file), district.clock, is_older_fine=older)


def test_what_was_sent_after_the_backup_comes_back_from_the_phone(
    any_district: District, out: Path, clock: FakeClock
) -> None:
    ana = Keeping(any_district)
    for _ in range(3):
        ana.visit()
    ana.settle()
    made = service.make(any_district.db, out, clock)
    ana.exchange()
    for _ in range(4):
        ana.visit()
    ana.settle()
    assert len(contacts_in(any_district.db)) == 7

    done = restore(any_district, made.file)
    lost = set(ana.written) - contacts_in(any_district.db)
    ana.sign_in_again()
    ana.exchange()
    ana.settle()

    assert len(lost) == 4
    assert contacts_in(any_district.db) == set(ana.written)
    assert done.epoch not in {made.manifest.epoch, ""}
    assert ana.phone.epoch == done.epoch
    assert {row["id"] for row in ana.phone.all("contact")} == {str(key) for key in ana.written}


def test_a_restore_drill_under_steady_writing_loses_nothing(
    any_district: District, out: Path, clock: FakeClock
) -> None:
    ana = Keeping(any_district)
    ana.visit()
    ana.settle()
    stopped = threading.Event()

    def write() -> None:
        while not stopped.is_set():
            ana.visit()
            ana.exchange()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [service.make(any_district.db, out, clock).file for _ in range(3)]
    finally:
        stopped.set()
        writer.join()
    ana.visit()
    ana.settle()
    before = contacts_in(any_district.db)

    restore(any_district, made[-1])
    ana.sign_in_again()
    ana.exchange()
    ana.settle()

    assert len(before) == len(ana.written)
    assert contacts_in(any_district.db) == before


def test_what_the_restored_backup_holds_is_durable_and_what_follows_is_not(
    any_district: District, out: Path, clock: FakeClock
) -> None:
    ana = Keeping(any_district)
    ana.visit()
    ana.settle()
    made = service.make(any_district.db, out, clock)

    restore(any_district, made.file)
    ana.sign_in_again()
    ana.visit()
    answer = ana.exchange()

    assert (answer.durable_n, sorted(ana.outbox)) == (1, [2])


def test_the_database_that_was_here_is_kept(
    any_district: District, out: Path, clock: FakeClock
) -> None:
    made = service.make(any_district.db, out, clock)
    ana = Keeping(any_district)
    ana.visit()
    ana.settle()

    kept = restore(any_district, made.file).kept

    if any_district.db.is_sqlite:
        aside = Database(f"sqlite:///{kept[0]}")
        assert contacts_in(aside) == set(ana.written)
        aside.close()
    else:
        with any_district.db.read(clock()) as tx:
            tx.session.execute(
                text("SELECT set_config('search_path', :name, true)"), {"name": kept[0]}
            )
            assert set(tx.session.scalars(select(ContactRow.id))) == set(ana.written)
    assert contacts_in(any_district.db) == set()


def test_restoring_twice_keeps_both_and_counting_goes_on(
    any_district: District, out: Path, clock: FakeClock
) -> None:
    ana = Keeping(any_district)
    ana.visit()
    ana.settle()
    made = service.make(any_district.db, out, clock)

    first = restore(any_district, made.file)
    second = restore(any_district, made.file)
    ana.sign_in_again()
    ana.visit()
    ana.exchange()
    ana.settle()

    assert not set(first.kept) & set(second.kept)
    assert first.epoch != second.epoch
    assert contacts_in(any_district.db) == set(ana.written)


def test_everybody_signs_in_again_and_a_revoked_phone_stays_revoked(
    any_district: District, out: Path, clock: FakeClock
) -> None:
    ana = Keeping(any_district)
    ana.exchange()
    made = service.make(any_district.db, out, clock)
    with any_district.db.write(clock()) as tx:
        phones.revoke(tx, ana.phone.device, by=None)

    done = restore(any_district, made.file)

    assert (done.sessions, done.revoked) == (1, 1)
    assert ana.phone.client.get("/api/session").status_code == 401
    with any_district.db.read(clock()) as tx:
        assert list(tx.session.scalars(select(DeviceRow.state))) == ["revoked"]


def test_nothing_is_restored_while_presente_works_on_the_database(
    any_district: District, out: Path, clock: FakeClock
) -> None:
    made = service.make(any_district.db, out, clock)
    serving = Database(any_district.settings.database_url)

    with working_on(serving), pytest.raises(InUse, match="Stop it first"):
        restore(any_district, made.file)

    serving.close()


def test_an_older_backup_is_only_restored_on_purpose(
    any_district: District, out: Path, clock: FakeClock
) -> None:
    first = service.make(any_district.db, out, clock)
    clock.advance(hours=1)
    service.make(any_district.db, out, clock)

    with pytest.raises(restoring.NotNewest, match="--older"):
        restore(any_district, first.file)

    assert restore(any_district, first.file, older=True).manifest == first.manifest


@pytest.mark.parametrize("where", [0.0, 0.02, 0.5, 0.999])
def test_a_backup_with_one_bit_changed_is_refused_and_nothing_is_touched(
    any_district: District, out: Path, clock: FakeClock, where: float
) -> None:
    made = Path(service.make(any_district.db, out, clock).file)
    data = bytearray(made.read_bytes())
    data[int(where * len(data))] ^= 4
    made.write_bytes(data)
    ana = Keeping(any_district)
    ana.visit()
    ana.settle()

    with pytest.raises(rules.BadBackup):
        restore(any_district, str(made))

    assert contacts_in(any_district.db) == set(ana.written)


def test_every_byte_of_a_backup_counts(district: District, out: Path, clock: FakeClock) -> None:
    made = Path(service.make(district.db, out, clock).file)
    whole = made.read_bytes()

    for at in range(0, len(whole), 251):
        broken = bytearray(whole)
        broken[at] ^= 1 << (at % 8)
        made.write_bytes(broken)
        with pytest.raises(rules.BadBackup):
            restoring.look(district.settings, made)
    for end in (0, 10, rules.FIRST_LINE, len(whole) // 2, len(whole) - 1):
        made.write_bytes(whole[:end])
        with pytest.raises(rules.BadBackup):
            restoring.look(district.settings, made)


def test_a_damaged_database_is_replaced_and_kept_as_it_is(
    district: District, out: Path, clock: FakeClock
) -> None:
    ana = Keeping(district)
    ana.visit()
    ana.settle()
    made = service.make(district.db, out, clock)
    district.db.close()
    file = Path(district.db.url.removeprefix("sqlite:///"))
    file.write_bytes(b"not a database any more" * 100)

    kept = restore(district, made.file).kept

    assert Path(kept[0]).read_bytes().startswith(b"not a database any more")
    assert contacts_in(district.db) == set(ana.written)


def test_a_backup_of_sqlite_goes_into_postgresql(
    district: District, out: Path, clock: FakeClock, postgres_url: str, tmp_path: Path
) -> None:
    ana = Keeping(district)
    ana.visit()
    ana.settle()
    made = service.make(district.db, out, clock)
    settings = Settings(data_dir=tmp_path / "moved", database_url=postgres_url)

    restoring.restore(settings, Path(made.file), clock, is_older_fine=False)

    moved = Database(postgres_url)
    assert contacts_in(moved) == set(ana.written)
    moved.close()
    assert Sidecar(settings.head_file).read() is not None


@pytest.fixture
def presente(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Any:
    for name in ("PRESENTE_DATABASE_URL", "PRESENTE_BACKUP_DIR"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> tuple[int, Any]:
        code = main([*arguments, "--dir", str(tmp_path), "--json"], clock=FakeClock())
        said = capsys.readouterr().out
        return code, json.loads(said) if said else None

    return run


def test_the_commands_go_the_whole_way(district: District, out: Path, presente: Any) -> None:
    district.db.close()

    made = presente("backup", "--to", str(out))[1]
    looked = presente("restore", made["file"])
    done = presente("restore", made["file"], "--yes")
    life = presente("epoch", "new", "--because", "a drill")

    assert looked[0] == done[0] == life[0] == 0
    assert looked[1]["restored"] is False
    assert done[1]["restored"] is True
    assert len({made["manifest"]["epoch"], done[1]["epoch"], life[1]["epoch"]}) == 3
    assert presente("compact")[1] == {"purged": 0, "floor": 0}


def test_a_backup_without_a_folder_is_refused(district: District, presente: Any) -> None:
    assert presente("backup")[1]["code"] == "no_folder"


def test_what_is_no_backup_is_refused(district: District, tmp_path: Path, presente: Any) -> None:
    (tmp_path / "letter.txt").write_text("Dear family,\n")

    code, said = presente("restore", str(tmp_path / "letter.txt"), "--yes")

    assert (code, said["code"]) == (1, "bad_backup")
    assert presente("restore", str(tmp_path / "gone"), "--yes")[0] == 1
