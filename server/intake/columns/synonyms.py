"""What systems call the columns that Presente reads: to recognise plain tables, and to suggest."""

import re
from collections.abc import Mapping, Sequence

from server.intake.columns.shapes import SHAPES

STUDENT = (
    "studentid studentnumber studentno studentuniqueid sisnumber sisid studentsisid "
    "localstudentid studentlocalid localid permid permnumber permanentid stuid stuno "
    "stdidlocal student pupil pupilid pupilnumber sn stateid statestudentid statestudentnumber ssid"
)
SCHOOL = (
    "schoolid schoolcode schoolnumber schoolno schoolsisid locationcode locationid sitecode siteid "
    "campusid buildingid buildingcode orgid organizationid school sc"
)
_STUDENT_OF_EVENT = STUDENT + " studentsourcedid usersourcedid"
_SCHOOL_OF_EVENT = SCHOOL + " orgsourcedid schoolsourcedid"
"""Only where a date and a code stand beside them: OneRoster's own tables have these columns too."""
_DATE = (
    "date day attendancedate attdate absdate absencedate eventdate calendardate calendarday "
    "dateofabsence incidentdate dt"
)
_FIRST = "firstname givenname first fname studentfirstname namefirst legalfirstname fn"
_LAST = "lastname familyname surname last lname studentlastname namelast lastsurname ln"
_YEAR = "schoolyear academicyear year sy endyear schoolyearname"

SYNONYMS: Mapping[str, Mapping[str, Sequence[str]]] = {
    shape: {field: names.split() for field, names in fields.items()}
    for shape, fields in {
        "schools": {
            "school_id": SCHOOL,
            "name": "schoolname name schoolfullname orgname organizationname sitename campusname "
            "nameofinstitution locationname",
            "level": "level schoollevel schooltype schoolcategory",
            "periods_per_day": "periodsperday periods",
            "minutes_per_day": "minutesperday instructionalminutes dayminutes",
        },
        "calendar": {
            "school_id": SCHOOL,
            "date": _DATE + " datevalue caldate",
            "event": "event calendarevent daytype insession inssession isschoolday dayevent "
            "calendareventtype",
            "minutes": "minutes instructionalminutes",
        },
        "students": {
            "student_id": STUDENT,
            "first_name": _FIRST,
            "last_name": _LAST,
            "middle_name": "middlename middle mname namemiddle mn",
            "suffix": "suffix namesuffix generation generationcodesuffix",
            "preferred_name": "preferredname preferredfirstname nickname goesby calledname",
            "birth_date": "birthdate dateofbirth dob birthday bd",
        },
        "enrollments": {
            "student_id": STUDENT,
            "school_id": SCHOOL,
            "school_year": _YEAR,
            "grade": "grade gradelevel gradecode currentgrade gr entrygradelevel",
            "entry_date": "entrydate enterdate enrolldate enrollmentdate startdate "
            "enrollmentstartdate begindate",
            "exit_date": "exitdate leavedate withdrawdate withdrawaldate enddate enrollmentenddate",
            "exit_reason": "exitreason leavereason withdrawreason withdrawalreason exitcode "
            "exitwithdrawtype leavecode",
        },
        "guardians": {
            "guardian_id": "guardianid parentid contactid parentguardianid contactpersonid",
            "student_id": STUDENT,
            "first_name": "guardianfirstname parentfirstname contactfirstname " + _FIRST,
            "last_name": "guardianlastname parentlastname contactlastname " + _LAST,
            "relation": "relation relationship relationtype relationshiptype",
            "language": "language homelanguage primarylanguage correspondencelanguage",
            "needs_interpreter": "needsinterpreter interpreter interpreterneeded",
            "is_primary": "isprimary primary primarycontact",
            "is_emergency": "isemergency emergency emergencycontact",
            "lives_with": "liveswith residence resideswith",
            "restriction": "restriction contactrestrictions courtorder legalrestriction",
            "position": "position priority contactpriority callorder sequence",
            "mobile_phone": "mobilephone cellphone cell mobile phonemobile phonecell",
            "home_phone": "homephone phone phonenumber telephone phonehome primaryphone",
            "work_phone": "workphone phonework",
            "email": "email emailaddress mail",
            "street": "street address address1 streetaddress mailingaddress addressline1",
            "unit": "unit apartment apt address2 addressline2",
            "city": "city town",
            "state": "state",
            "postal_code": "postalcode zip zipcode",
        },
        "attendance": {
            "student_id": _STUDENT_OF_EVENT,
            "school_id": _SCHOOL_OF_EVENT,
            "date": _DATE,
            "code": "code attendancecode attcode absencecode abscode attcodeview attendancestatus "
            "attendancestatuscode status category attendancecategory attendanceeventcategory "
            "absencetype attendancetype type abbreviation al",
            "period": "period periodid periodname bellperiod periodnumber section sectionid "
            "class classid classsourcedid",
            "portion": "portion portionabsent dayportion absentportion eventduration duration "
            "attportionabsent fraction daysabsent absentdaysequivalent dayequivalent dayfraction "
            "absentequivalent",
            "minutes": "minutes minutesabsent absentminutes minutesmissed totalminutes",
            "reason": "reason absencereason reasoncode comment comments note notes attcomment "
            "attendanceeventreason description rs",
            "updated_at": "updatedat modifieddate lastmodified changedatetimestamp modifiedat "
            "datelastmodified",
        },
        "codes": {
            "code": "code attcode attendancecode abbreviation",
            "kind": "kind meaning",
        },
    }.items()
}
"""By table and field: column names, folded to letters and digits, the surest first."""

