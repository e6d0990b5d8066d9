"""``/api/imports``: files in, what they would change, and what waits to be mended.

A clerk speaks for his own schools only; an administrator for the district.
"""

from http import HTTPStatus
from typing import Annotated, Literal, TypeAlias
from urllib.parse import unquote
from uuid import UUID

from litestar import Response, Router, delete, get, post, put
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, HeaderParameter

from schemas.intake import (
    CodeMap,
    CommitDrop,
    DismissRow,
    DropFile,
    DropMade,
    FileDrop,
    ImportRuns,
    MendRows,
    Quarantine,
    SetCode,
    SetDates,
)
from schemas.people import Role
from server.db.database import Transaction
from server.identity import store as identity
from server.intake import store
from server.intake.mending import undo as undoing
from server.intake.screen import drops, screens
from server.intake.screen.jobs import Jobs
from server.intake.store.screens import Viewer
from server.problems import Problem
from server.web.guards import roles
from server.web.inject import AnyRequest, Caller, Config, Db, Now, Sent
from server.web.signed import Signed

COUNTER = [roles(Role.CLERK, Role.ADMINISTRATOR)]
OFFICE = [roles(Role.ADMINISTRATOR)]
FileName: TypeAlias = Annotated[str, HeaderParameter(name="presente-file-name", max_length=600)]
"""The file's name, percent-encoded UTF-8. In a header: names of files may name people."""


class NotBytes(Problem):
    """A form of another site could have sent this."""

    status = 415
    code = "not_bytes"


@post("/drops", guards=COUNTER, sync_to_thread=True)
def make(now: Now, caller: Caller, settings: Config) -> DropMade:
    """Make a place for files."""
    return DropMade(id=drops.make(settings.data_dir, by=caller.user_id, at=now()))


@post("/drops/{drop_id:uuid}/files", guards=COUNTER, request_max_body_size=None)
async def take(  # noqa: PLR0913  (Litestar hands everything over by name)
    drop_id: FromPath[UUID],
    *,
    request: AnyRequest,
    caller: Caller,
    settings: Config,
    state: State,
    name: FileName,
) -> DropFile:
    """Take one file, streamed to the disk."""
    if request.headers.get("content-type", "") != "application/octet-stream":
        raise NotBytes("Send the file as application/octet-stream.")
    by = caller.user_id
    kept = drops.read(settings.data_dir, drop_id, by=by)
    pieces = request.stream()
    async with drops.received(settings.data_dir, kept, unquote(name), pieces) as (part, file):
        jobs_of(state).put_in(drop_id, part, file, by=by)
    return file


@get("/drops/{drop_id:uuid}", guards=COUNTER, sync_to_thread=True)
def look(drop_id: FromPath[UUID], caller: Caller, state: State) -> FileDrop:
    """Answer how far it is, and what the files would change."""
    return jobs_of(state).look(drop_id, by=caller.user_id)


@delete("/drops/{drop_id:uuid}", guards=COUNTER, sync_to_thread=True)
def throw_away(drop_id: FromPath[UUID], caller: Caller, state: State) -> None:
    """Throw the files away."""
    jobs_of(state).throw_away(drop_id, by=caller.user_id)


@post(
    "/drops/{drop_id:uuid}/check",
    guards=COUNTER,
    sync_to_thread=True,
    status_code=HTTPStatus.ACCEPTED,
)
def check(drop_id: FromPath[UUID], caller: Caller, state: State, db: Db, now: Now) -> FileDrop:
    """Begin to say what an import would change; ask for the drop to hear."""
    with db.read(now()) as tx:
        viewer = viewer_of(tx, caller)
    return jobs_of(state).check(drop_id, viewer)


@post(
    "/drops/{drop_id:uuid}/dates",
    guards=COUNTER,
    sync_to_thread=True,
    status_code=HTTPStatus.ACCEPTED,
)
def dates(  # noqa: PLR0913  (Litestar hands everything over by name)
    drop_id: FromPath[UUID], *, sent: Sent, caller: Caller, state: State, db: Db, now: Now
) -> FileDrop:
    """Keep how these files write their dates, and look at them again."""
    order = sent.to(SetDates).order
    with db.read(now()) as tx:
        viewer = viewer_of(tx, caller)
    return jobs_of(state).settle_dates(drop_id, viewer, order)


@post(
    "/drops/{drop_id:uuid}/commit",
    guards=COUNTER,
    sync_to_thread=True,
    status_code=HTTPStatus.ACCEPTED,
)
def commit(  # noqa: PLR0913  (Litestar hands everything over by name)
    drop_id: FromPath[UUID], *, sent: Sent, caller: Caller, state: State, db: Db, now: Now
) -> FileDrop:
    """Begin to take the files in; ask for the drop to hear how far it is."""
    confirm_drop = sent.to(CommitDrop).confirm_drop
    with db.read(now()) as tx:
        viewer = viewer_of(tx, caller)
    return jobs_of(state).commit(drop_id, viewer, confirm_drop=confirm_drop)


