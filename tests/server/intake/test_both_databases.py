"""The same files do the same on SQLite and on PostgreSQL."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from server.db.database import Database
from server.db.tables.attendance import CrossingRow
from server.db.tables.syncing import ConflictRow
from server.intake.service import Order, import_folder
from server.people import store as people
from server.problems import Conflicting
from tests.support.office import MONDAY, Office, Parent, case_of, points_of, school_days, take_in

LATER = MONDAY + timedelta(days=1)
MOST_PER_CASE = 42
"""For a family, its case and all that is published of them; the writer is held meanwhile."""


def test_a_year_of_a_family_goes_the_same_way_on_both(any_db: Database, tmp_path: Path) -> None:
    office = Office(students={"100": "1"})
    office.parents = [Parent("1", ["100"], [("505-555-0101", "Mobile")])]
    office.miss("100", school_days()[:10])
    first = take_in(any_db, office.write(tmp_path / "first"))
    with any_db.write(MONDAY) as tx:
        people.save_contact_point(tx, points_of(tx)[0].id, {"value": "505-555-0150"})
    for day in school_days()[:6]:
        office.excuse("100", day)
    office.parents[0].phones = [("505-555-0177", "Mobile")]

    second = take_in(any_db, office.write(tmp_path / "second"), at=LATER)
    third = take_in(any_db, tmp_path / "second", at=LATER)

    assert (first.cases.opened, second.cases.no_longer_met, third.state) == (1, 1, "nothing_to_do")
    with any_db.read(LATER) as tx:
        case = case_of(tx, "100")
        assert case is not None
        assert case.no_longer_met_on == date(2026, 3, 3)
        lost = [one for one in tx.session.query(CrossingRow) if one.no_longer_met_at == LATER]
        assert {one.step for one in lost} == {"early_intervention_5", "habitual_10"}
        assert [one.value for one in points_of(tx)] == ["505-555-0150"]
        assert tx.session.query(ConflictRow).count() == 1


def test_two_imports_never_run_beside_each_other_not_even_from_two_machines(
    any_db: Database, tmp_path: Path
) -> None:
    office = Office(students={"100": "1"})
    office.miss("100", school_days()[:10])
    folder = office.write(tmp_path / "files")
    elsewhere = tmp_path / "elsewhere" if not any_db.is_sqlite else tmp_path
    refusals: list[str] = []

    def meanwhile(_said: str) -> None:
        other = Order(folder=folder, data_dir=elsewhere)
        with pytest.raises(Conflicting) as refused:
            import_folder(any_db, other, clock=lambda: LATER, say=lambda _: None)
        refusals.append(refused.value.detail)

    order = Order(folder=folder, data_dir=tmp_path)
    said = import_folder(any_db, order, clock=lambda: MONDAY, say=meanwhile)

    assert refusals
    assert said.cases.opened == 1
    again = import_folder(any_db, order, clock=lambda: LATER, say=lambda _: None)
    assert again.state == "nothing_to_do"


def test_a_case_more_costs_an_import_few_statements(any_db: Database, tmp_path: Path) -> None:
    asked: list[str] = []

    def count(_c: object, _u: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(any_db.writer, "before_cursor_execute", count)

    def statements_of(count: int) -> int:
        numbers = [str(1000 * count + at) for at in range(count)]
        office = Office(students=dict.fromkeys(numbers, "1"))
        for number in numbers:
            office.parents.append(Parent(number, [number], [("505-555-0101", "Mobile")]))
            office.miss(number, school_days()[:10])
        before = len(asked)
        said = take_in(any_db, office.write(tmp_path / str(count)))
        assert said.cases.opened == count
        return len(asked) - before

    assert (statements_of(12) - statements_of(2)) / 10 <= MOST_PER_CASE
