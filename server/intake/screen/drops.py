"""Files that somebody dropped on the screen: kept in the data folder until they are taken in.

A drop is a folder of its own, readable by the server's user only, with a note of what is known of
it. It is thrown away when its import is done, when its owner says so, or after a week.
"""

import re
import shutil
from asyncio import to_thread
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from schemas.intake import DropFile, FileDrop
from server.ids import new_id
from server.intake.words.refusals import refusal, sentence
from server.problems import Problem

MOST_BYTES = 2 * 1024**3
"""A drop's files together. A whole district's year is a twentieth of it."""
MOST_FILES = 200
KEPT = timedelta(days=7)
_FOLDER = "drops"
_NOTE = "drop.json"
_ODD = re.compile(r"[^\w .()+-]", re.ASCII)


class TooLarge(Problem):
    """More than a drop may hold."""

    status = 413
    code = "drop_too_large"

    def __init__(self, word: str, **parts: object) -> None:
        text = sentence(word, **parts)
        super().__init__(text.en, detail_es=text.es)


class Kept(msgspec.Struct, kw_only=True):
    """What is noted of a drop."""

    drop: FileDrop
    by: UUID
    run_id: UUID | None = None
    """The import that was begun with these files."""


def make(data_dir: Path, *, by: UUID, at: datetime, undoes: UUID | None = None) -> UUID:
    """Make an empty drop; throw away those that nobody came back for.

    ``undoes``: the import to be taken back, where the drop only tells how far that is.
    """
    for kept in _all(data_dir):
        if kept.drop.made_at < at - KEPT:
            throw_away(data_dir, kept.drop.id)
    drop = FileDrop(id=new_id(), state="open", made_at=at, files=[], undoes=undoes)
    folder = _folder(data_dir, drop.id)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)
    (folder / "files").mkdir(mode=0o700)
    save(data_dir, Kept(drop=drop, by=by))
    return drop.id


def read(data_dir: Path, drop_id: UUID, *, by: UUID) -> Kept:
    """Return a drop of this person's. Raises ``NotFound``, also for another's."""
    note = _folder(data_dir, drop_id) / _NOTE
    if not note.exists():
        raise refusal("drop_gone")
    kept = msgspec.json.decode(note.read_bytes(), type=Kept)
    if kept.by != by:
        raise refusal("drop_gone")
    return kept


def newest(data_dir: Path, *, by: UUID) -> Kept | None:
    """Return the last drop that this person made, or None."""
    own = [kept for kept in _all(data_dir) if kept.by == by]
    return max(own, key=lambda kept: kept.drop.made_at, default=None)


def by_run(data_dir: Path, *, by: UUID) -> dict[UUID, Kept]:
    """Return this person's drops of which an import was begun and whose files are still here."""
    return {
        kept.run_id: kept
        for kept in _all(data_dir)
        if kept.by == by and kept.run_id is not None and kept.drop.state != "done"
    }


def save(data_dir: Path, kept: Kept) -> None:
    """Note what is known of a drop, whole or not at all."""
    note = _folder(data_dir, kept.drop.id) / _NOTE
    fresh = note.with_suffix(".new")
    fresh.write_bytes(msgspec.json.encode(kept))
    fresh.replace(note)


def files_of(data_dir: Path, drop_id: UUID) -> Path:
    """Return the folder that a drop's files lie in."""
    return _folder(data_dir, drop_id) / "files"


def empty(data_dir: Path, drop_id: UUID) -> None:
    """Delete a drop's files: they were taken in."""
    shutil.rmtree(files_of(data_dir, drop_id), ignore_errors=True)


def throw_away(data_dir: Path, drop_id: UUID) -> None:
    """Delete a drop with its files."""
    shutil.rmtree(_folder(data_dir, drop_id), ignore_errors=True)


@asynccontextmanager
async def received(
    data_dir: Path, kept: Kept, name: str, pieces: AsyncIterator[bytes]
) -> AsyncGenerator[tuple[Path, DropFile]]:
    """Write a file beside a drop piece by piece; the caller puts it in, or it is deleted.

    Raises ``TooLarge`` with nothing kept of the file.
    """
    file = DropFile(name=safe_name(name), size=0)
    others = {one.name: one.size for one in kept.drop.files if one.name != file.name}
    if len(others) >= MOST_FILES:
        raise TooLarge("drop_too_many", most=MOST_FILES)
    room = MOST_BYTES - sum(others.values())
    part = _folder(data_dir, kept.drop.id) / f"{new_id()}.part"
    try:
        size = 0
        with part.open("wb") as content:
            async for piece in pieces:
                size += len(piece)
                if size > room:
                    raise TooLarge("drop_too_large")
                await to_thread(content.write, piece)
        yield part, DropFile(name=file.name, size=size)
    finally:
        part.unlink(missing_ok=True)


def put_in(data_dir: Path, kept: Kept, part: Path, file: DropFile) -> None:
    """Put a received file into its drop; one of the same name is replaced."""
    part.replace(files_of(data_dir, kept.drop.id) / file.name)
    files = [one for one in kept.drop.files if one.name != file.name]
    kept.drop = FileDrop(
        id=kept.drop.id, state="open", made_at=kept.drop.made_at, files=[*files, file]
    )
    save(data_dir, kept)


def safe_name(name: str) -> str:
    """Return a file's own name without its folder; odd characters become ``_``."""
    last = name.replace("\\", "/").rpartition("/")[2].strip().lstrip(".")
    if not last:
        raise refusal("file_unnamed")
    return _ODD.sub("_", last)[-120:]


def _folder(data_dir: Path, drop_id: UUID) -> Path:
    return data_dir / _FOLDER / str(drop_id)


def _all(data_dir: Path) -> Iterator[Kept]:
    for note in (data_dir / _FOLDER).glob(f"*/{_NOTE}"):
        yield msgspec.json.decode(note.read_bytes(), type=Kept)
