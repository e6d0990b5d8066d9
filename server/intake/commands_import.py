"""``presente import PATH``: takes files in."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from server import cli
from server.command_words import wrong
from server.intake import report, report_text, service
from server.intake.changes.planning import MassDrop
from server.intake.columns import cells, profile, suggest, template
from server.intake.commands_base import Work, opened
from server.intake.progress import Say
from server.intake.service import Order
from server.intake.staged.codes import CodesUnmapped
from server.intake.words.told import told
from server.languages import Language, Told

OPTIONS = frozenset(
    {"dry_run", "confirm_drop", "profile", "dates", "window", "suggest", "template", "school_year"}
)
"""What belongs to taking files in, and to no word."""
_MEGABYTE = 1_000_000
_LONG: Mapping[str, int] = {"reading": 10 * _MEGABYTE, "comparing": 20}
"""Phases whose tenths are worth a line, and from how much on."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of taking files in."""
    group = parser.add_argument_group(Told("taking files in", "incorporar archivos"))
    group.add_argument(
        "--dry-run",
        action="store_true",
        help=Told("only tell what would change", "solo dice qué cambiaría"),
    )
    group.add_argument(
        "--confirm-drop",
        action="store_true",
        help=Told(
            "go on although more than a fifth of a school's records would disappear",
            "sigue aunque desaparezca más de la quinta parte de los registros de una escuela",
        ),
    )
    group.add_argument(
        "--profile",
        metavar="P",
        help=Told(
            "read by this mapping profile: a shipped one, or a file",
            "lee con este perfil: uno incluido o un archivo",
        ),
    )
    group.add_argument(
        "--dates",
        choices=["mdy", "dmy"],
        help=Told(
            "how dates are written that are not ISO", "cómo se escriben las fechas que no son ISO"
        ),
    )
    window = group.add_mutually_exclusive_group()
    window.add_argument(
        "--replace-window",
        dest="window",
        action="store_const",
        const="replace",
        help=Told(
            "the files tell everything between their first and last date",
            "los archivos lo dicen todo entre su primera y su última fecha",
        ),
    )
    window.add_argument(
        "--only-named",
        dest="window",
        action="store_const",
        const="merge",
        help=Told(
            "the files correct the days they name, and say nothing of others",
            "los archivos corrigen los días que nombran y no dicen nada de otros",
        ),
    )
    group.add_argument(
        "--school-year",
        type=_school_year,
        metavar="YYYY-YY",
        help=Told(
            "the school year of enrolments in tables that do not tell it",
            "el año escolar de las inscripciones en tablas que no lo dicen",
        ),
    )
    group.add_argument(
        "--suggest",
        type=Path,
        metavar="FILE",
        help=Told("draft a mapping profile for a table", "redacta un perfil para una tabla"),
    )
    group.add_argument(
        "--template",
        type=Path,
        metavar="DIR",
        help=Told(
            "write Presente's own tables, to fill in",
            "escribe las tablas propias de Presente, para rellenar",
        ),
    )


class Tenths:
    """Says every tenth of a part of an import that takes a while."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._said: dict[str, int] = {}

    def tell(self, phase: str, done: int, total: int) -> None:
        """Hear how far it is."""
        if phase not in _LONG or total < _LONG[phase]:
            return
        tenth = done * 10 // total
        if tenth > self._said.get(phase, 0):
            self._said[phase] = tenth
            if phase == "reading":
                self._say(told("read_tenth", percent=tenth * 10, size=total // _MEGABYTE))
            else:
                self._say(told("compared", done=done, total=total))


def _school_year(text: str) -> str:
    year = cells.school_year(text)
    if not year:
        raise wrong("write it as 2024-25", "escríbalo así: 2024-25")
    return year


def take_in(work: Work, paths: Sequence[Path]) -> cli.Answer:
    """Take files in."""
    arguments, context = work.arguments, work.context
    order = Order(
        folder=paths[0],
        more=paths[1:],
        data_dir=context.settings.data_dir,
        dry_run=arguments.dry_run,
        confirm_drop=arguments.confirm_drop,
        window=arguments.window or "auto",
        profile=profile.load(arguments.profile) if arguments.profile else None,
        date_order=arguments.dates,
        school_year=arguments.school_year or "",
    )
    with opened(work, make=True) as database:
        try:
            said = service.import_folder(
                database,
                order,
                clock=context.clock,
                say=context.warn,
                tell=Tenths(context.warn).tell,
            )
        except MassDrop as drop:
            if not arguments.json:
                context.warn(report_text.drop_text(drop.report, context.language))
            raise
        except CodesUnmapped as unmapped:
            if not arguments.json:
                context.warn(told("codes_draft", draft=unmapped.draft))
            raise
    code = int(report.is_nothing_taken(said))
    return cli.Answer(data=said, text=report_text.text_of(said, context.language), code=code)


def write_template(folder: Path, language: Language) -> cli.Answer:
    """Write Presente's own tables, to be filled in."""
    names = template.write(folder, language)
    text = told("template", folder=folder, names=", ".join(names))
    return cli.Answer(data={"folder": str(folder), "files": names}, text=text)


def suggest_profile(table: Path) -> cli.Answer:
    """Draft the mapping profile that would read a table."""
    drafted = suggest.draft(table)
    return cli.Answer(data={"profile": str(drafted)}, text=drafted)
