"""Files written down and read for a test."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from server.intake.files import sources
from server.problems import Problem

HEADER = "id,name,date"


def table_of(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    with sources.opened(path) as found:
        (source,) = found
        (table,) = source.tables()
        return list(table.header), [(line, list(row)) for line, row in table.rows()]


def read_all(path: Path) -> None:
    with sources.opened(path) as found:
        for source in found:
            for table in source.tables():
                assert table.header is not None
                for _ in table.rows():
                    pass


def refusal(path: Path) -> Problem:
    with pytest.raises(Problem) as caught:
        read_all(path)
    assert caught.value.detail.endswith(".")
    return caught.value


def put(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def zipped(entries: Mapping[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return packed.getvalue()