@get("/runs", guards=COUNTER, sync_to_thread=True)
def runs(caller: Caller, state: State, db: Db, now: Now) -> ImportRuns:
    """Answer the newest imports, and the caller's latest drop."""
    drop = jobs_of(state).newest(by=caller.user_id)
    jobs = jobs_of(state)
    with db.read(now()) as tx:
        found = screens.runs(tx, viewer_of(tx, caller), jobs)
    return ImportRuns(runs=found, drop_id=None if drop is None else drop.id)


@post(
    "/runs/{run_id:uuid}/undo",
    guards=OFFICE,
    sync_to_thread=True,
    status_code=HTTPStatus.ACCEPTED,
)
def undo(run_id: FromPath[UUID], caller: Caller, state: State, db: Db, now: Now) -> FileDrop:
    """Begin to take an import back; ask for the drop to hear how far it is."""
    with db.write(now()) as tx:
        undoing.find_run(tx, str(run_id))
        viewer = viewer_of(tx, caller)
        identity.audit(tx, "import.undo", by=caller.user_id, subject=run_id)
    return jobs_of(state).take_back(run_id, viewer)


@get("/quarantine", guards=COUNTER, sync_to_thread=True)
def quarantine(caller: Caller, db: Db, now: Now) -> Quarantine:
    """Answer the lines that wait to be mended."""
    with db.read(now()) as tx:
        return screens.to_mend(tx, viewer_of(tx, caller))


@get("/quarantine.csv", guards=COUNTER, sync_to_thread=True)
def quarantine_csv(
    caller: Caller, db: Db, now: Now, lang: FromQuery[Literal["en", "es"]] = "en"
) -> Response[bytes]:
    """Answer all of them as CSV; ``lang``: of what is said of them."""
    with db.read(now()) as tx:
        content = screens.csv_of(tx, viewer_of(tx, caller), lang)
    return Response(
        content,
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="quarantine.csv"'},
    )


@post(
    "/quarantine/{row_id:uuid}/dismiss",
    guards=COUNTER,
    sync_to_thread=True,
    status_code=HTTPStatus.NO_CONTENT,
)
def dismiss(row_id: FromPath[UUID], sent: Sent, caller: Caller, db: Db, now: Now) -> None:
    """Let go of a line."""
    because = sent.to(DismissRow).because
    with db.write(now()) as tx:
        screens.dismiss(tx, viewer_of(tx, caller), row_id, because=because)


@post("/quarantine/mend", guards=COUNTER, sync_to_thread=True, status_code=HTTPStatus.ACCEPTED)
def mend(  # noqa: PLR0913  (Litestar hands everything over by name)
    *, sent: Sent, caller: Caller, state: State, db: Db, now: Now, settings: Config
) -> FileDrop:
    """Begin to import mended lines; ask for the drop to hear how far it is."""
    rows = sent.to(MendRows)
    at = now()
    with db.read(at) as tx:
        viewer = viewer_of(tx, caller)
        content = screens.mended(tx, viewer, rows)
    drop_id = screens.drop_mended(settings.data_dir, content, by=caller.user_id, at=at)
    return jobs_of(state).take_in(drop_id, viewer)


@get("/codes", guards=COUNTER, sync_to_thread=True)
def codes(caller: Caller, db: Db, now: Now) -> CodeMap:
    """Answer what attendance codes mean."""
    with db.read(now()) as tx:
        return screens.codes(tx, viewer_of(tx, caller))


@put("/codes", guards=COUNTER, sync_to_thread=True)
def set_code(sent: Sent, caller: Caller, db: Db, now: Now) -> CodeMap:
    """Say what a code means."""
    entry = sent.to(SetCode)
    with db.write(now()) as tx:
        viewer = viewer_of(tx, caller)
        screens.set_code(tx, viewer, entry)
        return screens.codes(tx, viewer)


def jobs_of(state: State) -> Jobs:
    """Return the application's jobs."""
    jobs = state["jobs"]
    assert isinstance(jobs, Jobs)  # noqa: S101  (the composition root put them there)
    return jobs


def viewer_of(tx: Transaction, caller: Signed) -> Viewer:
    """Return who looks, and for which schools he speaks."""
    if caller.role is Role.ADMINISTRATOR:
        return Viewer(caller.user_id, None)
    known = store.schools_by_code(tx)
    own = frozenset(code for code, row in known.items() if row.id in caller.school_ids)
    return Viewer(caller.user_id, own)


ROUTER = Router(
    "/api/imports",
    route_handlers=[
        *(make, take, look, throw_away, check, dates, commit),
        *(runs, undo, quarantine, quarantine_csv, dismiss, mend),
        *(codes, set_code),
    ],
)
