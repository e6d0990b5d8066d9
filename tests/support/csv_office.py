"""A school office that sends Presente's own tables, as small and as odd as a test likes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from server.db.database import Database
from server.intake import service
from server.intake.report import Report
from server.intake.service import Order
from tests.support.office import MONDAY, school_days

DAYS = school_days(until=date(2026, 2, 27))
OWN = "student_id,school_id,date,code"
USUAL = "Student Number,School ID,Date,Attendance Code"
"""What a spreadsheet calls the columns that Presente's own table calls so."""
CODES = "code,kind\nU,absent_unexcused\nE,absent_excused\nT,tardy\nP,present\n"


@dataclass
class CsvOffice:
    """Files by name; ``take`` writes and imports them."""

    db: Database
    folder: Path
    files: dict[str, str] = field(default_factory=dict[str, str])
    sent: int = 0

    def district(self, students: Iterable[str] = ("100", "101"), school: str = "1") -> None:
        """Send a school with a calendar, students and their enrolments."""
        known = list(students)
        self.files |= {
            "schools.csv": f"school_id,name\n{school},School {school}\n",
            "calendar.csv": "school_id,date,event\n"
            + "".join(f"{school},{day},Instructional day\n" for day in school_days()),
            "students.csv": "student_id,first_name,last_name\n"
            + "".join(f"{number},Ana,Pe\u00f1a\n" for number in known),
            "enrollments.csv": "student_id,school_id,school_year,grade,entry_date\n"
            + "".join(f"{number},{school},2025-26,09,2025-08-11\n" for number in known),
            "codes.csv": CODES,
        }

    def attendance(self, rows: Iterable[str], header: str = OWN) -> None:
        """Send attendance."""
        self.files["attendance.csv"] = "\n".join([header, *rows, ""])

    def take(self, *, at: datetime = MONDAY, **order: Any) -> Report:
        """Import what was put together, and begin anew."""
        self.sent += 1
        folder = self.folder / str(self.sent) / "office"  # who sends often calls it alike
        folder.mkdir(parents=True)
        for name, content in self.files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
        self.files = {}
        asked = Order(folder=folder, data_dir=self.folder / "data", **order)
        return service.import_folder(self.db, asked, clock=lambda: at, say=lambda _text: None)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the database."""
        with self.db.read(MONDAY) as tx:
            return [tuple(row) for row in tx.session.execute(text(query))]

    def facts(self) -> list[tuple[str, ...]]:
        """Student, date, class and kind of every fact in force."""
        found = self.rows(
            "select student.number, on_date, period, kind from attendance_event e "
            "join enrollment on enrollment.id = place_id join student on student.id = student_id "
            "where closed_by is null order by 1, 2, 3, 4"
        )
        return [tuple(map(str, row)) for row in found]
