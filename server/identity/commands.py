"""``presente users``: what an operator can do about people without a browser."""

import argparse
from collections.abc import Callable
from typing import Any

import msgspec

from schemas.base import SchoolId
from schemas.identity import UserDraft
from schemas.people import Role
from server.cli import Answer, Commands, Context, common
from server.db.database import Transaction
from server.db.opening import opened
from server.db.tables.identity import UserRow
from server.identity import rules, service, store
from server.problems import NotFound
from server.settings import load


def register(commands: Commands) -> None:
    """Add ``users`` with ``list``, ``invite``, ``reset`` and ``close``."""
    users = commands.add_parser(
        "users",
        help="list, invite, recover and close people",
        description="People of the programme. Every change is written to the audit table.",
    )
    actions = users.add_subparsers(metavar="ACTION", required=True)
    listing = add_action(actions, "list", list_users, "list everybody")
    listing.set_defaults(public_url="")
    invite_parser = add_action(
        actions, "invite", invite, "invite a person; prints a link to hand over"
    )
    invite_parser.add_argument("--role", required=True, choices=[role.value for role in Role])
    invite_parser.add_argument("--name", required=True, help="as others see it")
    invite_parser.add_argument("--login", required=True, help="usually the e-mail address")
    invite_parser.add_argument(
        "--school", action="append", default=[], metavar="CODE", help="may be repeated"
    )
    invite_parser.add_argument("--language", default="en", choices=["en", "es"])
    reset_parser = add_action(
        actions, "reset", reset, "end a person's sessions; print a one-time recovery link"
    )
    close_parser = add_action(actions, "close", close, "let a person in no more; his work stays")
    for parser in (reset_parser, close_parser):
        parser.add_argument("login", metavar="LOGIN")
    for parser in (invite_parser, reset_parser):
        parser.add_argument(
            "--public-url", default="", metavar="URL", help="origin the link begins with"
        )


def list_users(context: Context, _arguments: argparse.Namespace) -> Answer:
    """List everybody, closed people too."""
    with opened(context) as database, database.read(context.clock()) as tx:
        schools = store.schools_by_user(tx)
        found = [service.user_of(row, schools.get(row.id, [])) for row in store.users_of(tx, None)]
    lines = [f"{user.login:32} {user.role.value:14} {user.state:8} {user.name}" for user in found]
    return Answer(data=found, text="\n".join(lines) or "Nobody yet. Begin with: users invite")


def invite(context: Context, arguments: argparse.Namespace) -> Answer:
    """Invite a person; the first administrator comes in this way."""
    context.settings.data_dir.mkdir(parents=True, exist_ok=True)
    with opened(context, make=True) as database, database.write(context.clock()) as tx:
        schools: list[SchoolId] = []
        for code in arguments.school:
            school_id = store.find_school(tx, code)
            if school_id is None:
                raise NotFound(f"There is no school with the code {code!r}.", code="no_school")
            schools.append(SchoolId(school_id))
        draft = UserDraft(
            name=arguments.name,
            login=arguments.login,
            role=Role(arguments.role),
            school_ids=schools,
            language=arguments.language,
        )
        user, link = service.invite(tx, draft, by=None)
    return _linked(context, arguments, user, link)


def reset(context: Context, arguments: argparse.Namespace) -> Answer:
    """Make a recovery link, for a sole administrator who lost his password or passkey."""
    with opened(context) as database, database.write(context.clock()) as tx:
        user, link = service.recover(tx, user_called(tx, arguments.login).id, by=None)
    return _linked(context, arguments, user, link)


def close(context: Context, arguments: argparse.Namespace) -> Answer:
    """Close a person."""
    with opened(context) as database, database.write(context.clock()) as tx:
        user = service.close(tx, user_called(tx, arguments.login).id, by=None)
    return Answer(data={"login": user.login, "state": "closed"}, text=f"{user.login} is closed.")


def add_action(
    actions: Any, name: str, run: Callable[[Context, argparse.Namespace], Answer], words: str
) -> argparse.ArgumentParser:
    """Add one action of a command, with the options that every command takes."""
    parser: argparse.ArgumentParser = actions.add_parser(
        name, parents=[common()], help=words, description=f"{words[0].upper()}{words[1:]}."
    )
    parser.set_defaults(run=run)
    return parser


def user_called(tx: Transaction, login: str) -> UserRow:
    """Return who has a login, or refuse."""
    user = store.find_login(tx, rules.login_of(login))
    if user is None:
        raise NotFound(f"Nobody has the login {login!r}.", code="no_such_login")
    return user


def _linked(
    context: Context, arguments: argparse.Namespace, user: UserRow, link: service.Link
) -> Answer:
    settings = context.settings
    if arguments.public_url:
        public = load(data_dir=settings.data_dir, public_url=arguments.public_url).public_url
        settings = msgspec.structs.replace(settings, public_url=public)
    url = link.url(settings)
    return Answer(
        data={"login": user.login, "url": url, "expires_at": link.expires_at},
        text=(
            f"Hand this link to {user.name}. It works once, until "
            f"{link.expires_at:%Y-%m-%d %H:%M} UTC:\n{url}"
        ),
    )
