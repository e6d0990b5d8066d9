"""``presente settings``: what the district has chosen, and choosing something else."""

import argparse
from collections.abc import Collection, Generator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import msgspec

from server import cli
from server.cases import deeds
from server.cases.deeds import Recounted
from server.db.database import Database, Transaction
from server.db.opening import opened
from server.district import service
from server.district.service import Change, Choice
from server.identity import store as identity
from server.problems import NotFound


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of ``presente settings set``."""

    key: str
    was: Any
    value: Any
    is_dry_run: bool
    school_year: str = ""
    """Counted anew, where who has reached which step hangs on the setting."""
    students: int = 0
    crossings_added: int = 0
    crossings_taken_back: int = 0
    cases_opened: int = 0
    cases_no_longer_met: int = 0
    cases_met_again: int = 0


class _DryRunError(Exception):
    """Everything is as it was before."""


def register(commands: "cli.Commands") -> None:
    """Add ``presente settings`` with ``list``, ``show``, ``set`` and ``unset``."""
    settings = commands.add_parser(
        "settings",
        help="what the district has chosen: ladder, time zone, limits",
        description="Lists and changes what the district has chosen. Changes are in the audit.",
    )
    parts: cli.Commands = settings.add_subparsers(metavar="WHAT", required=True)
    listed = parts.add_parser("list", parents=[cli.common()], help="every setting as it stands")
    listed.set_defaults(run=_list)
    show = parts.add_parser("show", parents=[cli.common()], help="one setting")
    show.add_argument("key", metavar="KEY")
    show.set_defaults(run=_show)
    change = parts.add_parser("set", parents=[cli.common()], help="choose something else")
    unset = parts.add_parser("unset", parents=[cli.common()], help="go back to the default")
    for parser in (change, unset):
        parser.add_argument("key", metavar="KEY")
        parser.add_argument("--by", metavar="LOGIN", default="", help="who decided it")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, and change nothing"
        )
        parser.set_defaults(run=_change)
    change.add_argument("value", metavar="VALUE", help="a list with commas between")
    unset.set_defaults(value=None)


def _list(context: cli.Context, _arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database, database.read(context.clock()) as tx:
        found = service.choices(tx)
    return cli.Answer(data={"settings": found}, text="\n".join(map(_line, found)))


def _show(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database, database.read(context.clock()) as tx:
        found = service.choice(tx, arguments.key)
    return cli.Answer(data=found, text=f"{_line(found)}\n{found.about}")


def _change(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database:
        if service.counts_anew(arguments.key):
            changed = _change_and_count(context, database, arguments)
        elif arguments.dry_run:
            with database.read(context.clock()) as tx:
                changed = _changed(_preview(tx, arguments), arguments)
        else:
            with database.write(context.clock()) as tx:
                changed = _changed(_apply(tx, arguments), arguments)
    return cli.Answer(data=changed, text=_text(changed))


def _change_and_count(
    context: cli.Context, database: Database, arguments: argparse.Namespace
) -> Changed:
    """Change a setting on which steps hang; in a dry run count all the same, and undo each part."""
    with database.read(context.clock()) as tx:
        who = service.everybody(tx)
        change = _preview(tx, arguments)
    if not arguments.dry_run:
        with database.write(context.clock()) as tx:
            change = _apply(tx, arguments)

    def write(part: Collection[UUID]) -> Recounted:
        with _writing(context, database, is_kept=not arguments.dry_run) as tx:
            if arguments.dry_run:
                _apply(tx, arguments)
            return service.recount(tx, who.school_year, part)

    what = f"{arguments.key} {who.school_year}"
    counted = deeds.recompute_all(what, who.students, write=write, say=context.warn)
    return msgspec.structs.replace(
        _changed(change, arguments),
        school_year=who.school_year,
        students=len(who.students),
        crossings_added=counted.crossed,
        crossings_taken_back=counted.taken_back,
        cases_opened=counted.opened,
        cases_no_longer_met=counted.no_longer_met,
        cases_met_again=counted.met_again,
    )


@contextmanager
def _writing(context: cli.Context, database: Database, *, is_kept: bool) -> Generator[Transaction]:
    """Open a transaction; unless it is to be kept, undo all of it at the end."""
    with suppress(_DryRunError), database.write(context.clock()) as tx:
        yield tx
        if not is_kept:
            raise _DryRunError


def _preview(tx: Transaction, arguments: argparse.Namespace) -> Change:
    return service.preview(tx, arguments.key, arguments.value)


def _apply(tx: Transaction, arguments: argparse.Namespace) -> Change:
    by = identity.find_login(tx, arguments.by) if arguments.by else None
    if arguments.by and by is None:
        raise NotFound(f"Nobody signs in as {arguments.by!r}.")
    return service.change(tx, arguments.key, arguments.value, by=by.id if by else None)


def _changed(change: Change, arguments: argparse.Namespace) -> Changed:
    return Changed(key=change.key, was=change.was, value=change.value, is_dry_run=arguments.dry_run)


def _text(found: Changed) -> str:
    would = "would be" if found.is_dry_run else "is"
    lines = [f"{found.key} {would} {_shown(found.value)}; it was {_shown(found.was)}."]
    if found.school_year:
        lines.append(
            f"{found.students} students of {found.school_year} counted anew: "
            f"{found.crossings_added} crossings added, {found.crossings_taken_back} taken back; "
            f"{found.cases_opened} cases opened, {found.cases_no_longer_met} no longer met, "
            f"{found.cases_met_again} met again."
        )
    if found.is_dry_run:
        lines.append("Nothing was changed.")
    return "\n".join(lines)


def _line(one: Choice) -> str:
    default = "" if one.is_default else f"  (default: {_shown(one.default)})"
    return f"{one.key:<34}{_shown(one.value)}{default}"


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  # JSON has no types
    return str(value)
