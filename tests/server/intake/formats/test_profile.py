from collections.abc import Sequence
from datetime import date

import pytest

from server.intake.columns.profile import load, parse
from server.intake.formats import profile
from server.intake.formats.profile import ProfileReader
from server.intake.records import (
    CalendarRecord,
    CodeRecord,
    EventLine,
    PlaceRecord,
    StudentRecord,
)
from server.problems import Invalid, Problem
from tests.support.tables import MemorySink, read_all, source

Short = tuple[str, str, str, str, str, int | None]


def events(sink: MemorySink) -> list[Short]:
    return [_short(line) for line in sink.events_read]


def _short(line: EventLine) -> Short:
    return line.number, line.school_code, line.on_date, line.period, line.code, line.units


def kinds(sink: MemorySink) -> dict[str, tuple[str, int | None]]:
    return {code.code: (code.kind, code.units) for code in sink.all(CodeRecord)}


SYNERGY = (
    "SIS_NUMBER,STATE_STUDENT_NUMBER,SCHOOL_CODE,ABS_DATE,Half-Day Unexcused,Full-Day Unexcused,"
    "Half-Day Excused,Full-Day Excused\r\n"
    '"000970012","123","0590","10/14/2013","0","1.00","0",""\r\n'
    '"000970013","124","0590","10/15/2013","1","0","1","NULL"\r\n'
    '"000970014","125","0590","10/15/2013","0","0","0","0"\r\n'
    '"000970015","125","0590","10/45/2013","1","0","0","0"\r\n'
)


def test_reads_the_daily_extract_of_synergy() -> None:
    (reader,) = profile.find([source("daily.csv", SYNERGY)])
    assert reader.format == "profile:synergy"
    sink = read_all([reader])
    assert events(sink) == [
        ("000970012", "0590", "2013-10-14", "", "Full-Day Unexcused", None),
        ("000970013", "0590", "2013-10-15", "", "Half-Day Unexcused", None),
        ("000970013", "0590", "2013-10-15", "", "Half-Day Excused", None),
    ]
    assert kinds(sink)["Half-Day Excused"] == ("absent_excused", 420)
    assert kinds(sink)["Full-Day Unexcused"] == ("absent_unexcused", None)
    assert [(fault.line, fault.field, fault.value) for fault in sink.faults] == [
        (5, "ABS_DATE", "10/45/2013")
    ]


def test_says_why_totals_cannot_be_imported() -> None:
    text = "School Name,SIS_NUMBER,Name,Unexc Absences,SCHOOL_CODE\nBarelas,1,Ruiz Ana,4,590\n"
    (reader,) = profile.find([source("truancy.csv", text)])
    assert "no dates" in reader.skipped["truancy.csv"].en
    assert "sin fechas" in reader.skipped["truancy.csv"].es
    assert read_all([reader]).events_read == []


def test_synergys_morning_and_afternoon_are_half_a_day_each() -> None:
    sink = read_all(
        profile.find(
            [
                source(
                    "daily.csv",
                    "SIS_NUMBER,SCHOOL_CODE,ABS_DATE,REAS1,REAS2,NOTE\n"
                    '1,590,2013-10-14,UNX,UNX,"said ""no"""\n'
                    "2,590,2013-10-14,UNX,MED,\n"
                    "3,590,2013-10-14,,MED,\n"
                    "4,590,2013-10-14,NULL,,\n",
                )
            ]
        )
    )
    assert events(sink) == [
        ("1", "590", "2013-10-14", "", "UNX", 840),
        ("2", "590", "2013-10-14", "", "UNX", 420),
        ("2", "590", "2013-10-14", "", "MED", 420),
        ("3", "590", "2013-10-14", "", "MED", 420),
    ]
    assert sink.events_read[0].reason == 'said "no"'
    assert "UNX" not in kinds(sink)


