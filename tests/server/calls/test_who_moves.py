"""A student changes schools while a call waits: the list of the new school has it then."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from schemas.people import Role
from server.app import create_app
from server.calls import service
from server.db.database import Database
from server.settings import Settings
from tests.conftest import MONDAY, FakeClock
from tests.support.district import Phone, a_device
from tests.support.office import Office, school_days, school_of, student_of, take_in
from tests.support.people import a_person, signed_in

DAYS = school_days()


class Move:
    """A call that waits at school 1, and a caller of each of two schools."""

    def __init__(self, db: Database, folder: Path, settings: Settings, clock: FakeClock) -> None:
        self.db, self.folder = db, folder
        self.office = Office(schools=["1", "2"], students={"100": "1", "101": "2"})
        self.office.miss("100", DAYS[:3])
        take_in(db, self.office.write(folder / "first"))
        with db.write(MONDAY) as tx:
            opened = service.open_calls(tx, "1", "school_call_3")
            schools = [school_of(tx, code).id for code in ("1", "2")]
            self.root = student_of(tx, "100").root
        (self.task,) = opened.tasks
        app = create_app(settings, database=db, clock=clock)
        people = [a_person(db, Role.CALLER, schools=[one]) for one in schools]
        self.phones = [Phone(signed_in(app, db, one), a_device(db, one)) for one in people]
        for phone in self.phones:
            phone.sync()

    def moves(self) -> None:
        self.office.students["100"] = "2"
        take_in(self.db, self.office.write(self.folder / "moved"), at=MONDAY + timedelta(hours=1))

    def listed(self) -> list[bool]:
        for phone in self.phones:
            phone.sync()
        return [
            any(one["id"] == str(self.task) for one in each.all("task")) for each in self.phones
        ]

    def does(self, phone: Phone, verb: str, fence: int = 0) -> str:
        mut = phone.mut(f"task.{verb}", UUID(str(self.task)), {}, base=1, fence=fence)
        return phone.sync([mut]).receipts[-1].out


@pytest.fixture
def move(any_db: Database, tmp_path: Path, settings: Settings, clock: FakeClock) -> Move:
    return Move(any_db, tmp_path, settings, clock)


def test_the_call_leaves_the_old_schools_list_and_comes_to_the_new_ones(move: Move) -> None:
    assert move.listed() == [True, False]

    move.moves()

    assert move.listed() == [False, True]
    assert move.does(move.phones[0], "claim") == "refused"
    assert move.does(move.phones[1], "claim") == "applied"
    assert move.root in move.phones[1].held


def test_whoever_was_calling_just_then_finishes_and_the_new_school_sees_it(move: Move) -> None:
    caller, other = move.phones
    assert move.does(caller, "claim") == "applied"

    move.moves()

    assert move.does(caller, "complete", fence=1) == "applied"
    other.sync()
    assert other.row("task", UUID(str(move.task)))["status"] == "done"
