"""A database that was put back unseen is refused; the sidecar that tells so may be damaged too."""

import shutil
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from server.backup import restoring, service
from server.cli import main
from server.db.database import Database
from server.db.sidecar import Garbled, Known, Sidecar, SteppedBack, sidecar_at
from server.db.standing import Standing, standing_of
from tests.conftest import FakeClock
from tests.server.backup.conftest import Keeping
from tests.server.syncing.conftest import District


@pytest.fixture
def sidecar(tmp_path: Path) -> Sidecar:
    return Sidecar(tmp_path / "presente.db.head")


def standing(district: District) -> Standing:
    found = standing_of(district.db, district.clock())
    assert found is not None
    return found


def at(epoch: str, head: int) -> Callable[[], Standing]:
    """Stand where one says."""
    return lambda: Standing(epoch, head)


def test_it_remembers_the_highest_position_a_phone_was_told(any_district: District) -> None:
    ana = Keeping(any_district)
    ana.visit()
    answer = ana.exchange()

    known = Sidecar(any_district.settings.head_file).read()

    assert answer.pull is not None
    assert known == Known(answer.epoch, answer.pull.head, frozenset())


def test_a_database_that_went_back_is_refused(any_district: District) -> None:
    ana = Keeping(any_district)
    ana.visit()
    ana.exchange()
    epoch, head = standing(any_district)
    fresh = Sidecar(any_district.settings.head_file)

    fresh.check(at(epoch, head))
    fresh.check(at(epoch, head + 1))
    with pytest.raises(SteppedBack, match="presente restore FILE"):
        fresh.check(at(epoch, head - 1))


def test_a_database_from_before_a_restore_is_refused_too(
    district: District, out: Path, clock: FakeClock
) -> None:
    epoch, head = standing(district)
    sidecar = Sidecar(district.settings.head_file)
    sidecar.check(at(epoch, head))
    made = service.make(district.db, out, clock)
    district.db.close()
    restoring.restore(district.settings, Path(made.file), clock, is_older_fine=False)

    sidecar.check(partial(standing, district))
    with pytest.raises(SteppedBack, match="its epoch is over"):
        sidecar.check(at(epoch, head + 1000))


