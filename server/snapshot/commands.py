"""``presente snapshot``: the figures of day N, and the rows behind each."""

import argparse
import csv
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from schemas.snapshot import SnapshotRow, SnapshotRows
from server import cli
from server.attendance import store as attendance
from server.db.database import Transaction
from server.db.opening import opened
from server.languages import Told, joined
from server.problems import Invalid
from server.snapshot import page, service, setting_words, store
from server.snapshot.service import Question, Taken
from server.snapshot.settings import from_toml

_CODES = ("school_id", "code", "school")


def register(commands: "cli.Commands") -> None:
    """Add ``presente snapshot``."""
    snapshot = commands.add_parser(
        "snapshot",
        parents=[cli.common()],
        help=Told(
            "the report's figures at day N of a school year",
            "las cifras del informe al día N de un año escolar",
        ),
        description=Told(
            "Computes every figure of the data snapshot from rows, by settings that it prints. "
            "docs/snapshot.md has the formulas.",
            "Calcula de las filas cada cifra del informe, con los ajustes que imprime. Las "
            "fórmulas están en docs/snapshot.md.",
        ),
    )
    _add_question(snapshot)
    snapshot.add_argument(
        "--csv",
        type=Path,
        metavar="FILE",
        help=Told("write one line per figure", "escribe una línea por cifra"),
    )
    snapshot.add_argument(
        "--html",
        type=Path,
        metavar="FILE",
        help=Told("write a page that prints", "escribe una página que se imprime"),
    )
    snapshot.add_argument(
        "--write-settings",
        type=Path,
        metavar="FILE",
        help=Told(
            "write the settings that were used, as a file for --settings (TOML)",
            "escribe los ajustes que se usaron, como archivo para --settings (TOML)",
        ),
    )
    snapshot.add_argument(
        "--public",
        action="store_true",
        help=Told(
            "for publishing: show nothing of fewer than ten people, and no way to rows",
            "para publicar: nada de menos de diez personas, ni camino a las filas",
        ),
    )
    snapshot.set_defaults(run=_snapshot)
    parts = snapshot.add_subparsers(metavar="WHAT", required=False)
    rows = parts.add_parser(
        "rows",
        parents=[cli.common()],
        help=Told(
            "the rows behind one figure, by its key", "las filas detrás de una cifra, por su clave"
        ),
    )
    rows.add_argument(
        "figure",
        metavar="FIGURE",
        help=Told("as in the answer of snapshot: never", "como en la respuesta de snapshot: never"),
    )
    _add_question(rows)
    rows.set_defaults(run=_rows)


def _add_question(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--school-year", metavar="YEAR", help=Told("like 2021-22", "como 2021-22"))
    parser.add_argument("--day", type=int, metavar="N", help=Told("school day N", "día de clase N"))
    cli.add_known_at(parser)
    parser.add_argument(
        "--schools",
        type=Path,
        metavar="FILE",
        help=Told(
            "school codes or names, one a line; or a CSV",
            "códigos o nombres de escuelas, uno por línea; o un CSV",
        ),
    )
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", help=Told("settings (TOML)", "ajustes (TOML)")
    )


