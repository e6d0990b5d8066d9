"""Looks into zip archives without unpacking them to disk, and refuses what would fill it."""

import gzip
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import IO, cast

from server.intake.files import content, limits
from server.intake.words.refusals import refusal
from server.problems import Problem

WORKBOOK_PART = "xl/workbook.xml"
_OFFICE_PART = "[Content_Types].xml"
_OPEN_DOCUMENT = "mimetype"
_ENCRYPTED = 0x1


def opened(name: str, file: IO[bytes]) -> zipfile.ZipFile:
    """Open an archive whose table of contents is sound. Raises ``Problem``."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as fault:
        raise refusal("zip_broken", file=name, fault=fault) from fault
    try:
        _check(name, archive)
    except Problem:
        archive.close()
        raise
    return archive


class _Unpacking(gzip.GzipFile):
    """Closes the packed file as well."""

    def __init__(self, packed: IO[bytes]) -> None:
        self._packed = packed
        super().__init__(fileobj=packed, mode="rb")

    def close(self) -> None:
        super().close()
        self._packed.close()


def unpacking(open_raw: Callable[[], IO[bytes]]) -> IO[bytes]:
    """Open a file that is packed alone (gzip): what it holds, from the beginning."""
    return cast("IO[bytes]", _Unpacking(open_raw()))


def check_packed(name: str, open_raw: Callable[[], IO[bytes]], *, most: int) -> int:
    """Return how many bytes a file that is packed alone holds. Raises ``Problem``."""
    with content.opened(name, open_raw) as packed:
        small = sum(map(len, iter(lambda: packed.read(limits.MB), b"")))
    size = 0
    with content.opened(name, lambda: unpacking(open_raw)) as file:
        while piece := file.read(limits.MB):
            size += len(piece)
            if size > max(limits.ZIP_SMALL, small * limits.ZIP_RATIO):
                raise refusal("packed_bomb", file=name, most=limits.ZIP_RATIO)
            if size > most:
                raise refusal("zip_too_large", file=name, most=limits.ZIP_TOTAL // limits.GB)
    return size


def size_of(archive: zipfile.ZipFile) -> int:
    """Return how many bytes an archive unpacks to."""
    return sum(entry.file_size for entry in archive.infolist())


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Tell whether it is an Excel workbook."""
    return WORKBOOK_PART in archive.NameToInfo


def is_document(archive: zipfile.ZipFile) -> bool:
    """Tell whether it is an office document of another kind."""
    return _OFFICE_PART in archive.NameToInfo or _OPEN_DOCUMENT in archive.NameToInfo


def name_of(info: zipfile.ZipInfo) -> str:
    """Return an entry's name as a harmless relative one: nothing is ever written under it."""
    parts = PurePosixPath(info.filename.replace("\\", "/")).parts
    return "/".join(part for part in parts if part not in {"/", ".", ".."})


def _check(name: str, archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > limits.ZIP_ENTRIES:
        raise refusal("zip_too_many", file=name, count=len(entries), most=limits.ZIP_ENTRIES)
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED:
            raise refusal("zip_encrypted", file=name, entry=name_of(entry))
        if (
            entry.file_size > limits.ZIP_SMALL
            and entry.file_size > entry.compress_size * limits.ZIP_RATIO
        ):
            raise refusal("zip_bomb", file=name, entry=name_of(entry), most=limits.ZIP_RATIO)
