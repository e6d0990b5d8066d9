"""Gives every source to the format that recognises it by its content, and reads them all."""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct

from server.intake.columns.orders import Asked
from server.intake.formats import Reader, Source, edfi, oneroster, plain, presente, sds
from server.intake.staged.staging import Staging
from server.intake.store.running import FileOfRun
from server.intake.words.refusals import refusal, sentence
from server.intake.words.saying import Both

_NAMED = 5
_PIECE = 1024 * 1024

Find = Callable[[Sequence[Source]], list[Reader]]


def formats(
    profile: Find, order: Asked, *, school_year: str = "", is_chosen: bool
) -> Sequence[Find]:
    """Return what recognises files; what one format claims, the next ones never see.

    ``profile`` finds extracts; one that a person chose is asked first. Plain tables come last.
    """
    one_roster = partial(oneroster.find, order=order)
    school_data_sync = partial(sds.find, order=order)
    own = partial(presente.find, order=order, school_year=school_year)
    usual = partial(plain.find, order=order, school_year=school_year)
    if is_chosen:
        return profile, edfi.find, one_roster, school_data_sync, own, usual
    return edfi.find, one_roster, school_data_sync, own, profile, usual


class Recognised(Struct, frozen=True, kw_only=True):
    """What the files are."""

    readers: list[Reader]
    skipped: dict[str, Both]
    """Files that no format claims, and why they are left."""

    @property
    def format(self) -> str:
        """Return the formats' names."""
        return "+".join(dict.fromkeys(reader.format for reader in self.readers))

    @property
    def commented(self) -> frozenset[str]:
        """Return the sources in which a line that begins with ``#`` is no row: our own tables."""
        own = (reader for reader in self.readers if reader.scope.is_own)
        return frozenset(source.name for reader in own for source in reader.sources)


def recognise(sources: Sequence[Source], formats_: Sequence[Find]) -> Recognised:
    """Return who reads what. Raises ``Problem`` when no source is one that Presente reads."""
    readers: list[Reader] = []
    left = list(sources)
    for find in formats_:
        found = find(left)
        readers += found
        claimed = {id(source) for reader in found for source in reader.sources}
        left = [source for source in left if id(source) not in claimed]
    if not readers:
        raise refusal("nothing_to_read", files=_named(sources))
    _refuse_unreadable(readers)
    skipped = {
        source.name: sentence("unknown_table" if source.kind == "table" else "unknown_format")
        for source in left
    }
    for reader in readers:
        skipped.update(reader.skipped)
    for source in sources:
        skipped |= dict.fromkeys(getattr(source, "hidden", ()), sentence("sheet_hidden"))
    return Recognised(readers=readers, skipped=skipped)


def _named(sources: Sequence[Source]) -> str:
    names = [source.name for source in sources]
    return ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")


def _refuse_unreadable(readers: Sequence[Reader]) -> None:
    """Say why nothing can be read of files that are known well, such as those with totals only."""
    skipped: dict[str, Both] = {}
    for reader in readers:
        skipped.update(reader.skipped)
        if any(source.name not in reader.skipped for source in reader.sources):
            return
    raise refusal(
        "nothing_readable",
        en=" ".join(f"{name}: {why.en}" for name, why in skipped.items()),
        es=" ".join(f"{name}: {why.es}" for name, why in skipped.items()),
    )


def read(recognised: Recognised, space: Staging) -> None:
    """Read everything into the staging file. Raises ``Problem`` for a file that is broken."""
    for reader in recognised.readers:
        space.begin(reader)
        reader.read(space)
    space.end()


def digests_of(sources: Sequence[Source]) -> list[FileOfRun]:
    """Return the names and SHA-256 of files, by name."""
    found: list[FileOfRun] = []
    for source in sources:
        digest = hashlib.sha256()
        with source.open() as content:
            while piece := content.read(_PIECE):
                digest.update(piece)
        found.append(FileOfRun(name=source.name, sha256=digest.hexdigest()))
    return sorted(found, key=lambda one: one.name)


def digest_of(files: Sequence[FileOfRun]) -> str:
    """Return SHA-256 over the files' contents; their names do not matter."""
    together = "".join(sorted(file.sha256 for file in files))
    return hashlib.sha256(bytes.fromhex(together)).hexdigest()
