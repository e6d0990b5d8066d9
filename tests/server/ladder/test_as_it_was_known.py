"""What was known of enrolments and calendars can be asked later and gives the same again."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.db.database import Database
from server.ladder import catalog, service, students, why
from server.ladder.year import Asked
from server.people import store as people
from tests.support.csv_office import DAYS
from tests.support.late_school import YEAR, LateSchool
from tests.support.office import MONDAY

LADDERS = [catalog.get(key) for key in ("aps-2014", "nm-afsa", "ca-sarb")]


def seen(db: Database, now: datetime, known_at: datetime | None) -> dict[str, Any]:
    """Return everything that is answered of a moment: counts, lists, sums and a reason."""
    found: dict[str, Any] = {}
    with db.read(now) as tx:
        for ladder in LADDERS:
            counted = service.counts(tx, ladder, YEAR, on=DAYS[-1], known_at=known_at)
            found[ladder.key] = counted.steps
            step = ladder.automatic_steps[0].key
            at = Asked(on=DAYS[-1], known_at=known_at)
            listed = students.at_step(tx, ladder, YEAR, step, at)
            assert listed.count == counted.steps[step]
            found[f"{ladder.key} {step}"] = listed.students
        ana = people.find_student_by_number(tx, "100")
        if ana is not None:
            found["units"] = service.unexcused_units(tx, YEAR, [ana.id], known_at=known_at)
            for ladder in LADDERS:
                at = Asked(on=DAYS[-1], known_at=known_at)
                reason = why.of_step(tx, ladder, YEAR, ana.id, asked=at)
                found[f"{ladder.key} why"] = (
                    reason.why_en,
                    reason.value_now,
                    reason.enrolled,
                    [(row.on_date, row.counts, row.is_outside) for row in reason.rows],
                )
    return found


@pytest.fixture
def story(any_db: Database, tmp_path: Path) -> LateSchool:
    return LateSchool(any_db, tmp_path, seen)


def test_every_answer_that_was_ever_given_is_given_again(story: LateSchool) -> None:
    now = story.now + timedelta(days=9)

    answers = [seen(story.db, now, at) for at, _ in story.known]

    assert answers == [known for _, known in story.known]
    assert len({str(one) for one in answers}) > 4, "the story changes what is known"


def test_before_the_first_import_nobody_is_enrolled(story: LateSchool) -> None:
    found = seen(story.db, story.now, MONDAY)

    assert not any(found["aps-2014"].values())
    assert found["nm-afsa why"][2] == 0


def test_as_recorded_takes_each_schools_own_evening(story: LateSchool) -> None:
    """Day N is by the calendar known now; who was enrolled, by what was known at its end."""
    with story.db.read(story.now) as tx:
        for ladder in LADDERS:
            recorded = service.counts(tx, ladder, YEAR, on=DAYS[-1], as_recorded=True)
            assert not any(recorded.steps.values()), "the first file came after that day"
            untold = [one for one in recorded.warnings if "had told no attendance" in one]
            assert untold, "nobody takes the zero for a count"
            now = service.counts(tx, ladder, YEAR, on=DAYS[-1])
            assert not any("had told no attendance" in one for one in now.warnings)
