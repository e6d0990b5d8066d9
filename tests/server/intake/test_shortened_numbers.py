"""A number that lost its last digits in a spreadsheet makes nobody."""

from pathlib import Path

from server.db.database import Database
from tests.support.csv_office import CsvOffice


def test_a_number_that_a_spreadsheet_shortened_is_nobodys(db: Database, tmp_path: Path) -> None:
    office = CsvOffice(db, tmp_path)
    office.district()
    office.files["students.csv"] += "1.23457E+11,Eva,Paz\n12E4,Max,Sol\n"

    report = office.take()

    assert [(one.field, one.value, one.code) for one in report.quarantined] == [
        ("student_id", "1.23457E+11", "number_shortened")
    ]
    assert office.rows("select count(*) from student") == [(3,)]