_TABLE_NUMBER = re.compile(r"^\[\d+\]")
FLAGS = ("absent", "isabsent", "wasabsent")
"""Columns that only say whether a student was absent, in place of a code."""


def folded(name: str) -> str:
    """Return a column's name by its letters and digits: ``Student_ID``, ``student id``.

    PowerSchool puts the number of a field's table before it: ``[1]Student_Number``.
    """
    name = _TABLE_NUMBER.sub("", name)
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def columns_of(shape: str, header: Sequence[str]) -> dict[str, str]:
    """Return which column of a header is which field of a table, judged by its name."""
    by_name = {folded(name): name for name in reversed(header)}
    of_tables = _of_tables(header)
    found: dict[str, str] = {}
    for field, names in SYNONYMS[shape].items():
        tables = _TABLES.get(shape, frozenset()) | _TABLES.get(field, frozenset())
        for name in names:
            theirs = [column for table, column in of_tables.get(name, ()) if table in tables]
            column = by_name.get(name) or (theirs[0] if len(theirs) == 1 else None)
            if column is not None and column not in found.values():
                found[field] = column
                break
    return found


_TABLES: Mapping[str, frozenset[str]] = {
    key: frozenset(names.split())
    for key, names in {
        "schools": "school schools",
        "calendar": "calendar calendars calendardate calendardates",
        "students": "student students",
        "enrollments": "enrollment enrollments student students",
        "guardians": "guardian guardians contact contacts parent parents",
        "attendance": "attendance attendancecode attendanceevent attendanceevents",
        "student_id": "student students",
        "school_id": "school schools",
    }.items()
}
"""Before the point in ``student.firstName``: whose column may be a field of a table, or a certain
field of any table. A teacher's name is no student's."""


def _of_tables(header: Sequence[str]) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return columns such as ``student.studentNumber`` by what comes last, each with its table."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name in header:
        table, point, last = name.rpartition(".")
        if point:
            found.setdefault(folded(last), []).append((folded(table), name))
    return found


def missing_in(shape: str, columns: Mapping[str, str]) -> frozenset[str]:
    """Return the needed fields that no column seems to be."""
    return SHAPES[shape].needed - columns.keys()
