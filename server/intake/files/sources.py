"""Finds the files of what a person hands over: a folder, one file, or a zip archive.

Nothing is unpacked to disk except an archive or workbook that lies inside an archive, into a
nameless temporary file. Whatever is broken raises a ``Problem`` with one sentence that names it.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import IO, Literal
from zipfile import ZipFile

from server.intake.files import archives, content, limits, workbook
from server.intake.files.content import Begun
from server.intake.files.tabular import CsvTable
from server.intake.formats import Source, Table
from server.intake.words.refusals import refusal

Kind = Literal["xml", "table", "other"]

_NOT_OURS = frozenset({"__macosx", "desktop.ini", "thumbs.db"})
_OWN = ("import.lock", "presente.db", "presente.head")
"""What begins so is Presente's own, where its data folder is the one that is handed over."""
_TABLES = (".csv", ".tsv", ".txt", ".tab", ".xls", ".xlsx")
_WORKBOOKS = (".xlsx", ".xlsm")
_PACKED = ".gz"
_IN_MEMORY = 16 * limits.MB
_OLD_EXCEL = "Workbook".encode("utf-16-le")
_LOCKED_EXCEL = "EncryptedPackage".encode("utf-16-le")


@contextmanager
def opened(
    path: Path, *, space: Path | None = None, heard: Callable[[str, int], None] | None = None
) -> Generator[Sequence[Source]]:
    """Find the sources of a folder, a file or a zip archive, in the order of their names.

    Hidden files are left out. ``space``: the folder for temporary files, because they hold
    families' data. ``heard``: hears the name of a file and up to which byte it was read. The
    sources can be read until the context ends.
    """
    with ExitStack() as stack:
        yield list(_Search(stack, space, heard).found(path))


class FileSource:
    """A plain file, of a folder or inside an archive."""

    def __init__(self, begun: Begun) -> None:
        self._begun = begun

    @property
    def name(self) -> str:
        """Its name, with its folder inside what was handed over."""
        return self._begun.name

    @property
    def kind(self) -> Kind:
        """What it is, by its content."""
        return self._kind

    @cached_property
    def _kind(self) -> Kind:
        found = content.content_of(self._begun.head)
        if found == "xml":
            return "xml"
        return "table" if self._csv is not None and self._csv.is_table else "other"

    def open(self) -> IO[bytes]:
        """Open its bytes from the beginning."""
        return content.opened(self._begun.name, self._begun.open_raw, self._begun.heard)

    def tables(self) -> Sequence[Table]:
        """Return its one table, if it is one."""
        return [self._csv] if self.kind == "table" and self._csv is not None else []

    @cached_property
    def _csv(self) -> CsvTable | None:
        if content.content_of(self._begun.head) not in {"text", "utf-16"}:
            return None
        return CsvTable(self._begun)


class WorkbookSource:
    """An Excel workbook."""

    kind: Kind = "table"

    def __init__(
        self, name: str, open_raw: Callable[[], IO[bytes]], archive: ZipFile, stack: ExitStack
    ) -> None:
        self.name = name
        self._open_raw = open_raw
        self._archive = archive
        self._stack = stack

    def open(self) -> IO[bytes]:
        """Open its bytes from the beginning."""
        return content.opened(self.name, self._open_raw)

    def tables(self) -> Sequence[Table]:
        """Return its sheets, in their order."""
        return self._sheets[0]

    @property
    def hidden(self) -> Sequence[str]:
        """Return the names of its sheets that are not read, because nobody sees them."""
        return self._sheets[1]

    @cached_property
    def _sheets(self) -> tuple[Sequence[Table], Sequence[str]]:
        return workbook.sheets(self.name, self._archive, self._stack)


