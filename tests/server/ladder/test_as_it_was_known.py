"""What was known of enrolments and calendars can be asked later and gives the same again."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.db.database import Database
from server.intake.mending import undo
from server.intake.mending.undo import UndoOrder
from server.ladder import catalog, service, students, why
from server.ladder.year import Asked
from server.people import store as people
from tests.support.csv_office import DAYS, CsvOffice
from tests.support.office import MONDAY

YEAR = "2025-26"
LADDERS = [catalog.get(key) for key in ("aps-2014", "nm-afsa", "ca-sarb")]
PLACES = "student_id,school_id,school_year,grade,entry_date,exit_date\n"
CALENDAR = "school_id,date,event\n"


def seen(db: Database, now: datetime, asked: Asked) -> dict[str, Any]:
    """Return everything that is answered of a moment: counts, lists, sums and a reason."""
    found: dict[str, Any] = {}
    with db.read(now) as tx:
        for ladder in LADDERS:
            counted = service.counts(tx, ladder, YEAR, on=DAYS[-1], known_at=asked.known_at)
            found[ladder.key] = counted.steps
            step = ladder.automatic_steps[0].key
            at = Asked(on=DAYS[-1], known_at=asked.known_at)
            listed = students.at_step(tx, ladder, YEAR, step, at)
            assert listed.count == counted.steps[step]
            found[f"{ladder.key} {step}"] = listed.students
        ana = people.find_student_by_number(tx, "100")
        if ana is not None:
            found["units"] = service.unexcused_units(tx, YEAR, [ana.id], known_at=asked.known_at)
            for ladder in LADDERS:
                at = Asked(on=DAYS[-1], known_at=asked.known_at)
                reason = why.of_step(tx, ladder, YEAR, ana.id, asked=at)
                found[f"{ladder.key} why"] = (
                    reason.why_en,
                    reason.value_now,
                    reason.enrolled,
                    [(row.on_date, row.counts, row.is_outside) for row in reason.rows],
                )
    return found


class Story:
    """Imports day by day, and what was seen after each."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db = db
        self.office = CsvOffice(db, folder)
        self.now = MONDAY
        self.known: list[tuple[datetime, dict[str, Any]]] = []
        self.runs: list[str] = []

    def take(self, **order: Any) -> None:
        self.now += timedelta(days=1)
        self.runs.append(self.office.take(at=self.now, confirm_drop=True, **order).run)
        self.remember()

    def take_back(self, run: str) -> None:
        self.now += timedelta(days=1)
        order = UndoOrder(run=run, data_dir=self.office.folder / "data")
        undo.undo(self.db, order, clock=lambda: self.now, say=lambda _text: None)
        self.remember()

    def remember(self) -> None:
        self.known.append((self.now, seen(self.db, self.now, Asked())))

    def enrol(self, *lines: str) -> None:
        self.office.files["enrollments.csv"] = PLACES + "".join(f"{one}\n" for one in lines)

    def tell_calendar(self, *lines: str) -> None:
        self.office.files["calendar.csv"] = CALENDAR + "".join(f"1,{one}\n" for one in lines)


@pytest.fixture
def story(any_db: Database, tmp_path: Path) -> Story:
    """A school that learns late: of withdrawals, a return, a transfer, and its own calendar."""
    told = Story(any_db, tmp_path)
    told.office.district(["100", "101", "102"])
    told.office.attendance(
        [f"{one},1,{day},U" for one in ("100", "101") for day in DAYS[:12]]
        + [f"102,1,{DAYS[80]},U"]
    )
    told.take()
    told.enrol(f"100,1,{YEAR},09,2025-08-11,{DAYS[5]}", f"101,1,{YEAR},09,2025-08-11,{DAYS[7]}")
    told.take(window="merge")
    told.enrol(
        f"100,1,{YEAR},09,2025-08-11,{DAYS[5]}",
        f"100,1,{YEAR},09,{DAYS[10]},",
        f"101,2,{YEAR},10,{DAYS[8]},",
    )
    told.office.files["schools.csv"] = "school_id,name\n2,School 2\n"
    told.office.files["calendar.csv"] = CALENDAR + "".join(
        f"2,{day},Instructional day\n" for day in DAYS[5:60]
    )
    told.take(window="merge")
    told.tell_calendar(f"{DAYS[30]},Holiday", f"{DAYS[31]},Holiday")
    told.take(window="merge")
    told.take_back(told.runs[2])
    told.take_back(told.runs[3])
    told.tell_calendar(*[f"{day},Holiday" for day in DAYS[40:60]])
    told.enrol(f"100,1,{YEAR},09,2025-08-11,{DAYS[8]}")
    told.take(window="merge")
    return told


def test_every_answer_that_was_ever_given_is_given_again(story: Story) -> None:
    now = story.now + timedelta(days=9)

    answers = [seen(story.db, now, Asked(known_at=at)) for at, _ in story.known]

    assert answers == [known for _, known in story.known]
    assert len({str(one) for one in answers}) > 4, "the story changes what is known"


def test_before_the_first_import_nobody_is_enrolled(story: Story) -> None:
    found = seen(story.db, story.now, Asked(known_at=MONDAY))

    assert not any(found["aps-2014"].values())
    assert found["nm-afsa why"][2] == 0


def test_as_recorded_takes_each_schools_own_evening(story: Story) -> None:
    """Day N is by the calendar known now; who was enrolled, by what was known at its end."""
    with story.db.read(story.now) as tx:
        for ladder in LADDERS:
            recorded = service.counts(tx, ladder, YEAR, on=DAYS[-1], as_recorded=True)
            assert not any(recorded.steps.values()), "the first file came after that day"
