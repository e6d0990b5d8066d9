"""Puts a command line's words into a language: our own texts, and those that argparse brings.

A command writes its texts as ``Told(en, es)``, both side by side; ``put`` leaves one of them in
every parser. argparse asks gettext for its own sentences: while we speak, the table here answers.
"""

import argparse
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, NoReturn

from server.languages import LANGUAGES, Language, Told, in_language, of_machine

_SPOKEN: ContextVar[Language] = ContextVar("spoken", default="en")

ARGPARSE: Final[Mapping[str, str]] = {
    "usage: ": "uso: ",
    "positional arguments": "argumentos",
    "options": "opciones",
    "subcommands": "órdenes",
    "%(heading)s:": "%(heading)s:",
    " (default: %(default)s)": " (si no se indica: %(default)s)",
    "show this help message and exit": "muestra esta ayuda y termina",
    "show program's version number and exit": "muestra la versión y termina",
    "%(prog)s: error: %(message)s\n": "%(prog)s: error: %(message)s\n",
    "%(prog)s: warning: %(message)s\n": "%(prog)s: aviso: %(message)s\n",
    "argument '%(argument_name)s' is deprecated": "ya no debe usarse: '%(argument_name)s'",
    "command '%(parser_name)s' is deprecated": "la orden '%(parser_name)s' ya no debe usarse",
    "option '%(option)s' is deprecated": "la opción '%(option)s' ya no debe usarse",
    "argument %(argument_name)s: %(message)s": "argumento %(argument_name)s: %(message)s",
    "unrecognized arguments: %s": "argumentos desconocidos: %s",
    "the following arguments are required: %s": "faltan estos argumentos: %s",
    "one of the arguments %s is required": "hace falta uno de los argumentos %s",
    "not allowed with argument %s": "no se admite junto con el argumento %s",
    "ignored explicit argument %r": "no admite el valor %r",
    "unexpected option string: %s": "opción inesperada: %s",
    "ambiguous option: %(option)s could match %(matches)s": (
        "opción ambigua: %(option)s puede ser %(matches)s"
    ),
    "invalid choice: %(value)r (choose from %(choices)s)": (
        "valor no válido: %(value)r (elija entre %(choices)s)"
    ),
    "invalid choice: %(value)r, maybe you meant %(closest)r? (choose from %(choices)s)": (
        "valor no válido: %(value)r, ¿quizá %(closest)r? (elija entre %(choices)s)"
    ),
    "unknown parser %(parser_name)r (choices: %(choices)s)": (
        "orden desconocida: %(parser_name)r (elija entre %(choices)s)"
    ),
    "invalid %(type)s value: %(value)r": "valor no válido de %(type)s: %(value)r",
    "expected one argument": "espera un valor",
    "expected at most one argument": "espera como máximo un valor",
    "expected at least one argument": "espera al menos un valor",
    "expected %s argument": "espera %s valor",
    "expected %s arguments": "espera %s valores",
}
"""What argparse says to a person, in any Python from 3.11 to 3.14."""

METAVARS: Final[Mapping[str, str]] = {
    "ACTION": "ACCIÓN",
    "CODE": "CÓDIGO",
    "CODE=KIND[:PORTION]": "CÓDIGO=CLASE[:PARTE]",
    "COMMAND": "ORDEN",
    "DATE": "FECHA",
    "DAYS": "DÍAS",
    "DIR": "CARPETA",
    "FIGURE": "CIFRA",
    "FILE": "ARCHIVO",
    "HOST": "MÁQUINA",
    "ID": "ID",
    "KEY": "CLAVE",
    "KIND": "CLASE",
    "LABEL": "NOMBRE",
    "LOGIN": "USUARIO",
    "N": "N",
    "NAME": "NOMBRE",
    "NOTE": "NOTA",
    "P": "P",
    "PATH | WORD": "RUTA | PALABRA",
    "PORT": "PUERTO",
    "REASON": "MOTIVO",
    "RUN": "ID",
    "SEED": "SEMILLA",
    "STEP": "PASO",
    "STEP.ACTION": "PASO.ACCIÓN",
    "STUDENT_NUMBER": "NÚMERO_DE_ESTUDIANTE",
    "TEXT": "TEXTO",
    "TIME": "MOMENTO",
    "URL": "URL",
    "USER": "USUARIO",
    "VALUE": "VALOR",
    "WHAT": "QUÉ",
    "WHY": "MOTIVO",
    "YEAR": "AÑO",
    "YYYY-YY": "AAAA-AA",
}
"""What stands for an argument in a usage."""