def test_follows_synergys_keys_through_its_tables() -> None:
    sink = read_all(
        profile.find(
            [
                source(
                    "EPC_STU_ATT_DAILY.csv",
                    "DAILY_ATTEND_GU,ENROLLMENT_GU,ABS_DATE,CODE_ABS_REAS1_GU,CODE_ABS_REAS2_GU\n"
                    "d1,e1,2013-10-14 00:00:00,r1,\n"
                    "d2,e9,2013-10-14 00:00:00,r1,\n",
                ),
                source(
                    "EPC_STU_ENROLL.csv",
                    "ENROLLMENT_GU,STUDENT_SCHOOL_YEAR_GU,ENTER_DATE\ne1,y1,2013-08-13\n",
                ),
                source(
                    "EPC_STU_SCH_YR.csv",
                    "STUDENT_SCHOOL_YEAR_GU,STUDENT_GU,ORGANIZATION_YEAR_GU\ny1,s1,o1\n",
                ),
                source("EPC_STU.csv", "STUDENT_GU,SIS_NUMBER\nS1,000970012\n"),
                source("REV_ORG_YEAR.csv", "ORGANIZATION_YEAR_GU,ORGANIZATION_GU\no1,g1\n"),
                source("EPC_SCH.csv", "ORGANIZATION_GU,SCHOOL_CODE\ng1,0590\n"),
                source(
                    "EPC_CODE_ABS_REAS_SCH_YR.csv",
                    "CODE_ABS_REAS_SCH_YEAR_GU,CODE_ABS_REAS_GU\nr1,c1\n",
                ),
                source("EPC_CODE_ABS_REAS.csv", "CODE_ABS_REAS_GU,ABBREVIATION\nc1,UNX\n"),
            ]
        )
    )
    assert events(sink) == [("000970012", "0590", "2013-10-14", "", "UNX", 420)]
    (fault,) = sink.faults
    assert (fault.line, fault.value) == (3, "e9")


POWERSCHOOL = (
    "id,studentid,schoolid,att_date,attendance_codeid,att_mode_code,periodid,ccid,total_minutes\n"
    "1,11,590,10/14/2021,5,ATT_ModeDaily,0,0,\n"
    "2,11,590,10/15/2021,5,ATT_ModeMeeting,31,900,45\n"
    "3,12,590,10/15/2021,9,ATT_ModeDaily,0,0,\n"
    "4,11,590,10/15/2021,5,ATT_ModeInterval,0,0,\n"
)
STUDENTS = (
    "id,student_number,first_name,last_name,schoolid,dob,grade_level,entrydate,exitdate\n"
    "11,000970012,Ana,Ruiz,590,1/31/2010,6,8/12/2021,5/27/2022\n"
    "12,000970013,Jo,Li,590,2/1/2010,0,8/12/2021,8/12/2021\n"
)


def test_joins_powerschools_tables() -> None:
    sink = read_all(
        profile.find(
            [
                source("attendance.csv", POWERSCHOOL),
                source("students.csv", STUDENTS),
                source("attendance_code.csv", "id,att_code,description\n5,A,Absent\n6,T,Tardy\n"),
            ]
        )
    )
    assert events(sink) == [
        ("000970012", "590", "2021-10-14", "", "A", None),
        ("000970012", "590", "2021-10-15", "31", "A", None),
    ]
    assert [fault.value for fault in sink.faults] == ["9"]
    assert sink.held == [("590", "000970013", "2021-10-15", False)]
    assert [student.number for student in sink.all(StudentRecord)] == ["000970012", "000970013"]
    (place,) = sink.all(PlaceRecord)
    assert (place.school_year, place.grade) == ("2021-22", "06")
    assert place.exit_on == date(2022, 5, 26)  # PowerSchool tells the day after


def test_asks_for_the_table_that_is_missing() -> None:
    with pytest.raises(Problem, match="id, student_number") as caught:
        read_all(profile.find([source("attendance.csv", POWERSCHOOL)]))
    assert caught.value.code == "table_missing"


def test_leaves_out_the_hub_extracts_days_present() -> None:
    sink = read_all(
        profile.find(
            [
                source(
                    "hub.csv",
                    "LEA_ID,SCHOOL_YEAR,SIS_ID,ATTENDANCE_DATE,ATTENDANCE_COLLECTION_TYPE,"
                    "ATTENDANCE_STATUS_CODE,ATTENDANCE_ABSENCE_REASON\n"
                    "1,2022,0012,2021-10-14,D,P,\n1,2022,0012,2021-10-15,D,A,Illness\n",
                )
            ]
        )
    )
    assert events(sink) == [("0012", "", "2021-10-15", "", "A", None)]
    assert sink.left == {("hub.csv", "row without absence"): 1}


