"""Writes an invented district as the folders that its office sends, one for each delivery.

``001-2013-07-19`` is imported whole, but where a year starts: there ``roster`` comes before
``week``, whose ``schools.csv`` says more of the same schools.
"""

from pathlib import Path

import msgspec

from server.demo.scale import edfi, faults, oracle, roster, tables, writing
from server.demo.scale.model import District


def write(district: District, folder: Path) -> list[Path]:
    """Write everything; return the folders to import, in order."""
    index = tables.EventIndex(district.events, len(district.schools))
    families = tables.families_by_delivery(district)
    started: set[int] = set()
    found: list[Path] = []
    for delivery in district.deliveries:
        place = writing.folder_of(folder, delivery)
        is_start = delivery.year not in started
        started.add(delivery.year)
        if roster.write(district, delivery, place / "roster", is_start=is_start):
            found.append(place / "roster")
        if is_start:
            tables.write_start(district, delivery.year, place / "week")
        tables.write_week(district, delivery, index, place / "week")
        tables.write_guardians(families.get(delivery.number, ()), place / "week")
        edfi.write(district, delivery, index, place / "week", is_start=is_start)
        found.append(place / "week")
    planted = faults.plant(district, folder)
    answers = msgspec.json.encode(oracle.count(district, planted), order="deterministic")
    writing.save(folder / "oracle.json", msgspec.json.format(answers, indent=1).decode() + "\n")
    return found