def _snapshot(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    with _taking(context, arguments) as (tx, taken):
        found = service.snapshot(tx, taken, language=context.language)
    language = context.language
    written: list[str] = []
    for file, make in (
        (arguments.csv, lambda: page.sheet(found, language=context.language)),
        (arguments.html, lambda: page.html(found, language=context.language, is_file=True)),
        (arguments.write_settings, lambda: setting_words.as_toml(found.settings)),
    ):
        if file is not None:
            _write(file, make)
            written.append(Told(f"Written: {file}", f"Escrito: {file}").in_language(language))
    text = page.text(found, language=context.language)
    return cli.Answer(data=found, text="\n".join([text, *written]))


def _rows(context: cli.Context, arguments: argparse.Namespace) -> cli.Answer:
    arguments.public = False
    with _taking(context, arguments) as (tx, taken):
        found = service.rows_of(tx, taken, arguments.figure, language=context.language)
    return cli.Answer(data=found, text=_rows_text(found))


def _rows_text(found: SnapshotRows) -> Told:
    total, en_total = "", ""
    if found.units is not None:
        total, en_total = (f", {found.units}/840 {one}" for one in ("days in all", "días en total"))
    title = Told(
        f"{found.figure}: {found.count} rows{total}",
        f"{found.figure}: {found.count} filas{en_total}",
    )
    return joined([title, *map(_row_text, found.rows)])


def _row_text(row: SnapshotRow) -> Told:
    days = "" if row.units is None or row.why else f"{row.units / 840:g}"
    parts = (
        row.number,
        row.name,
        row.school,
        row.school_year,
        str(row.date or ""),
        row.role,
        row.method,
        row.outcome,
        Told(f"{days} days", f"{days} días") if days else "",
        row.why,
    )
    return joined(["  ", joined([part for part in parts if part], "  ")], "")


@contextmanager
def _taking(
    context: cli.Context, arguments: argparse.Namespace
) -> Generator[tuple[Transaction, Taken]]:
    if not arguments.school_year or arguments.day is None:
        raise Invalid(
            "Say which school year and which day: --school-year 2021-22 --day 120.",
            detail_es="Diga qué año escolar y qué día: --school-year 2021-22 --day 120.",
        )
    with opened(context) as database, database.read(context.clock()) as tx:
        yield tx, service.take(tx, _question(tx, arguments))


def _question(tx: Transaction, arguments: argparse.Namespace) -> Question:
    told: dict[str, Any] = {}
    if arguments.settings is not None:
        told = from_toml(cli.content_of(arguments.settings), arguments.settings.name)
    return Question(
        school_year=arguments.school_year,
        day=arguments.day,
        known_at=_known_at(tx, arguments.known_at),
        schools=None if arguments.schools is None else _schools(tx, arguments.schools),
        told=told,
        is_public=arguments.public,
        schools_file=str(arguments.schools or ""),
        settings_file=str(arguments.settings or ""),
    )


def _schools(tx: Transaction, file: Path) -> tuple[str, ...]:
    there = ", ".join(f"{one.code} ({one.name})" for one in store.schools(tx))
    instead = (
        f"--schools takes a file of school codes or names, one a line. The schools are {there}.",
        (
            f"--schools espera un archivo con códigos o nombres de escuelas, uno por línea. Las "
            f"escuelas son {there}."
        ),
    )
    return schools_in(file.name, cli.content_of(file, instead=instead))


def schools_in(name: str, content: bytes) -> tuple[str, ...]:
    """Return the schools a file names: one a line, or in a CSV's column ``school_id``."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Invalid(
            f"{name} is not UTF-8: save it as UTF-8 and try again.",
            detail_es=f"{name} no está en UTF-8: guárdelo en UTF-8 e inténtelo de nuevo.",
        ) from fault
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise Invalid(f"{name} names no school.", detail_es=f"{name} no nombra ninguna escuela.")
    heads = [head.strip().casefold() for head in next(csv.reader([lines[0]]))]
    column = next((heads.index(one) for one in _CODES if one in heads), None)
    if column is None:
        return tuple(line.strip().strip('"') for line in lines)
    named: list[str] = []
    for number, cells in enumerate(csv.reader(lines[1:]), start=2):
        if len(cells) <= column or not cells[column].strip():
            raise Invalid(
                f"{name}, line {number}: {heads[column]} is empty.",
                detail_es=f"{name}, línea {number}: {heads[column]} está vacío.",
            )
        named.append(cells[column].strip())
    return tuple(named)


def _write(file: Path, make: Callable[[], str]) -> None:
    file.write_text(make(), encoding="utf-8", newline="")


def _known_at(tx: Transaction, moment: date | datetime | None) -> datetime | None:
    if moment is None or isinstance(moment, datetime):
        return moment
    return datetime.combine(moment, time.max, attendance.zone_of(tx)).astimezone(UTC)
