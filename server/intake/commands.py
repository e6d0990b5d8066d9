"""``presente import``: takes a district's files in, takes them back, and minds what was refused.

``presente import undo RUN`` and its like are words in the place of a path; a folder that is
really called so is given as ``./undo``.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from server import cli
from server.intake import commands_import, commands_quarantine, commands_runs
from server.intake.commands_base import Work
from server.languages import Told

_Handler = Callable[[Work], cli.Answer]

WORDS: Mapping[str, tuple[_Handler, int, frozenset[str]]] = {
    "runs": (commands_runs.runs, 0, frozenset()),
    "show": (commands_runs.show, 1, frozenset()),
    "undo": (commands_runs.undo, 1, frozenset()),
    "quarantine": (commands_quarantine.quarantine, 0, frozenset({"run_id", "csv"})),
    "dismiss": (commands_quarantine.dismiss, 1, frozenset({"because"})),
    "codes": (commands_quarantine.codes, 0, frozenset({"set", "from_file", "school", "year"})),
}
"""Word -> what answers it, how many arguments it takes, and its own options."""

_EXAMPLES = Told(
    """\
words in place of a path:
  runs                     list every import
  show RUN                 the whole report of one import
  undo RUN                 take an import back
  quarantine               lines that could not be taken [--run RUN] [--csv FILE]
  dismiss ID               let one of them go, --because of something
  codes                    what attendance codes mean [--set CODE=KIND[:PORTION]]
                           [--school X] [--year Y] [--from codes.csv]

A mended quarantine CSV is imported like any other file. RUN and ID: the first letters are enough.
A folder that is called like one of these words is given as ./undo.
""",
    """\
palabras en lugar de una ruta:
  runs                     lista todas las importaciones
  show ID                  el informe completo de una importación
  undo ID                  deshace una importación
  quarantine               líneas que no se pudieron tomar [--run ID] [--csv ARCHIVO]
  dismiss ID               deja fuera una de ellas, con --because y el motivo
  codes                    qué significan los códigos de asistencia
                           [--set CÓDIGO=CLASE[:PARTE]] [--school X] [--year Y]
                           [--from codes.csv]

Un CSV de cuarentena corregido se importa como cualquier archivo. Bastan las primeras letras de un
ID. Una carpeta que se llame como una de estas palabras se da como ./undo.
""",
)


_STANDS_ALONE = Told(
    "--template and --suggest stand by themselves: nothing is imported",
    "--template y --suggest van solos: no se importa nada",
)
_NOTHING_GIVEN = Told(
    "give a folder, a file or an archive to import, or one of the words below",
    "indique una carpeta, un archivo o un zip que importar, o una de las palabras de la ayuda",
)


def register(commands: "cli.Commands") -> None:
    """Add ``presente import``."""
    parser = commands.add_parser(
        "import",
        parents=[cli.common()],
        help=Told(
            "take in a district's files, or take an import back",
            "incorpora los archivos de un distrito, o deshace una importación",
        ),
        description=Told(
            "Reads a folder, a file or a zip archive: OneRoster, Ed-Fi, School Data Sync, extracts "
            "of student information systems and Presente's own tables, recognised by what is in "
            "them. Everything is checked before anything changes; lines that cannot be taken are "
            "put in quarantine with file, line and mend. Running it again with the same files "
            "changes nothing; a run that was cut off goes on where it stopped.",
            "Lee una carpeta, un archivo o un zip: OneRoster, Ed-Fi, School Data Sync, extractos "
            "de sistemas escolares y las tablas propias de Presente, reconocidos por su contenido. "
            "Todo se comprueba antes de cambiar nada; las líneas que no se pueden tomar quedan en "
            "cuarentena con archivo, línea y corrección. Repetirla con los mismos archivos no "
            "cambia nada; una importación interrumpida sigue donde se detuvo.",
        ),
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("words", nargs="*", metavar="PATH | WORD")
    commands_import.add_options(parser)
    commands_quarantine.add_options(parser)
    parser.set_defaults(run=partial(_run, parser))


def _run(
    parser: argparse.ArgumentParser, context: cli.Context, arguments: argparse.Namespace
) -> cli.Answer:
    words: list[str] = arguments.words
    if words and words[0] in WORDS:
        handler, count, own = WORDS[words[0]]
        if len(words) - 1 != count:
            parser.error(_count_differs(words[0], count))
        _refuse_options(parser, arguments, words[0], own)
        return handler(Work(context=context, arguments=arguments, words=words[1:]))
    _refuse_options(parser, arguments, "", commands_import.OPTIONS)
    if arguments.template is not None or arguments.suggest is not None:
        if words or (arguments.template and arguments.suggest):
            parser.error(_STANDS_ALONE)
        if arguments.template is not None:
            return commands_import.write_template(arguments.template, context.language)
        return commands_import.suggest_profile(arguments.suggest)
    if not words:
        parser.error(_NOTHING_GIVEN)
    paths = [Path(word) for word in words]
    return commands_import.take_in(Work(context=context, arguments=arguments, words=words), paths)


def _refuse_options(
    parser: argparse.ArgumentParser,
    arguments: argparse.Namespace,
    word: str,
    own: frozenset[str],
) -> None:
    every = commands_import.OPTIONS.union(*(options for _, _, options in WORDS.values()))
    for name in sorted(every - own):
        if getattr(arguments, name):
            said = _flags(parser, name)
            command = " ".join(("import", word)).strip()
            parser.error(
                Told(
                    f"{said} does not belong to `{command}`",
                    f"{said} no corresponde a `{command}`",
                )
            )


def _count_differs(word: str, count: int) -> Told:
    if count == 0:
        return Told(f"`import {word}` takes no argument", f"`import {word}` no lleva argumentos")
    return Told(
        f"`import {word}` takes {count} argument", f"`import {word}` lleva {count} argumento"
    )


def _flags(parser: argparse.ArgumentParser, name: str) -> str:
    found: Sequence[str] = next(
        (action.option_strings for action in parser._actions if action.dest == name),  # noqa: SLF001  (argparse tells its options nowhere else)
        [name],
    )
    return found[0]
