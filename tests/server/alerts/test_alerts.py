"""Who hears of a case, and what is said."""

from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select

from schemas.alerts import PushMessage
from schemas.people import Role
from server.alerts import service
from server.alerts.rules import CASE_ASSIGNED, CASE_OPENED, is_urgent, message_of
from server.db.database import Database
from server.db.tables.alerts import AlertRow, PushDeliveryRow
from tests.conftest import MONDAY
from tests.support.people import a_person, a_school
from tests.support.programme import a_case, a_device, a_subscription
from tests.support.push_service import Browser

CASE = UUID("01890000-0000-7000-8000-000000000001")


def _open(db: Database, school: UUID, case_id: UUID | None = None) -> tuple[UUID, int]:
    with db.write(MONDAY) as tx:
        case_id = case_id or a_case(tx, school)
        return case_id, service.cases_opened(tx, [(case_id, school)])


def _alerts(db: Database) -> list[tuple[UUID, str]]:
    with db.read(MONDAY) as tx:
        rows = tx.session.execute(select(AlertRow.user_id, AlertRow.kind))
        return [(row.user_id, row.kind) for row in rows]


def _deliveries(db: Database) -> int:
    with db.read(MONDAY) as tx:
        return len(tx.session.scalars(select(PushDeliveryRow.id)).all())


def test_every_active_coordinator_of_the_school_hears_and_nobody_else(db: Database) -> None:
    school, elsewhere = a_school(db), a_school(db)
    here = [a_person(db, Role.COORDINATOR, schools=[school]).id for _ in range(2)]
    a_person(db, Role.COORDINATOR, schools=[elsewhere])
    a_person(db, Role.COORDINATOR, schools=[school], state="closed")
    a_person(db, Role.COORDINATOR, schools=[school], state="invited")
    a_person(db, Role.ADVISOR, schools=[school])
    a_person(db, Role.ADMINISTRATOR)

    _, told = _open(db, school)

    assert told == 2
    assert sorted(_alerts(db)) == sorted((one, CASE_OPENED) for one in here)


def test_a_case_seen_again_by_a_later_import_says_nothing_again(db: Database) -> None:
    school = a_school(db)
    a_person(db, Role.COORDINATOR, schools=[school])
    case_id, _ = _open(db, school)

    _, told = _open(db, school, case_id)

    assert told == 0
    assert len(_alerts(db)) == 1


def test_each_phone_of_a_person_gets_the_message_but_no_revoked_one(db: Database) -> None:
    school = a_school(db)
    user = a_person(db, Role.COORDINATOR, schools=[school]).id
    with db.write(MONDAY) as tx:
        for number in range(2):
            a_subscription(tx, user, f"https://fcm.googleapis.com/{number}", Browser())
        lost = a_device(tx, user, state="revoked")
        a_subscription(tx, user, "https://fcm.googleapis.com/lost", Browser(), lost)

    _open(db, school)

    assert _deliveries(db) == 2


def test_a_coordinator_without_a_phone_still_has_the_alert(db: Database) -> None:
    school = a_school(db)
    a_person(db, Role.COORDINATOR, schools=[school])

    _open(db, school)

    assert (len(_alerts(db)), _deliveries(db)) == (1, 0)


def test_whoever_is_given_a_case_hears_each_time_it_is_given(db: Database) -> None:
    school = a_school(db)
    advisor = a_person(db, Role.ADVISOR, schools=[school]).id
    case_id, _ = _open(db, school)
    with db.write(MONDAY) as tx:
        a_subscription(tx, advisor, "https://fcm.googleapis.com/1", Browser())

    for _ in range(2):
        with db.write(MONDAY) as tx:
            service.case_assigned(tx, case_id=case_id, user_id=advisor)

    assert _alerts(db) == [(advisor, CASE_ASSIGNED)]
    assert _deliveries(db) == 2


@pytest.mark.parametrize(
    ("kind", "language", "body", "page"),
    [
        (CASE_OPENED, "en", "A new case on your list.", f"/#/desk/case/{CASE}"),
        (CASE_OPENED, "es", "Hay un caso nuevo en su lista.", f"/#/desk/case/{CASE}"),
        (CASE_OPENED, "es-MX", "Hay un caso nuevo en su lista.", f"/#/desk/case/{CASE}"),
        (CASE_OPENED, "nv", "A new case on your list.", f"/#/desk/case/{CASE}"),
        (CASE_ASSIGNED, "en", "A case was assigned to you.", "/#/today"),
        (CASE_ASSIGNED, "es", "Se le asignó un caso.", "/#/today"),
    ],
)
def test_the_message_speaks_the_persons_language_and_opens_the_right_page(
    kind: str, language: str, body: str, page: str
) -> None:
    message = message_of(kind, case_id=CASE, language=language, public_url="https://p.example")

    assert message.notification.title == "Presente"
    assert message.notification.body == body
    assert message.notification.navigate == "https://p.example" + page
    assert message.notification.lang in {"en", "es"}
    assert is_urgent(kind) is (kind == CASE_OPENED)


def test_the_message_is_valid_declarative_web_push() -> None:
    message = message_of(CASE_OPENED, case_id=CASE, language="en", public_url="https://p.example")

    sent = msgspec.json.decode(msgspec.json.encode(message))

    assert sent["web_push"] == 8030
    assert sent["notification"]["title"]
    assert sent["notification"]["navigate"].startswith("https://")
    assert set(sent) == set(PushMessage.__struct_fields__)