def test_reads_new_mexicos_daily_template() -> None:
    sink = read_all(
        profile.find(
            [
                source(
                    "001_STUD_ATTEND_DAY.csv",
                    "DISTRICT CODE,LOCATION CODE,STUDENT ID,ATTENDANCE DATE,ATTENDANCE CODE LONG\n"
                    "001,0590,100000012,2019-10-14,EHDCO\n001,0590,100000013,2019-10-14,UNFDCO\n",
                )
            ]
        )
    )
    assert [(line.number, line.code) for line in sink.events_read] == [
        ("100000012", "EHDCO"),
        ("100000013", "UNFDCO"),
    ]
    assert kinds(sink)["EHDCO"] == ("absent_excused", 420)
    assert all(code.is_default for code in sink.all(CodeRecord))


def test_reads_infinite_campus_by_class_and_by_day() -> None:
    sink = read_all(
        profile.find(
            [
                source(
                    "by-class.csv",
                    "studentNumber,schoolNumber,date,periodName,status,excuse,comments\n"
                    "12,5,09/14/2021,P1,A,U,\n12,5,09/14/2021,P2,T,E,late bus\n"
                    "12,5,09/14/2021,P3,A,,\n",
                ),
                source(
                    "by-day.csv",
                    "studentNumber,schoolNumber,date,dayPortion,status,excuse\n"
                    "13,5,09/15/2021,0.5,A,X\n",
                ),
                source(
                    "minutes.csv",
                    "studentNumber,schoolNumber,date,absentMinutes,excuse\n14,5,09/15/2021,200,U\n",
                ),
            ]
        )
    )
    assert events(sink) == [
        ("12", "5", "2021-09-14", "P1", "A-U", None),
        ("12", "5", "2021-09-14", "P2", "T-E", None),
        ("12", "5", "2021-09-14", "P3", "A", None),
        ("13", "5", "2021-09-15", "", "A-X", 420),
        ("14", "5", "2021-09-15", "", "A-U", 0),
    ]
    assert sink.events_read[-1].minutes == 200
    assert {line.code for line in sink.events_read} <= kinds(sink).keys()


ASPEN = (
    "ATT_OID,ATT_STD_OID,ATT_SKL_OID,ATT_DATE,ATT_CODE_VIEW,ATT_TARDY_IND,ATT_DISMISSED_IND,"
    "ATT_REASON_CODE,ATT_EXCUSED_IND,ATT_COMMENT,ATT_ABSENT_IND,ATT_PORTION_ABSENT,"
    "ATT_ABSENT_IND_02,ATT_EXCUSED_IND_02\n"
    'a1,std1,skl1,2005-09-14,A,0,0,NULL,0,"he said ""ill"", twice",1,1.0000,0,0\n'
    "a2,std1,skl1,2021-09-14,T-E,1,0,NULL,1,NULL,0,0.0000,0,0\n"
    "a3,std1,skl1,2021-09-15,A,0,0,Illness,true,NULL,true,1.0000,true,false\n"
    "a4,std1,skl1,2021-09-16,A,0,0,NULL,0,NULL,0,0.5000,1,1\n"
    "a5,std1,skl1,2021-09-17,P,0,0,NULL,0,NULL,0,0,0,0\n"
    "a6,std1,skl1,2021-09-20,D,0,1,NULL,0,NULL,0,0,0,0\n"
)


def test_reads_aspens_flags() -> None:
    sink = read_all(profile.find([source("attendance.csv", ASPEN)]))
    assert events(sink) == [
        ("std1", "skl1", "2005-09-14", "", "absent_unexcused", 840),
        ("std1", "skl1", "2021-09-14", "", "tardy", None),
        ("std1", "skl1", "2021-09-15", "", "absent_excused", 420),
        ("std1", "skl1", "2021-09-15", "", "absent_unexcused", 420),
        ("std1", "skl1", "2021-09-16", "", "absent_excused", 420),
        ("std1", "skl1", "2021-09-20", "", "dismissed", None),
    ]
    assert [line.reason for line in sink.events_read[:3]] == ["", "", "Illness"]


def test_knows_aspens_students_by_their_own_number() -> None:
    students = source("students.csv", "STD_OID,STD_ID_LOCAL\nstd1,0012\n")
    sink = read_all(profile.find([source("attendance.csv", ASPEN), students]))
    assert {line.number for line in sink.events_read} == {"0012"}


AERIES = "SC,SN,DY,AL,A1,A2,RS\n30,12,2,U,,,\n30,12,3,,U,E,10\n30,12,9,U,,,\n"


def _weekdays(school_code: str) -> Sequence[str]:
    return ["2020-08-10", "2020-08-11", "2020-08-12"] if school_code == "30" else []


