"""Revision 20261122_0105 hangs every fact on its enrolment and numbers what was known when."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from server.db import migrate
from server.db.database import Database
from server.ids import new_id

BEFORE, AFTER = "20261121_2200", "20261122_0105"
FIRST = datetime(2025, 9, 1, 8, 0, tzinfo=UTC)
SECOND = datetime(2025, 9, 8, 8, 0, 0, 250, tzinfo=UTC)
DAY = date(2025, 8, 20)


class Old:
    """A district as the release before kept it."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._tables = sa.MetaData()
        self._tables.reflect(connection)
        self.school, self.other = new_id(), new_id()
        self.ana, self.ben = new_id(), new_id()
        self.runs = [new_id(), new_id()]

    def add(self, table: str, **values: Any) -> None:
        known = self._tables.tables[table]
        assert set(values) <= set(known.columns.keys())
        said = {name: value for name, value in values.items() if value is not None}
        typed = sa.table(table, *(sa.column(name, _kind(value)) for name, value in said.items()))
        self._connection.execute(sa.insert(typed).values(**said))

    def fill(self) -> None:
        for school, code in ((self.school, "1"), (self.other, "2")):
            self.add("school", id=school, code=code, name=f"School {code}", level="high")
        for number, student in (("0100", self.ana), ("0101", self.ben)):
            names = {"first_name": "A", "middle_name": "", "last_name": "B", "suffix": ""}
            more = {"preferred_name": "", "name_key": "b a"}
            self.add("student", id=student, root=f"s_{number}", number=number, **names, **more)
        self.enrol(self.ana, self.school, entry_on=date(2025, 8, 11), exit_on=date(2025, 12, 1))
        self.enrol(self.ben, self.school, entry_on=None, exit_on=None)
        for run, at in zip(self.runs, (FIRST, SECOND), strict=True):
            self.add(
                "import_run",
                id=run,
                digest="d",
                state="done",
                started_at=at,
                finished_at=at,
                schools_done="[]",
                report="{}",
            )
        self.tell(self.ana, self.school, "absent_unexcused", closed=True)
        self.tell(self.ana, self.school, "absent_excused", first=1)
        self.tell(self.ben, self.school, "tardy", period="3", units=0, minutes=12)
        self.tell(self.ben, self.other, "absent_unexcused", first=1)

    def enrol(self, student: UUID, school: UUID, **dates: date | None) -> None:
        self.add(
            "enrollment",
            id=new_id(),
            student_id=student,
            school_id=school,
            school_year="2025-26",
            grade="09",
            exit_reason="moved" if dates["exit_on"] else "",
            source="enrollment_file",
            **dates,
        )

    def tell(
        self,
        student: UUID,
        school: UUID,
        kind: str,
        *,
        first: int = 0,
        closed: bool = False,
        **more: Any,
    ) -> None:
        values: Mapping[str, Any] = {"period": "", "units": 840, "minutes": None} | more
        self.add(
            "attendance_event",
            id=new_id(),
            student_id=student,
            school_id=school,
            school_year="2025-26",
            on_date=DAY,
            kind=kind,
            source_code=kind[:1],
            reason="ill",
            known_from=(FIRST, SECOND)[first],
            known_to=SECOND if closed else None,
            import_run_id=self.runs[first],
            closed_by_run_id=self.runs[1] if closed else None,
            **values,
        )


def _kind(value: object) -> sa.types.TypeEngine[Any]:
    kinds: dict[type, sa.types.TypeEngine[Any]] = {
        UUID: sa.Uuid(),
        datetime: sa.DateTime(timezone=True),
        date: sa.Date(),
        int: sa.Integer(),
    }
    return kinds.get(type(value), sa.Text())


