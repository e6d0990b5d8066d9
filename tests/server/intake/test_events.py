"""Whom, where and as what an attendance event is taken; and what becomes of those that are not."""

from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from server.db.database import Database
from server.db.tables.attendance import ImportRunRow, QuarantineRow, SourceKeyRow
from server.intake.staged.codes import CodesUnmapped
from tests.support.csv_office import DAYS, CsvOffice
from tests.support.office import MONDAY

LATER = MONDAY + timedelta(days=1)


@pytest.fixture
def office(any_db: Database, tmp_path: Path) -> CsvOffice:
    office = CsvOffice(any_db, tmp_path)
    office.district()
    return office


def test_codes_that_nobody_mapped_refuse_the_import_with_a_draft(office: CsvOffice) -> None:
    rows = [f"100,1,{DAYS[0]},UNX", f"101,1,{DAYS[0]},unx", f"100,1,{DAYS[1]},Q7"]
    office.attendance([*rows, f"101,1,{DAYS[1]},U"])

    with pytest.raises(CodesUnmapped) as refused:
        office.take()

    assert refused.value.code == "codes_unmapped"
    assert [(one.code, one.count, one.guess) for one in refused.value.codes] == [
        ("Q7", 1, ""),
        ("UNX", 1, "absent_unexcused"),
        ("unx", 1, "absent_unexcused"),
    ]
    assert (refused.value.codes[0].file, refused.value.codes[0].line) == ("attendance.csv", 4)
    assert refused.value.draft.splitlines()[0] == "code,kind,portion"
    assert office.rows("select count(*) from school") == [(0,)]


def test_a_code_means_what_the_most_specific_entry_says_and_is_kept(office: CsvOffice) -> None:
    office.district()
    office.files["codes.csv"] = (
        "code,kind,portion,school_id,school_year\n"
        "X,absent_unexcused,,,\nX,absent_excused,0.5,1,\nX,tardy,,1,2024-25\n"
    )
    office.attendance([f"100,1,{DAYS[0]},x "])
    office.take()
    office.attendance([f"101,1,{DAYS[0]},X", f"101,1,{DAYS[1]},absent_unverified"])

    office.take(at=LATER)

    assert [kind for *_, kind in office.facts()] == [
        "absent_excused",
        "absent_excused",
        "absent_unverified",
    ]
    units = office.rows("select units from attendance_event order by id")
    assert units == [(420,), (420,), (840,)]


def test_an_event_without_a_school_is_of_where_the_student_was(office: CsvOffice) -> None:
    office.files["schools.csv"] = "school_id,name\n1,One\n2,Two\n"
    office.files["enrollments.csv"] = (
        "student_id,school_id,school_year,entry_date,exit_date\n"
        f"100,1,2025-26,2025-08-11,{DAYS[9]}\n100,2,2025-26,{DAYS[10]},\n"
        "101,1,2025-26,2025-08-11,\n"
    )
    office.attendance(
        [f"100,{DAYS[5]},U", f"100,{DAYS[15]},U", f"101,{DAYS[5]},U"], "student_id,date,code"
    )

    office.take()

    where = office.rows(
        "select school.code, count(*) from attendance_event join enrollment on "
        "enrollment.id = place_id join school on school.id = school_id group by 1 order by 1"
    )
    assert where == [("1", 2), ("2", 1)]


def test_an_event_elsewhere_is_taken_and_suggests_an_enrolment(office: CsvOffice) -> None:
    office.files["schools.csv"] = "school_id,name\n1,One\n2,Two\n"
    office.attendance([f"100,2,{DAYS[5]},U"])

    report = office.take()

    two = next(one for one in report.schools if one.code == "2")
    assert two.suggested_count == 1
    places = office.rows("select source from enrollment order by source")
    assert places == [("attendance",), ("enrollment_file",), ("enrollment_file",)]


def test_references_may_be_the_source_system_s_own(office: CsvOffice) -> None:
    office.take()
    with office.db.write(MONDAY) as tx:
        tx.session.add(SourceKeyRow(ent="student", source_id="guid-100", ours="100"))
        tx.session.add(SourceKeyRow(ent="school", source_id="guid-s", ours="1"))
    office.attendance([f"guid-100,guid-s,{DAYS[0]},U", f"100,1,{DAYS[1]},U"])

    report = office.take(at=LATER)

    assert report.quarantined_count == 0
    assert [number for number, *_ in office.facts()] == ["100", "100"]


