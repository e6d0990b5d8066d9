"""Writes the roster as OneRoster 1.1 or 1.2: everything at the start of a year, then changes.

OneRoster knows stays only as enrolments in classes: here in one homeroom for each grade. An end
is the first day after the last one.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from msgspec import Struct

from server.demo.scale import writing
from server.demo.scale.model import Delivery, District, Guardian, Pupil, Stay
from server.demo.scale.people import GRADES

_FILES = (
    *("academicSessions", "categories", "classes", "classResources", "courses", "courseResources"),
    *("demographics", "enrollments", "lineItems", "orgs", "resources", "results", "users"),
)
_HEADERS = {
    "orgs": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
    "academicSessions": (
        "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear"
    ),
    "courses": (
        "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,"
        "orgSourcedId,subjects,subjectCodes"
    ),
    "classes": (
        "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,"
        "location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods"
    ),
    "enrollments": (
        "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,"
        "primary,beginDate,endDate"
    ),
    "demographics": "sourcedId,status,dateLastModified,birthDate,sex",
    "users": (
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,"
        "givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password"
    ),
    "users_1_2": (
        "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,"
        "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,"
        "userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,"
        "primaryOrgSourcedId,pronouns"
    ),
    "roles": (
        "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,"
        "orgSourcedId,userProfileSourcedId"
    ),
}
_DISTRICT = "org-district"


class Wording(Struct, frozen=True, kw_only=True):
    """How this district's system writes OneRoster: by its seed."""

    is_1_2: bool
    has_agents: bool
    """Guardians are in it; else they come in ``guardians.csv``."""


def wording_of(district: District) -> Wording:
    """Return how a district's system writes."""
    return Wording(is_1_2=district.seed % 3 == 0, has_agents=district.seed % 2 == 0)


def write(district: District, delivery: Delivery, folder: Path, *, is_start: bool) -> None:
    """Write one delivery's archive, where there is anything to write."""
    writer = _Writer(district, delivery, is_start=is_start)
    files = writer.files()
    if files:
        writing.save_zip(folder / "roster.zip", files)


