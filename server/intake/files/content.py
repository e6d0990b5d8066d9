"""Tells what a file is by its first bytes, and says in one sentence what is wrong with them."""

import io
import lzma
import zlib
from collections.abc import Callable
from typing import IO, Literal, NamedTuple
from zipfile import BadZipFile

from server.intake.files import limits
from server.intake.words.refusals import refusal
from server.problems import Problem

HEAD = 64 * limits.KB
BUFFER = 256 * limits.KB

Heard = Callable[[int], None]
"""Hears up to which byte a file was read."""


class Begun(NamedTuple):
    """A file that was opened once, to see how it begins."""

    name: str
    open_raw: Callable[[], IO[bytes]]
    head: bytes
    heard: Heard | None = None


Content = Literal["xml", "text", "utf-16", "zip", "gzip", "office", "binary"]

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_GZIP = b"\x1f\x8b\x08"
_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTROL = frozenset(range(32)) - frozenset(b"\0\t\n\x0b\x0c\r\x1a\x1b")
"""What no text holds. Zero bytes alone are a table's torn end: refused when it is read."""
_MOSTLY = 0.4


def content_of(head: bytes) -> Content:
    """Return what a file is that begins like this."""
    if head.startswith(_ZIP):
        return "zip"
    if head.startswith(_GZIP):
        return "gzip"
    if head.startswith(_OFFICE):
        return "office"
    text = _utf16(head)
    if text is not None:
        return "xml" if text.lstrip().startswith("<") else "utf-16"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "xml"
    return "binary" if _CONTROL.intersection(head) else "text"


def is_web_page(head: bytes) -> bool:
    """Tell whether a file that begins like this is HTML."""
    start = (_utf16(head) or head.decode("utf-8-sig", errors="replace")).lstrip()[:2000].casefold()
    return start.startswith(("<!doctype html", "<html")) or (
        start.startswith(("<!--", "<meta", "<head", "<body", "<table", "<?xml"))
        and "<html" in start
    )


def _utf16(head: bytes) -> str | None:
    if head.startswith(_UTF16):
        return head.decode("utf-16", errors="replace")
    pairs = max(1, len(head) // 2)
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > pairs * _MOSTLY and not even:
        return head.decode("utf-16-le", errors="replace")
    if even > pairs * _MOSTLY and not odd:
        return head.decode("utf-16-be", errors="replace")
    return None


def opened(name: str, open_raw: Callable[[], IO[bytes]], heard: Heard | None = None) -> IO[bytes]:
    """Open a file's bytes so that whatever is wrong with them is a ``Problem`` that names it."""
    try:
        raw = open_raw()
    except _BROKEN as fault:
        raise _broken(name, fault) from fault
    return io.BufferedReader(_Checked(name, raw, heard), BUFFER)


_BROKEN = (BadZipFile, EOFError, OSError, RuntimeError, zlib.error, lzma.LZMAError)


def _broken(name: str, fault: Exception) -> Problem:
    if isinstance(fault, NotImplementedError):
        return refusal("file_packing", file=name)
    if isinstance(fault, PermissionError):
        return refusal("file_closed", file=name)
    return refusal("file_broken", file=name, fault=fault)


class _Checked(io.RawIOBase):
    """Hands bytes on, piece by piece."""

    def __init__(self, name: str, raw: IO[bytes], heard: Heard | None) -> None:
        super().__init__()
        self._name = name
        self._raw = raw
        self._heard = heard
        self._place = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview", /) -> int:  # type: ignore[override]  # of any buffer, the one kind that comes
        try:
            piece = self._raw.read(len(buffer))
        except _BROKEN as fault:
            raise _broken(self._name, fault) from fault
        buffer[: len(piece)] = piece
        if self._heard is not None:
            self._place += len(piece)
            self._heard(self._place)
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()