def test_a_student_may_leave_and_come_back_within_a_year(office: CsvOffice) -> None:
    office.files["enrollments.csv"] = (
        "student_id,school_id,school_year,entry_date,exit_date\n"
        f"100,1,2025-26,2025-08-11,{DAYS[20]}\n100,1,2025-26,{DAYS[60]},\n"
    )
    office.take()
    office.files["enrollments.csv"] = (
        f"student_id,school_id,school_year,entry_date\n100,1,2025-26,{DAYS[61]}\n"
    )

    office.take(at=LATER)

    stays = office.rows("select entry_on, exit_on from stay order by 1")
    assert [tuple(map(str, stay)) for stay in stays] == [
        ("2025-08-11", str(DAYS[20])),
        (str(DAYS[61]), "None"),
    ]
    places = office.rows(
        "select entry_on, exit_on from enrollment join student on student.id = student_id "
        "where number = '100'"
    )
    assert [tuple(map(str, place)) for place in places] == [("2025-08-11", "None")]


def test_records_by_class_take_no_share_and_need_to_know_the_classes(office: CsvOffice) -> None:
    rows = [f"100,1,{DAYS[0]},{period},U" for period in ("P1", "P2")]
    header = "student_id,school_id,date,period,code"
    office.attendance(rows, header)
    first = office.take()
    office.files["schools.csv"] = "school_id,name,mode,periods_per_day\n1,One,period,7\n"
    office.attendance([f"100,1,{DAYS[1]},P1,U"], header)

    second = office.take(at=LATER)

    assert "how many classes" in first.notes[0].reason
    assert second.note_count == 0
    assert office.rows("select distinct units from attendance_event") == [(0,)]


def test_a_day_by_class_does_not_touch_the_day_s_own_record(office: CsvOffice) -> None:
    header = "student_id,school_id,date,period,code"
    office.attendance([f"100,1,{DAYS[0]},,U", f"100,1,{DAYS[0]},P1,T"], header)
    office.take()
    office.attendance([f"100,1,{DAYS[0]},P1,E"], header)

    office.take(at=LATER)

    assert [(period, kind) for _, _, period, kind in office.facts()] == [
        ("", "absent_unexcused"),
        ("P1", "absent_excused"),
    ]


def test_what_was_not_taken_lies_in_quarantine_with_its_own_columns(office: CsvOffice) -> None:
    header = "Date,student_id,school_id,code,note"
    rows = [f"{DAYS[0]},999,1,U,sick", "2025-09-06,100,1,U,", f"{DAYS[0]},100,1,U,"]
    office.attendance(rows, header)

    report = office.take()
    office.attendance(rows, header)
    again = office.take(at=LATER)

    assert (report.quarantined_count, again.state) == (2, "nothing_to_do")
    assert [(one.file, one.line, one.field, one.value) for one in report.quarantined] == [
        ("attendance.csv", 2, "student_id", "999"),
        ("attendance.csv", 3, "Date", "2025-09-06"),
    ]
    with office.db.read(LATER) as tx:
        kept = tx.session.query(QuarantineRow).order_by(QuarantineRow.line).all()
        assert kept[0].columns == [
            ["Date", str(DAYS[0])],
            ["student_id", "999"],
            ["school_id", "1"],
            ["code", "U"],
            ["note", "sick"],
        ]
        assert [(one.element, one.school_code, one.state) for one in kept] == [
            ("row 1", "1", "open"),
            ("row 2", "1", "open"),
        ]


def test_a_hundred_thousand_faults_do_not_kill_a_run(office: CsvOffice) -> None:
    office.attendance(f"x{number},1,{DAYS[0]},U" for number in range(20_000))

    report = office.take()

    assert (report.quarantined_count, len(report.quarantined)) == (20_000, 500)
    assert [(one.count, one.first_line) for one in report.reasons] == [(20_000, 2)]
    assert office.rows("select count(*) from quarantine") == [(20_000,)]


def test_a_run_says_what_it_read_and_a_dead_one_has_failed(office: CsvOffice) -> None:
    office.take()
    with office.db.write(MONDAY) as tx:
        tx.session.query(ImportRunRow).one().state = "running"
    office.attendance([f"100,1,{DAYS[0]},U"])

    office.take(at=LATER)

    with office.db.read(LATER) as tx:
        first, second = tx.session.query(ImportRunRow).order_by(ImportRunRow.started_at)
        assert (first.state, second.state, second.format) == ("failed", "done", "presente")
        files, progress = cast("Any", second.files), cast("Any", second.progress)
        assert [one["name"] for one in files] == ["attendance.csv"]
        assert progress["phase"] == "done"


def test_minutes_without_a_share_of_the_day_are_left_to_the_day_rule(office: CsvOffice) -> None:
    office.take()
    office.attendance(
        [
            f"100,1,{DAYS[0]},U,,120",
            f"100,1,{DAYS[1]},U,0.5,120",
            f"100,1,{DAYS[2]},U,,0",
            f"100,1,{DAYS[3]},U,,",
        ],
        "student_id,school_id,date,code,portion,minutes",
    )

    office.take(at=LATER)

    assert office.rows(
        "select units, minutes from attendance_event where closed_by is null order by on_date"
    ) == [(0, 120), (420, 120), (840, 0), (840, None)]
