from pathlib import Path

import pytest

from server.intake.columns import suggest
from server.intake.columns.profile import parse
from server.intake.formats import profile
from server.intake.records import PlaceRecord, StudentRecord
from server.problems import Invalid, Problem
from tests.support import rosters
from tests.support.tables import read_all, source

ODD = (
    "Child,Absent On,What,Why\n"
    "12,03/04/2024,U,ill\n13,05/06/2024,Excused,\n14,05/06/2024,U,\n"
    "15,05/06/2024,U,\n16,05/06/2024,Excused,\n"
)


def draft(tmp_path: Path, text: str, name: str = "extract.csv") -> str:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return suggest.draft(tmp_path / name)


def test_leaves_blank_what_a_person_must_say_and_then_reads(tmp_path: Path) -> None:
    drafted = draft(tmp_path, ODD)
    with pytest.raises(Invalid) as caught:
        parse(drafted, file="draft.toml")
    assert {key for key, _ in caught.value.faults} == {"table[1].dates", "codes.U"}
    assert "03/04/2024" in drafted
    assert "3 times" in drafted

    filled = (
        drafted.replace('dates = ""', 'dates = "dmy"')
        .replace('student_id = ""', 'student_id = "Child"')
        .replace('"U" = ""', '"U" = "absent_unexcused"')
    )
    chosen = parse(filled, file="draft.toml")
    sink = read_all(profile.find([source("extract.csv", ODD)], chosen=chosen))
    assert sink.faults == []
    assert [(line.number, line.on_date, line.code) for line in sink.events_read][:2] == [
        ("12", "2024-04-03", "U"),
        ("13", "2024-06-05", "Excused"),
    ]


def test_a_blank_column_is_a_fault(tmp_path: Path) -> None:
    drafted = draft(tmp_path, "Kid,Date,Code\n1,2024-03-01,U\n1,2024-03-04,U\n")
    with pytest.raises(Invalid) as caught:
        parse(drafted.replace('"U" = ""', '"U" = "tardy"'), file="draft.toml")
    assert [key for key, _ in caught.value.faults] == ["table[1].columns.student_id"]


def test_tells_the_order_of_dates_where_the_file_does(tmp_path: Path) -> None:
    assert 'dates = "mdy"' in draft(tmp_path, "ID No,Attendance Date,Code\n1,3/14/2024,U\n")
    assert "dates =" not in draft(tmp_path, "ID No,Attendance Date,Code\n1,2024-03-14,U\n")


def test_drafts_columns_of_flags(tmp_path: Path) -> None:
    text = "Perm ID,Abs Date,Half Day Unexcused,Excused,Tardies\n0012,2024-03-04,1,0,0\n"
    chosen = parse(draft(tmp_path, text), file="draft.toml")
    assert chosen.meaning_of("Half Day Unexcused").units == 420
    sink = read_all(profile.find([source("extract.csv", text)], chosen=chosen))
    assert [(line.number, line.code) for line in sink.events_read] == [
        ("0012", "Half Day Unexcused")
    ]


def test_a_letter_is_never_guessed(tmp_path: Path) -> None:
    drafted = draft(
        tmp_path,
        "Student Number,Date,Att Code\n" + "1,2024-03-01,E\n1,2024-03-04,UNEXCUSED\n" * 3,
    )
    assert '"E" = ""' in drafted
    assert '"UNEXCUSED" = "absent_unexcused"' in drafted


def test_nothing_of_a_student_stands_in_a_draft(tmp_path: Path) -> None:
    drafted = draft(
        tmp_path,
        "Student Number,Given Name,Surname,DOB\n"
        + "".join(f"90{n},Marisol,Quintanahermosa,2010-01-{n + 10}\n" for n in range(9)),
    )
    assert 'record = "students"' in drafted
    assert not {"Marisol", "Quintanahermosa", "901", "2010-01-11"} & set(drafted.split('"'))


def test_points_to_the_profile_that_reads_a_table_already(tmp_path: Path) -> None:
    header = "SC,SN,DY,AL,DT\n30,1,1,U,08/31/2020\n"
    assert "The profile aeries reads this table" in draft(tmp_path, header)
    own = "student_id,date,code\n1,2024-03-01,U\n"
    assert "its own table attendance" in draft(tmp_path, own)


def test_drafts_every_table_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Kid,Date,Code\n1,2024-03-01,U\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("Building,Building Name\n1,Barelas\n", encoding="utf-8")
    assert suggest.draft(tmp_path).count("[[table]]") == 2
    with pytest.raises(Problem):
        suggest.draft(tmp_path / "nothing.csv")


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (
            "Stu Nbr,School Cd,Abs Dt,Abs Cd,Prd,Rsn",
            "student_id school_id date code period reason",
        ),
        ("STUNBR,SCHCD,ABSDT,ATTCD,PRD,RSNCD", "student_id school_id date code period reason"),
        (
            "Std ID,Sch Nbr,Att Dt,Att Cd,Per,Att Rsn",
            "student_id school_id date code period reason",
        ),
        ("Stu_ID,Fst Nm,Lst Nm,MI,DOB", "student_id first_name last_name middle_name birth_date"),
        (
            "StuID,SchCd,GrdLvl,EnrDt,WdDt,WdRsn,SchYr",
            "student_id school_id grade entry_date exit_date exit_reason school_year",
        ),
        (
            "Stu Num,Schl No,Gr,Ent Dt,Exit Dt,Exit Cd,Sch Yr",
            "student_id school_id grade entry_date exit_date exit_reason school_year",
        ),
        (
            "Gdn ID,Stu ID,Gdn Fst Nm,Gdn Lst Nm,Rel to Stu,Lang,Cell Ph,Hm Ph,Zip Cd",
            (
                "guardian_id student_id first_name last_name relation language mobile_phone "
                "home_phone postal_code"
            ),
        ),
        ("Sch Cd,Sch Nm,Sch Lvl", "school_id name level"),
        (
            "Dt of Birth,Last Name (Student),Student First,Perm No",
            "birth_date last_name first_name student_id",
        ),
    ],
)
def test_knows_the_columns_that_a_system_abbreviates(
    tmp_path: Path, header: str, told: str
) -> None:
    drafted = draft(tmp_path, header + "\n")

    for field, column in zip(told.split(), header.split(","), strict=True):
        assert f'{field} = "{column}"' in drafted


