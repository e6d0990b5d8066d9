"""The demo district: made up, made once, and never in a real district's database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.people import Role
from server.db.database import Database
from server.db.tables.cases import CaseRow
from server.db.tables.identity import UserRow
from server.db.tables.people import ContactPointRow, EnrollmentRow, StudentRow
from server.demo import district, service
from server.demo.service import NotADemo
from server.settings import Settings, load
from tests.support.office import MONDAY, Office, take_in


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(data_dir=tmp_path / "data", environment={})


def test_every_role_has_something_to_do(db: Database, settings: Settings) -> None:
    links = service.ensure(db, settings, lambda: MONDAY)

    assert {link.role for link in links} == set(Role)
    assert all(link.url.startswith("http://localhost:8080/#/invite/") for link in links)
    with db.read(MONDAY) as tx:
        assert tx.session.query(StudentRow).count() == 60
        users = {user.id: user.role for user in tx.session.query(UserRow)}
        cases = tx.session.query(CaseRow).all()
        assert {users[case.assignee_id] for case in cases if case.assignee_id} == {
            Role.ADVISOR,
            Role.SOCIAL_WORKER,
            Role.CALLER,
        }
        assert sum(case.status == "new" and case.left_on is None for case in cases) >= 3
        assert sum(case.due_on < MONDAY.date() for case in cases) >= 3
        assert sum(case.left_on is not None for case in cases) == 1
        assert sum(case.no_longer_met_on is not None for case in cases) == 1
        assert {one.source for one in tx.session.query(EnrollmentRow)} == {"enrollment_file"}


def test_a_second_look_makes_only_fresh_links(db: Database, settings: Settings) -> None:
    first = service.ensure(db, settings, lambda: MONDAY)
    second = service.ensure(db, settings, lambda: MONDAY + timedelta(days=1))

    assert not {link.url for link in first} & {link.url for link in second}
    with db.read(MONDAY) as tx:
        assert tx.session.query(UserRow).count() == 6
        assert tx.session.query(StudentRow).count() == 60


def test_nobody_can_be_called_by_mistake(db: Database, settings: Settings) -> None:
    service.ensure(db, settings, lambda: MONDAY)

    with db.read(MONDAY) as tx:
        numbers = [one.value for one in tx.session.query(ContactPointRow) if one.kind != "email"]
        assert numbers
        assert all(number.split()[1].startswith("555-01") for number in numbers)


def test_a_real_district_is_left_alone(db: Database, settings: Settings, tmp_path: Path) -> None:
    take_in(db, Office(students={"100": "1"}).write(tmp_path / "real"))

    with pytest.raises(NotADemo):
        service.ensure(db, settings, lambda: MONDAY)


@pytest.mark.parametrize("month", range(1, 13))
def test_on_any_day_of_the_year_enough_school_days_have_passed(month: int) -> None:
    today = datetime(2026, month, 15, tzinfo=UTC).date()

    invented = district.invent(today, seed=1)

    assert invented.past_count >= 45
    assert invented == district.invent(today, seed=1)
    assert sum(len(pupil.unexcused) >= 5 for pupil in invented.pupils) == 14
