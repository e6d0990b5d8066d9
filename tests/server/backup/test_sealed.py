"""Backups under the operator's key: nobody reads them without it, and the way back is the same."""

import os
from pathlib import Path

import msgspec
import pytest

from server.backup import files, restoring, sealed, service
from server.backup.rules import BadBackup
from server.backup.sealed import WrongKey
from server.cli import main
from server.settings import Settings, load
from tests.conftest import FakeClock
from tests.server.backup.conftest import Keeping, contacts_in
from tests.server.syncing.conftest import District

KEY = "a key that nobody guesses"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "backup.key"
    file.write_text(f"{KEY}\n")
    return file


def keyed(settings: Settings, key: Path | None) -> Settings:
    return msgspec.structs.replace(settings, backup_key_file=key)


def made_with(district: District, out: Path, clock: FakeClock, key: Path) -> Path:
    sealing = service.sealing_of(keyed(district.settings, key))
    made = service.make(district.db, out, clock, sealing=sealing)
    assert made.is_encrypted
    return Path(made.file)


def test_an_encrypted_backup_brings_everything_back_and_is_durable(
    any_district: District, out: Path, clock: FakeClock, key: Path
) -> None:
    ana = Keeping(any_district)
    written = {ana.visit() for _ in range(3)}
    ana.settle()
    file = made_with(any_district, out, clock, key)
    durable = ana.exchange().durable_n
    any_district.db.close()

    restoring.restore(keyed(any_district.settings, key), file, clock, is_older_fine=False)

    assert durable == 3
    assert contacts_in(any_district.db) == written


def test_neither_file_nor_folder_tells_what_families_said(
    district: District, out: Path, clock: FakeClock, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    pack = files.pack

    def watched(database: Path, *rest: object) -> str:
        seen.extend(str(each.relative_to(out)) for each in out.rglob("*.db"))
        return pack(database, *rest)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(files, "pack", watched)
    file = made_with(district, out, clock, key)

    assert seen == [], "the copy lay in the folder of the backups as it is"
    content = file.read_bytes()
    assert content.startswith(b"presente-backup 2 sha256:")
    for word in (b"sqlite", b"revision", b"Trujillo", KEY.encode()):
        assert word not in content


def test_the_plain_copy_that_a_killed_backup_left_is_cleared_away(
    district: District, out: Path, clock: FakeClock, key: Path
) -> None:
    left = district.settings.data_dir / ".presente-copy-dead"
    left.mkdir()
    (left / "copy.db").write_bytes(b"what families said")

    made_with(district, out, clock, key)

    assert not list(district.settings.data_dir.glob(".presente-copy-*"))


@pytest.mark.parametrize(
    "case",
    [
        ("another key that fits not", "This key does not open the backup: another one made it."),
        ("short", "is shorter than 20 characters"),
        (None, "The backup is encrypted. Say where its key is"),
    ],
)
def test_without_the_right_key_a_restore_changes_nothing_and_says_so(
    district: District, out: Path, clock: FakeClock, key: Path, case: tuple[str | None, str]
) -> None:
    other, says = case
    file = made_with(district, out, clock, key)
    settings = keyed(district.settings, None if other is None else key)
    if other is not None:
        key.write_text(other)
    before = contacts_in(district.db)
    district.db.close()

    with pytest.raises(WrongKey, match=says):
        restoring.restore(settings, file, clock, is_older_fine=False)
    with pytest.raises(WrongKey, match=says):
        restoring.look(settings, file)

    assert contacts_in(district.db) == before


def test_a_plain_backup_of_before_is_still_restored_where_a_key_is_set(
    district: District, out: Path, clock: FakeClock, key: Path
) -> None:
    made = service.make(district.db, out, clock)

    assert not made.is_encrypted
    assert restoring.look(keyed(district.settings, key), Path(made.file)) == made.manifest


def test_a_key_that_cannot_be_read_makes_no_backup_and_nothing_durable(
    district: District, out: Path, clock: FakeClock, tmp_path: Path
) -> None:
    with pytest.raises(WrongKey, match="cannot be read"):
        made_with(district, out, clock, tmp_path / "not there")

    assert list(out.glob("*.backup")) == []


@pytest.mark.parametrize("size", [0, 1, 262_143, 262_144, 262_145, 700_000])
def test_what_was_sealed_opens_byte_for_byte_and_nothing_can_be_cut_or_moved(
    tmp_path: Path, size: int
) -> None:
    plain, file = os.urandom(size), tmp_path / "sealed"
    with file.open("wb") as out:
        sealer = sealed.Sealer(out, b"secret")
        for at in range(0, size, 100_000):
            sealer.write(plain[at : at + 100_000])
        sealer.close()

    assert opened(file) == plain
    whole = file.read_bytes()
    head, body = whole.split(b"\n", maxsplit=1)
    chunk = 262_144 + 16
    for wrong in (
        body[: chunk * (len(body) // chunk)],  # the last chunk is gone
        body[chunk : 2 * chunk] + body[:chunk] + body[2 * chunk :],  # two changed places
        body[:-1] + bytes([body[-1] ^ 1]),
    ):
        if wrong in {body, b""}:
            continue
        file.write_bytes(head + b"\n" + wrong)
        with pytest.raises((BadBackup, WrongKey)):
            opened(file)


@pytest.mark.parametrize("cost", [0, -8, 2, 1000, 2**15 + 1, 2**21, 2**40])
def test_a_head_that_asks_for_another_price_of_its_key_is_refused_in_plain_words(
    tmp_path: Path, cost: int
) -> None:
    file = tmp_path / "sealed"
    file.write_bytes(msgspec.json.encode(sealed.Envelope(salt="00" * 16, cost=cost)) + b"\n")

    with pytest.raises(BadBackup):
        opened(file)


def opened(file: Path) -> bytes:
    with file.open("rb") as found:
        return sealed.Opener(found, b"secret").readall() or b""


def test_the_operator_hears_whether_a_backup_is_encrypted(
    district: District,
    out: Path,
    key: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = ["--dir", str(district.settings.data_dir)]
    district.db.close()

    assert main(["backup", "--to", str(out), *folder]) == 0
    assert "It is NOT encrypted" in capsys.readouterr().out
    monkeypatch.setenv("PRESENTE_BACKUP_KEY_FILE", str(key))
    assert main(["backup", "--to", str(out / "sealed"), *folder]) == 0
    assert "It is encrypted: without its key nobody can read it." in capsys.readouterr().out
    monkeypatch.delenv("PRESENTE_BACKUP_KEY_FILE")
    (file,) = (out / "sealed").glob("*.backup")
    assert main(["restore", str(file), *folder]) == 1
    assert "The backup is encrypted." in capsys.readouterr().err
    assert main(["restore", str(file), "--key-file", str(key), *folder]) == 0


def test_the_key_is_a_setting(tmp_path: Path) -> None:
    told = {"PRESENTE_BACKUP_KEY_FILE": "/run/keys/backup"}

    assert load(data_dir=tmp_path, environment=told).backup_key_file == Path("/run/keys/backup")
    assert load(data_dir=tmp_path, environment={}).backup_key_file is None
