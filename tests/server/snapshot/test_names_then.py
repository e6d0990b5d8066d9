"""Rows behind a figure of an earlier moment call students as they were called then."""

from datetime import datetime, timedelta
from pathlib import Path

from server.db.database import Database
from server.snapshot import service
from server.snapshot.service import Question
from tests.support.csv_office import DAYS, CsvOffice
from tests.support.office import MONDAY


def names(db: Database, known_at: datetime | None) -> set[str]:
    with db.read(MONDAY + timedelta(days=9)) as tx:
        question = Question(school_year="2025-26", day=100, known_at=known_at)
        taken = service.take(tx, question)
        return {row.name for row in service.rows_of(tx, taken, "unexcused_total").rows}


def test_a_name_that_the_office_mended_is_as_it_was_on_the_report_of_then(
    any_db: Database, tmp_path: Path
) -> None:
    office = CsvOffice(any_db, tmp_path)
    office.district(["100"])
    office.attendance([f"100,1,{DAYS[0]},U"])
    office.take()
    office.files["students.csv"] = "student_id,first_name,last_name\n100,Anna,Ramos\n"
    office.take(at=MONDAY + timedelta(days=2))

    assert names(any_db, None) == {"Anna Ramos"}
    assert names(any_db, MONDAY + timedelta(days=1)) == {"Ana Peña"}
