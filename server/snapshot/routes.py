"""HTTP for the snapshot: the figures, a page that prints, and the rows behind a figure."""

from typing import Annotated, TypeAlias
from uuid import UUID

from litestar import Response, Router, get
from litestar.params import FromQuery, QueryParameter

from schemas.people import Role
from schemas.snapshot import Snapshot, SnapshotRows
from server.languages import Language
from server.snapshot import page, service
from server.snapshot.service import Question
from server.web import body
from server.web.guards import roles
from server.web.inject import Caller, Db, Now
from server.web.signed import Signed

DESK = [roles(Role.COORDINATOR, Role.ADMINISTRATOR)]
Moment: TypeAlias = Annotated[str, QueryParameter(name="known_at", max_length=40)]
Codes: TypeAlias = Annotated[str, QueryParameter(name="schools", max_length=4000)]


@get("", guards=DESK, sync_to_thread=True)
def snapshot(  # noqa: PLR0913  (what a snapshot can be asked by)
    *,
    db: Db,
    now: Now,
    caller: Caller,
    school_year: FromQuery[str],
    day: FromQuery[int],
    known_at: Moment = "",
    schools: Codes = "",
    lang: FromQuery[Language] = "en",
    public: FromQuery[bool] = False,
) -> Snapshot:
    """Answer the figures of the caller's schools."""
    question = _question(school_year, day, known_at, schools, is_public=public)
    with db.read(now()) as tx:
        return service.snapshot(tx, service.take(tx, question, scope_of(caller)), language=lang)


@get("/page", guards=DESK, sync_to_thread=True)
def snapshot_page(  # noqa: PLR0913  (what a snapshot can be asked by)
    *,
    db: Db,
    now: Now,
    caller: Caller,
    school_year: FromQuery[str],
    day: FromQuery[int],
    known_at: Moment = "",
    schools: Codes = "",
    lang: FromQuery[Language] = "en",
    public: FromQuery[bool] = False,
) -> Response[str]:
    """Answer the figures as a plain page."""
    question = _question(school_year, day, known_at, schools, is_public=public)
    with db.read(now()) as tx:
        found = service.snapshot(tx, service.take(tx, question, scope_of(caller)), language=lang)
    return Response(page.html(found, language=lang), media_type="text/html")


@get("/rows", guards=DESK, sync_to_thread=True)
def snapshot_rows(  # noqa: PLR0913  (what a snapshot can be asked by)
    *,
    db: Db,
    now: Now,
    caller: Caller,
    figure: FromQuery[str],
    school_year: FromQuery[str],
    day: FromQuery[int],
    known_at: Moment = "",
    schools: Codes = "",
    lang: FromQuery[Language] = "en",
) -> SnapshotRows:
    """Answer the rows behind a figure."""
    question = _question(school_year, day, known_at, schools, is_public=False)
    with db.read(now()) as tx:
        return service.rows_of(
            tx, service.take(tx, question, scope_of(caller)), figure, language=lang
        )


def scope_of(caller: Signed) -> frozenset[UUID] | None:
    """Return which schools the caller sees; None: all."""
    return None if caller.role is Role.ADMINISTRATOR else caller.school_ids


def _question(
    school_year: str, day: int, known_at: str, schools: str, *, is_public: bool
) -> Question:
    return Question(
        school_year=school_year,
        day=day,
        known_at=body.moment(known_at, "known_at"),
        schools=tuple(one.strip() for one in schools.split(",") if one.strip()) or None,
        is_public=is_public,
    )


ROUTER = Router("/api/snapshot", route_handlers=[snapshot, snapshot_page, snapshot_rows])