@pytest.fixture
def filled(database_url: str) -> Iterator[tuple[Database, Old]]:
    database = Database(database_url)
    migrate.upgrade_to(database, BEFORE)
    with database.restructure() as connection:
        old = Old(connection)
        old.fill()
    yield database, old
    database.close()


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.restructure() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def test_every_fact_keeps_its_student_school_day_and_what_was_known_when(
    filled: tuple[Database, Old],
) -> None:
    database, old = filled

    migrate.upgrade_to(database, AFTER)

    facts = rows(
        database,
        "select student.number, school.code, e.on_date, e.period, e.kind, e.units, e.minutes, "
        "e.source_code, e.reason, e.source_at, opened.id, closed.id from attendance_event e "
        "join enrollment on enrollment.id = e.place_id "
        "join student on student.id = enrollment.student_id "
        "join school on school.id = enrollment.school_id "
        "join recording opened on opened.id = e.opened_by "
        "left join recording closed on closed.id = e.closed_by order by 1, 2, 5",
    )
    assert [(number, code, *rest) for number, code, _, *rest in facts] == [
        ("0100", "1", "", "absent_excused", 840, None, "a", "ill", None, 2, None),
        ("0100", "1", "", "absent_unexcused", 840, None, "a", "ill", None, 1, 2),
        ("0101", "1", "3", "tardy", 0, 12, "t", "ill", None, 1, None),
        ("0101", "2", "", "absent_unexcused", 840, None, "a", "ill", None, 2, None),
    ]
    assert {str(day) for _, _, day, *_ in facts} == {DAY.isoformat()}
    with database.restructure() as connection:
        query = sa.text("select id, at, run_id from recording order by id").columns(
            at=sa.DateTime(timezone=True), run_id=sa.Uuid()
        )
        told = [
            (row.id, row.at.replace(tzinfo=UTC), row.run_id) for row in connection.execute(query)
        ]
    assert told == [(1, FIRST, old.runs[0]), (2, SECOND, old.runs[1])]


def test_enrolments_get_numbers_and_stays_and_events_without_one_suggest_theirs(
    filled: tuple[Database, Old],
) -> None:
    database, _ = filled

    migrate.upgrade_to(database, AFTER)

    places = rows(
        database,
        "select student.number, school.code, enrollment.source, grade, stay.entry_on, "
        "stay.exit_on, stay.exit_reason from enrollment join student on student.id = student_id "
        "join school on school.id = school_id left join stay on stay.place_id = enrollment.id "
        "order by 1, 2",
    )
    assert [tuple(map(str, place)) for place in places] == [
        ("0100", "1", "enrollment_file", "09", "2025-08-11", "2025-12-01", "moved"),
        ("0101", "1", "enrollment_file", "09", "None", "None", "None"),
        ("0101", "2", "attendance", "", "None", "None", "None"),
    ]


def test_going_back_keeps_what_the_release_before_can_hold(filled: tuple[Database, Old]) -> None:
    database, old = filled
    migrate.upgrade_to(database, AFTER)

    migrate.downgrade(database, BEFORE)

    with database.restructure() as connection:
        query = sa.text(
            "select student_id, school_id, kind, known_from, known_to, import_run_id, "
            "closed_by_run_id from attendance_event"
        ).columns(
            student_id=sa.Uuid(),
            school_id=sa.Uuid(),
            known_from=sa.DateTime(timezone=True),
            known_to=sa.DateTime(timezone=True),
            import_run_id=sa.Uuid(),
            closed_by_run_id=sa.Uuid(),
        )
        back = {
            (row.student_id, row.school_id, row.kind): (
                row.known_from.replace(tzinfo=UTC),
                row.known_to and row.known_to.replace(tzinfo=UTC),
                row.import_run_id,
                row.closed_by_run_id,
            )
            for row in connection.execute(query)
        }
    first, second = old.runs
    assert back == {
        (old.ana, old.school, "absent_unexcused"): (FIRST, SECOND, first, second),
        (old.ana, old.school, "absent_excused"): (SECOND, None, second, None),
        (old.ben, old.school, "tardy"): (FIRST, None, first, None),
        (old.ben, old.other, "absent_unexcused"): (SECOND, None, second, None),
    }
