"""The snapshot as it was known: answers are given again, and what nobody knew is no zero."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from schemas.snapshot import Snapshot
from server.db.database import Database
from server.snapshot import page, service
from server.snapshot.service import Question
from tests.support.late_school import YEAR, LateSchool
from tests.support.office import MONDAY

OF_ATTENDANCE = ["unexcused_total", "analysed", "left", "data", "not_habitual"]


def taken(db: Database, now: datetime, known_at: datetime | None, **told: Any) -> Snapshot:
    with db.read(now) as tx:
        asked: dict[str, Any] = {"schools_are_all": True, **told}
        question = Question(school_year=YEAR, day=100, known_at=known_at, told=asked)
        return service.snapshot(tx, service.take(tx, question))


def seen(db: Database, now: datetime, known_at: datetime | None) -> Mapping[str, Any]:
    """Return what a snapshot says, without how it was asked."""
    found = taken(db, now, known_at)
    figures: dict[str, Any] = msgspec.to_builtins(found.figures)
    for one in figures.values():
        one.pop("rows", None)
        one.pop("address", None)
    return {"figures": figures, "schools": found.schools}


@pytest.fixture
def story(any_db: Database, tmp_path: Path) -> LateSchool:
    return LateSchool(any_db, tmp_path, seen)


def test_every_snapshot_that_was_ever_taken_comes_out_again(story: LateSchool) -> None:
    now = story.now + timedelta(days=9)

    again = [seen(story.db, now, at) for at, _ in story.known]

    assert again == [known for _, known in story.known]
    totals = [one["figures"]["unexcused_total"]["value"] for one in again]
    assert totals == [25, 15, 17, 17, 17, 17, 17, 15, 15, 18]


def test_before_anything_was_recorded_a_figure_is_not_available_and_no_zero(
    story: LateSchool,
) -> None:
    """The files came in after day 100: as recorded on that day, nobody had written anything."""
    why = "Not available: no attendance of 2025-26 had been recorded by the moment asked for"
    for found in (
        taken(story.db, story.now, None, known="as_recorded"),
        taken(story.db, story.now, MONDAY - timedelta(days=1)),
    ):
        means = [key for key in found.figures if key.startswith("mean_") and "before" not in key]
        assert means
        for key in (*OF_ATTENDANCE, *means):
            figure = found.figures[key]
            assert (figure.value, figure.percent, figure.denominator) == (None, None, None), key
            assert figure.missing.startswith(why), key
        assert found.figures["schools"].value == 1
        assert any(one.startswith(why) for one in found.caveats)
        assert why in page.sheet(found, language="en")
        assert why in page.html(found, language="en")
        assert why in page.text(found)


def test_as_known_now_needs_no_recording_by_day_n(story: LateSchool) -> None:
    found = taken(story.db, story.now, None)

    assert found.known == "as known now"
    assert found.figures["unexcused_total"].value == 18
