"""Names that stand in one column, as Last, First Middle."""

import io
from pathlib import Path

import pytest

from server.db.database import Database
from server.intake.columns import full_names
from server.intake.columns.profile import parse
from server.intake.formats import plain, profile
from server.intake.mending import quarantine
from server.intake.records import GuardianRecord, PlaceRecord, StudentRecord
from server.problems import Invalid
from tests.support.csv_office import CsvOffice
from tests.support.office import MONDAY
from tests.support.tables import MemorySink, read_all, source

Names = tuple[str, str, str, str]


def names(sink: MemorySink) -> list[Names]:
    return [
        (one.last_name, one.first_name, one.middle_name, one.suffix)
        for one in sink.all(StudentRecord)
    ]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("Baca, Lucía", ("Baca", "Lucía", "", "")),
        ("Baca, Lucía M.", ("Baca", "Lucía", "M.", "")),
        ("Ruiz Soto,Mateo  Luis Ángel", ("Ruiz Soto", "Mateo", "Luis Ángel", "")),
        ("O'Neil-Paz, Ana", ("O'Neil-Paz", "Ana", "", "")),
        ("Paz Jr., Luis", ("Paz", "Luis", "", "Jr.")),
        ("Paz, Luis, III", ("Paz", "Luis", "", "III")),
        ("Paz, Jr, Luis A", ("Paz", "Luis", "A", "Jr")),
        ("Paz, Luis A iv", ("Paz", "Luis", "A", "iv")),
        ("Sr, Ana", ("Sr", "Ana", "", "")),
    ],
)
def test_what_stands_before_the_comma_is_the_family_name(written: str, told: Names) -> None:
    found = full_names.parse(written)

    assert found is not None
    assert (found.last, found.first, found.middle, found.suffix) == told


@pytest.mark.parametrize(
    "written", ["Lucía Baca", "Cher", "Baca,", ", Lucía", "", "a, b, c", "a,b,c,d", "Paz, Jr."]
)
def test_without_one_comma_between_names_nothing_is_guessed(written: str) -> None:
    assert full_names.parse(written) is None


OURS = """
key = "ours"
title = "Ours"
[[table]]
record = "students"
match = ["No", "Pupil"]
full_name = "Pupil"
columns = { student_id = "No", first_name = "Given", last_name = "Family" }
"""


def test_a_profile_reads_them_and_a_name_without_comma_is_told_with_its_line() -> None:
    text = 'No,Pupil\n1,"Baca, Lucía M"\n2,Mateo Ruiz\n3,\n'
    sink = read_all(profile.find([source("a.csv", text)], chosen=parse(OURS, file="a.toml")))

    assert names(sink) == [("Baca", "Lucía", "M", "")]
    assert [(one.line, one.field, one.value, one.code) for one in sink.faults] == [
        (3, "Pupil", "Mateo Ruiz", "no_full_name"),
        (4, "Pupil", "", "missing"),
    ]


def test_names_in_columns_of_their_own_come_before_those_in_one() -> None:
    text = 'No,Pupil,Given,Family\n1,"Baca, Lucía M",Luz,Baca Ríos\n'
    sink = read_all(profile.find([source("a.csv", text)], chosen=parse(OURS, file="a.toml")))

    assert names(sink) == [("Baca Ríos", "Luz", "", "")]


def test_only_people_have_names() -> None:
    with pytest.raises(Invalid) as caught:
        parse(
            'key = "a"\ntitle = "a"\n[[table]]\nrecord = "schools"\nmatch = ["a"]\n'
            'full_name = "b"\n'
            'columns = { school_id = "a", name = "b" }\n',
            file="a.toml",
        )
    assert [key for key, _ in caught.value.faults] == ["table[1].full_name"]


POWERSCHOOL = (
    "ID,Student_Number,LastFirst,Grade_Level,SchoolID,EntryDate,ExitDate,DOB\n"
    '501,000970012,"Baca, Lucía M",3,590,08/11/2025,05/23/2026,03/14/2016\n'
)


def test_powerschools_students_by_last_first() -> None:
    (reader,) = profile.find([source("students.csv", POWERSCHOOL)])
    sink = read_all([reader])

    assert (reader.format, names(sink)) == (
        "profile:powerschool",
        [("Baca", "Lucía", "M", "")],
    )
    (place,) = sink.all(PlaceRecord)
    assert (place.number, place.school_code, place.grade, place.school_year) == (
        "000970012",
        "590",
        "03",
        "2025-26",
    )


def test_synergys_students_by_their_name() -> None:
    text = (
        "Sis Number,Student Name,Grade,School Code,Enter Date,Leave Date\n"
        '000970012,"Baca, Lucía M.",03,590,8/25/2025,\n'
    )
    (reader,) = profile.find([source("students.csv", text)])
    sink = read_all([reader])

    assert reader.format == "profile:synergy"
    assert names(sink) == [("Baca", "Lucía", "M.", "")]
    assert [one.entry_on.isoformat() for one in sink.all(PlaceRecord) if one.entry_on] == [
        "2025-08-25"
    ]


def test_a_plain_table_is_read_if_its_names_have_commas() -> None:
    rows = '7,"Baca, Lucía"\n8,"Ruiz, Mateo"\n'
    sink = read_all(plain.find([source("list.csv", "Student Number,Student Name\n" + rows)]))

    assert names(sink) == [("Baca", "Lucía", "", ""), ("Ruiz", "Mateo", "", "")]
    assert "Student Name = last_name, first_name" in sink.notes[0].reason

    without = rows.replace("Baca, Lucía", "Lucía Baca") + "9,Ana Paz\n"
    assert plain.find([source("list.csv", "Student Number,Student Name\n" + without)]) == []


def test_of_names_that_mostly_have_commas_the_others_are_told(db: Database, tmp_path: Path) -> None:
    """And a line that comes back mended is read, also beside one that is not."""
    office = CsvOffice(db, tmp_path)
    rows = "".join(f'{n},"Baca, Lucía"\n' for n in range(9))
    office.files["list.csv"] = f"Student Number,Student Name\n{rows}20,Ana Paz\n21,Cher\n"
    office.take()
    with db.read(MONDAY) as tx:
        out = io.StringIO()
        quarantine.write_csv(quarantine.held(tx), out)

    office.files["mended.csv"] = out.getvalue().replace(",20,Ana Paz", ',20,"Paz, Ana"')
    report = office.take()

    assert [(one.file, one.line, one.value) for one in report.quarantined] == [
        ("list.csv", 12, "Cher")
    ]
    assert office.rows("select last_name from student where number = '20'") == [("Paz",)]


def test_a_plain_list_of_absences_is_no_list_of_students() -> None:
    text = 'Student Number,Student Name,Abs Date,Abs Reason\n7,"Baca, Lucía",2025-09-03,UNX\n'

    assert plain.find([source("absences.csv", text)]) == []


def test_guardians_may_be_named_so_too() -> None:
    told = parse(
        'key = "a"\ntitle = "a"\n[[table]]\nrecord = "guardians"\nmatch = ["gid"]\n'
        'full_name = "who"\ncolumns = { guardian_id = "gid", student_id = "sid" }\n',
        file="a.toml",
    )
    text = 'gid,sid,who\n1,7,"Paz Ríos, Rosa"\n'
    sink = read_all(profile.find([source("g.csv", text)], chosen=told))

    (rosa,) = sink.all(GuardianRecord)
    assert (rosa.first_name, rosa.last_name) == ("Rosa", "Paz Ríos")
