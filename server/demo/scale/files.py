"""Writes an invented district as the folders that its office sends, one for each delivery.

``001-2013-07-19`` is imported whole. Where a year starts, ``week/schools.csv`` says more of the
schools that ``roster`` lists.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec

from server.demo.scale import edfi, faults, oracle, roster, tables, writing
from server.demo.scale.model import District


def write(
    district: District, folder: Path, *, told: Callable[[int], None] = lambda _: None
) -> None:
    """Write everything. ``told`` hears the number of each delivery whose files are all there."""
    index = tables.EventIndex(district.events, len(district.schools))
    families = tables.families_by_delivery(district)
    planting = faults.Planting(district, folder)
    started: set[int] = set()
    for delivery in district.deliveries:
        place = writing.folder_of(folder, delivery)
        is_start = delivery.year not in started
        started.add(delivery.year)
        roster.write(district, delivery, place / "roster", is_start=is_start)
        if is_start:
            tables.write_start(district, delivery.year, place / "week")
        tables.write_week(district, delivery, index, place / "week")
        tables.write_guardians(families.get(delivery.number, ()), place / "week")
        edfi.write(district, delivery, index, place / "week", is_start=is_start)
        planting.plant(delivery.number)
        told(delivery.number)
    answers = msgspec.json.encode(oracle.count(district, planting.end()), order="deterministic")
    writing.save(folder / "oracle.json", msgspec.json.format(answers, indent=1).decode() + "\n")
