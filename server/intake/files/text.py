"""Cuts a file's bytes into pieces of whole lines of text, and finds where they are no text."""

import codecs
import io
import re
from collections.abc import Iterator
from typing import IO

from server.intake.files import content, limits
from server.intake.words.refusals import refusal

LINE_END = re.compile(r"\r\n|\r|\n")


def pieces(name: str, file: IO[bytes]) -> Iterator[io.StringIO]:
    """Yield a file's text in pieces of whole lines: as quick as reading them all at once."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    rest = ""
    while piece := file.read(content.BUFFER):
        text = rest + decoder.decode(piece)
        end = max(text.rfind("\n"), text.rfind("\r", 0, -1)) + 1  # a last \r may be half of \r\n
        yield io.StringIO(text[:end], newline="")
        rest = text[end:]
        if len(rest) > limits.LINE:
            raise refusal("line_too_long", file=name, most=limits.LINE // limits.MB)
        if b"\0" in piece:
            raise refusal("zero_bytes", file=name)
    yield io.StringIO(rest + decoder.decode(b"", final=True), newline="")


def first_fault(file: IO[bytes]) -> tuple[int, int]:
    """Return line and value of the first byte that is no UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, last = 1, ""
    while True:
        piece = file.read(content.BUFFER)
        held = decoder.getstate()[0]
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as fault:
            whole = held + piece
            text = last + whole[: fault.start].decode("utf-8")
            return line + len(LINE_END.findall(text)), whole[fault.start]
        if not piece:
            return line, 0
        text = last + text
        last = "\r" if text.endswith("\r") else ""  # its \n may come next
        line += len(LINE_END.findall(text)) - len(last)
