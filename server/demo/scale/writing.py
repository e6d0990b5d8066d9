"""Tables and archives as bytes: the same rows, the same bytes."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from server.demo.scale.model import Delivery

_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a CSV table."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def save(file: Path, text: str) -> None:
    """Write a file, in a folder that may not exist yet."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())


def folder_of(folder: Path, delivery: Delivery) -> Path:
    """Return where a delivery's files lie."""
    return folder / f"{delivery.number + 1:03d}-{delivery.through}"


def save_zip(file: Path, files: Mapping[str, str]) -> None:
    """Write a zip archive; its entries are all of the same moment long ago."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode())
