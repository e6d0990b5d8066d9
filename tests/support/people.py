"""People for tests: makes them in the database and signs them in against the real app."""

from collections.abc import Iterable
from uuid import UUID

from litestar import Litestar
from litestar.testing import TestClient

from schemas.people import Role
from server.db.database import Database
from server.db.tables.identity import UserRow
from server.db.tables.people import SchoolRow
from server.identity import sign_in, store
from server.ids import new_id, new_root
from server.web.sessions import COOKIE
from tests.conftest import MONDAY

BASE_URL = "https://testserver.local"

Client = TestClient[Litestar]


def a_school(db: Database, name: str = "Rio Grande High", *, code: str = "") -> UUID:
    """Keep a school; return its id."""
    school_id = new_id()
    with db.write(MONDAY) as tx:
        tx.session.add(SchoolRow(id=school_id, code=code or str(school_id)[-8:], name=name))
    return school_id


def a_person(
    db: Database,
    role: Role,
    *,
    schools: Iterable[UUID] = (),
    name: str = "",
    login: str = "",
    state: str = "active",
    password_hash: str | None = None,
) -> UserRow:
    """Keep a person of the programme who works with these schools."""
    user_id = new_id()
    user = UserRow(
        id=user_id,
        root=new_root("u"),
        login=login or f"{role.value}.{str(user_id)[-6:]}",
        name=name or role.value.replace("_", " ").title(),
        role=role.value,
        language="en",
        password_hash=password_hash,
        state=state,
        created_at=MONDAY,
        last_seen_at=None,
    )
    with db.write(MONDAY) as tx:
        store.add_user(tx, user, schools)
    return user


def signed_in(app: Litestar, db: Database, user: UserRow) -> Client:
    """Return a browser in which this person has just signed in."""
    clock = app.state.clock
    with db.write(clock()) as tx:
        session = sign_in.begin_session(tx, user, how="test")
    client = visitor(app)
    client.cookies.set(COOKIE, session.token, domain="testserver.local")
    return client


def client_for(app: Litestar, db: Database, role: Role, *, schools: Iterable[UUID] = ()) -> Client:
    """Return a browser in which a new person with this role is signed in."""
    return signed_in(app, db, a_person(db, role, schools=schools))


def visitor(app: Litestar) -> Client:
    """Return a browser in which nobody is signed in. Faults of ours become answers, not errors."""
    return TestClient(app, base_url=BASE_URL, raise_server_exceptions=False)
