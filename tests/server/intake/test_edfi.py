"""Ed-Fi 2 to 5: the same facts however a version writes them, and nothing guessed."""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.attendance import UNITS_PER_DAY
from server.intake.formats import edfi
from server.intake.formats.edfi import codes, places
from server.intake.records import (
    CalendarRecord,
    CodeRecord,
    EventLine,
    GuardianRecord,
    PlaceRecord,
    Record,
    SchoolRecord,
    TermRecord,
    TieRecord,
)
from server.problems import Problem
from tests.server.intake.reading import Kept, XmlFile, files_of, read

SAMPLES = Path(__file__).parents[2] / "data" / "edfi-small"
VERSIONS = ["2.2", "3.3", "5.2"]
NAMESPACE = 'xmlns="http://ed-fi.org/5.2.0"'


def sample(version: str) -> Kept:
    return read(edfi.find(files_of(SAMPLES / version)))


def told(record: Record) -> dict[str, Any]:
    """What a record says, apart from where it stands and from ids inside its file."""
    said: dict[str, Any] = msgspec.to_builtins(record)
    return {name: value for name, value in said.items() if name not in {"at", "xml_id"}}


def all_told(kept: Kept) -> list[str]:
    records = [one for one in kept.records if not isinstance(one, CodeRecord | TieRecord)]
    said = [msgspec.json.encode([type(one).__name__, told(one)]).decode() for one in records]
    return sorted(said) + sorted(repr(line._replace(line=0)) for _, line in kept.lines)


def of(kept: Kept, kind: type[Any]) -> list[Any]:
    return [one for one in kept.records if isinstance(one, kind)]


def interchange(tmp_path: Path, kind: str, body: str) -> Kept:
    file = tmp_path / f"{kind}.xml"
    file.write_text(f"<Interchange{kind} {NAMESPACE}>\n{body}\n</Interchange{kind}>", "utf-8")
    return read(edfi.find([XmlFile(file)]))


def event(category: str, more: str = "", inside: str = "") -> str:
    return (
        "<StudentSchoolAttendanceEvent><AttendanceEvent><EventDate>2021-10-05</EventDate>"
        f"<AttendanceEventCategory>{category}</AttendanceEventCategory>{inside}</AttendanceEvent>"
        "<StudentReference><StudentUniqueId>7</StudentUniqueId></StudentReference>"
        f"<SchoolReference><SchoolId>1</SchoolId></SchoolReference>{more}"
        "</StudentSchoolAttendanceEvent>"
    )


@pytest.mark.parametrize("version", VERSIONS[1:])
def test_every_version_says_the_same(version: str) -> None:
    assert all_told(sample(version)) == all_told(sample("2.2"))