def test_a_word_that_only_looks_cut_off_is_left_alone(tmp_path: Path) -> None:
    drafted = draft(tmp_path, "Stu Nbr,Abs Dt,Abs Cd,Percent,Statement,Notice Attached\n1,,,,,\n")

    assert "# Not used: Percent, Statement, Notice Attached" in drafted


def test_a_folder_in_which_presente_itself_lies_is_looked_at_all_the_same(tmp_path: Path) -> None:
    for own in ("import.lock", "presente.db", "presente.db-wal", "presente.head"):
        (tmp_path / own).touch()

    drafted = draft(tmp_path, ODD)

    assert "lock" not in drafted
    assert suggest.draft(tmp_path).count("[[table]]") == 1


def test_a_roster_needs_no_profile(tmp_path: Path) -> None:
    rosters.put(tmp_path, rosters.one_roster())

    drafted = suggest.draft(tmp_path)

    assert drafted.startswith("# Nothing here needs a profile.")
    assert "# users.csv\n# Presente (as OneRoster) reads this table already." in drafted


STUDENTS = (
    "Pupil No,Student Name,Grade,School Cd,School Year,Extra\n"
    '0012,"Baca, Lucía M",3,590,2026,x\n0013,"Ruiz, Mateo",K,590,2026,y\n'
)


def test_students_and_their_enrolments_are_drafted_of_one_table(tmp_path: Path) -> None:
    drafted = draft(tmp_path, STUDENTS)

    assert drafted.count("[[table]]") == 2
    assert 'full_name = "Student Name"' in drafted
    with pytest.raises(Invalid) as caught:
        parse(drafted, file="draft.toml")
    assert [key for key, _ in caught.value.faults] == ["table[2].years"]

    chosen = parse(drafted.replace('years = ""', 'years = "end"'), file="draft.toml")
    sink = read_all(profile.find([source("extract.csv", STUDENTS)], chosen=chosen))
    assert sink.faults == []
    assert [(one.number, one.last_name, one.first_name) for one in sink.all(StudentRecord)] == [
        ("0012", "Baca", "Lucía"),
        ("0013", "Ruiz", "Mateo"),
    ]
    assert [(one.school_code, one.school_year, one.grade) for one in sink.all(PlaceRecord)] == [
        ("590", "2025-26", "03"),
        ("590", "2025-26", "KG"),
    ]


def test_a_year_that_nothing_tells_is_asked_for(tmp_path: Path) -> None:
    drafted = draft(tmp_path, STUDENTS.replace("School Year", "Colour"))

    with pytest.raises(Invalid) as caught:
        parse(drafted, file="draft.toml")
    assert [key for key, _ in caught.value.faults] == ["table[2].constants.school_year"]


def test_absences_are_not_drafted_as_schools_and_their_reasons_are_the_codes(
    tmp_path: Path,
) -> None:
    text = (
        "Sis Number,Student Name,School Name,School Code,Abs Date,Abs Reason\n"
        + '0012,"Baca, Lucía",Barelas,590,9/15/2025,UNX\n' * 3
    )
    drafted = draft(tmp_path, text)

    assert 'record = "attendance"' in drafted
    assert 'code = "Abs Reason"' in drafted
    assert '"UNX" = ""' in drafted


def test_a_column_for_each_class_is_an_event_of_it(tmp_path: Path) -> None:
    text = "Student ID,Date,All Day,Per 1,Per 2\n12,2025-09-15,A,A,T\n13,2025-09-15,,T,\n"
    drafted = draft(tmp_path, text)

    chosen = parse(drafted.replace('""', '"tardy"'), file="draft.toml")
    sink = read_all(profile.find([source("extract.csv", text)], chosen=chosen))
    assert [(line.number, line.period, line.code) for line in sink.events_read] == [
        ("12", "", "A"),
        ("12", "1", "A"),
        ("12", "2", "T"),
        ("13", "1", "T"),
    ]


def test_of_several_classes_none_is_taken_for_the_code_of_the_row(tmp_path: Path) -> None:
    text = (
        "Student Number,Date,Per 1,Per 2,Per 3\n"
        "100,9/13/2025,UNX,,T\n101,9/14/2025,UNX,UNX,\n100,9/15/2025,EXC,,T\n"
    )
    drafted = draft(tmp_path, text)

    assert [line for line in drafted.splitlines() if line.startswith("code")] == [
        'code = "Per 1"',
        'code = "Per 2"',
        'code = "Per 3"',
    ]
    assert "Not used" not in drafted


def test_a_table_without_names_of_columns_is_said_to_have_none(tmp_path: Path) -> None:
    assert "It has no line with the names" in draft(tmp_path, "12,2025-09-15,A\n13,2025-09-16,B\n")