class Parser(argparse.ArgumentParser):
    """A parser that can be told its faults in both languages."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line, and end."""
        super().error(in_language(message, spoken()))


def spoken() -> Language:
    """Return the language in which the command line speaks at this moment."""
    return _SPOKEN.get()


def wrong(en: str, es: str) -> argparse.ArgumentTypeError:
    """Return why an argument is refused, for whoever reads arguments."""
    return argparse.ArgumentTypeError(Told(en, es).in_language(spoken()))


def asked(words: Sequence[str], environment: Mapping[str, str]) -> Language:
    """Return the language that a command line asks for, before it is understood."""
    for place, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name == "--lang":
            said = value if equals else next(iter(words[place + 1 :]), "")
            if said in LANGUAGES:
                return of_machine({"LANG": said})
    return of_machine(environment)


@contextmanager
def speaking(language: Language) -> Generator[None]:
    """Have argparse, and what refuses arguments, speak a language."""
    before = _SPOKEN.set(language)
    kept = {name: getattr(argparse, name) for name in ("_", "ngettext")}
    _stand_in(_=_said, ngettext=_counted)
    try:
        yield
    finally:
        _stand_in(**kept)
        _SPOKEN.reset(before)


def _stand_in(**functions: object) -> None:
    for name, function in functions.items():
        setattr(argparse, name, function)


def _said(message: str) -> str:
    """Stand in for gettext; argparse asks it also about texts of ours, and about none."""
    return ARGPARSE.get(message, message) if spoken() == "es" else message


def _counted(one: str, many: str, count: int) -> str:
    return _said(one if count == 1 else many)


def put(parser: argparse.ArgumentParser, language: Language) -> None:
    """Leave every text of a parser, and of those below it, in one language."""
    for speaker, name, text in texts(parser):
        setattr(speaker, name, in_language(text, language))
    if language == "es":
        for action in _actions(parser):
            action.metavar = _metavar_of(action)


def texts(parser: argparse.ArgumentParser) -> Iterator[tuple[Any, str, str]]:
    """Yield every text for a person of a parser and those below it: where it hangs, and itself."""
    for one in parsers(parser):
        for name in ("description", "epilog"):
            yield from _text(one, name)
        for group in one._action_groups:  # noqa: SLF001  (argparse tells its groups nowhere else)
            for name in ("title", "description"):
                yield from _text(group, name)
        for action in one._actions:  # noqa: SLF001  (argparse tells its options nowhere else)
            yield from _text(action, "help")
            for line in getattr(action, "_choices_actions", ()):  # each command's line of help
                yield from _text(line, "help")


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Yield a parser and all below it."""
    yield parser
    for action in parser._actions:  # noqa: SLF001  (as in ``texts``)
        below: Any = vars(action)["choices"]  # argparse's own type of it is partial
        if hasattr(below, "values"):
            for command in below.values():
                yield from parsers(command)


def metavars(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield what stands for each argument that takes a value and names no choices."""
    for action in _actions(parser):
        if action.nargs != 0 and action.choices is None:
            yield _shown(action)


def _text(speaker: Any, name: str) -> Iterator[tuple[Any, str, str]]:
    text = getattr(speaker, name)
    if text and text != argparse.SUPPRESS:
        yield speaker, name, text


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for one in parsers(parser):
        yield from one._actions  # noqa: SLF001  (as in ``texts``)


def _metavar_of(action: argparse.Action) -> str | tuple[str, ...] | None:
    takes_any = action.nargs != 0 and action.choices is None
    if not takes_any and action.metavar is None:
        return None
    shown = _shown(action)
    return METAVARS.get(shown, action.metavar)


def _shown(action: argparse.Action) -> str:
    return str(action.metavar or action.dest.upper())
