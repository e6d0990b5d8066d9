"""A district of two schools, each with its coordinator, advisor and one case of everything."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote, unquote_to_bytes
from uuid import UUID

import msgspec
import pytest
from httpx import Response
from litestar import Litestar

from schemas.cases import CaseStatus
from schemas.desk import DeskCases
from schemas.people import Role
from schemas.vocabulary import Outcome
from server.cases.store import publish_case, save
from server.db.database import Database
from server.db.tables.cases import CaseRow
from tests.conftest import MONDAY
from tests.support.people import Client, a_person, a_school, client_for, signed_in
from tests.support.programme import (
    TODAY,
    a_conflict,
    a_contact,
    a_device,
    a_guardian,
    a_published_case,
    a_student,
)

ROUTES = ("cases", "contacts", "conflicts", "phones", "reference", "students?q=nunez")


@dataclass
class School:
    """A school and what is in it."""

    id: UUID
    coordinator: Client
    coordinator_id: UUID
    advisor: UUID
    new_case: UUID
    open_case: UUID
    left_case: UUID
    contact: UUID
    conflict: UUID
    phone: UUID


@dataclass
class District:
    """Two schools and who sees both, or neither."""

    db: Database
    app: Litestar
    a: School
    b: School
    administrator: Client

    def client(self, role: Role, *schools: UUID) -> Client:
        """Return a browser in which a new person with this role is signed in."""
        return client_for(self.app, self.db, role, schools=schools)


@pytest.fixture
def district(app: Litestar, db: Database) -> District:
    return District(
        db,
        app,
        _school(app, db, "Rio Grande High", "Ana"),
        _school(app, db, "Sandia High", "Benito"),
        client_for(app, db, Role.ADMINISTRATOR),
    )


def _school(app: Litestar, db: Database, name: str, first: str) -> School:
    school_id = a_school(db, name)
    coordinator = a_person(db, Role.COORDINATOR, schools=[school_id], name=f"Coord {first}")
    advisor = a_person(db, Role.ADVISOR, schools=[school_id], name=f"Advisor {first}").id
    with db.write(MONDAY) as tx:
        student = a_student(tx, school_id, first=first, last="Núñez", number=f"{first}-1")
        _, point = a_guardian(tx, student, first=f"Rosa {first}", restriction="No calls at work")
        a_guardian(tx, student, first="Abuela", position=1)
        new_case = a_published_case(tx, school_id, student)
        open_case = a_published_case(tx, school_id, a_student(tx, school_id, first=f"{first} O"))
        left_case = a_published_case(tx, school_id, a_student(tx, school_id, first=f"{first} L"))
        closed = a_published_case(tx, school_id, a_student(tx, school_id, first=f"{first} C"))
        for case_id, changes in (
            (open_case, {"status": CaseStatus.ASSIGNED, "assignee_id": advisor}),
            (left_case, {"left_on": TODAY}),
            (closed, {"status": CaseStatus.CLOSED}),
        ):
            save(tx, case_id, changes)
            publish_case(tx, case_id)
        contact = a_contact(tx, new_case, advisor, outcome=Outcome.SPOKE_GUARDIAN)
        a_contact(tx, new_case, advisor, at=MONDAY - timedelta(days=1), has_case=False)
        conflict = a_conflict(tx, "contact_point", point, student)
        a_conflict(tx, "contact_point", point, student, status="resolved")
        phone = a_device(tx, advisor, label=f"Phone {first}", waiting=2)
        a_device(tx, advisor, label=f"Fresh {first}")
        a_device(tx, advisor, label=f"Lost {first}", last_seen_at=MONDAY - timedelta(days=4))
        assert tx.session.get_one(CaseRow, left_case).status == CaseStatus.NEW
    return School(
        school_id,
        signed_in(app, db, coordinator),
        coordinator.id,
        advisor,
        new_case,
        open_case,
        left_case,
        contact,
        conflict,
        phone,
    )


def ask(client: Client, path: str, **headers: str) -> Response:
    """Ask a desk route; what is searched for (``q=``) travels in a header, never in the address."""
    place, _, query = path.partition("?")
    if query.startswith("q="):
        headers["presente-search"] = quote(unquote_to_bytes(query.removeprefix("q=")))
        return client.get(f"/api/desk/{place}", headers=headers)
    return client.get(f"/api/desk/{path}", headers=headers)


def read(client: Client, path: str, shape: type[Any]) -> Any:
    """Return what a desk route answers."""
    answer = ask(client, path)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=shape)


def ids_of(client: Client, path: str) -> list[UUID]:
    """Return the ids of a case list."""
    return [line.case.id for line in read(client, path, DeskCases).cases]
