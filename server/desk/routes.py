"""HTTP for the desk: reads of the caller's own schools, cheap to repeat; and giving up on records.

Answers that follow from the feed carry its position as ETag; asking with ``If-None-Match`` costs
two small queries while nothing has changed.
"""

from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, TypeAlias
from urllib.parse import unquote
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, FromQuery, HeaderParameter, QueryParameter

from schemas.desk import (
    DeskPhones,
    DeskReference,
    DeskUpkeep,
    DismissParked,
    FoundStudents,
)
from schemas.people import Role
from server.attendance import freshness as fresh
from server.db.database import Transaction
from server.desk import service
from server.desk import upkeep as keeping
from server.desk.store.cases import CaseList
from server.desk.store.scope import Scope
from server.feed import store as feed
from server.web import body
from server.web.guards import roles
from server.web.inject import Caller, Db, Now, Sent
from server.web.signed import Signed

DESK = [roles(Role.COORDINATOR, Role.ADMINISTRATOR)]
COUNTER = [roles(Role.COORDINATOR, Role.ADMINISTRATOR, Role.CLERK)]

Seen: TypeAlias = Annotated[str | None, HeaderParameter(name="if-none-match", max_length=200)]
Search: TypeAlias = Annotated[str, HeaderParameter(name="presente-search", max_length=400)]
"""What somebody looks for, percent-encoded UTF-8. In a header: a name in an address would lie in
the logs of every proxy on the way."""
Moment: TypeAlias = Annotated[str, QueryParameter(name="known_at", max_length=40)]
Which: TypeAlias = Annotated[CaseList, QueryParameter(name="list")]


@get("/cases", guards=DESK, sync_to_thread=True)
def cases(  # noqa: PLR0913  (what a list can be asked by)
    *,
    db: Db,
    now: Now,
    caller: Caller,
    which: Which = CaseList.NEW,
    school: FromQuery[UUID | None] = None,
    known_at: Moment = "",
    search: Search = "",
    seen: Seen = None,
) -> Response[bytes]:
    """Answer one of the three lists of cases, with the overview's counts; as known when."""
    scope = scope_of(caller)
    then = body.moment(known_at, "known_at")
    with db.read(now()) as tx:
        return _fresh(
            tag_of(tx, caller, service.unfed(tx, scope)),
            seen,
            lambda: service.cases(
                tx, scope, which=which, school_id=school, q=unquote(search), known_at=then
            ),
        )


@get("/cases/{case_id:uuid}", guards=DESK, sync_to_thread=True)
def case(
    case_id: FromPath[UUID], db: Db, now: Now, caller: Caller, seen: Seen = None
) -> Response[bytes]:
    """Answer everything about one case."""
    with db.read(now()) as tx:
        return _fresh(tag_of(tx, caller), seen, lambda: service.case(tx, scope_of(caller), case_id))


@get("/contacts", guards=DESK, sync_to_thread=True)
def contacts(db: Db, now: Now, caller: Caller, seen: Seen = None) -> Response[bytes]:
    """Answer the latest contacts."""
    with db.read(now()) as tx:
        return _fresh(tag_of(tx, caller), seen, lambda: service.contacts(tx, scope_of(caller)))


@get("/conflicts", guards=DESK, sync_to_thread=True)
def conflicts(db: Db, now: Now, caller: Caller, seen: Seen = None) -> Response[bytes]:
    """Answer the open conflicts."""
    with db.read(now()) as tx:
        return _fresh(tag_of(tx, caller), seen, lambda: service.conflicts(tx, scope_of(caller)))


@get("/phones", guards=DESK, sync_to_thread=True)
def phones(db: Db, now: Now, caller: Caller) -> DeskPhones:
    """Answer the phones of the caller's people. Their queues are not in the feed: no ETag."""
    with db.read(now()) as tx:
        return service.phones(tx, scope_of(caller))


@get("/upkeep", guards=DESK, sync_to_thread=True)
def upkeep(db: Db, now: Now, caller: Caller) -> DeskUpkeep:
    """Answer what waits for a mend, and how backups stand. Neither is in the feed: no ETag."""
    with db.read(now()) as tx:
        return keeping.upkeep(tx, scope_of(caller))


@post(
    "/parked/{mutation_id:uuid}/dismiss",
    guards=DESK,
    sync_to_thread=True,
    status_code=HTTPStatus.NO_CONTENT,
)
def dismiss(mutation_id: FromPath[UUID], sent: Sent, db: Db, now: Now, caller: Caller) -> None:
    """Give up on a record that nobody can ever read."""
    because = sent.to(DismissParked).because
    with db.write(now()) as tx:
        keeping.dismiss(tx, scope_of(caller), mutation_id, because=because, by=caller.user_id)


@get("/freshness", guards=COUNTER, sync_to_thread=True)
def freshness(db: Db, now: Now, caller: Caller, seen: Seen = None) -> Response[bytes]:
    """Answer how far each school has told its attendance."""
    with db.read(now()) as tx:
        return _fresh(
            tag_of(tx, caller, fresh.stamp(tx)),
            seen,
            lambda: fresh.freshness(tx, scope_of(caller)),
        )


@get("/reference", guards=COUNTER, sync_to_thread=True)
def reference(db: Db, now: Now, caller: Caller) -> DeskReference:
    """Answer what lists and menus are filled from."""
    with db.read(now()) as tx:
        return service.reference(tx, scope_of(caller), role=caller.role)


@get("/students", guards=COUNTER, sync_to_thread=True)
def students(db: Db, now: Now, caller: Caller, search: Search = "") -> FoundStudents:
    """Answer whom a search finds."""
    with db.read(now()) as tx:
        return service.find_students(tx, scope_of(caller), unquote(search))


def scope_of(caller: Signed) -> Scope:
    """Return which schools the caller sees."""
    return None if caller.role is Role.ADMINISTRATOR else caller.school_ids


def tag_of(tx: Transaction, caller: Signed, *more: object) -> str:
    """Return the ETag: the feed's position, and whatever else the answer hangs on."""
    epoch, position = feed.head(tx)
    hangs_on = (epoch, caller.role, sorted(caller.school_ids), more)
    return f'W/"{position}-{sha256(repr(hangs_on).encode()).hexdigest()[:16]}"'


def _fresh(tag: str, seen: str | None, build: Callable[[], msgspec.Struct]) -> Response[bytes]:
    headers = {"etag": tag}
    if seen is not None and tag in (one.strip() for one in seen.split(",")):
        return Response(b"", status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(msgspec.json.encode(build()), media_type="application/json", headers=headers)


ROUTER = Router(
    "/api/desk",
    route_handlers=[
        *(cases, case, contacts, conflicts, freshness, phones, reference, students),
        *(upkeep, dismiss),
    ],
)
