from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]  # it ships no types

from server.intake.files import sources
from server.intake.formats import presente
from server.intake.records import (
    CalendarRecord,
    CodeRecord,
    ContactRecord,
    EventLine,
    GuardianRecord,
    PlaceRecord,
    SchoolRecord,
    StaffRecord,
    StudentRecord,
    SubmissionRecord,
    TermRecord,
    TieRecord,
)
from server.problems import Problem
from tests.support.tables import MemorySink, read_all, source, workbook

ATTENDANCE = (
    "code,student_id,date,school_id,portion,minutes,period,reason,updated_at\n"
    "# this line explains, with a comma\n"
    "U,0012,2024-09-03,7,,,,,\n"
    "E,0012,2024-09-04,7,0.5,,,Dentist,2024-09-05T08:00:00-06:00\n"
    "U,0013,2024-09-04,7,,45,3,,\n"
)


def read(text: str, name: str = "a.csv") -> MemorySink:
    return read_all(presente.find([source(name, text)]))


def test_reads_attendance_in_any_column_order() -> None:
    sink = read(ATTENDANCE)
    assert sink.faults == []
    assert sink.lines == {
        "a.csv": [
            EventLine(3, "0012", "7", "2024-09-03", "", "U", None, None, "", None),
            EventLine(4, "0012", "7", "2024-09-04", "", "E", 420, None, "Dentist", 1725544800),
            EventLine(5, "0013", "7", "2024-09-04", "3", "U", 0, 45, "", None),
        ]
    }
    assert sink.counts == {("a.csv", "row"): 3}
    assert datetime.fromtimestamp(1725544800, UTC).isoformat() == "2024-09-05T14:00:00+00:00"


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("0012,2024-02-30,U,", "date", "2024-02-30"),
        ("0012,,U,", "date", ""),
        (",2024-02-28,U,", "student_id", ""),
        ("0012,2024-02-28,,", "code", ""),
        ("0012,2024-02-28,U,1.5", "portion", "1.5"),
        ("0012,2024-02-28,U,half", "portion", "half"),
        ("0012,2024-02-28,U", "row", "3"),
        ("0012,2024-02-28,U,,more", "row", "5"),
        ("0012,02/28/24,U,", "date", "02/28/24"),
    ],
)
def test_puts_a_bad_line_aside_and_goes_on(line: str, field: str, value: str) -> None:
    sink = read(f"student_id,date,code,portion\n{line}\n0013,2024-02-28,U,1\n")
    assert [one.number for one in sink.events_read] == ["0013"]
    (fault,) = sink.faults
    assert (fault.file, fault.line, fault.field, fault.value) == ("a.csv", 2, field, value)
    assert fault.reason
    assert fault.mend


def test_remembers_the_day_of_a_line_that_was_not_understood() -> None:
    sink = read("student_id,date,code,portion,period\n0012,2024-02-28,U,9,2\n")
    assert sink.held == [("", "0012", "2024-02-28", True)]


def test_empty_fields_behind_the_last_column_are_no_fault() -> None:
    sink = read("student_id,date,code\n0012,2024-02-28,U,,\n")
    assert [one.number for one in sink.events_read] == ["0012"]


def test_reads_the_calendar_of_three_columns() -> None:
    sink = read("school_id,date,event\n7,2024-09-02,Holiday\n7,2024-09-03,Instructional day\n")
    days = sink.all(CalendarRecord)
    assert [(day.on_date.day, day.is_instructional) for day in days] == [(2, False), (3, True)]


def test_reads_every_table_of_a_workbook() -> None:
    book = workbook(
        "all.xlsx",
        {
            "Schools": "School_ID,Name,mode\n7,Barelas Elementary,Period\n",
            "Terms": "school_year,kind,begin_date,end_date\n"
            "2024-25,semester,2024-08-05,2024-12-20\n",
            "Students": "student_id,first_name,last_name,birth_date\n0012,José,Ortiz,2010-01-31\n",
            "Places": "student_id,school_id,school_year,grade\n0012,7,2024-2025,9\n",
            "Codes": "code,kind,portion\nU,absent_unexcused,1\n",
            "Done": "school_id,through_date\n7,2024-10-01\n",
            "Staff": "login,name,role,school_ids\nana,Ana Ruiz,advisor,7; 8\n",
            "Notes": "what,ever\n1,2\n",
            "Days": "student_id,date,code\n0012,45537,U\n",
        },
    )
    (reader,) = presente.find([book])
    assert list(reader.skipped) == ["all.xlsx: Notes"]
    sink = read_all([reader])
    assert sink.faults == []
    assert sink.all(SchoolRecord)[0].mode == "period"
    assert sink.all(TermRecord)[0].end_on == date(2024, 12, 20)
    assert sink.all(StudentRecord)[0].first_name == "José"
    assert (sink.all(PlaceRecord)[0].school_year, sink.all(PlaceRecord)[0].grade) == (
        "2024-25",
        "09",
    )
    assert sink.all(CodeRecord)[0].units == 840
    assert sink.all(SubmissionRecord)[0].through_on == date(2024, 10, 1)
    assert sink.all(StaffRecord)[0].school_codes == ["7", "8"]
    assert sink.events_read[0].on_date == "2024-09-02"


