"""Makes the demo district, its people and their links. Does nothing to a district that exists.

The files go through the same import as a real district's, three times: as the office would have
sent them two weeks ago, last week and now. So some cases are overdue, some due and some new.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from msgspec import Struct

from schemas.base import SchoolId
from schemas.cases import CaseStatus
from schemas.identity import UserDraft
from schemas.people import Role
from server.alerts import service as alerts
from server.attendance import store as attendance
from server.attendance.rules import calendar as attendance_rules
from server.cases import service as cases
from server.cases import store as case_store
from server.clock import Clock
from server.db.database import Database, Transaction
from server.db.tables.cases import CaseRow
from server.demo import district, files
from server.identity import service as identity
from server.identity import store as people_of_programme
from server.intake import service as intake
from server.intake.service import Order
from server.people import store as people
from server.problems import Problem
from server.settings import Settings

SEED = 20140811
_SENT_DAYS_AGO = (14, 6, 0)

STAFF = (
    (Role.ADVISOR, "advisor", "Marisol Trujeque"),
    (Role.SOCIAL_WORKER, "socialworker", "Desmond Achterberg"),
    (Role.CALLER, "caller", "Kai Lindqvist-Baca"),
    (Role.COORDINATOR, "coordinator", "Ofelia Brannigan"),
    (Role.CLERK, "clerk", "Wendell Azócar"),
    (Role.ADMINISTRATOR, "administrator", "Ingrid Mascareñas"),
)
"""One made-up person per role."""


class NotADemo(Problem):
    """The database holds a real district."""

    code = "not_a_demo"


class DemoLink(Struct, frozen=True, kw_only=True):
    """A link that signs in as one of the demo's people."""

    role: Role
    name: str
    url: str


def ensure(db: Database, settings: Settings, clock: Clock) -> list[DemoLink]:
    """Make the demo when there is no school yet; return fresh links, one per role.

    A database that holds a real district is left alone: ``NotADemo``.
    """
    now = clock()
    with db.read(now) as tx:
        is_empty = not people.schools(tx)
        is_demo = attendance.find_setting(tx, "is_demo") is True
    if not (is_empty or is_demo):
        raise NotADemo(
            "This database holds a district already. Show the demo in another --dir.",
            detail_es="Esta base de datos ya tiene un distrito. Muestre la demostración en otra "
            "--dir.",
        )
    with db.read(now) as tx:
        is_made = attendance.find_setting(tx, "demo_made") is True
    if not is_made:
        _make(db, settings, now)
    return links(db, settings, clock)


def links(db: Database, settings: Settings, clock: Clock) -> list[DemoLink]:
    """Return fresh links, one per role."""
    with db.write(clock()) as tx:
        return [_link(tx, settings, role, login) for role, login, _ in STAFF]


def _make(db: Database, settings: Settings, now: datetime) -> None:
    with db.write(now) as tx:
        attendance.save_setting(tx, "name", district.NAME)
        attendance.save_setting(tx, "ladder", "aps-2014")
        attendance.save_setting(tx, "time_zone", cases.DEFAULT_ZONE)
        attendance.save_setting(tx, "is_demo", value=True)
        today = cases.today_of(tx)
    invented = district.invent(today, seed=SEED)
    for days_ago in _SENT_DAYS_AGO:
        sent_at = now - timedelta(days=days_ago)
        folder = settings.data_dir / "demo" / f"sent-{days_ago:02d}-days-ago"
        until = attendance_rules.school_days_until(
            invented.school_days, today - timedelta(days=days_ago)
        )
        files.write(invented, folder, until=until, is_last=days_ago == 0)
        order = Order(folder=folder, data_dir=settings.data_dir)
        intake.import_folder(db, order, clock=partial(_stopped, sent_at), say=_unheard)
        if days_ago == _SENT_DAYS_AGO[0]:
            _hire(db, sent_at)
    with db.write(now) as tx:
        _assign(tx)
        attendance.save_setting(tx, "demo_made", value=True)


def _hire(db: Database, at: datetime) -> None:
    with db.write(at) as tx:
        schools = [SchoolId(school.id) for school in people.schools(tx)]
        for role, login, name in STAFF:
            if people_of_programme.find_login(tx, login) is None:
                draft = UserDraft(name=name, login=login, role=role, school_ids=schools)
                user, _ = identity.invite(tx, draft, by=None)
                people_of_programme.save_user(tx, user.id, {"state": "active"})


def _assign(tx: Transaction) -> None:
    """Give older cases away; the newest stay new, for the coordinator to decide."""
    open_cases = sorted(_open_cases(tx), key=lambda case: (case.opened_on, case.crossed_on))
    given = [case for case in open_cases if case.left_on is None and not case.no_longer_met_on]
    roles = (Role.ADVISOR, Role.ADVISOR, Role.SOCIAL_WORKER, Role.CALLER)
    logins = {role: login for role, login, _ in STAFF}
    for place, case in enumerate(given[: len(given) * 2 // 3]):
        user = people_of_programme.find_login(tx, logins[roles[place % len(roles)]])
        if user is not None:
            _give(tx, case, user.id)


def _give(tx: Transaction, case: CaseRow, user_id: UUID) -> None:
    case_store.save(tx, case.id, {"assignee_id": user_id, "status": CaseStatus.ASSIGNED})
    case_store.publish_case(tx, case.id)
    alerts.case_assigned(tx, case_id=case.id, user_id=user_id)


def _open_cases(tx: Transaction) -> Sequence[CaseRow]:
    students = [
        student_id
        for school in people.schools(tx)
        for student_id in case_store.open_students_of_school(tx, school.id)
    ]
    return case_store.open_cases_of(tx, students)


def _link(tx: Transaction, settings: Settings, role: Role, login: str) -> DemoLink:
    user = people_of_programme.find_login(tx, login)
    if user is None:
        raise NotADemo(
            f"The demo's {role.value} is gone. Show the demo in another --dir.",
            detail_es=f"La demostración ya no tiene {role.value}. Muéstrela en otra --dir.",
        )
    link = identity.issue_link(tx, user.id, "demo")
    return DemoLink(role=role, name=user.name, url=link.url(settings))


def _stopped(at: datetime) -> datetime:
    return at


def _unheard(_text: str) -> None: ...
