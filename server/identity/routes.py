"""Identity over HTTP: the session, links, passkeys, people and devices."""

from typing import Any
from uuid import UUID

from litestar import Response, Router, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from schemas.identity import (
    AcceptInvitation,
    Device,
    DeviceKeys,
    InvitationInfo,
    InvitationLink,
    InvitationToken,
    Me,
    PasskeyAnswer,
    PasskeyOptions,
    PasskeyOptionsRequest,
    RegisterDevice,
    SignIn,
    User,
    UserDraft,
)
from schemas.people import Role
from server.db.tables.identity import UserRow
from server.identity import links, passkeys, passwords, phones, rules, service, sign_in, store
from server.problems import NotSignedIn
from server.web.guards import HEADLESS, PUBLIC, roles
from server.web.inject import AnyRequest, Caller, Config, Db, Now, Sent
from server.web.sessions import cookie
from server.web.signed import Signed

Keys = NamedDependency[phones.PublicKeys]
answers_for_people = roles(Role.COORDINATOR, Role.ADMINISTRATOR)


@get("/session", opt=HEADLESS, sync_to_thread=True)
def who(db: Db, now: Now, caller: Caller) -> Me:
    """Tell who is signed in."""
    with db.read(now()) as tx:
        user = store.find_user(tx, caller.user_id)
        if user is None:
            raise NotSignedIn("Please sign in.")
        return service.me(tx, user)


@post("/session", opt=PUBLIC, sync_to_thread=True)
def begin(request: AnyRequest, sent: Sent, db: Db, now: Now) -> Response[Me]:
    """Sign in with a password. Wrong login and wrong password get the same answer."""
    said = sent.to(SignIn)
    with db.write(now()) as tx:
        attempt = sign_in.begin_attempt(tx, said.login, address=_address(request))
    is_right = passwords.fits(said.password, attempt.known_hash)
    renewed = passwords.renewed(said.password, attempt.known_hash) if is_right else None
    with db.write(now()) as tx:
        user = sign_in.settle(tx, attempt, is_right=is_right)
        if renewed:
            store.save_user(tx, user.id, {"password_hash": renewed})
        session = sign_in.begin_session(tx, user, how="password", old=_held(request))
        return _signed_in(service.me(tx, user), session)


@delete("/session", sync_to_thread=True)
def end(db: Db, now: Now, caller: Caller) -> Response[None]:
    """Sign out here. The phone's sealed store and its queue stay."""
    with db.write(now()) as tx:
        sign_in.end_session(tx, caller)
    return Response(None, status_code=204, cookies=[cookie("", max_age=0)])


@post("/invitations/look", opt=PUBLIC, status_code=200, sync_to_thread=True)
def look(sent: Sent, db: Db, now: Now) -> InvitationInfo:
    """Tell what a link is for."""
    with db.read(now()) as tx:
        return links.look(tx, sent.to(InvitationToken).token)


@post("/invitations/accept", opt=PUBLIC, sync_to_thread=True)
def accept(request: AnyRequest, sent: Sent, db: Db, now: Now) -> Response[Me]:
    """Take up an invitation or a recovery with a password, and be signed in."""
    said = sent.to(AcceptInvitation)
    with db.read(now()) as tx:
        links.check_password(tx, said.token, said.password)
    password_hash = passwords.hashed(said.password)
    with db.write(now()) as tx:
        user = links.take_up(tx, rules.hash_of(said.token), password_hash=password_hash)
        session = sign_in.begin_session(tx, user, how="link", old=_held(request))
        return _signed_in(service.me(tx, user), session)


@post("/invitations/demo", opt=PUBLIC, sync_to_thread=True)
def enter_demo(request: AnyRequest, sent: Sent, db: Db, now: Now) -> Response[Me]:
    """Sign in as a made-up person of a demo district."""
    said = sent.to(InvitationToken)
    with db.write(now()) as tx:
        user = links.enter_demo(tx, said.token)
        session = sign_in.begin_session(tx, user, how="demo", old=_held(request))
        return _signed_in(service.me(tx, user), session)


@post("/passkeys/register/options", opt=PUBLIC, status_code=200, sync_to_thread=True)
def passkey_options(
    request: AnyRequest, sent: Sent, db: Db, now: Now, settings: Config
) -> PasskeyOptions:
    """Begin to make a passkey: with a link's token, or when signed in."""
    token = sent.to(PasskeyOptionsRequest).token
    with db.write(now()) as tx:
        return passkeys.begin_registration(
            tx, token=token, signed=_reading(request), settings=settings
        )


@post("/passkeys/register", opt=PUBLIC, sync_to_thread=True)
def add_passkey(
    request: AnyRequest, sent: Sent, db: Db, now: Now, settings: Config
) -> Response[Me]:
    """Keep the passkey that was made. By a link, this also signs in."""
    answer = sent.to(PasskeyAnswer)
    with db.write(now()) as tx:
        ceremony = passkeys.take_registration(tx, answer)
    made = passkeys.verify_registration(answer, ceremony, settings)
    signed = _reading(request)
    with db.write(now()) as tx:
        user = passkeys.finish_registration(tx, ceremony, made, label=answer.label, signed=signed)
        if ceremony.token_hash is None:
            return Response(service.me(tx, user), status_code=201)
        session = sign_in.begin_session(tx, user, how="link", old=_held(request))
        return _signed_in(service.me(tx, user), session)


