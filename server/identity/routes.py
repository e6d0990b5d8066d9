"""Identity over HTTP: the session, links, people and devices."""

from typing import Any

from litestar import Request, Response, delete, get, post

from schemas.identity import Me, SignIn
from server.identity import passwords, service, session_store, sign_in, store
from server.problems import NotSignedIn
from server.web.guards import PUBLIC
from server.web.inject import AnyRequest, Caller, Db, Now, Sent
from server.web.sessions import Signed, cookie


def address_of(request: "Request[Any, Any, Any]") -> str:
    """Return where a request came from. uvicorn has already heeded a trusted proxy's header."""
    return request.client.host if request.client else "unknown"


def held(request: AnyRequest) -> Signed | None:
    """Return whose session the browser still holds, also where nobody needs to be signed in."""
    user = request.scope.get("user")
    return user if isinstance(user, Signed) and not user.delivers_only else None


def signed_in_as(person: Me, session: sign_in.Session) -> Response[Me]:
    """Answer with the person and the cookie."""
    return Response(
        person, status_code=201, cookies=[cookie(session.token, max_age=session.max_age)]
    )


@get("/api/session", sync_to_thread=True)
def who(db: Db, now: Now, caller: Caller) -> Me:
    """Tell who is signed in."""
    with db.read(now()) as tx:
        user = store.find_user(tx, caller.user_id)
        if user is None:
            raise NotSignedIn("Please sign in.")
        return service.me(tx, user)


@post("/api/session", opt=PUBLIC, sync_to_thread=True)
def begin(request: AnyRequest, sent: Sent, db: Db, now: Now) -> Response[Me]:
    """Sign in with a password. Wrong login and wrong password get the same answer."""
    said = sent.to(SignIn)
    with db.write(now()) as tx:
        attempt = sign_in.begin_attempt(tx, said.login, address=address_of(request))
    is_right = passwords.fits(said.password, attempt.known_hash)
    with db.write(now()) as tx:
        user = sign_in.settle(tx, attempt, is_right=is_right)
        session = sign_in.begin_session(tx, user, how="password", old=held(request))
        return signed_in_as(service.me(tx, user), session)


@delete("/api/session", sync_to_thread=True)
def end(db: Db, now: Now, caller: Caller) -> Response[None]:
    """Sign out here. The phone's sealed store and its queue stay."""
    with db.write(now()) as tx:
        sign_in.end_session(tx, caller)
    return Response(None, status_code=204, cookies=[cookie("", max_age=0)])


HANDLERS = (who, begin, end)
