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
from server.languages import Told, joined
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
        help=Told(
            "what the district has chosen: ladder, time zone, limits",
            "lo que el distrito eligió: escalera, zona horaria, límites",
        ),
        description=Told(
            "Lists and changes what the district has chosen. Changes are in the audit.",
            "Lista y cambia lo que el distrito eligió. Los cambios quedan en la auditoría.",
        ),
    )
    parts: cli.Commands = settings.add_subparsers(metavar="WHAT", required=True)
    listed = cli.add_part(
        parts, "list", Told("every setting as it stands", "todos los ajustes como están")
    )
    listed.set_defaults(run=_list)
    show = cli.add_part(parts, "show", Told("one setting", "un ajuste"))
    show.add_argument("key", metavar="KEY")
    show.set_defaults(run=_show)
    change = cli.add_part(parts, "set", Told("choose something else", "elige otra cosa"))
    unset = cli.add_part(
        parts, "unset", Told("go back to the default", "vuelve al valor de fábrica")
    )
    for parser in (change, unset):
        parser.add_argument("key", metavar="KEY")
        parser.add_argument(
            "--by", metavar="LOGIN", default="", help=Told("who decided it", "quién lo decidió")
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help=Told(
                "say what would change, and change nothing", "dice qué cambiaría y no cambia nada"
            ),
        )
        parser.set_defaults(run=_change)
    change.add_argument(
        "value",
        metavar="VALUE",
        help=Told("a list with commas between", "una lista, separada por comas"),
    )
    unset.set_defaults(value=None)


def _list(context: cli.Context, _arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database, database.read(context.clock()) as tx:
        found = service.choices(tx)
    return cli.Answer(data={"settings": found}, text=joined(map(_line, found)))


def _show(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with opened(context) as database, database.read(context.clock()) as tx:
        found = service.choice(tx, arguments.key)
    return cli.Answer(data=found, text=joined([_line(found), Told(found.about, found.about_es)]))


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
        raise NotFound(
            f"Nobody signs in as {arguments.by!r}.",
            detail_es=f"Nadie entra como {arguments.by!r}.",
        )
    return service.change(tx, arguments.key, arguments.value, by=by.id if by else None)


def _changed(change: Change, arguments: argparse.Namespace) -> Changed:
    return Changed(key=change.key, was=change.was, value=change.value, is_dry_run=arguments.dry_run)


def _text(found: Changed) -> Told:
    would, es = ("would be", "sería") if found.is_dry_run else ("is", "es")
    value, was = _shown(found.value), _shown(found.was)
    lines = [
        Told(
            f"{found.key} {would} {value}; it was {was}.",
            f"{found.key} {es} {value}; era {was}.",
        )
    ]
    if found.school_year:
        lines.append(_counted(found))
    if found.is_dry_run:
        lines.append(Told("Nothing was changed.", "No se cambió nada."))
    return joined(lines)


def _counted(found: Changed) -> Told:
    return Told(
        f"{found.students} students of {found.school_year} counted anew: "
        f"{found.crossings_added} crossings added, {found.crossings_taken_back} taken back; "
        f"{found.cases_opened} cases opened, {found.cases_no_longer_met} no longer met, "
        f"{found.cases_met_again} met again.",
        f"{found.students} estudiantes de {found.school_year} contados de nuevo: "
        f"{found.crossings_added} pasos alcanzados se añadieron, {found.crossings_taken_back} se "
        f"retiraron; {found.cases_opened} casos se abrieron, {found.cases_no_longer_met} ya no se "
        f"cumplen, {found.cases_met_again} se cumplen otra vez.",
    )


def _line(one: Choice) -> Told:
    line, default = f"{one.key:<34}{_shown(one.value)}", _shown(one.default)
    if one.is_default:
        return Told(line, line)
    return Told(f"{line}  (default: {default})", f"{line}  (de fábrica: {default})")


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  # JSON has no types
    return str(value)
