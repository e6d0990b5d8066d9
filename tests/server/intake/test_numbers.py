"""A phone number that a person corrected is never overwritten by a file."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from schemas.sync import ConflictField
from server.db.database import Database
from server.db.tables.people import GuardianshipRow
from server.db.tables.syncing import ConflictRow
from server.feed import store as feed
from server.feed.store import Author
from server.ids import new_id
from server.people import store as people
from tests.support.office import MONDAY, Office, Parent, points_of, school_days, student_of, take_in

LATER = MONDAY + timedelta(days=1)
ADVISOR = UUID(int=7)


@pytest.fixture
def office(db: Database, tmp_path: Path) -> Office:
    """A family with a case, whose mother has one mobile number."""
    office = Office(students={"100": "1", "101": "1"})
    office.parents = [
        Parent("1", ["100", "101"], [("505-555-0101", "Mobile")], restriction="Call after 2 p.m.")
    ]
    office.miss("100", school_days()[:5])
    take_in(db, office.write(tmp_path / "first"))
    return office


def correct(db: Database, value: str) -> None:
    with db.write(LATER) as tx:
        [point] = points_of(tx)
        people.save_contact_point(tx, point.id, {"value": value})
        people.publish_contact_point(tx, point.id, by=Author(ADVISOR, new_id()))


def again(db: Database, office: Office, folder: Path, number: str, *, days: int) -> None:
    office.parents[0].phones = [(number, "Mobile")] if number else []
    take_in(db, office.write(folder / str(days)), at=MONDAY + timedelta(days=days))


def conflicts(db: Database) -> list[ConflictField]:
    with db.read(LATER) as tx:
        rows = tx.session.query(ConflictRow).all()
        return [field for row in rows for field in msgspec.convert(row.fields, list[ConflictField])]


def values(db: Database) -> list[tuple[str, str | None, bool]]:
    with db.read(LATER) as tx:
        return [(one.value, one.source_value, one.ended_at is None) for one in points_of(tx)]


def test_the_file_may_change_a_number_nobody_touched(
    db: Database, office: Office, tmp_path: Path
) -> None:
    again(db, office, tmp_path, "505-555-0109", days=2)

    assert values(db) == [("505-555-0109", "505-555-0109", True)]
    assert conflicts(db) == []


def test_a_corrected_number_outlives_the_same_old_file(
    db: Database, office: Office, tmp_path: Path
) -> None:
    correct(db, "505-555-0150")

    again(db, office, tmp_path, "(505) 555-0101", days=2)

    assert [one[0] for one in values(db)] == ["505-555-0150"]
    assert conflicts(db) == []


def test_a_file_that_brings_the_corrected_number_agrees(
    db: Database, office: Office, tmp_path: Path
) -> None:
    correct(db, "505-555-0150")

    again(db, office, tmp_path, "+1 505 555 0150", days=2)

    assert values(db) == [("505-555-0150", "+1 505 555 0150", True)]
    assert conflicts(db) == []


def test_a_third_number_is_shown_as_a_conflict_once(
    db: Database, office: Office, tmp_path: Path
) -> None:
    correct(db, "505-555-0150")

    again(db, office, tmp_path, "505-555-0177", days=2)
    again(db, office, tmp_path, "505-555-0177", days=3)

    [conflict] = conflicts(db)
    assert (conflict.was, conflict.theirs, conflict.mine) == (
        "505-555-0101",
        "505-555-0150",
        "505-555-0177",
    )
    assert (conflict.theirs_by, conflict.mine_by) == (ADVISOR, None)
    assert [one[0] for one in values(db)] == ["505-555-0150"]
    with db.read(LATER) as tx:
        [row] = tx.session.query(ConflictRow).all()
        assert feed.roots_of(tx, "conflict", row.id) == {student_of(tx, "100").root}


def test_a_fourth_number_carries_the_open_conflict_on(
    db: Database, office: Office, tmp_path: Path
) -> None:
    correct(db, "505-555-0150")
    again(db, office, tmp_path, "505-555-0177", days=2)

    again(db, office, tmp_path, "505-555-0188", days=3)

    [conflict] = conflicts(db)
    assert (conflict.mine, conflict.trail) == ("505-555-0188", ["505-555-0177"])


def test_a_number_the_file_lacks_goes_unless_a_person_wrote_it(
    db: Database, office: Office, tmp_path: Path
) -> None:
    with db.write(LATER) as tx:
        [point] = points_of(tx)
        fields = {"kind": "mobile", "value": "505-555-0160"}
        people.add_contact_point(tx, new_id(), point.guardian_id, fields)

    again(db, office, tmp_path, "", days=2)

    assert sorted(values(db)) == [
        ("505-555-0101", "505-555-0101", False),
        ("505-555-0160", None, True),
    ]


def test_a_corrected_number_stays_when_the_file_has_none_any_more(
    db: Database, office: Office, tmp_path: Path
) -> None:
    correct(db, "505-555-0150")

    again(db, office, tmp_path, "", days=2)
    again(db, office, tmp_path, "5055550150", days=3)

    assert values(db) == [("505-555-0150", "5055550150", True)]


def test_a_guardian_the_file_lacks_leaves_the_phones_but_not_the_history(
    db: Database, office: Office, tmp_path: Path
) -> None:
    office.parents = [Parent("2", ["100"], [("505-555-0102", "Home")])]

    take_in(db, office.write(tmp_path / "second"), at=LATER)

    with db.read(LATER) as tx:
        root = student_of(tx, "100").root
        ended = {tie.id: tie.ended_at for tie in tx.session.query(GuardianshipRow)}
        gone = [
            key for key, at in ended.items() if at and not feed.roots_of(tx, "guardianship", key)
        ]
        kept = [key for key in ended if feed.roots_of(tx, "guardianship", key) == {root}]
        assert (len(gone), len(kept)) == (1, 1)


def test_a_guardian_belongs_only_to_children_whose_case_is_open(
    db: Database, office: Office
) -> None:
    with db.read(LATER) as tx:
        [point] = points_of(tx)
        assert people.active_roots_of_guardian(tx, point.guardian_id) == {
            student_of(tx, "100").root
        }
        tie = next(
            one
            for one in tx.session.query(GuardianshipRow)
            if one.student_id == student_of(tx, "100").id
        )
        published = feed.find(tx, "guardianship", tie.id)
        assert published is not None
        assert published.data["restriction"] == "Call after 2 p.m."
