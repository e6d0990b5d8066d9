"""``presente calls open``: one call for each family at a step, whoever asks how often."""

import json
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from schemas.people import Role
from server.app import create_app
from server.calls import service
from server.calls.rules import Opened
from server.cli import main
from server.db.database import Database
from server.db.tables.attendance import CrossingRow
from server.db.tables.calls import TaskRow
from server.db.tables.people import EnrollmentRow, SchoolRow, StudentRow
from server.ids import new_id
from server.ladder import catalog
from server.ladder import service as ladders
from server.problems import NotFound
from server.settings import Settings
from tests.conftest import MONDAY, FakeClock
from tests.support.attendance import school_year
from tests.support.district import Phone, a_device
from tests.support.people import a_person, signed_in
from tests.support.programme import YEAR, a_student

STEP = "school_call_3"


class School:
    """A school with two students at a step that opens no case, and one whom it passed over."""

    def __init__(self, db: Database) -> None:
        self.db = db
        with db.write(MONDAY) as tx:
            self.id = school_year(tx, "101")
            self.ladder = catalog.version_of(ladders.ladder_of_district(tx, YEAR))
            self.ana = a_student(tx, self.id, first="Ana")
            self.ben = a_student(tx, self.id, first="Ben")
            self.cid = a_student(tx, self.id, first="Cid")
        for student, passed in ((self.ana, False), (self.ben, False), (self.cid, True)):
            self.crosses(student, passed_over=passed)

    def crosses(self, student: UUID, *, days: int = 0, passed_over: bool = False) -> None:
        at = MONDAY + timedelta(days=days)
        with self.db.write(at) as tx:
            row = CrossingRow(
                id=new_id(),
                student_id=student,
                school_id=self.id,
                school_year=YEAR,
                ladder=self.ladder,
                step=STEP,
                crossed_on=date(2026, 2, 20),
                value=3,
                first_seen_at=at,
                no_longer_met_at=None,
                passed_over=passed_over,
                due_on=date(2026, 3, 6),
            )
            tx.session.add(row)

    def takes_back(self, student: UUID) -> None:
        with self.db.write(MONDAY) as tx:
            query = select(CrossingRow).where(CrossingRow.student_id == student)
            for row in tx.session.scalars(query):
                row.no_longer_met_at = MONDAY

    def opens(self, *, days: int = 0) -> Opened:
        with self.db.write(MONDAY + timedelta(days=days)) as tx:
            return service.open_calls(tx, "101", STEP)


@pytest.fixture
def school(any_db: Database) -> School:
    return School(any_db)


def test_each_student_at_the_step_is_put_on_the_list_once(school: School) -> None:
    first, again = school.opens(), school.opens()

    assert (first.opened, first.known) == (2, 0)
    assert (again.opened, again.known) == (0, 2)
    with school.db.read(MONDAY) as tx:
        rows = tx.session.scalars(select(TaskRow)).all()
        assert {row.student_id for row in rows} == {school.ana, school.ben}
        assert {(row.step, row.due_on, row.status) for row in rows} == {
            (STEP, date(2026, 3, 6), "open")
        }


def test_a_step_taken_back_and_reached_again_asks_for_a_new_call(school: School) -> None:
    school.opens()
    school.takes_back(school.ana)
    assert school.opens(days=1).opened == 0
    school.crosses(school.ana, days=2)

    assert school.opens(days=3).opened == 1


def test_nobody_who_left_the_school_is_called_for_it(school: School) -> None:
    with school.db.write(MONDAY) as tx:
        query = select(EnrollmentRow).where(EnrollmentRow.student_id == school.ben)
        tx.session.scalars(query).one().exit_on = date(2026, 1, 9)

    assert school.opens().opened == 1


def test_a_school_or_step_nobody_knows_is_refused(school: School) -> None:
    with school.db.write(MONDAY) as tx:
        with pytest.raises(NotFound, match="no school"):
            service.open_calls(tx, "999", STEP)
        with pytest.raises(NotFound, match="no step"):
            service.open_calls(tx, "101", "tea_party")


def test_whoever_takes_the_call_is_given_the_family_that_has_no_case(
    school: School, settings: Settings, clock: FakeClock
) -> None:
    school.opens()
    app = create_app(settings, database=school.db, clock=clock)
    caller = a_person(school.db, Role.CALLER, schools=[school.id])
    phone = Phone(signed_in(app, school.db, caller), a_device(school.db, caller))
    phone.sync()
    task = next(row for row in phone.all("task") if row["student_id"] == str(school.ana))

    answer = phone.sync([phone.mut("task.claim", UUID(task["id"]), {}, base=1)])

    assert answer.receipts[-1].out == "applied"
    assert phone.row("student", school.ana)["first_name"] == "Ana"
    assert "standing" not in {at[1] for at in phone.rows}


def test_a_conflict_about_a_family_without_a_case_reaches_the_coordinators_desk(
    school: School, settings: Settings, clock: FakeClock
) -> None:
    school.opens()
    app = create_app(settings, database=school.db, clock=clock)
    cai = a_person(school.db, Role.CALLER, schools=[school.id])
    dora = a_person(school.db, Role.COORDINATOR, schools=[school.id])
    other = a_person(school.db, Role.COORDINATOR)
    caller = Phone(signed_in(app, school.db, cai), a_device(school.db, cai))
    desk = Phone(signed_in(app, school.db, dora), a_device(school.db, dora))
    contact = new_id()
    said = {
        "student_id": str(school.ana),
        "method": "phone_call",
        "outcome": "no_answer",
        "occurred_at": MONDAY.isoformat(),
    }
    caller.sync([caller.mut("contact.create", contact, said)])
    for phone, note in ((caller, "rang twice"), (desk, "rang once")):
        phone.sync([phone.mut("contact.amend", contact, {"note": note}, base=1)])

    told = desk.client.get("/api/desk/conflicts").json()["conflicts"]

    assert [one["conflict"]["fields"][0]["field"] for one in told] == ["note"]
    assert signed_in(app, school.db, other).get("/api/desk/conflicts").json()["conflicts"] == []


def test_an_operator_puts_families_on_the_list(
    settings: Settings, db: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    school = School(db)
    folder = ["--dir", str(settings.data_dir), "--json"]

    code = main(["calls", "open", "--school", "101", "--step", STEP, *folder])

    told = json.loads(capsys.readouterr().out)
    assert (code, told["opened"], len(told["tasks"])) == (0, 2, 2)
    with db.read(MONDAY) as tx:
        pool = tx.session.get_one(SchoolRow, school.id).pool_root
        assert pool is not None
        assert tx.session.get_one(StudentRow, school.ana).root != pool
