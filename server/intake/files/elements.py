"""Streams an XML file's records one at a time, with the line each begins on.

The file is fed to the parser piece by piece and a record is forgotten once it was handed over, so
a file of any size takes little memory. Entities and document types are refused: no honest export
has them, and a few lines of them can fill a machine's memory.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import IO
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from server.intake.words.refusals import refusal

_PIECE = 64 * 1024
_FIRST_PIECE = 1024
"""Enough for a root element, with little behind it that is parsed in vain."""
_CODES = ("CodeValue", "ShortDescription")
"""What says a descriptor's value, the surest first."""


class Item:
    """One record: an element directly below the root. Names are without their namespace."""

    def __init__(self, element: Element, *, line: int, number: int) -> None:
        self.element = element
        self.name = element.tag
        self.line = line
        self.number = number

    def text(self, path: str) -> str:
        """Return the text at a path, without outer white space; empty when it is not there."""
        return (self.element.findtext(path) or "").strip()

    def word(self, path: str) -> str:
        """Return a descriptor's code value, whichever way the file writes descriptors."""
        return word_of(self.element.find(path))


class _Gatherer:
    """Builds one tree per record and keeps those that are complete."""

    def __init__(self) -> None:
        self.root = ""
        self.line: Callable[[], int] = lambda: 1
        """Tells the line that the parser is at."""
        self.done: list[Item] = []
        self._depth = 0
        self._begun = 1
        self._count: dict[str, int] = {}
        self._builder = TreeBuilder()

    def start(self, tag: str, attributes: Sequence[str]) -> None:
        """Take a beginning; attributes come as names and values in turn."""
        name = _local(tag)
        if self._depth == 0:
            self.root = name
        elif self._depth == 1:
            self._begun = self.line()
            self._builder = TreeBuilder()
        if self._depth > 0:
            self._builder.start(name, _named(attributes) if attributes else {})
        self._depth += 1

    def data(self, data: str) -> None:
        if self._depth > 1:
            self._builder.data(data)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if self._depth > 0:
            self._builder.end(_local(tag))
        if self._depth == 1:
            element = self._builder.close()
            number = self._count[element.tag] = self._count.get(element.tag, 0) + 1
            self.done.append(Item(element, line=self._begun, number=number))

    def close(self) -> None:
        """Nothing is left to hand over."""


def word_of(element: Element | None) -> str:
    """Return a code value: of a URI what follows its ``#``, a ``CodeValue`` inside, or the text.

    A URI's ``%20`` is the space that it stands for. An element around another of the same name
    (with a duration beside it) gives that one's.
    """
    if element is None:
        return ""
    code = next((one for name in _CODES if (one := element.find(f".//{name}")) is not None), None)
    text = (element.text if code is None else code.text) or ""
    if code is None and not text.strip():
        same = (child for child in element if child.tag.startswith(element.tag))
        return next((word for child in same if (word := word_of(child))), "")
    _, is_uri, word = text.rpartition("#")
    return (unquote(word) if is_uri else word).strip()


def root_of(name: str, content: IO[bytes]) -> str:
    """Return the name of an XML file's root element; ``content`` stands at its beginning."""
    gatherer = _Gatherer()
    for _ in _pieces(name, content, gatherer, _FIRST_PIECE):
        if gatherer.root:
            break
    return gatherer.root


def items(name: str, content: IO[bytes]) -> Iterator[Item]:
    """Yield a file's records in their order. A broken file raises ``Problem`` with its line.

    ``name`` is what people are told of the file; ``content`` stands at its beginning.
    """
    gatherer = _Gatherer()
    for _ in _pieces(name, content, gatherer):
        done, gatherer.done = gatherer.done, []
        yield from done


def _pieces(
    name: str, content: IO[bytes], gatherer: _Gatherer, size: int = _PIECE
) -> Iterator[None]:
    parser = DefusedXMLParser(target=gatherer, forbid_dtd=True)
    # Past ElementTree's own handlers, which do twice the work: ours take names as they come.
    expat = parser.parser
    expat.StartElementHandler, expat.EndElementHandler = gatherer.start, gatherer.end
    expat.CharacterDataHandler = gatherer.data
    gatherer.line = lambda: int(expat.CurrentLineNumber)
    try:
        while piece := content.read(size):
            parser.feed(piece)
            yield
        parser.close()
    except ParseError as fault:
        raise refusal("file_broken_at", file=name, line=fault.position[0], fault=fault) from fault
    except DefusedXmlException as fault:
        raise refusal("file_unsafe", file=name, line=gatherer.line()) from fault


def _named(attributes: Sequence[str]) -> dict[str, str]:
    return dict(zip(map(_local, attributes[::2]), attributes[1::2], strict=True))


@lru_cache(maxsize=1024)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