@post("/passkeys/sign-in/options", opt=PUBLIC, status_code=200, sync_to_thread=True)
def passkey_sign_in_options(db: Db, now: Now, settings: Config) -> PasskeyOptions:
    """Begin to sign in with a passkey. The same for everybody."""
    with db.write(now()) as tx:
        return passkeys.begin_sign_in(tx, settings)


@post("/passkeys/sign-in", opt=PUBLIC, sync_to_thread=True)
def passkey_sign_in(
    request: AnyRequest, sent: Sent, db: Db, now: Now, settings: Config
) -> Response[Me]:
    """Sign in with a passkey."""
    answer = sent.to(PasskeyAnswer)
    with db.write(now()) as tx:
        assertion = passkeys.take_assertion(tx, answer, address=_address(request))
    sign_count = passkeys.verify_sign_in(answer, assertion, settings)
    with db.write(now()) as tx:
        user = passkeys.finish_sign_in(tx, assertion, sign_count)
        session = sign_in.begin_session(tx, user, how="passkey", old=_held(request))
        return _signed_in(service.me(tx, user), session)


@get("/devices", sync_to_thread=True)
def own_devices(db: Db, now: Now, caller: Caller) -> list[Device]:
    """List the devices of whoever is signed in."""
    with db.read(now()) as tx:
        return phones.list_of(tx, caller.user_id, by=caller)


@post("/devices", sync_to_thread=True)
def register_device(sent: Sent, db: Db, now: Now, caller: Caller, public_keys: Keys) -> DeviceKeys:
    """Make this browser profile a device. Its delivery token is told once."""
    wanted = sent.to(RegisterDevice)
    with db.write(now()) as tx:
        return phones.register(tx, wanted, by=caller, keys=public_keys())


@post("/devices/{device_id:uuid}/revoke", status_code=200, sync_to_thread=True)
def revoke_device(device_id: FromPath[UUID], db: Db, now: Now, caller: Caller) -> Device:
    """Let a device sync no more: one's own, or one of a person one answers for."""
    with db.write(now()) as tx:
        return phones.revoke(tx, device_id, by=caller)


@get("/users", guards=[answers_for_people], sync_to_thread=True)
def users(db: Db, now: Now, caller: Caller) -> list[User]:
    """List the people of one's schools; an administrator's list holds everybody."""
    with db.read(now()) as tx:
        return service.visible_users(tx, by=caller)


@post("/users", guards=[answers_for_people], sync_to_thread=True)
def invite(sent: Sent, db: Db, now: Now, caller: Caller, settings: Config) -> InvitationLink:
    """Invite a person. The link is shown once."""
    draft = sent.to(UserDraft)
    with db.write(now()) as tx:
        user, link = service.invite(tx, draft, by=caller)
        schools = store.school_ids_of(tx, user.id)
        return _shown(user, schools, link, url=link.url(settings))


@post("/users/{user_id:uuid}/recovery", guards=[answers_for_people], sync_to_thread=True)
def recover(
    user_id: FromPath[UUID], db: Db, now: Now, caller: Caller, settings: Config
) -> InvitationLink:
    """Sign a person out everywhere and make a link to choose new credentials."""
    with db.write(now()) as tx:
        user, link = service.recover(tx, user_id, by=caller)
        schools = store.school_ids_of(tx, user.id)
        return _shown(user, schools, link, url=link.url(settings))


@post(
    "/users/{user_id:uuid}/close",
    guards=[answers_for_people],
    status_code=200,
    sync_to_thread=True,
)
def close(user_id: FromPath[UUID], db: Db, now: Now, caller: Caller) -> User:
    """Let a person in no more."""
    with db.write(now()) as tx:
        user = service.close(tx, user_id, by=caller)
        return service.user_of(user, store.school_ids_of(tx, user_id))


@get("/users/{user_id:uuid}/devices", guards=[answers_for_people], sync_to_thread=True)
def devices_of(user_id: FromPath[UUID], db: Db, now: Now, caller: Caller) -> list[Device]:
    """List a person's devices."""
    with db.read(now()) as tx:
        return phones.list_of(tx, user_id, by=caller)


def _address(request: AnyRequest) -> str:
    """Return where a request came from. uvicorn has already heeded a trusted proxy's header."""
    return request.client.host if request.client else "unknown"


def _held(request: AnyRequest) -> Signed | None:
    """Return whose session or device this browser holds, where nobody need be signed in."""
    scope: Any = request.scope
    user = scope.get("user")
    return user if isinstance(user, Signed) else None


def _reading(request: AnyRequest) -> Signed | None:
    """Return who is signed in with all that a session allows."""
    held = _held(request)
    return None if held is None or not held.session or held.is_revoked else held


def _signed_in(person: Me, session: sign_in.Session) -> Response[Me]:
    return Response(
        person, status_code=201, cookies=[cookie(session.token, max_age=session.max_age)]
    )


def _shown(user: UserRow, schools: list[UUID], link: links.Link, *, url: str) -> InvitationLink:
    return InvitationLink(user=service.user_of(user, schools), url=url, expires_at=link.expires_at)


ROUTER = Router(
    "/api",
    route_handlers=[
        who,
        begin,
        end,
        look,
        accept,
        enter_demo,
        passkey_options,
        add_passkey,
        passkey_sign_in_options,
        passkey_sign_in,
        own_devices,
        register_device,
        revoke_device,
        users,
        invite,
        recover,
        close,
        devices_of,
    ],
    tags=["identity"],
)
