"""What the tests of imports begin with."""

from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Protocol

import pytest

from server.db.database import Database
from server.intake.report import Report
from tests.support.clerk import Clerk
from tests.support.csv_office import DAYS
from tests.support.office import MONDAY, Office, take_in


class Send(Protocol):
    """Imports what an office believes by then, in files of their own each time."""

    def __call__(
        self, office: Office, *, at: datetime = MONDAY, confirm_drop: bool = False
    ) -> Report: ...


@pytest.fixture
def send(db: Database, tmp_path: Path) -> Send:
    sent = count(1)

    def imported(office: Office, *, at: datetime = MONDAY, confirm_drop: bool = False) -> Report:
        folder = office.write(tmp_path / f"sent-{next(sent)}")
        return take_in(db, folder, at=at, confirm_drop=confirm_drop)

    return imported


@pytest.fixture
def clerk(any_db: Database, tmp_path: Path) -> Clerk:
    """A clerk who has taken in a school of two students, one of them absent on three days."""
    clerk = Clerk(any_db, tmp_path)
    clerk.office.district()
    clerk.office.files["submissions.csv"] = f"school_id,through_date\n1,{DAYS[60]}\n"
    clerk.first = clerk.take(*(f"100,1,{day},U" for day in DAYS[:3]))
    return clerk