class _Writer:
    def __init__(self, district: District, delivery: Delivery, *, is_start: bool) -> None:
        self._district = district
        self._delivery = delivery
        self._is_start = is_start
        self._wording = wording_of(district)
        at = delivery.at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        self._mark = ("", "") if is_start else ("active", at)
        self._year = district.years[delivery.year].label
        self._news = list(self._find())

    def files(self) -> dict[str, str]:
        """Return each file's text by name."""
        if not self._news:
            return {}
        pupils = {pupil.place: (pupil, stay) for pupil, stay in self._news}
        tables: dict[str, Iterable[Sequence[object]]] = {
            "enrollments": (self._enrollment(pupil, stay) for pupil, stay in self._news),
            "demographics": (
                (f"st-{pupil.number}", *self._mark, pupil.birth, "") for pupil, _ in pupils.values()
            ),
        }
        if self._is_start:
            tables |= {
                "orgs": self._orgs(),
                "academicSessions": self._sessions(),
                "courses": [],
                "classes": self._classes(),
            }
        users = [*(self._student(*one) for one in pupils.values())]
        if self._wording.has_agents:
            agents = {one.id: one for pupil, _ in pupils.values() for one in pupil.guardians}
            users += [self._agent(one) for one in agents.values()]
        users_header = _HEADERS["users"]
        if self._wording.is_1_2:
            users_header = _HEADERS["users_1_2"]
            tables["roles"] = [
                *(self._role(pupil, stay) for pupil, stay in self._news),
                *(self._role_of_agent(user) for user in users if user[5] == "guardian"),
            ]
            users = [self._newer(user) for user in users]
        files = {"manifest.csv": self._manifest({*tables, "users"})}
        files["users.csv"] = writing.table(users_header.split(","), users)
        for name, rows in tables.items():
            files[f"{name}.csv"] = writing.table(_HEADERS[name].split(","), rows)
        return files

    def _find(self) -> Iterator[tuple[Pupil, Stay]]:
        """Yield the stays that this delivery tells: at the start all, later what changed."""
        number, year = self._delivery.number, self._delivery.year
        for pupil in self._district.pupils:
            for stay in pupil.stays:
                if stay.year != year or self._district.schools[stay.school].is_edfi:
                    continue
                if number == stay.told or (not self._is_start and number == stay.exit_told):
                    yield pupil, stay

    def _manifest(self, told: set[str]) -> str:
        version = "1.2" if self._wording.is_1_2 else "1.1"
        names = [*_FILES, *(["roles", "userProfiles"] if self._wording.is_1_2 else [])]
        kind = "bulk" if self._is_start else "delta"
        rows = [
            ("manifest.version", "1.0"),
            ("oneroster.version", version),
            *((f"file.{name}", kind if name in told else "absent") for name in names),
            ("source.systemName", "Invented SIS"),
            ("source.systemCode", "demo"),
        ]
        return writing.table(("propertyName", "value"), rows)

    def _orgs(self) -> Iterator[Sequence[object]]:
        yield (_DISTRICT, *self._mark, self._district.name, "district", "900", "")
        for school in self._district.schools:
            if not school.is_edfi:
                name, code = school.name, school.code
                yield (f"org-{code}", *self._mark, name, "school", code, _DISTRICT)

    def _sessions(self) -> Iterator[Sequence[object]]:
        days = [
            day
            for one in self._district.years[self._delivery.year].calendars.values()
            for day in one.school_days
        ]
        first, after = min(days), max(days) + timedelta(days=1)
        middle = first.replace(year=first.year + 1, month=1, day=6)
        ends = int(self._year[:4]) + 1
        year = f"sy-{self._year}"
        yield (year, *self._mark, self._year, "schoolYear", first, after, "", ends)
        yield (f"s1-{self._year}", *self._mark, "Fall", "semester", first, middle, year, ends)
        yield (f"s2-{self._year}", *self._mark, "Spring", "semester", middle, after, year, ends)

    def _classes(self) -> Iterator[Sequence[object]]:
        for school in self._district.schools:
            if school.is_edfi:
                continue
            for grade in GRADES[school.level]:
                yield (
                    f"cl-{self._year}-{school.code}-{grade}",
                    *self._mark,
                    *(f"Homeroom {grade}", grade, "", f"HR{grade}", "homeroom", ""),
                    *(f"org-{school.code}", f"s1-{self._year},s2-{self._year}", "", "", ""),
                )

    def _enrollment(self, pupil: Pupil, stay: Stay) -> Sequence[object]:
        code = self._district.schools[stay.school].code
        place = pupil.stays.index(stay)
        is_over = stay.exit is not None and stay.exit_told <= self._delivery.number
        end = stay.exit + timedelta(days=1) if stay.exit and is_over else ""
        return (
            f"en-{pupil.number}-{place}",
            *self._mark,
            f"cl-{self._year}-{code}-{stay.grade}",
            f"org-{code}",
            f"st-{pupil.number}",
            *("student", "", stay.entry, end),
        )

    def _student(self, pupil: Pupil, stay: Stay) -> list[object]:
        agents = ",".join(f"ag-{one.id}" for one in pupil.guardians)
        schools = self._schools_of(pupil)
        is_gone = not schools and not self._wording.is_1_2
        return [
            f"st-{pupil.number}",
            *(("tobedeleted", self._mark[1]) if is_gone else self._mark),
            "true",
            ",".join(f"org-{code}" for code in schools or [self._code(stay)]),
            *("student", f"s{pupil.number}", "", pupil.first_name, pupil.last_name, ""),
            *(pupil.number, "", "", "", agents if self._wording.has_agents else "", stay.grade, ""),
        ]

    def _agent(self, guardian: Guardian) -> list[object]:
        return [
            f"ag-{guardian.id}",
            *self._mark,
            *("true", _DISTRICT, "guardian", f"g{guardian.id}", ""),
            *(guardian.first_name, guardian.last_name, "", guardian.id, guardian.email),
            *(guardian.mobile, guardian.work, "", "", ""),
        ]

    def _schools_of(self, pupil: Pupil) -> list[str]:
        """Return the schools that the office has a student in now."""
        number = self._delivery.number
        return [
            self._code(stay)
            for stay in pupil.stays
            if stay.year == self._delivery.year
            and stay.told <= number
            and not (stay.exit is not None and stay.exit_told <= number)
        ]

    def _role(self, pupil: Pupil, stay: Stay) -> Sequence[object]:
        """OneRoster 1.2 says with roles who is in a school; their last day is within."""
        place = pupil.stays.index(stay)
        kind = "secondary" if stay.is_double else "primary"
        is_over = stay.exit is not None and stay.exit_told <= self._delivery.number
        return (
            f"ro-{pupil.number}-{place}",
            *self._mark,
            *(f"st-{pupil.number}", kind, "student", stay.entry),
            *(stay.exit if is_over else "", f"org-{self._code(stay)}", ""),
        )

    def _role_of_agent(self, user: Sequence[object]) -> Sequence[object]:
        known = (f"ro-{user[0]}", *self._mark, user[0], "primary", user[5])
        return (*known, "", "", user[4], "")

    def _newer(self, user: Sequence[object]) -> list[object]:
        primary = str(user[4]).partition(",")[0]
        return [*user[:4], *user[6:], "", "", "", "", primary, ""]

    def _code(self, stay: Stay) -> str:
        return self._district.schools[stay.school].code
