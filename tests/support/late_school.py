"""A school that learns late: of withdrawals, a return, a transfer, and its own calendar."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from server.db.database import Database
from server.intake.mending import undo
from server.intake.mending.undo import UndoOrder
from tests.support.csv_office import DAYS, CsvOffice
from tests.support.office import MONDAY

YEAR = "2025-26"
PLACES = "student_id,school_id,school_year,grade,entry_date,exit_date\n"
CALENDAR = "school_id,date,event\n"
See = Callable[[Database, datetime, datetime | None], Any]
"""Says what is answered now, of a moment (None: of now)."""


class LateSchool:
    """Imports day by day, and what was seen after each."""

    def __init__(self, db: Database, folder: Path, see: See) -> None:
        self.db = db
        self.see = see
        self.office = CsvOffice(db, folder)
        self.now = MONDAY
        self.known: list[tuple[datetime, Any]] = []
        self.runs: list[str] = []
        self._tell()

    def _tell(self) -> None:
        office = self.office
        office.district(["100", "101", "102"])
        office.attendance(
            [f"{one},1,{day},U" for one in ("100", "101") for day in DAYS[:12]]
            + [f"102,1,{DAYS[80]},U"]
        )
        self._take()
        self._enrol(
            f"100,1,{YEAR},09,2025-08-11,{DAYS[5]}", f"101,1,{YEAR},09,2025-08-11,{DAYS[7]}"
        )
        self._take()
        self._enrol(
            f"100,1,{YEAR},09,2025-08-11,{DAYS[5]}",
            f"100,1,{YEAR},09,{DAYS[10]},",
            f"101,2,{YEAR},10,{DAYS[8]},",
        )
        office.files["schools.csv"] = "school_id,name\n2,School 2\n"
        days = [f"2,{day},Instructional day\n" for day in DAYS[5:60]]
        office.files["calendar.csv"] = CALENDAR + "".join(days)
        self._take()
        self._close(*DAYS[30:32])
        self._take()
        self._call("100", "Ana", "Ramos")
        self._call("100", "Anna", "Ramos")
        self._take_back(self.runs[-1])
        self._take_back(self.runs[2])
        self._take_back(self.runs[3])
        self._close(*DAYS[40:60])
        self._enrol(f"100,1,{YEAR},09,2025-08-11,{DAYS[8]}")
        self._take()

    def _take(self) -> None:
        self.now += timedelta(days=1)
        report = self.office.take(at=self.now, confirm_drop=True, window="merge")
        self.runs.append(report.run)
        self._remember()

    def _take_back(self, run: str) -> None:
        self.now += timedelta(days=1)
        order = UndoOrder(run=run, data_dir=self.office.folder / "data")
        undo.undo(self.db, order, clock=lambda: self.now, say=lambda _text: None)
        self._remember()

    def _remember(self) -> None:
        self.known.append((self.now, self.see(self.db, self.now, None)))

    def _enrol(self, *lines: str) -> None:
        self.office.files["enrollments.csv"] = PLACES + "".join(f"{one}\n" for one in lines)

    def _call(self, number: str, first: str, last: str) -> None:
        self.office.files["students.csv"] = (
            f"student_id,first_name,last_name\n{number},{first},{last}\n"
        )
        self._take()

    def _close(self, *days: object) -> None:
        lines = [f"1,{day},Holiday\n" for day in days]
        self.office.files["calendar.csv"] = CALENDAR + "".join(lines)
