"""``presente import quarantine``, ``dismiss`` and ``codes``."""

import argparse
from pathlib import Path

from server import cli
from server.identity import store as identity
from server.intake import commands_import, report_text
from server.intake.commands_base import Work, opened
from server.intake.mending import code_map, undo
from server.intake.mending import quarantine as lines
from server.intake.mending.quarantine import Held
from server.intake.words.told import lines_in, told
from server.languages import Language, Told
from server.problems import Problem

_SHOWN = 50


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the words."""
    group = parser.add_argument_group(Told("of quarantine and dismiss", "de quarantine y dismiss"))
    group.add_argument(
        "--run",
        dest="run_id",
        metavar="RUN",
        help=Told("of this import only", "solo de esta importación"),
    )
    group.add_argument(
        "--csv",
        type=Path,
        metavar="FILE",
        help=Told(
            "write the lines there, to mend and import again",
            "escribe ahí las líneas, para corregirlas e importarlas de nuevo",
        ),
    )
    group.add_argument(
        "--because",
        metavar="TEXT",
        help=Told("why a line is let go", "por qué se deja fuera una línea"),
    )
    group = parser.add_argument_group(Told("of codes", "de codes"))
    group.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="CODE=KIND[:PORTION]",
        help=Told(
            "say what a code means; PORTION is a share of the day. May be given again",
            "dice qué significa un código; PARTE es una parte del día. Se puede repetir",
        ),
    )
    group.add_argument(
        "--school", metavar="CODE", help=Told("in this school only", "solo en esta escuela")
    )
    group.add_argument(
        "--year",
        metavar="YYYY-YY",
        help=Told("in this school year only", "solo en este año escolar"),
    )
    group.add_argument(
        "--from",
        dest="from_file",
        type=Path,
        metavar="FILE",
        help=Told("take in a codes.csv", "incorpora un codes.csv"),
    )


def quarantine(work: Work) -> cli.Answer:
    """List the lines in quarantine, or write them as CSV."""
    arguments = work.arguments
    with opened(work) as database, database.read(work.context.clock()) as tx:
        run_id = undo.find_run(tx, arguments.run_id).id if arguments.run_id else None
        found = lines.held(tx, run_id=run_id)
    if arguments.csv is None:
        return cli.Answer(data={"quarantine": found}, text=_text(found, work.context.language))
    with Path(arguments.csv).open("w", encoding="utf-8-sig", newline="") as out:
        lines.write_csv(found, out)
    return cli.Answer(
        data={"file": str(arguments.csv), "lines": len(found)},
        text=told("lines_written", count=len(found), file=arguments.csv),
    )


def dismiss(work: Work) -> cli.Answer:
    """Let go of a line in quarantine."""
    with opened(work) as database, database.write(work.context.clock()) as tx:
        gone = lines.dismiss(tx, work.words[0], because=work.arguments.because or "", by=None)
        identity.audit(tx, "quarantine.dismiss", by=None, subject=gone.id)
    return cli.Answer(data=gone, text=told("dismissed", file=gone.file, line=gone.line))


def codes(work: Work) -> cli.Answer:
    """List or set what attendance codes mean."""
    arguments = work.arguments
    if arguments.from_file is not None:
        if arguments.set or arguments.school or arguments.year:
            raise Problem(
                "--from takes everything from the file.",
                code="from_alone",
                detail_es="--from toma todo del archivo.",
            )
        return commands_import.take_in(work, [arguments.from_file])
    new = [
        code_map.entry_of(text, school=arguments.school or "", school_year=arguments.year or "")
        for text in arguments.set
    ]
    with opened(work) as database:
        if new:
            with database.write(work.context.clock()) as tx:
                for entry in new:
                    code_map.save(tx, entry, by=None)
                identity.audit(
                    tx, "codes.set", by=None, detail={"codes": [one.code for one in new]}
                )
        with database.read(work.context.clock()) as tx:
            found = code_map.entries(tx)
    said: list[str] = [code_map.text_of(found) if found else told("no_codes")]
    said += [told("codes_kept")] if new else []
    return cli.Answer(data={"codes": found}, text=lines_in(said, work.context.language))


def _text(found: list[Held], language: Language) -> str:
    if not found:
        return lines_in([told("no_quarantine")], language)
    lines_said = [told("in_quarantine", count=len(found))]
    for one in found[:_SHOWN]:
        said = report_text.in_both(one.code, one.parts, reason=one.reason, mend=one.mend)
        lines_said.append(
            told(
                "held",
                id=one.id,
                file=one.file,
                line=one.line,
                field=one.field,
                value=repr(one.value),
                en=said.en,
                es=said.es,
            )
        )
    if len(found) > _SHOWN:
        lines_said.append(told("more_held", count=len(found) - _SHOWN))
    return lines_in(lines_said, language)
