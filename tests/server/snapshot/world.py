"""A district put straight into the database, school by school and day by day."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from schemas.people import Role
from server.attendance import store as attendance
from server.db.database import Database
from server.db.tables.attendance import (
    AttendanceEventRow,
    CalendarDayRow,
    RecordingRow,
    SubmissionRow,
)
from server.db.tables.cases import ContactRow
from server.db.tables.identity import UserRow
from server.db.tables.people import (
    EnrollmentRow,
    GuardianRow,
    GuardianshipRow,
    SchoolRow,
    StayRow,
    StudentRow,
)
from server.ids import new_id, new_root
from server.people.rules import name_key

ZONE = ZoneInfo("America/Denver")
NOW, BEFORE = "2014-15", "2013-14"
FIRST = {NOW: date(2014, 9, 1), BEFORE: date(2013, 9, 2)}
READ_AT = datetime(2015, 6, 1, tzinfo=UTC)


def weekdays(first: date, count: int) -> list[date]:
    days = (first + timedelta(days=step) for step in range(count * 2 + 7))
    return [day for day in days if day.weekday() < 5][:count]


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZONE).astimezone(UTC)


class World:
    """Collects rows; ``save`` writes them. Students and schools are known by their codes."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.schools: dict[str, UUID] = {}
        self.students: dict[str, UUID] = {}
        self.people: dict[str, UUID] = {}
        self.days: dict[tuple[str, str], list[date]] = {}
        self.places: dict[tuple[str, str, str], int] = {}
        self.facts: list[dict[str, Any]] = []
        self.contacts: list[dict[str, Any]] = []
        self.stays: list[dict[str, Any]] = []
        self.recordings: dict[datetime, int] = {}
        self._rows: list[Any] = []

    def school(self, code: str, level: str = "", *, name: str = "", mode: str = "daily") -> None:
        self.schools[code] = new_id()
        self._rows.append(
            SchoolRow(
                id=self.schools[code],
                code=code,
                name=name or f"School {code}",
                level=level,
                mode=mode,
                periods_per_day=6 if mode == "period" else None,
            )
        )

    def calendar(self, code: str, year: str, days: Sequence[date], *, told: bool = True) -> None:
        self.days[code, year] = list(days)
        school_id = self.schools[code]
        self._rows += [
            CalendarDayRow(
                school_id=school_id,
                on_date=day,
                school_year=year,
                kind="Instructional day",
                is_instructional=True,
            )
            for day in days
        ]
        if told and days:
            self._rows.append(
                SubmissionRow(
                    school_id=school_id,
                    school_year=year,
                    data_as_of=days[-1],
                    submitted_at=noon(days[-1]),
                )
            )

    def student(
        self, number: str, *, name: str = "", born: date | None = None, guardian: str = ""
    ) -> None:
        student_id = self.students[number] = new_id()
        first = name or f"Name {number}"
        self._rows.append(
            StudentRow(
                id=student_id,
                root=new_root("s"),
                number=number,
                first_name=first,
                last_name="Luna",
                name_key=name_key(first, "Luna"),
                birth_on=born,
            )
        )
        if guardian:
            self._guardian(guardian, student_id)

    def _guardian(self, name: str, student_id: UUID) -> None:
        key = f"guardian {name}"
        if key not in self.people:
            self.people[key] = new_id()
            self._rows.append(
                GuardianRow(id=self.people[key], source_id=name, first_name=name, last_name="Luna")
            )
        self._rows.append(
            GuardianshipRow(id=new_id(), student_id=student_id, guardian_id=self.people[key])
        )

    def enrol(
        self,
        number: str,
        code: str,
        year: str = NOW,
        *,
        stays: Iterable[tuple[date | None, date | None, str]] = (),
        grade: str = "",
        source: str = "enrollment_file",
    ) -> None:
        listed = list(stays) or [(FIRST[year], None, "")]
        place = self.places[number, code, year] = len(self.places) + 1
        self._rows.append(
            EnrollmentRow(
                id=place,
                student_id=self.students[number],
                school_id=self.schools[code],
                school_year=year,
                grade=grade,
                entry_on=listed[0][0],
                exit_on=listed[-1][1],
                exit_reason=listed[-1][2],
                source=source,
            )
        )
        for entry, leave, reason in listed:
            told = {"entry_on": entry, "exit_on": leave, "exit_reason": reason}
            self.stays.append(
                {"student": number, "school": code, "year": year, "source": source, **told}
            )
            if entry is not None:
                self._rows.append(StayRow(place_id=place, **told))

    def recording(self, at: datetime) -> int:
        return self.recordings.setdefault(at, len(self.recordings) + 1)

    def fact(
        self,
        number: str,
        code: str,
        day: date,
        *,
        year: str = NOW,
        kind: str = "absent_unexcused",
        units: int = 840,
        period: str = "",
        opened: datetime | None = None,
        closed: datetime | None = None,
    ) -> None:
        self.facts.append(
            {
                "student": number,
                "school": code,
                "year": year,
                "on": day,
                "kind": kind,
                "units": units,
                "period": period,
                "opened": opened or noon(day),
                "closed": closed,
            }
        )

    def absent(self, number: str, code: str, *days: date, year: str = NOW, **more: Any) -> None:
        for day in days:
            self.fact(number, code, day, year=year, **more)

    def person(self, login: str, role: Role) -> None:
        self.people[login] = new_id()
        self._rows.append(
            UserRow(
                id=self.people[login],
                root=new_root("u"),
                login=login,
                name=login.title(),
                role=role.value,
                language="en",
                password_hash=None,
                state="active",
                created_at=noon(FIRST[BEFORE]),
                last_seen_at=None,
            )
        )

    def contact(
        self,
        number: str,
        on: date,
        *,
        by: str = "advisor",
        method: str = "phone_call",
        outcome: str = "no_answer",
        school: str = "",
        role: str = "",
        voided: bool = False,
        until: datetime | None = None,
        recorded: datetime | None = None,
        hour: int = 12,
        direction: str = "outbound",
    ) -> None:
        at = datetime.combine(on, time(hour), ZONE).astimezone(UTC)
        self.contacts.append(
            {
                "student": number,
                "on": on,
                "at": at,
                "by": by,
                "method": method,
                "outcome": outcome,
                "school": school,
                "role": role,
                "voided": (until or at) if voided else None,
                "recorded": recorded or at,
                "direction": direction,
            }
        )

    def save(self, **settings: Any) -> None:
        for one in sorted(
            {moment for fact in self.facts for moment in (fact["opened"], fact["closed"]) if moment}
        ):
            self.recording(one)
        with self.db.write(READ_AT) as tx:
            for kind in (SchoolRow, StudentRow, GuardianRow, UserRow, EnrollmentRow):
                tx.session.add_all([row for row in self._rows if isinstance(row, kind)])
                tx.session.flush()
            tx.session.add_all(self._rows)
            tx.session.add_all(
                [RecordingRow(id=number, at=at) for at, number in self.recordings.items()]
            )
            tx.session.flush()
            tx.session.add_all([self._fact(one) for one in self.facts])
            tx.session.add_all([self._contact(one) for one in self.contacts])
            for key, value in settings.items():
                attendance.save_setting(tx, key, value)

    def _fact(self, one: dict[str, Any]) -> AttendanceEventRow:
        closed = one["closed"]
        return AttendanceEventRow(
            place_id=self.places[one["student"], one["school"], one["year"]],
            on_date=one["on"],
            period=one["period"],
            kind=one["kind"],
            units=one["units"],
            minutes=None,
            source_code=one["kind"],
            opened_by=self.recordings[one["opened"]],
            closed_by=self.recordings[closed] if closed else None,
        )

    def _contact(self, one: dict[str, Any]) -> ContactRow:
        return ContactRow(
            id=new_id(),
            student_id=self.students[one["student"]],
            case_id=None,
            by_user_id=self.people[one["by"]],
            method=one["method"],
            direction=one["direction"],
            outcome=one["outcome"],
            party="none",
            met="",
            contact_point_id=None,
            causes=[],
            note="",
            referrals=[],
            follow_up_kind="",
            follow_up_on=None,
            occurred_at=one["at"],
            recorded_at=one["recorded"],
            est_at=one["at"],
            skew_ms=None,
            late_scope=False,
            by_role=one["role"],
            school_id=self.schools[one["school"]] if one["school"] else None,
            voided_at=one["voided"],
        )
