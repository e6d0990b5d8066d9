"""Looks into zip archives without unpacking them to disk, and refuses what would fill it."""

import zipfile
from pathlib import PurePosixPath
from typing import IO

from server.intake.files import limits
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
