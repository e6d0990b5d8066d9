"""A clerk who takes files in and back, and asks what is known then."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from server.db.database import Database
from server.intake.mending import undo
from server.intake.mending.undo import Undone, UndoOrder
from server.ladder import catalog, service, students
from server.ladder.year import Asked, by_student, load
from tests.support.csv_office import DAYS, CsvOffice
from tests.support.office import MONDAY

YEAR = "2025-26"


class Clerk:
    """Takes files in and back, a day apart."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.office = CsvOffice(db, folder)
        self.now = MONDAY
        self.first = ""
        """The import that everything began with."""

    def take(self, *rows: str, **order: Any) -> str:
        """Import what was put together, with this attendance; return the run."""
        if rows:
            self.office.attendance(rows)
        self.now += timedelta(days=1)
        report = self.office.take(at=self.now, confirm_drop=True, **order)
        assert report.state == "done"
        return report.run

    def take_back(self, run: str) -> Undone:
        self.now += timedelta(days=1)
        order = UndoOrder(run=run, data_dir=self.office.folder / "data")
        return undo.undo(self.office.db, order, clock=lambda: self.now, say=lambda _text: None)

    def enrolled(self, known_at: datetime | None = None) -> dict[str, list[tuple[Any, ...]]]:
        """Who is enrolled, by number: from when to when."""
        with self.office.db.read(self.now) as tx:
            year = load(tx, YEAR, Asked(on=DAYS[-1], known_at=known_at))
            numbers = dict(self.office.rows("select id, number from student"))
            known = {str(key).replace("-", ""): number for key, number in numbers.items()}
            return {
                known.get(student.hex, student.hex): [(one.entry_on, one.exit_on) for one in theirs]
                for student, theirs in by_student(year.places()).items()
            }

    def counts(self, ladder: str, known_at: datetime | None = None) -> dict[str, int]:
        with self.office.db.read(self.now) as tx:
            found = service.counts(tx, catalog.get(ladder), YEAR, on=DAYS[-1], known_at=known_at)
            return found.steps

    def listed(self, ladder: str, step: str, known_at: datetime) -> list[str]:
        with self.office.db.read(self.now) as tx:
            asked = Asked(on=DAYS[-1], known_at=known_at)
            found = students.at_step(tx, catalog.get(ladder), YEAR, step, asked)
            return sorted(one.number for one in found.students)
