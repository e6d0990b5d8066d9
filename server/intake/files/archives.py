"""Looks into zip archives without unpacking them to disk, and refuses what would fill it."""

import zipfile
from pathlib import PurePosixPath
from typing import IO

from server.intake.files import limits
from server.intake.files.content import AGAIN
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
        raise Problem(
            f"{name} is no whole zip archive ({fault}). {AGAIN}", code="zip_broken"
        ) from fault
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
        raise Problem(
            f"{name} holds {len(entries)} files; an archive may hold {limits.ZIP_ENTRIES}. "
            "Pack only the files of the export.",
            code="zip_too_many",
        )
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED:
            raise Problem(
                f"{name} is protected by a password ({name_of(entry)}). Pack it without one.",
                code="zip_encrypted",
            )
        if (
            entry.file_size > limits.ZIP_SMALL
            and entry.file_size > entry.compress_size * limits.ZIP_RATIO
        ):
            raise Problem(
                f"{name_of(entry)} in {name} unpacks to more than {limits.ZIP_RATIO} times its "
                "size, as no export does. It was not opened; export it again.",
                code="zip_bomb",
            )
