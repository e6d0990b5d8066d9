"""How far an import is: bytes while it reads, then schools."""

from pathlib import Path

from server.db.database import Database
from server.intake import service
from server.intake.progress import Meter
from server.intake.service import Order
from tests.support.csv_office import DAYS, CsvOffice
from tests.support.office import MONDAY


def test_what_is_read_is_told_in_bytes_of_all_there_are(db: Database, tmp_path: Path) -> None:
    office = CsvOffice(db, tmp_path)
    office.district(str(number) for number in range(1000, 1400))
    office.attendance(f"{number},1,{day},U" for number in range(1000, 1400) for day in DAYS[-40:])
    folder = tmp_path / "in"
    folder.mkdir()
    for name, content in office.files.items():
        (folder / name).write_text(content, encoding="utf-8")
    size = sum(file.stat().st_size for file in folder.iterdir())
    told: list[tuple[str, int, int]] = []

    service.import_folder(
        db,
        Order(folder=folder, data_dir=tmp_path / "data", dry_run=True),
        clock=lambda: MONDAY,
        say=lambda _text: None,
        tell=lambda phase, done, total: told.append((phase, done, total)),
    )

    reading = [one for one in told if one[0] == "reading" and one[2]]
    assert {total for _, _, total in reading} == {size}
    assert [done for _, done, _ in reading] == sorted(done for _, done, _ in reading)
    assert (reading[0][1], reading[-1][1]) == (0, size)
    assert len(reading) > len(office.files), "a large file is told of while it is read"
    assert ("comparing", 0, 1) in told
    phases = list(dict.fromkeys(phase for phase, _, _ in told))
    assert phases == ["reading", "checking", "comparing"]


def test_a_file_that_is_read_twice_counts_once() -> None:
    told: list[tuple[str, int, int]] = []
    meter = Meter(lambda phase, done, total: told.append((phase, done, total)))
    meter.heard("a.csv", 100)
    meter.heard("b.csv", 50)

    meter.begin()
    for file, place in (("a.csv", 60), ("a.csv", 20), ("a.csv", 100), ("b.csv", 50)):
        meter.heard(file, place)

    assert told[-4:] == [
        ("reading", 0, 150),
        ("reading", 60, 150),
        ("reading", 100, 150),
        ("reading", 150, 150),
    ]