def test_reads_the_number_of_a_school_day_from_the_calendar() -> None:
    calendar = source(
        "calendar.csv",
        "school_id,date,event\n30,2019-08-12,Instructional day\n"
        "30,2020-08-10,Instructional day\n30,2020-08-11,Holiday\n30,2020-08-12,Instructional day\n"
        "30,2020-08-13,Instructional day\n",
    )
    sink = read_all(profile.find([source("ATT.csv", AERIES), calendar]))
    assert events(sink) == [
        ("12", "30", "2020-08-12", "", "U", None),
        ("12", "30", "2020-08-13", "1", "U", None),
        ("12", "30", "2020-08-13", "2", "E", None),
    ]
    assert [(fault.line, fault.value) for fault in sink.faults] == [(4, "9")]


def test_asks_for_the_calendar_that_is_known_already() -> None:
    sink = read_all(profile.find([source("ATT.csv", AERIES)], school_days=_weekdays))
    assert {line.on_date for line in sink.events_read} == {"2020-08-11", "2020-08-12"}
    with pytest.raises(Problem, match="calendar of school 30"):
        read_all(profile.find([source("ATT.csv", AERIES)]))


@pytest.mark.parametrize(("names", "day"), [("SC,SN,DY,DT,AL,A1", "2,"), ("SC,SN,DT,AL,A1", "")])
def test_reads_the_date_of_aeries_where_it_is_there(names: str, day: str) -> None:
    sink = read_all(profile.find([source("ATT.csv", f"{names}\n30,12,{day}08/31/2020,U,\n")]))
    assert events(sink) == [("12", "30", "2020-08-31", "", "U", None)]


OWN = """
key = "ours"
title = "Ours"
dates = "dmy"

[[table]]
record = "calendar"
match = ["Schule", "Tag", "Art"]
columns = { school_id = "Schule", date = "Tag", event = "Art" }
values = { event = { frei = "Holiday", Schule = "Instructional day" } }

[codes]
U = "absent_unexcused"
"""


def test_reads_by_a_districts_own_profile() -> None:
    chosen = parse(OWN, file="ours.toml")
    sink = read_all(
        profile.find([source("k.csv", "Tag,Art,Schule\n3/4/2024,frei,7\n")], chosen=chosen)
    )
    (day,) = sink.all(CalendarRecord)
    assert (day.on_date.isoformat(), day.is_instructional) == ("2024-04-03", False)
    assert [code.is_default for code in sink.all(CodeRecord)] == [False]


def test_tells_every_fault_of_a_profile_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        parse(
            'kee = "a"\n[[table]]\nrecord = "attendanc"\nmatch = "A"\n[codes]\nA = "absent"\n',
            file="x.toml",
        )
    told = dict(caught.value.faults)
    assert told.keys() == {"kee", "key", "title", "table[1].record", "table[1].match", "codes.A"}
    assert "Did you mean key?" in told["kee"]
    assert "absent_unexcused" in told["codes.A"]
    assert "attendance" in told["table[1].record"]


def test_tells_what_makes_no_sense_in_a_profile() -> None:
    with pytest.raises(Invalid) as caught:
        parse(
            'key = "a"\ntitle = "A"\n[[table]]\nrecord = "attendance"\nmatch = ["A"]\n'
            'columns = { student_id = "S", dat = "D" }\n'
            '[[table.events]]\nwhen = { X = "maybe" }\n'
            '[codes]\nB = { kind = "tardy", portion = 2 }\n',
            file="x.toml",
        )
    told = dict(caught.value.faults)
    assert told.keys() == {
        "table[1].columns.dat",
        "table[1].columns.date",
        "table[1].events[1].code",
        "table[1].events[1].when.X",
        "codes.B.portion",
    }


def test_names_the_profiles_there_are() -> None:
    with pytest.raises(
        Problem, match=r"aeries, aspen, infinite-campus.*powerschool, skyward, synergy"
    ):
        load("sinergy")
    assert load("synergy").is_shipped


def test_ignores_what_no_profile_knows() -> None:
    assert profile.find([source("a.csv", "x,y\n1,2\n")]) == []


def test_is_a_reader() -> None:
    (reader,) = profile.find([source("daily.csv", SYNERGY)])
    assert isinstance(reader, ProfileReader)
    assert [one.name for one in reader.sources] == ["daily.csv"]
    assert not reader.scope.is_delta