class _Search:
    def __init__(
        self,
        stack: ExitStack,
        space: Path | None,
        heard: Callable[[str, int], None] | None,
    ) -> None:
        self._heard = heard
        self._stack = stack
        self._space = space
        self._size = 0

    def found(self, path: Path) -> Iterator[Source]:
        if path.is_dir():
            for file in _files(path):
                name = file.relative_to(path).as_posix()
                yield from self._opened(name, _opener(file), f"{name}/", 0)
        elif path.is_file():
            yield from self._opened(path.name, _opener(path), "", 0)
        else:
            raise refusal("no_such_folder", path=path)

    def _opened(
        self, name: str, open_raw: Callable[[], IO[bytes]], inside: str, depth: int
    ) -> Iterator[Source]:
        with content.opened(name, open_raw) as file:
            head = file.read(content.HEAD)
        if not head:
            raise refusal("file_empty", file=name)
        found = content.content_of(head)
        if found == "zip":
            yield from self._unpacked(name, open_raw, inside, depth)
        elif found == "gzip":
            yield from self._unzipped(name, open_raw, inside, depth)
        else:
            if found == "office":
                _refuse_old_workbook(name, open_raw)
            if name.casefold().endswith(_TABLES) and content.is_web_page(head):
                raise refusal("web_page", file=name)
            heard = self._heard and partial(self._heard, name)
            one = FileSource(Begun(name, open_raw, head, heard))
            if one.kind == "other" and name.casefold().endswith(_WORKBOOKS):
                raise refusal("workbook_not", file=name)
            yield one

    def _unpacked(
        self, name: str, open_raw: Callable[[], IO[bytes]], inside: str, depth: int
    ) -> Iterator[Source]:
        file = self._stack.enter_context(open_raw())
        if depth:
            file = self._copied(name, file)
        archive = self._stack.enter_context(archives.opened(name, file))
        self._size += archives.size_of(archive)
        if self._size > limits.ZIP_TOTAL:
            raise refusal("zip_too_large", file=name, most=limits.ZIP_TOTAL // limits.GB)
        if archives.is_workbook(archive):
            workbook.check(name, archive)
            yield WorkbookSource(name, open_raw, archive, self._stack)
        elif name.casefold().endswith(_WORKBOOKS):
            raise refusal("workbook_not", file=name)
        elif archives.is_document(archive):
            yield FileSource(Begun(name, open_raw, b"\1"))
        elif depth >= limits.ZIP_DEPTH:
            raise refusal("zip_nested", file=name)
        else:
            yield from self._entries(archive, inside, depth)

    def _unzipped(
        self, name: str, open_raw: Callable[[], IO[bytes]], inside: str, depth: int
    ) -> Iterator[Source]:
        """Look into one file that is packed alone (``.csv.gz``)."""
        if depth >= limits.ZIP_DEPTH:
            raise refusal("zip_nested", file=name)
        self._size += archives.check_packed(name, open_raw, most=limits.ZIP_TOTAL - self._size)
        short = name[: -len(_PACKED)] if name.casefold().endswith(_PACKED) else name
        yield from self._opened(
            short, lambda: archives.unpacking(open_raw), inside=inside, depth=depth + 1
        )

    def _entries(self, archive: ZipFile, inside: str, depth: int) -> Iterator[Source]:
        for entry in sorted(archive.infolist(), key=archives.name_of):
            name = archives.name_of(entry)
            if not entry.is_dir() and name and not _is_hidden(name.split("/")):
                name = f"{inside}{name}"
                opener = partial(archive.open, entry)
                yield from self._opened(name, opener, f"{name}/", depth + 1)

    def _copied(self, name: str, packed: IO[bytes]) -> IO[bytes]:
        copy = self._stack.enter_context(
            tempfile.SpooledTemporaryFile(  # noqa: SIM115  (the stack closes it)
                max_size=_IN_MEMORY, dir=str(self._space) if self._space else None
            )
        )
        with content.opened(name, lambda: packed) as file:
            shutil.copyfileobj(file, copy)
        copy.seek(0)
        return copy


def _opener(file: Path) -> Callable[[], IO[bytes]]:
    return lambda: file.open("rb")


def _files(folder: Path) -> Iterator[Path]:
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _is_hidden([name])]
        files = [Path(place) / name for name in names if not _is_hidden([name])]
        found += [file for file in files if file.is_file()]
    return iter(sorted(found, key=lambda file: file.relative_to(folder).as_posix()))


def _is_hidden(parts: Sequence[str]) -> bool:
    """Tell whether a file is the machine's own: hidden, or a lock or index of a desktop."""
    return any(
        part.startswith((".", "~$")) or part.casefold() in _NOT_OURS or part.startswith(_OWN)
        for part in parts
    )


def _refuse_old_workbook(name: str, open_raw: Callable[[], IO[bytes]]) -> None:
    with content.opened(name, open_raw) as file:
        start = file.read(limits.MB)
    if _LOCKED_EXCEL in start:
        raise refusal("workbook_encrypted", file=name)
    if _OLD_EXCEL in start:
        raise refusal("workbook_old", file=name)
