"""Skyward Qmlativ's objects, which name everything by its own ID."""

from server.intake.formats import Source, profile
from server.intake.records import CodeRecord, SchoolRecord, StudentRecord
from tests.support.tables import MemorySink, read_all, source

OBJECTS = {
    "Entity": "EntityID,Code,Name\n3,0590,Barelas Middle School\n",
    "Student": (
        "StudentID,StudentNumber,FullNameLFM\n"
        '71,000970012,"Baca, Lucía M"\n72,000970013,"Ruiz, Mateo"\n'
    ),
    "CalendarDay": (
        "CalendarDayID,CalendarID,Date,CountAs\n"
        "901,5,2025-09-03T00:00:00,Full\n902,5,2025-09-15T00:00:00,Full\n"
    ),
    "StudentAttendance": (
        "StudentAttendanceID,StudentID,CalendarDayID,DaysAbsent,DaysExcused,DaysUnexcused,DaysOther,"
        "EntityID,TardyCount\n"
        "1,71,901,1.0,0.0,1.0,0,3,0\n2,72,902,0.75,0.25,0.5,0,3,0\n3,72,901,0,0,0,0,3,2\n"
    ),
    "StudentAttendancePeriod": (
        "StudentAttendancePeriodID,StudentAttendanceID,AttendancePeriodID,AttendanceTypeID,Comment\n"
        "11,1,41,21,overslept\n12,1,42,21,\n13,3,41,22,\n14,9,41,22,\n"
    ),
    "AttendancePeriod": "AttendancePeriodID,Code,DisplayOrder\n41,1,1\n42,2,2\n",
    "AttendanceType": (
        "AttendanceTypeID,Code,Description,Category\n21,UNX,Unexcused,Absent\n22,T,Tardy,Tardy\n"
    ),
}


def read(*names: str) -> MemorySink:
    given: list[Source] = [source(f"{name}.csv", OBJECTS[name]) for name in names or OBJECTS]
    (reader,) = profile.find(given)
    assert reader.format == "profile:skyward"
    return read_all([reader])


def test_follows_every_id_to_student_school_date_class_and_type() -> None:
    sink = read()

    assert [
        (line.number, line.school_code, line.on_date, line.period, line.code, line.units)
        for line in sink.events_read
    ] == [
        ("000970012", "0590", "2025-09-03", "", "DaysUnexcused", 840),
        ("000970013", "0590", "2025-09-15", "", "DaysUnexcused", 420),
        ("000970013", "0590", "2025-09-15", "", "DaysExcused", 210),
        ("000970013", "0590", "2025-09-03", "", "TardyCount", None),
        ("000970012", "0590", "2025-09-03", "1", "UNX", None),
        ("000970012", "0590", "2025-09-03", "2", "UNX", None),
        ("000970013", "0590", "2025-09-03", "1", "T", None),
    ]
    assert [(one.line, one.value, one.code) for one in sink.faults] == [(5, "9", "lookup_failed")]
    assert [(one.code, one.name) for one in sink.all(SchoolRecord)] == [
        ("0590", "Barelas Middle School")
    ]
    assert [one.last_name for one in sink.all(StudentRecord)] == ["Baca", "Ruiz"]


def test_its_types_are_the_districts_own_and_are_asked_for() -> None:
    assert {one.code: one.kind for one in read().all(CodeRecord)} == {
        "DaysUnexcused": "absent_unexcused",
        "DaysExcused": "absent_excused",
        "TardyCount": "tardy",
    }


def test_without_the_schools_each_event_is_of_the_students_school_then() -> None:
    sink = read("Student", "CalendarDay", "StudentAttendance")

    assert {line.school_code for line in sink.events_read} == {""}


def test_a_list_with_the_codes_beside_them() -> None:
    text = (
        "StudentNumber,FullName,Date,PeriodCode,AttendanceTypeCode,AttendanceReasonCode,EntityCode\n"
        '000970012,"Baca, Lucía",2025-09-03,2,UNX,OVS,0590\n'
    )
    sink = read_all(profile.find([source("absences.csv", text)]))

    assert [
        (line.number, line.school_code, line.period, line.code, line.reason)
        for line in sink.events_read
    ] == [("000970012", "0590", "2", "UNX", "OVS")]