def test_serving_a_copy_that_was_put_back_by_hand_is_refused(
    district: District,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PRESENTE_DATABASE_URL", raising=False)
    put_back(district, tmp_path)
    file = Path(district.db.url.removeprefix("sqlite:///"))
    before = file.read_bytes()

    serve: Any = ("serve", "--dir", str(tmp_path), "--port", "0")
    code = main(serve, clock=FakeClock())
    said = capsys.readouterr().err
    life = main(("epoch", "new", "--because", "the disk failed", "--dir", str(tmp_path)))

    assert (code, life) == (1, 0)
    assert "This database went back" in said
    assert "presente epoch new --because" in said
    assert file.read_bytes() != before
    Sidecar(district.settings.head_file).check(partial(standing, district))


@pytest.mark.parametrize(
    "words",
    [
        ("users", "list"),
        ("import", "runs"),
        ("sync", "replay"),
        ("backup", "--to", "backups"),
        ("compact",),
        ("migrate",),
    ],
    ids=" ".join,
)
def test_no_command_lifts_a_copy_that_was_put_back_over_what_phones_were_told(
    words: tuple[str, ...],
    district: District,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PRESENTE_DATABASE_URL", raising=False)
    put_back(district, tmp_path)
    before = standing(district)

    code = main((*words, "--dir", str(tmp_path)), clock=FakeClock())

    assert code == 1
    assert "This database went back" in capsys.readouterr().err
    assert standing(district) == before


def test_what_a_command_wrote_and_no_phone_was_told_may_be_taken_back(
    district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PRESENTE_DATABASE_URL", raising=False)
    epoch, head = standing(district)
    sidecar = Sidecar(district.settings.head_file)
    sidecar.check(at(epoch, head))
    known = sidecar.read()

    invite = ("users", "invite", "--name", "New", "--login", "new", "--role", "administrator")
    assert main((*invite, "--dir", str(tmp_path)), clock=FakeClock()) == 0
    assert standing(district)[1] > head

    assert sidecar.read() == known


def test_no_command_takes_what_phones_are_told_meanwhile_for_a_step_back(
    district: District,
) -> None:
    ana = Keeping(district)
    sidecar = Sidecar(district.settings.head_file)
    sidecar.check(partial(standing, district))

    def just_before_a_visit() -> Standing:
        found = standing(district)
        ana.visit()
        ana.exchange()
        return found

    seen = sidecar.refuse_older(just_before_a_visit)
    known = sidecar.read()

    assert seen is not None
    assert known is not None
    assert seen.head < known.head


def put_back(district: District, tmp_path: Path) -> None:
    """Put yesterday's file in place of a database that has told a phone more since."""
    file = Path(district.db.url.removeprefix("sqlite:///"))
    district.db.close()
    shutil.copyfile(file, tmp_path / "yesterday.db")
    ana = Keeping(district)
    ana.visit()
    ana.exchange()
    district.db.close()
    shutil.copyfile(tmp_path / "yesterday.db", file)


def test_a_new_life_makes_phones_send_again_what_they_keep(
    any_district: District, out: Path, clock: FakeClock
) -> None:
    ana = Keeping(any_district)
    service.make(any_district.db, out, clock)
    ana.visit()
    ana.settle()
    any_district.db.close()

    epoch = restoring.new_life(any_district.settings, clock, because="a drill")
    answer = ana.exchange()
    ana.settle()

    assert answer.epoch == epoch
    assert answer.pull is not None
    assert answer.pull.reset
    assert sorted(ana.outbox) == [1]


@pytest.mark.parametrize("garble", [b"", b"\0" * 62, b"torn", b"x"])
def test_a_damaged_sidecar_says_what_to_do(sidecar: Sidecar, garble: bytes, tmp_path: Path) -> None:
    sidecar.check(at("abc", 7))
    file = tmp_path / "presente.db.head"
    whole = file.read_bytes()
    file.write_bytes(garble + whole[len(garble) + 1 :])

    with pytest.raises(Garbled, match="delete that file"):
        Sidecar(file).check(at("abc", 9))

    Sidecar(file).note("abc", 9)
    Sidecar(file).begin("def", 9)
    assert Sidecar(file).read() == Known("def", 9, frozenset())


def test_an_empty_sidecar_knows_nothing(sidecar: Sidecar, tmp_path: Path) -> None:
    (tmp_path / "presente.db.head").touch()

    sidecar.check(at("abc", 3))

    assert sidecar.read() == Known("abc", 3, frozenset())


def test_the_highest_stays_whoever_writes_last(tmp_path: Path) -> None:
    file = tmp_path / "presente.db.head"

    def note(start: int) -> None:
        mine = Sidecar(file)
        for head in range(start, 400, 4):
            mine.note("abc", head)

    threads = [threading.Thread(target=note, args=(start,)) for start in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert Sidecar(file).read() == Known("abc", 399, frozenset())


def test_the_highest_stays_while_a_new_life_is_noted_by_several(tmp_path: Path) -> None:
    file = tmp_path / "presente.db.head"
    for life in range(20):
        epoch = f"life{life}"
        together = threading.Barrier(4)

        def note(start: int, epoch: str = epoch, together: threading.Barrier = together) -> None:
            mine = Sidecar(file)
            together.wait()
            for head in range(start, 40, 4):
                mine.note(epoch, head)

        threads = [threading.Thread(target=note, args=(start,)) for start in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()

        known = Sidecar(file).read()
        assert known is not None
        assert (known.epoch, known.head) == (epoch, 39)


def test_an_answer_goes_out_when_the_sidecar_cannot_be_written(
    district: District, tmp_path: Path
) -> None:
    head_file = district.settings.head_file
    head_file.unlink(missing_ok=True)
    head_file.mkdir()
    ana = Keeping(district)
    ana.visit()

    assert [receipt.out for receipt in ana.exchange().receipts] == ["applied"]
    assert sidecar_at(head_file) is sidecar_at(head_file)


def test_who_still_tells_of_a_life_that_is_over_ends_no_other(sidecar: Sidecar) -> None:
    sidecar.check(at("abc", 7))
    sidecar.begin("new", 3)

    sidecar.note("abc", 9)

    assert sidecar.read() == Known("new", 3, frozenset({"abc"}))
    sidecar.check(at("new", 3))
    with pytest.raises(SteppedBack, match="its epoch is over"):
        sidecar.check(at("abc", 9))


def test_a_database_begun_anew_beside_an_old_sidecar_is_fine(
    sidecar: Sidecar, sqlite_url: str
) -> None:
    sidecar.check(at("abc", 900))

    sidecar.check(at("new", 0))

    assert sidecar.read() == Known("new", 0, frozenset({"abc"}))
    assert Database(sqlite_url).is_sqlite
