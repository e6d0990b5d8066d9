"""``/api/imports``: files in, what they would change, and what waits to be mended.

A clerk speaks for his own schools only; an administrator for the district.
"""

from http import HTTPStatus
from typing import Annotated, TypeAlias
from urllib.parse import unquote
from uuid import UUID

import msgspec
from litestar import Router, delete, get, post
from litestar.datastructures import State
from litestar.params import FromPath, HeaderParameter

from schemas.intake import CommitDrop, DropFile, DropMade, FileDrop
from schemas.people import Role
from server.db.database import Database
from server.intake import drops, store
from server.intake.jobs import Jobs
from server.problems import Conflicting, Problem
from server.web.guards import roles
from server.web.inject import AnyRequest, Caller, Config, Db, Now, Sent
from server.web.sessions import Signed

COUNTER = [roles(Role.CLERK, Role.ADMINISTRATOR)]
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
    if jobs_of(state).look(drop_id, by=caller.user_id).state in {"checking", "importing", "done"}:
        raise Conflicting(
            "These files are being worked on, or are in already. FileDrop others anew."
        )
    kept = drops.read(settings.data_dir, drop_id, by=caller.user_id)
    taken = await drops.take(settings.data_dir, kept, unquote(name), request.stream())
    kept = drops.read(settings.data_dir, drop_id, by=caller.user_id)
    files = [one for one in kept.drop.files if one.name != taken.name]
    kept.drop = msgspec.structs.replace(kept.drop, state="open", files=[*files, taken])
    drops.save(settings.data_dir, kept)
    return taken


@get("/drops/{drop_id:uuid}", guards=COUNTER, sync_to_thread=True)
def look(drop_id: FromPath[UUID], caller: Caller, state: State) -> FileDrop:
    """Answer how far it is, and what the files would change."""
    return jobs_of(state).look(drop_id, by=caller.user_id)


@delete("/drops/{drop_id:uuid}", guards=COUNTER, sync_to_thread=True)
def throw_away(drop_id: FromPath[UUID], caller: Caller, state: State, settings: Config) -> None:
    """Throw the files away."""
    if jobs_of(state).look(drop_id, by=caller.user_id).progress is not None:
        raise Conflicting("These files are being worked on. Wait for it to end.")
    drops.throw_away(settings.data_dir, drop_id)


@post(
    "/drops/{drop_id:uuid}/check",
    guards=COUNTER,
    sync_to_thread=True,
    status_code=HTTPStatus.ACCEPTED,
)
def check(drop_id: FromPath[UUID], caller: Caller, state: State, db: Db, now: Now) -> FileDrop:
    """Begin to say what an import would change; ask for the drop to hear."""
    own = schools_of(db, now, caller)
    return jobs_of(state).check(drop_id, by=caller.user_id, schools=own)


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
    return jobs_of(state).commit(
        drop_id,
        by=caller.user_id,
        schools=schools_of(db, now, caller),
        confirm_drop=sent.to(CommitDrop).confirm_drop,
    )


def jobs_of(state: State) -> Jobs:
    """Return the application's jobs."""
    jobs = state["jobs"]
    assert isinstance(jobs, Jobs)  # noqa: S101  (the composition root put them there)
    return jobs


def schools_of(db: Database, now: Now, caller: Signed) -> frozenset[str] | None:
    """Return the codes of the only schools that the caller speaks for; None: of all."""
    if caller.role is Role.ADMINISTRATOR:
        return None
    with db.read(now()) as tx:
        known = store.schools_by_code(tx)
    return frozenset(code for code, row in known.items() if row.id in caller.school_ids)


ROUTER = Router("/api/imports", route_handlers=[make, take, look, throw_away, check, commit])
