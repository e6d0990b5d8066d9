"""Makes a district of some scale: writes its files, and loads them into an empty database."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct

from server.attendance import store as attendance
from server.db.database import Database
from server.demo.scale import ahead, files, loading
from server.demo.scale.invent import invent
from server.demo.scale.model import District
from server.memory import never_searched, seldom_searched
from server.people import store as people
from server.problems import Problem
from server.settings import Settings

SCALES = ("small", "programme", "district")
AS_OF = date(2015, 3, 27)
"""A month after day 120 of the year of the published figures."""
_MADE = "demo_made"


class NotEmpty(Problem):
    """The database holds a district already."""

    code = "not_a_demo"


class Wanted(Struct, frozen=True, kw_only=True):
    """Which district, and where its files go."""

    scale: str
    seed: int
    as_of: date
    folder: Path


class Summary(Struct, frozen=True, kw_only=True):
    """What was made."""

    district: str
    folder: str
    schools: int
    students: int
    events: int
    contacts: int
    imports: int = 0


def write(wanted: Wanted) -> Summary:
    """Write a district's files. Raises ``Problem`` when the folder holds something already."""
    _demand_empty(wanted.folder)
    with never_searched():
        district = invent(wanted.scale, wanted.seed, wanted.as_of)
        files.write(district, wanted.folder)
    return _summary(district, wanted)


def _demand_empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise Problem(
            f"{folder} is not empty. Name another folder with --out.",
            code="not_empty",
            detail_es=f"{folder} no está vacía. Indique otra carpeta con --out.",
        )


def _summary(district: District, wanted: Wanted) -> Summary:
    return Summary(
        district=district.name,
        folder=str(wanted.folder),
        schools=len(district.schools),
        students=len(district.pupils),
        events=len(district.events),
        contacts=len(district.contacts),
    )


def ensure(
    db: Database, settings: Settings, wanted: Wanted, *, say: Callable[[str], None]
) -> Summary | None:
    """Write and load a district when there is no school yet; None: the demo is there already.

    A database that holds a real district is left alone: ``NotEmpty``.
    """
    with db.read(loading.midnight(wanted.as_of)) as tx:
        is_empty = not people.schools(tx)
        is_made = attendance.find_setting(tx, _MADE) is True
        is_cut_off = attendance.find_setting(tx, "is_demo") is True
    if is_made:
        return None
    if is_cut_off:
        raise NotEmpty(
            "The making of this demo was cut off. Remove its --dir and make it anew; nobody's work "
            "is in it.",
            detail_es="La creación de esta demostración se interrumpió. Borre su --dir y créela de "
            "nuevo; no contiene el trabajo de nadie.",
        )
    if not is_empty:
        raise NotEmpty(
            "This database holds a district already. Make the demo in another --dir.",
            detail_es="Esta base de datos ya tiene un distrito. Cree la demostración en otra "
            "--dir.",
        )
    _demand_empty(wanted.folder)
    with never_searched():
        district = invent(wanted.scale, wanted.seed, wanted.as_of)
    summary = _summary(district, wanted)
    with ahead.written(district, wanted.folder, settings.data_dir) as writer:
        district.events.clear()  # the other process writes them, and they are large
        with db.filling(), seldom_searched():
            loaded = loading.load(db, settings, district, wanted.folder, ready=writer.wait, say=say)
        writer.wait_for_all()
    with db.write(loading.midnight(wanted.as_of)) as tx:
        attendance.save_setting(tx, _MADE, value=True)
    return msgspec.structs.replace(summary, contacts=loaded.contacts, imports=loaded.imports)
