"""A serving Presente backs up and compacts by itself."""

from pathlib import Path

import msgspec
import pytest

from server.backup import service
from server.backup.keeper import Keeper
from server.settings import BadSettings, Settings, load
from tests.conftest import FakeClock
from tests.server.backup.conftest import Keeping
from tests.server.syncing.conftest import District


@pytest.fixture
def keeper(district: District, out: Path, clock: FakeClock) -> Keeper:
    settings = msgspec.structs.replace(district.settings, backup_dir=out, backup_keep=2)
    return Keeper(settings, database=district.db, clock=clock)


def backups(out: Path) -> int:
    return len(list(out.glob("*.backup")))


def test_it_makes_one_an_hour_and_keeps_the_newest(
    keeper: Keeper, out: Path, clock: FakeClock
) -> None:
    counts: list[int] = []
    for minutes in (0, 59, 1, 60, 60):
        clock.advance(minutes=minutes)
        keeper.look()
        counts.append(backups(out))

    assert counts == [1, 1, 2, 2, 2]


def test_from_the_start_on_phones_keep_what_no_backup_holds(
    district: District, keeper: Keeper, clock: FakeClock
) -> None:
    ana = Keeping(district)
    keeper.start()
    keeper.stop(30)
    ana.visit()

    assert ana.exchange().durable_n == 0
    clock.advance(hours=1)
    keeper.look()
    assert ana.exchange().durable_n == 1


def test_a_folder_that_cannot_be_written_stops_nothing(
    district: District, clock: FakeClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    settings = msgspec.structs.replace(district.settings, backup_dir=tmp_path / "file")

    Keeper(settings, database=district.db, clock=clock).look()

    assert "back_up failed" in caplog.text
    with district.db.read(clock()) as tx:
        assert service.standing(tx) == "off"


def test_nobody_asked_for_backups(district: District, clock: FakeClock, out: Path) -> None:
    Keeper(district.settings, database=district.db, clock=clock).look()

    assert not out.exists()


def test_the_operator_says_where_and_how_many(tmp_path: Path) -> None:
    told = {"PRESENTE_BACKUP_DIR": "/mnt/safe", "PRESENTE_BACKUP_KEEP": "9"}

    def set_to(environment: dict[str, str]) -> Settings:
        return load(data_dir=tmp_path, environment=environment)

    assert (set_to(told).backup_dir, set_to(told).backup_keep) == (Path("/mnt/safe"), 9)
    assert (set_to({}).backup_dir, set_to({}).backup_keep) == (None, 48)
    with pytest.raises(BadSettings):
        set_to({"PRESENTE_BACKUP_KEEP": "none"})
