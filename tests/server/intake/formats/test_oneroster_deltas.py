"""OneRoster deltas: what changed, and what of it ends a stay."""

from datetime import UTC, date, datetime
from pathlib import Path

from server.intake.files import sources
from server.intake.formats import oneroster
from server.intake.records import (
    GuardianRecord,
    PlaceRecord,
    StudentRecord,
)
from tests.support import rosters
from tests.support.one_roster import given, role, stays
from tests.support.rosters import Rows
from tests.support.tables import MemorySink

CHANGED = "2025-11-03T17:00:00Z"


def delta(tmp_path: Path, **tables: Rows) -> MemorySink:
    told = rosters.manifest(**dict.fromkeys(tables, "delta"))
    return given(tmp_path, {"manifest": told, **tables})


def changed(columns: list[str], fields: list[str], status: str = "active") -> list[str]:
    return [
        {"status": status, "dateLastModified": CHANGED}.get(column, field)
        for column, field in zip(columns, fields, strict=True)
    ]


def test_a_set_with_any_delta_is_one(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    tables["manifest"] = rosters.manifest(users="delta", orgs="bulk")
    rosters.put(tmp_path / "delta", tables)
    rosters.put(tmp_path / "bulk", rosters.one_roster())

    with sources.opened(tmp_path) as found:
        assert [one.scope.is_delta for one in oneroster.find(found)] == [False, True]


def test_a_delta_keeps_when_and_what_was_taken_back(tmp_path: Path) -> None:
    users = [
        changed(rosters.USERS, rosters.user("u1", "student", "a", "Zoé", "N", identifier="7")),
        changed(rosters.USERS, rosters.user("u2", "student", "a", "Ben", "O"), "tobedeleted"),
        changed(rosters.USERS, rosters.user("g1", "parent", "a", "Eva", "N"), "ToBeDeleted"),
        changed(rosters.USERS, rosters.user("g2", "parent", "a", "Max", "N"), "inactive"),
    ]
    sink = delta(tmp_path, users=[rosters.USERS, *users])

    at = datetime(2025, 11, 3, 17, tzinfo=UTC)
    assert [(one.number, one.is_deleted, one.source_at) for one in sink.all(StudentRecord)] == [
        ("7", False, at),
        ("u2", True, at),
    ]
    assert [(one.source_id, one.is_deleted) for one in sink.all(GuardianRecord)] == [
        ("g1", True),
        ("g2", True),
    ]
    assert sink.notes == []


def test_a_transfer_ends_one_stay_and_begins_another(tmp_path: Path) -> None:
    users = [changed(rosters.USERS, rosters.user("u1", "student", "b", "Zoé", "N"))]
    seats = [
        changed(rosters.ENROLLMENTS, rosters.seat("u1", "m", "a", "2025-08-11", "2025-11-01")),
        changed(rosters.ENROLLMENTS, rosters.seat("u1", "e", "a", "2025-08-11", "2025-10-31")),
        changed(rosters.ENROLLMENTS, rosters.seat("u1", "k", "b", "2025-11-03", "2026-05-29")),
    ]

    sink = delta(tmp_path, users=[rosters.USERS, *users], enrollments=[rosters.ENROLLMENTS, *seats])

    assert stays(sink) == [
        ("u1", "a", date(2025, 8, 11), date(2025, 10, 31)),
        ("u1", "b", date(2025, 11, 3), None),
    ]
    assert {one.periods for one in sink.all(PlaceRecord)} == {None}
    assert {one.school_year for one in sink.all(PlaceRecord)} == {"2025-26"}


def test_a_transfer_is_seen_from_the_classes_alone(tmp_path: Path) -> None:
    seats = [
        changed(rosters.ENROLLMENTS, rosters.seat("u1", "m", "a", "2025-08-11", ""), "tobedeleted"),
        changed(rosters.ENROLLMENTS, rosters.seat("u1", "k", "b", "2025-11-03", "")),
    ]

    sink = delta(tmp_path, enrollments=[rosters.ENROLLMENTS, *seats])

    assert stays(sink) == [
        ("u1", "a", date(2025, 8, 11), date(2025, 11, 2)),
        ("u1", "b", date(2025, 11, 3), None),
    ]


def test_a_change_of_classes_alone_ends_no_stay(tmp_path: Path) -> None:
    dropped = changed(rosters.ENROLLMENTS, rosters.seat("u1", "m", "a", "2025-08-11", "2025-11-01"))
    there = changed(rosters.USERS, rosters.user("u2", "student", "a", "Ben", "O"))
    other = changed(rosters.ENROLLMENTS, rosters.seat("u2", "m", "a", "2025-08-11", "2025-11-01"))

    sink = delta(
        tmp_path,
        users=[rosters.USERS, there],
        enrollments=[rosters.ENROLLMENTS, dropped, other],
    )

    # Whether that was u2's only class is known where his enrolment is stored.
    [told] = sink.all(PlaceRecord)
    assert (told.number, told.ended_count) == ("u2", 1)
    assert stays(sink) == [("u2", "a", date(2025, 8, 11), date(2025, 10, 31))]
    assert sink.left["enrollments.csv", "Enrollment (change of classes)"] == 1


def test_who_left_the_district_has_a_last_day(tmp_path: Path) -> None:
    gone = changed(rosters.USERS, rosters.user("u1", "student", "a", "Zoé", "N"), "tobedeleted")
    seats = [changed(rosters.ENROLLMENTS, rosters.seat("u1", "m", "a", "2025-08-11", "2025-10-25"))]

    sink = delta(tmp_path, users=[rosters.USERS, gone], enrollments=[rosters.ENROLLMENTS, *seats])

    assert stays(sink) == [("u1", "a", date(2025, 8, 11), date(2025, 10, 24))]


def test_a_role_taken_back_ends_a_stay(tmp_path: Path) -> None:
    roles = [
        changed(
            rosters.ROLES, role("u1", "student", "a", "2025-08-11", "2025-10-24"), "tobedeleted"
        ),
        changed(rosters.ROLES, role("u1", "student", "b", "2025-10-27")),
    ]

    sink = delta(tmp_path, roles=[rosters.ROLES, *roles])

    assert sorted(stays(sink)) == [
        ("u1", "a", date(2025, 8, 11), date(2025, 10, 24)),
        ("u1", "b", date(2025, 10, 27), None),
    ]


def test_an_end_that_is_told_in_advance_ends_the_stay_unless_it_is_the_years(
    tmp_path: Path,
) -> None:
    roles = [
        changed(rosters.ROLES, role("u1", "student", "a", "2025-08-11", "2026-01-16")),
        changed(rosters.ROLES, role("u2", "student", "a", "2025-08-11", "2026-05-29")),
    ]

    sink = delta(tmp_path, roles=[rosters.ROLES, *roles])

    assert sorted(stays(sink)) == [
        ("u1", "a", date(2025, 8, 11), date(2026, 1, 16)),
        ("u2", "a", date(2025, 8, 11), None),
    ]