@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_sample_says(version: str) -> None:
    kept = sample(version)

    assert not kept.faults
    (school,) = of(kept, SchoolRecord)
    assert (school.code, school.name, school.level) == ("0417", "Río Seco High School", "high")
    assert [(one.entry_on, one.exit_on, one.periods) for one in of(kept, PlaceRecord)] == [
        (date(2016, 8, 15), date(2016, 9, 30), 2),
        (date(2016, 10, 17), None, 2),
    ]
    assert {(one.kind, one.title) for one in of(kept, TermRecord)} == {
        ("semester", "2016-2017 Fall Semester"),
        ("grading_period", "First Six Weeks"),
    }
    assert [one.is_instructional for one in of(kept, CalendarRecord)] == [False, True]
    (guardian,) = of(kept, GuardianRecord)
    assert [point.value for point in guardian.points] == ["(505) 555-0143", "(505) 555-0142"]
    assert guardian.language == "es"
    (tie,) = of(kept, TieRecord)
    assert (tie.source_id or tie.xml_id, tie.relation) in {("9001", "Mother"), ("PRNT_9", "Mother")}
    assert [(line.code, line.units, line.period) for _, line in kept.lines] == [
        ("Unexcused Absence", None, ""),
        ("Excused Absence", UNITS_PER_DAY // 3, ""),
        ("13302", None, ""),
        ("AUX", None, ""),
        ("Unexcused Absence", 0, "BIO-1 02"),
    ]


def test_what_nobody_can_know_is_no_default() -> None:
    defaults = {one.code: one for one in codes.defaults()}

    assert not {"13299", "13300", "13301"} & set(defaults)
    assert defaults["13302"].kind == "absent_unexcused"
    assert defaults["13303"].kind == "absent_unverified"
    assert all(one.is_default for one in defaults.values())


def test_a_descriptor_of_standard_2_says_what_a_district_s_code_means(tmp_path: Path) -> None:
    descriptor = (
        "<AttendanceEventCategoryDescriptor><CodeValue>{}</CodeValue><AttendanceEventCategory>{}"
        "</AttendanceEventCategory></AttendanceEventCategoryDescriptor>"
    )
    kept = interchange(
        tmp_path,
        "Descriptors",
        descriptor.format("AUX", "Unexcused Absence") + descriptor.format("FIELD", "Other"),
    )

    own = [one for one in of(kept, CodeRecord) if one.at.file != "Ed-Fi"]
    assert [(one.code, one.kind, one.is_default) for one in own] == [
        ("AUX", "absent_unexcused", True)
    ]


def test_a_tardy_for_a_whole_day_takes_nothing_of_it(tmp_path: Path) -> None:
    kept = interchange(
        tmp_path,
        "StudentAttendance",
        event("uri://ed-fi.org/D#Tardy", inside="<EventDuration>1</EventDuration>")
        + event("uri://x/D#OWN", inside="<EventDuration>0.5</EventDuration>"),
    )

    assert [line.units for _, line in kept.lines] == [None, UNITS_PER_DAY // 2]


def test_an_event_that_is_not_understood_holds_what_is_known_of_its_day(tmp_path: Path) -> None:
    kept = interchange(
        tmp_path,
        "StudentAttendance",
        event("Tardy", more="<SchoolAttendanceDuration>1441</SchoolAttendanceDuration>")
        + event("Excused Absence", inside="<EventDuration>3</EventDuration>")
        + event(""),
    )

    assert [(fault.field, fault.value) for fault in kept.faults] == [
        ("SchoolAttendanceDuration", "1441"),
        ("EventDuration", "3"),
        ("AttendanceEvent/AttendanceEventCategory", ""),
    ]
    assert kept.held == {("1", "7", "2021-10-05", False)}
    assert not kept.lines


def test_a_class_in_two_periods_is_missed_in_both(tmp_path: Path) -> None:
    period = "<ClassPeriodReference><ClassPeriodName>{}</ClassPeriodName></ClassPeriodReference>"
    kept = interchange(
        tmp_path,
        "StudentAttendance",
        event("Unexcused Absence")
        .replace("SchoolAttendanceEvent", "SectionAttendanceEvent")
        .replace(
            "<SchoolReference><SchoolId>1</SchoolId></SchoolReference>",
            "<SectionReference><SectionIdentifier>S</SectionIdentifier><SchoolId>1</SchoolId>"
            "</SectionReference>" + period.format("1A") + period.format("2A"),
        ),
    )

    assert [(line.school_code, line.period) for _, line in kept.lines] == [
        ("1", "S 1A"),
        ("1", "S 2A"),
    ]
    assert sum(kept.counts.values()) == 2


def test_a_reference_by_id_may_point_forward(tmp_path: Path) -> None:
    kept = interchange(
        tmp_path,
        "Student",
        event("Tardy").replace(
            "<StudentReference><StudentUniqueId>7</StudentUniqueId></StudentReference>",
            '<StudentReference ref="S1"/>',
        )
        + event("Tardy").replace(
            "<StudentReference><StudentUniqueId>7</StudentUniqueId></StudentReference>",
            '<StudentReference ref="NONE"/>',
        )
        + '<Student id="S1"><StudentUniqueId>42</StudentUniqueId>'
        "<FirstName>A</FirstName><LastSurname>B</LastSurname></Student>",
    )

    assert [line.number for _, line in kept.lines] == ["42"]
    assert [(fault.field, fault.value) for fault in kept.faults] == [("StudentReference", "NONE")]


def test_alternating_days_count_the_fuller_one(tmp_path: Path) -> None:
    section = (
        "<Section><SectionIdentifier>{0}</SectionIdentifier><CourseOfferingReference><SchoolId>1"
        "</SchoolId></CourseOfferingReference><ClassPeriodReference><ClassPeriodName>{0}"
        "</ClassPeriodName></ClassPeriodReference></Section>"
        "<StudentSectionAssociation><StudentReference><StudentUniqueId>7</StudentUniqueId>"
        "</StudentReference><SectionReference><SectionIdentifier>{0}</SectionIdentifier>"
        "<SchoolId>1</SchoolId></SectionReference></StudentSectionAssociation>"
    )
    bell = (
        "<BellSchedule><SchoolReference><SchoolId>1</SchoolId></SchoolReference>{}</BellSchedule>"
    )
    period = "<ClassPeriodReference><ClassPeriodName>{}</ClassPeriodName></ClassPeriodReference>"
    days = [["A1", "A2", "A3", "A4"], ["B1", "B2", "B3"]]
    kept = interchange(
        tmp_path,
        "StudentEnrollment",
        "".join(section.format(name) for day in days for name in day)
        + "".join(bell.format("".join(period.format(name) for name in day)) for day in days)
        + "<StudentSchoolAssociation><StudentReference><StudentUniqueId>7</StudentUniqueId>"
        "</StudentReference><SchoolReference><SchoolId>1</SchoolId></SchoolReference>"
        "<EntryDate>2021-08-23</EntryDate></StudentSchoolAssociation>",
    )

    assert [one.periods for one in of(kept, PlaceRecord)] == [4]


def test_calendars_of_a_few_do_not_count_and_others_are_drawn_together(tmp_path: Path) -> None:
    def day(code: str, on: str, kind: str) -> str:
        return (
            f"<CalendarDate><Date>2021-10-{on}</Date><CalendarEvent>uri://x#{kind}</CalendarEvent>"
            f"<CalendarReference><CalendarCode>{code}</CalendarCode><SchoolId>1</SchoolId>"
            "</CalendarReference></CalendarDate>"
        )

    def calendar(code: str, kind: str) -> str:
        return (
            f"<Calendar><CalendarCode>{code}</CalendarCode><CalendarType>uri://x#{kind}"
            "</CalendarType><SchoolReference><SchoolId>1</SchoolId></SchoolReference></Calendar>"
        )

    kept = interchange(
        tmp_path,
        "EducationOrgCalendar",
        calendar("A", "Student Specific")
        + calendar("B", "School")
        + calendar("C", "Grade Level")
        + day("A", "01", "Instructional day")
        + day("B", "02", "Holiday")
        + day("C", "02", "Instructional day")
        + day("B", "03", "Holiday")
        + day("C", "03", "Strike"),
    )

    assert [(one.on_date.day, one.is_instructional) for one in of(kept, CalendarRecord)] == [
        (2, True),
        (2, True),
        (3, False),
        (3, False),
    ]
    assert kept.left["EducationOrgCalendar.xml", "CalendarDate"] == 1
    assert kept.counts["EducationOrgCalendar.xml", "CalendarDate"] == 4
    assert [note.value for note in kept.notes] == ["Holiday"]


def test_the_calendar_says_the_school_year_of_a_stay_that_began_earlier(tmp_path: Path) -> None:
    kept = interchange(
        tmp_path,
        "StudentEnrollment",
        "<StudentSchoolAssociation><StudentReference><StudentUniqueId>7</StudentUniqueId>"
        "</StudentReference><SchoolReference><SchoolId>1</SchoolId></SchoolReference>"
        "<EntryDate>2019-08-23</EntryDate><CalendarReference><CalendarIdentity><SchoolYear>2022"
        "</SchoolYear></CalendarIdentity></CalendarReference></StudentSchoolAssociation>",
    )

    assert [one.school_year for one in of(kept, PlaceRecord)] == ["2021-22"]


def test_other_xml_is_not_claimed(tmp_path: Path) -> None:
    page = tmp_path / "page.xml"
    page.write_text("<html/>", "utf-8")

    assert edfi.find([XmlFile(page)]) == []


def test_a_file_cut_short_says_where(tmp_path: Path) -> None:
    whole = (SAMPLES / "5.2" / "a-attendance.xml").read_bytes()
    (tmp_path / "cut.xml").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(Problem, match=r"cut\.xml is broken at line \d+"):
        read(edfi.find([XmlFile(tmp_path / "cut.xml")]))


@given(st.integers(1900, 2098))
def test_a_school_year_is_the_same_in_every_spelling(first: int) -> None:
    short = f"{first}-{(first + 1) % 100:02d}"

    spelled = [f"{first}-{first + 1}", str(first + 1), short]
    assert {places.short_year(text) for text in spelled} == {short}


@settings(deadline=None)
@given(st.permutations(VERSIONS[1:]), st.randoms())
def test_the_order_of_the_files_is_irrelevant(versions: list[str], chance: Any) -> None:
    files = files_of(SAMPLES / versions[0])
    chance.shuffle(files)

    assert all_told(read(edfi.find(files))) == all_told(sample(versions[0]))
    assert all(isinstance(line, EventLine) for _, line in sample(versions[0]).lines)


@pytest.mark.parametrize(
    "category",
    [
        "uri://ed-fi.org/AttendanceEventCategoryDescriptor#Unexcused Absence",
        "uri://ed-fi.org/AttendanceEventCategoryDescriptor#Unexcused%20Absence",
        "<CodeValue>Unexcused Absence</CodeValue>",
        "<ShortDescription>Unexcused Absence</ShortDescription>",
        "<Namespace>uri://ed-fi.org</Namespace><CodeValue>Unexcused Absence</CodeValue>",
    ],
)
def test_a_category_is_the_same_however_it_is_referred_to(tmp_path: Path, category: str) -> None:
    kept = interchange(tmp_path, "StudentAttendance", event(category))

    assert kept.faults == []
    assert [line.code for _, line in kept.lines] == ["Unexcused Absence"]
