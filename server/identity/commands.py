"""``presente users``: what an operator can do about people without a browser."""

import argparse
from collections.abc import Callable

import msgspec

from schemas.base import SchoolId
from schemas.identity import UserDraft
from schemas.people import Role
from server.cli import Answer, Commands, Context, add_part
from server.db.database import Transaction
from server.db.opening import opened
from server.db.tables.identity import UserRow
from server.identity import rules, service, store
from server.languages import Told, joined
from server.problems import NotFound
from server.settings import load


def register(commands: Commands) -> None:
    """Add ``users`` with ``list``, ``invite``, ``reset`` and ``close``."""
    users = commands.add_parser(
        "users",
        help=Told(
            "list, invite, recover and close people",
            "lista, invita, recupera y cierra personas",
        ),
        description=Told(
            "People of the programme. Every change is written to the audit table.",
            "Personas del programa. Cada cambio queda escrito en la auditoría.",
        ),
    )
    actions = users.add_subparsers(metavar="ACTION", required=True)
    listing = add_action(actions, "list", list_users, Told("list everybody", "lista a todos"))
    listing.set_defaults(public_url="")
    invite_parser = add_action(
        actions,
        "invite",
        invite,
        Told(
            "invite a person; prints a link to hand over",
            "invita a una persona; imprime un enlace para entregarle",
        ),
    )
    _add_invited(invite_parser)
    reset_parser = add_action(
        actions,
        "reset",
        reset,
        Told(
            "end a person's sessions; print a one-time recovery link",
            "cierra las sesiones de una persona; imprime un enlace de recuperación de un solo uso",
        ),
    )
    close_parser = add_action(
        actions,
        "close",
        close,
        Told(
            "let a person in no more; his work stays",
            "no deja entrar más a una persona; su trabajo se queda",
        ),
    )
    for parser in (reset_parser, close_parser):
        parser.add_argument("login", metavar="LOGIN")
    for parser in (invite_parser, reset_parser):
        parser.add_argument(
            "--public-url",
            default="",
            metavar="URL",
            help=Told("origin the link begins with", "origen con el que empieza el enlace"),
        )


def _add_invited(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", required=True, choices=[role.value for role in Role])
    parser.add_argument(
        "--name", required=True, help=Told("as others see it", "como lo ven los demás")
    )
    parser.add_argument(
        "--login",
        required=True,
        help=Told("usually the e-mail address", "normalmente el correo electrónico"),
    )
    parser.add_argument(
        "--school",
        action="append",
        default=[],
        metavar="CODE",
        help=Told("may be repeated", "se puede repetir"),
    )
    parser.add_argument("--language", default="en", choices=["en", "es"])


_NOBODY = Told(
    "Nobody yet. Begin with: users invite", "Todavía no hay nadie. Empiece con: users invite"
)


def list_users(context: Context, _arguments: argparse.Namespace) -> Answer:
    """List everybody, closed people too."""
    with opened(context) as database, database.read(context.clock()) as tx:
        schools = store.schools_by_user(tx)
        found = [service.user_of(row, schools.get(row.id, [])) for row in store.users_of(tx, None)]
    lines = [f"{user.login:32} {user.role.value:14} {user.state:8} {user.name}" for user in found]
    return Answer(data=found, text=joined(lines or [_NOBODY]))


def invite(context: Context, arguments: argparse.Namespace) -> Answer:
    """Invite a person; the first administrator comes in this way."""
    context.settings.data_dir.mkdir(parents=True, exist_ok=True)
    with opened(context, make=True) as database, database.write(context.clock()) as tx:
        schools: list[SchoolId] = []
        for code in arguments.school:
            school_id = store.find_school(tx, code)
            if school_id is None:
                raise NotFound(
                    f"There is no school with the code {code!r}.",
                    code="no_school",
                    detail_es=f"No hay ninguna escuela con el código {code!r}.",
                )
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
    text = Told(f"{user.login} is closed.", f"{user.login} queda cerrado.")
    return Answer(data={"login": user.login, "state": "closed"}, text=text)


def add_action(
    actions: Commands,
    name: str,
    run: Callable[[Context, argparse.Namespace], Answer],
    words: Told,
) -> argparse.ArgumentParser:
    """Add one action of a command, with the options that every command takes."""
    parser = add_part(actions, name, words)
    parser.set_defaults(run=run)
    return parser


def user_called(tx: Transaction, login: str) -> UserRow:
    """Return who has a login, or refuse."""
    user = store.find_login(tx, rules.login_of(login))
    if user is None:
        raise NotFound(
            f"Nobody has the login {login!r}.",
            code="no_such_login",
            detail_es=f"Nadie tiene el usuario {login!r}.",
        )
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
        text=Told(
            f"Hand this link to {user.name}. It works once, until "
            f"{link.expires_at:%Y-%m-%d %H:%M} UTC:\n{url}",
            f"Entregue este enlace a {user.name}. Funciona una sola vez, hasta el "
            f"{link.expires_at:%Y-%m-%d %H:%M} UTC:\n{url}",
        ),
    )