def test_brothers_share_a_guardian() -> None:
    header = "guardian_id,student_id,first_name,last_name,relation,mobile_phone,is_primary,city\n"
    line = "g1,{},Ana,Ruiz,Mother,505-555-0101,yes,Albuquerque\n"
    sink = read(header + line.format("0012") + line.format("0013"))
    (guardian,) = sink.all(GuardianRecord)
    assert [point.value for point in guardian.points] == ["505-555-0101"]
    assert [(tie.number, tie.is_primary) for tie in sink.all(TieRecord)] == [
        ("0012", True),
        ("0013", True),
    ]


def test_a_guardian_is_told_by_the_line_that_has_numbers() -> None:
    sink = read(
        "guardian_id,student_id,first_name,last_name,home_phone,is_primary\n"
        "g1,1,Ana,Ruiz,,yes\ng1,2,Ana,Ruiz,505-555-0101,yes\ng2,3,Bo,Li,,no\ng3,4,Cy,Wu,,maybe\n"
    )
    told = [(one.source_id, len(one.points)) for one in sink.all(GuardianRecord)]
    assert told == [("g1", 1), ("g2", 0)]
    assert [fault.field for fault in sink.faults] == ["is_primary"]
    assert sink.held_ties == ["4"]


def test_a_table_may_hold_students_and_their_places() -> None:
    sink = read(
        "student_id,first_name,last_name,school_id,school_year,grade\n1,Ana,Ruiz,7,2024-25,K\n"
    )
    assert [place.grade for place in sink.all(PlaceRecord)] == ["KG"]
    assert sink.counts == {("a.csv", "row"): 1}
    assert [student.last_name for student in sink.all(StudentRecord)] == ["Ruiz"]


def test_reads_contacts() -> None:
    sink = read(
        "contact_id,student_id,occurred_at,by_login,method,outcome\n"
        "c1,0012,2024-09-03 17:40,ana,phone_call,voicemail_left\n"
        "c2,0012,2024-09-03T17:40:00Z,ana,Phone call,spoke_guardian\n"
        "c3,0012,2024-09-03,ana,phone_call,mail_sent\n"
        "c4,0012,2024-09-03,ana,pigeon,mail_sent\n"
    )
    first, second = sink.all(ContactRecord)
    assert first.occurred_at == datetime(2024, 9, 3, 17, 40)  # noqa: DTZ001  (what a file writes has no zone)
    assert second.occurred_at == datetime(2024, 9, 3, 17, 40, tzinfo=UTC)
    assert (first.party, second.party) == ("none", "guardian")
    assert [fault.field for fault in sink.faults] == ["outcome", "method"]
    assert "voicemail_left" in sink.faults[0].mend
    assert "home_visit" in sink.faults[1].mend


def test_a_note_keeps_its_lines() -> None:
    sink = read(
        "contact_id,student_id,occurred_at,by_login,method,outcome,note\n"
        'c1,1,2024-09-03,ana,phone_call,no_answer," First  line.\nSecond. "\n'
    )
    assert sink.all(ContactRecord)[0].note == "First line.\nSecond."


def test_the_time_of_a_change_is_never_guessed_either() -> None:
    text = "student_id,date,code,updated_at\n1,2024-09-03,U,{}\n"
    with pytest.raises(Problem, match="2024-04-03"):
        read(text.format("3/4/2024 10:00"))
    assert read(text.format("9/13/2024 10:00 AM")).events_read[0].source_at == 1726221600


def test_tells_of_a_column_that_nobody_reads() -> None:
    sink = read("student_id,date,code,Reson\n1,2024-09-03,U,ill\n")
    assert [(note.line, note.field) for note in sink.notes] == [(1, "Reson")]


def test_the_school_year_may_be_said_beside_the_file() -> None:
    text = "student_id,first_name,last_name,school_id,grade\n1,Ana,Ruiz,7,10\n"
    sink = read(text)
    assert sink.all(PlaceRecord) == []
    assert ["school_year" in note.mend for note in sink.notes] == [False, True]
    sink = read_all(presente.find([source("a.csv", text)], school_year="2024-25"))
    assert [place.school_year for place in sink.all(PlaceRecord)] == ["2024-25"]
    assert sink.notes == []


def test_refuses_a_file_whose_dates_fit_both_orders() -> None:
    with pytest.raises(Problem, match=r"a\.csv, line 3.* 2024-03-04 .*2024-04-03") as caught:
        read("student_id,date,code\n1,5/5/2024,U\n1,03/04/2024,U\n")
    assert caught.value.code == "dates_ambiguous"


def test_claims_nothing_of_others() -> None:
    assert presente.find([source("users.csv", "sourcedId,status,name\n1,active,Ana\n")]) == []


def test_reads_a_real_workbook(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Attendance"
    sheet.append(["student_id", "date", "code", "portion"])
    sheet.append(["0012", date(2024, 9, 3), "U", 0.5])
    sheet.append([13, datetime(2024, 9, 4, 0, 0), "U", 1])  # noqa: DTZ001  (what a file writes has no zone)
    sheet.append(["0014", 45540, "U", None])
    sheet.append(["0015", "9/13/2024", "U", None])
    book.create_sheet("Notes").append(["anything", "else"])
    book.save(tmp_path / "all.xlsx")
    with sources.opened(tmp_path) as found:
        (reader,) = presente.find(found)
        sink = read_all([reader])
    assert sink.faults == []
    assert [(one.line, one.number, one.on_date, one.units) for one in sink.events_read] == [
        (2, "0012", "2024-09-03", 420),
        (3, "13", "2024-09-04", 840),
        (4, "0014", "2024-09-05", None),
        (5, "0015", "2024-09-13", None),
    ]
