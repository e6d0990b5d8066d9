"""When a case opens, who hears of it, and what becomes of it when the student leaves."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from schemas.base import SchoolId
from schemas.identity import UserDraft
from schemas.people import Role
from server.cases import rules, store
from server.cases.rules import Place
from server.db.database import Database
from server.db.tables.alerts import AlertRow
from server.db.tables.attendance import CrossingRow
from server.feed import store as feed
from server.identity import service as identity
from server.identity.store import save_user
from tests.support.office import (
    MONDAY,
    Office,
    case_of,
    school_days,
    school_of,
    student_of,
    take_in,
)

DAYS = school_days()
SCHOOL = UUID(int=1)


@pytest.fixture
def office() -> Office:
    """A school with one student who has not missed a day."""
    return Office(schools=["1", "2"], students={"100": "1", "101": "2"})


def test_nobody_has_a_case_at_four_days_and_everybody_at_five(
    db: Database, tmp_path: Path, office: Office
) -> None:
    office.miss("100", DAYS[:4])
    first = take_in(db, office.write(tmp_path / "first"))
    office.miss("100", [DAYS[20]])
    second = take_in(db, office.write(tmp_path / "second"), at=MONDAY + timedelta(days=1))

    assert (first.cases.opened, second.cases.opened) == (0, 1)
    with db.read(MONDAY) as tx:
        case = case_of(tx, "100")
        assert case is not None
        assert (case.step, case.crossed_on) == ("early_intervention_5", DAYS[20])
        assert (case.opened_on, case.due_on) == (date(2026, 3, 3), date(2026, 3, 6))


def test_a_jump_from_nothing_to_ten_days_opens_one_case(
    db: Database, tmp_path: Path, office: Office
) -> None:
    office.miss("100", DAYS[:10])

    report = take_in(db, office.write(tmp_path / "files"))

    assert report.cases.opened == 1
    with db.read(MONDAY) as tx:
        case = case_of(tx, "100")
        assert case is not None
        assert (case.step, case.crossed_on) == ("early_intervention_5", DAYS[4])
        passed = {one.step: one.passed_over for one in tx.session.query(CrossingRow)}
        assert passed == {
            "robocall_2": True,
            "school_call_3": True,
            "school_call_4": True,
            "early_intervention_5": True,
            "habitual_10": False,
        }
        standing = feed.find(tx, "standing", student_of(tx, "100").id)
        assert standing is not None
        assert standing.data["step"] == "habitual_10"
        assert len(standing.data["absences"]) == 10


def test_only_students_with_a_case_reach_a_phone(
    db: Database, tmp_path: Path, office: Office
) -> None:
    office.miss("100", DAYS[:5])
    office.miss("101", DAYS[:4], school="2")

    take_in(db, office.write(tmp_path / "files"))

    with db.read(MONDAY) as tx:
        assert feed.is_active(tx, student_of(tx, "100").root)
        assert not feed.is_active(tx, student_of(tx, "101").root)
        assert feed.find(tx, "school", school_of(tx, "2").id) is not None


def test_the_coordinator_of_the_school_hears_of_it_once(
    db: Database, tmp_path: Path, office: Office
) -> None:
    take_in(db, office.write(tmp_path / "empty"))
    with db.write(MONDAY) as tx:
        for code in ("1", "2"):
            schools = [SchoolId(school_of(tx, code).id)]
            draft = UserDraft(
                name=code, login=f"c{code}", role=Role.COORDINATOR, school_ids=schools
            )
            user, _ = identity.invite(tx, draft, by=None)
            save_user(tx, user.id, {"state": "active"})
    office.miss("100", DAYS[:5])

    report = take_in(db, office.write(tmp_path / "five"))
    take_in(db, tmp_path / "five")

    assert report.cases.told == 1
    with db.read(MONDAY) as tx:
        assert [one.kind for one in tx.session.query(AlertRow)] == ["case.opened"]


def test_who_leaves_keeps_the_case_on_the_left_list(
    db: Database, tmp_path: Path, office: Office
) -> None:
    office.miss("100", DAYS[:5])
    take_in(db, office.write(tmp_path / "first"))
    office.exits["100"] = date(2026, 3, 6)

    too_early = take_in(db, office.write(tmp_path / "second"), at=MONDAY + timedelta(days=1))
    office.miss("101", [DAYS[0]], school="2")
    office.miss("100", [DAYS[30]])
    report = take_in(db, office.write(tmp_path / "third"), at=MONDAY + timedelta(days=7))

    assert (too_early.cases.left, report.cases.left) == (0, 1)
    with db.read(MONDAY) as tx:
        case = case_of(tx, "100")
        assert case is not None
        assert (case.left_on, case.status) == (date(2026, 3, 6), "new")
        assert store.open_case_of(tx, student_of(tx, "100").id) is case


def test_who_moves_within_the_district_takes_the_case_along(
    db: Database, tmp_path: Path, office: Office
) -> None:
    office.miss("100", DAYS[:5])
    take_in(db, office.write(tmp_path / "first"))
    office.students["100"] = "2"

    take_in(db, office.write(tmp_path / "second"), at=MONDAY + timedelta(days=1))

    with db.read(MONDAY) as tx:
        case = case_of(tx, "100")
        assert case is not None
        assert case.school_id == school_of(tx, "2").id
        assert case.left_on is None


def test_absences_of_two_schools_count_together(
    db: Database, tmp_path: Path, office: Office
) -> None:
    office.miss("100", DAYS[:3])
    office.miss("100", DAYS[2:5], school="2")

    report = take_in(db, office.write(tmp_path / "files"))

    assert report.cases.opened == 1


def test_a_caseload_is_what_is_assigned_and_not_closed(
    db: Database, tmp_path: Path, office: Office
) -> None:
    office.miss("100", DAYS[:5])
    take_in(db, office.write(tmp_path / "files"))
    with db.write(MONDAY) as tx:
        draft = UserDraft(
            name="A", login="a", role=Role.ADVISOR, school_ids=[SchoolId(school_of(tx, "1").id)]
        )
        user, _ = identity.invite(tx, draft, by=None)
        case = case_of(tx, "100")
        assert case is not None
        store.save(tx, case.id, {"assignee_id": user.id})
        assigned = store.roots_assigned_to(tx, user.id)
        store.save(tx, case.id, {"status": "closed"})

        assert assigned == [student_of(tx, "100").root]
        assert store.roots_assigned_to(tx, user.id) == []


def test_outreach_is_owed_three_school_days_after_the_case_was_opened() -> None:
    friday, saturday = date(2026, 3, 6), date(2026, 3, 7)

    assert rules.due_on(DAYS, friday, within=3) == date(2026, 3, 11)
    assert rules.due_on(DAYS, saturday, within=3) == date(2026, 3, 11)
    assert rules.due_on(DAYS, date(2026, 6, 5), within=None) == date(2026, 6, 10)


def test_an_exit_counts_from_its_day_on() -> None:
    place = Place(school_id=SCHOOL, exit_on=date(2026, 3, 6))

    assert rules.left_on(place, date(2026, 3, 5)) is None
    assert rules.left_on(place, date(2026, 3, 6)) == date(2026, 3, 6)


def test_the_day_is_the_districts_own(db: Database, tmp_path: Path, office: Office) -> None:
    office.miss("100", DAYS[:5])
    evening_in_denver = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)

    take_in(db, office.write(tmp_path / "files"), at=evening_in_denver)

    with db.read(MONDAY) as tx:
        case = case_of(tx, "100")
        assert case is not None
        assert case.opened_on == date(2026, 3, 2)
