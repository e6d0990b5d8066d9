"""However a roster is written down, it says the same."""

import csv
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.intake.files import sources
from server.intake.formats import Reader, Source, oneroster, sds
from tests.server.intake.formats.test_sds import SAMPLES
from tests.support import rosters
from tests.support.tables import read_all

Find = Callable[[Sequence[Source]], list[Reader]]


def said(folder: Path, find: Find) -> list[str]:
    with sources.opened(folder) as found:
        sink = read_all(find(found))
    assert sink.faults == []
    told: list[str] = []
    for record in sink.records:
        fields = msgspec.to_builtins(record)
        del fields["at"]
        told.append(f"{type(record).__name__} {fields}")
    return sorted(told)


def sample(version: str) -> dict[str, rosters.Rows]:
    tables: dict[str, rosters.Rows] = {}
    for file in (SAMPLES / version).glob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as content:
            tables[file.stem] = list(csv.reader(content))
    return tables


@pytest.mark.parametrize(
    ("tables", "find"),
    [
        (rosters.one_roster(), oneroster.find),
        (sample("sds-v2"), sds.find),
        (sample("sds-v2.1"), sds.find),
    ],
    ids=["oneroster", "sds-v2", "sds-v2.1"],
)
@given(
    seed=st.integers(0, 2**32),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    has_bom=st.booleans(),
    case=st.sampled_from([str, str.upper, str.lower, str.swapcase]),
    shuffles_rows=st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_any_order_quoting_line_end_and_mark(
    *,
    tables: dict[str, rosters.Rows],
    find: Find,
    seed: int,
    delimiter: str,
    end: str,
    quoting: int,
    has_bom: bool,
    case: Callable[[str], str],
    shuffles_rows: bool,
) -> None:
    chance = random.Random(seed)
    with TemporaryDirectory() as place:
        folder = Path(place)
        plain = said(rosters.put(folder / "plain", tables), find)
        (folder / "other").mkdir()
        for name, rows in tables.items():
            columns = list(range(len(rows[0])))
            chance.shuffle(columns)
            body = [[row[at] for at in columns] for row in rows[1:]]
            if shuffles_rows:
                chance.shuffle(body)
            text = rosters.written(
                [[case(rows[0][at]) for at in columns], *body],
                delimiter=delimiter,
                end=end,
                quoting=quoting,
            )
            (folder / "other" / f"{name}.csv").write_bytes(
                text.encode("utf-8-sig" if has_bom else "utf-8")
            )
        assert said(folder / "other", find) == plain
        assert len(plain) > 10
