"""Opens and reads what a person hands over; also ahead of an import, in a process of its own.

Nothing here knows the database. Where only that can tell what a file means (dates that can be read
in two ways, periods of a year), nothing is read ahead.
"""

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import NoReturn

from msgspec import Struct

from server.intake.columns.orders import Orders
from server.intake.columns.profile import Profile
from server.intake.files import sources
from server.intake.formats import Source
from server.intake.formats import profile as profiles
from server.intake.staged import recognise, staging
from server.intake.staged.recognise import Find
from server.intake.staged.staging import Staging
from server.intake.store.running import FileOfRun
from server.intake.words.refusals import refusal
from server.problems import Problem


class ReadAhead(Struct, frozen=True, kw_only=True):
    """What was read of some files before their import begins."""

    files: list[FileOfRun]
    staging: Staging
    """Put away: another process takes it up."""


class _MustAsk(Exception):
    """Only the database can tell."""


@contextmanager
def opened(
    paths: Sequence[Path], space: Path, heard: Callable[[str, int], None] | None = None
) -> Generator[Sequence[Source]]:
    """Open all sources of what is handed over. No two may have one name."""
    with ExitStack() as stack:
        given = [
            source
            for path in paths
            for source in stack.enter_context(sources.opened(path, space=space, heard=heard))
        ]
        names = Counter(source.name for source in given)
        twice = next((name for name, count in names.items() if count > 1), None)
        if twice is not None:
            raise refusal("files_same_name", file=twice)
        yield given


def formats(
    found: Sequence[Source],
    orders: Orders,
    *,
    school_days: Callable[[str], Sequence[str]],
    profile: Profile | None = None,
    school_year: str = "",
) -> Sequence[Find]:
    """Return what recognises files. ``school_days``: a school's, as far as they are known."""
    find = partial(
        profiles.find,
        chosen=profile,
        order=orders,
        school_days=school_days,
        beside=found,
        school_year=school_year,
    )
    is_chosen = profile is not None
    return recognise.formats(find, orders, school_year=school_year, is_chosen=is_chosen)


def ahead(folder: Path, space: Path) -> ReadAhead | None:
    """Read a folder, of which nobody says how, into a file in ``space``, an empty folder.

    None: the import must read it itself, and tell what is wrong with it.
    """
    orders = Orders(None, _ask)
    try:
        with opened([folder], space) as given:
            recognised = recognise.recognise(given, formats(given, orders, school_days=_ask))
            files = recognise.digests_of(given)
            with staging.opened(space) as held:
                recognise.read(recognised, held)
                held.put_away()
    except (Problem, _MustAsk):
        return None
    return ReadAhead(files=files, staging=held)


def _ask(_key: str) -> NoReturn:
    raise _MustAsk
