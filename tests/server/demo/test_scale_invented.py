"""Invented districts: the same seed the same bytes, and every figure that was asked for."""

import hashlib
from collections import Counter
from datetime import date
from pathlib import Path

import msgspec
import pytest

from server.demo.scale import faults, files
from server.demo.scale.invent import invent
from server.demo.scale.model import EXCUSED, MEDICAL, UNEXCUSED, District
from server.demo.scale.oracle import Oracle
from server.demo.scale.service import AS_OF
from server.demo.scale.snapshot_figures import snapshot_of


def digest(folder: Path) -> str:
    """Return a digest of everything below a folder."""
    found = hashlib.sha256()
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        found.update(str(file.relative_to(folder)).encode() + file.read_bytes())
    return found.hexdigest()


@pytest.fixture(scope="module")
def programme() -> District:
    """The district with the published figures."""
    return invent("programme", 7, AS_OF)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        files.write(invent("small", seed, AS_OF), tmp_path / name)

    assert digest(tmp_path / "one") == digest(tmp_path / "again")
    assert digest(tmp_path / "one") != digest(tmp_path / "other")


@pytest.mark.parametrize("seed", range(12))
def test_what_is_counted_is_what_was_asked_for(seed: int) -> None:
    district = invent("small", seed, AS_OF)
    counted, asked = snapshot_of(district), district.figures

    assert asked is not None
    assert counted.contacts_or_attempts == asked.contacts
    assert counted.students_attempted == asked.students
    assert counted.bands == asked.bands
    assert [counted.never, counted.left, counted.data, counted.analysed, counted.not_habitual] == [
        *(asked.never, asked.left, asked.data, asked.analysed, asked.low)
    ]


def test_the_programme_has_the_published_figures(programme: District) -> None:
    counted = snapshot_of(programme)

    assert Counter(school.level for school in programme.schools) == {
        "elementary": 8,
        "middle": 7,
        "high": 8,
    }
    assert (counted.contacts_or_attempts, counted.students_attempted) == (10_008, 2_234)
    assert counted.bands == [626, 1_050, 380, 178]
    assert counted.bands_percent == [28, 47, 17, 8]
    assert (counted.never, counted.left, counted.data, counted.analysed) == (329, 500, 37, 1_368)
    assert (counted.not_habitual, counted.not_habitual_percent) == (698, 51)
    assert counted.fewer_days == "16216"
    assert [one.mean for one in counted.means["high"]] == ["6.6", "5.5"]
    assert counted.at_five > counted.students_attempted


def test_absences_have_the_shape_of_real_ones(programme: District) -> None:
    year = len(programme.years) - 1
    own: Counter[int] = Counter()
    units: Counter[str] = Counter()
    weekdays: Counter[int] = Counter()
    for event in programme.events:
        day_n = programme.years[event.year].day_n[programme.schools[event.school].calendar]
        code = event.told[-1].code
        if event.year != year or event.on > day_n:
            continue
        kind = {UNEXCUSED: "unexcused", EXCUSED: "excused", MEDICAL: "excused"}.get(code, "")
        units[kind] += event.told[-1].units
        if kind == "unexcused":
            weekdays[event.on.weekday()] += 1
            own[event.pupil] += event.told[-1].units
    in_high_school = [
        own[pupil.place] / 840
        for pupil in programme.pupils
        if pupil.stays[-1].year == year
        and programme.schools[pupil.stays[-1].school].level == "high"
        and pupil.place not in programme.groups
    ]
    mean = sum(in_high_school) / len(in_high_school)
    variance = sum((one - mean) ** 2 for one in in_high_school) / len(in_high_school)

    assert 0.35 < mean**2 / (variance - mean) < 0.55
    assert 1.33 < units["excused"] / units["unexcused"] < 1.47
    assert min(weekdays[0], weekdays[4]) > 1.15 * max(weekdays[1], weekdays[2], weekdays[3])


def test_corrections_after_day_n_change_students_and_no_total(programme: District) -> None:
    as_known: Counter[str] = Counter()
    as_recorded: Counter[str] = Counter()
    moved = 0
    for event in programme.events:
        level = programme.schools[event.school].level
        day_n = programme.years[event.year].day_n[programme.schools[event.school].calendar]
        if event.year == 0 or event.on > day_n:
            continue
        number = max(one.number for one in programme.deliveries if one.through <= day_n)
        then, now = event.as_of(number), event.as_of(len(programme.deliveries))
        as_recorded[level] += then.units if then and then.code == UNEXCUSED else 0
        as_known[level] += now.units if now and now.code == UNEXCUSED else 0
        moved += then != now

    assert as_recorded == as_known
    assert moved > 50


def test_faults_of_37_kinds_are_planted_where_the_oracle_says(tmp_path: Path) -> None:
    files.write(invent("small", 5, AS_OF), tmp_path)
    told = msgspec.json.decode((tmp_path / "oracle.json").read_bytes(), type=Oracle).faults

    assert len({fault.kind for fault in told}) == len(faults.KINDS) == 37
    for fault in told:
        if fault.line:
            line = (tmp_path / fault.file).read_text().splitlines()[fault.line - 1]
            assert fault.value.split(",")[0].strip() in line


def test_any_day_can_be_the_storys_last_one() -> None:
    for month in range(1, 13):
        district = invent("small", 1, date(2026, month, 14))
        assert district.deliveries[-1].through <= date(2026, month, 14)
        assert max(district.years[-1].day_n.values()) < date(2026, month, 14)
