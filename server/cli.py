"""The command line: one parser, one context, one way to answer. Features bring the commands.

A feature's ``commands.py`` has ``register(commands)``, which adds its sub-commands and sets
``run`` to a function ``(context, arguments) -> Answer``.
Exit codes: 0 done, 1 refused with nothing changed, 2 wrong usage.
"""

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

import msgspec

from server import command_words
from server.clock import Clock, system_clock
from server.command_words import wrong
from server.languages import LANGUAGES, Language, Told, in_language
from server.memory import never_searched
from server.problems import NotFound, Problem
from server.settings import Settings, load

COMMANDS: Final = {
    "serve": "server.serving",
    "demo": "server.demo.commands",
    "import": "server.intake.commands",
    "ladder": "server.cases.commands",
    "calls": "server.calls.commands",
    "cases": "server.desk.commands",
    "freshness": "server.attendance.commands",
    "snapshot": "server.snapshot.commands",
    "settings": "server.district.commands",
    "migrate": "server.db.commands",
    "backup": "server.backup.commands",
    "restore": "server.backup.commands",
    "compact": "server.backup.commands",
    "epoch": "server.backup.commands",
    "users": "server.identity.commands",
    "sync": "server.syncing.commands",
    "devices": "server.syncing.commands_devices",
}
"""Each command and the module that registers it, in the order of the help."""
FAILURES = "server.db.failures"
"""What tells a database's faults apart. Loaded by name, as the commands are: it is above us."""


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What a command is given."""

    settings: Settings
    clock: Clock
    warn: Callable[[str], None]
    """Says something on stderr; never part of the answer. A ``Told`` is said in ``language``."""
    language: Language = "en"
    """What answers in words are written in."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a command found or did: for programs (``--json``) and in words.

    ``data`` None: the command answered by itself, while it ran. ``code``: the exit code, 1 where
    what it tells of is no success.
    """

    data: Any
    text: str
    code: int = 0


Run: TypeAlias = Callable[[Context, argparse.Namespace], Answer]


class Commands(Protocol):
    """What ``register`` adds its sub-commands to (argparse's own type has no public name)."""

    def add_parser(self, name: str, **options: Any) -> argparse.ArgumentParser:
        """Add one sub-command; options as for ``argparse.ArgumentParser``."""
        ...


class Options(Protocol):
    """A parser or a group of one: what options are added to."""

    def add_argument(self, *names: str, **told: Any) -> argparse.Action:
        """Add one option; as for ``argparse.ArgumentParser``."""
        ...


def common() -> argparse.ArgumentParser:
    """Return the options every command takes, for ``parents=[...]``."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument(
        "--dir",
        type=Path,
        default=Path("data"),
        metavar="DIR",
        help=Told(
            "data folder (default: ./data); PRESENTE_DATABASE_URL overrides its database",
            "carpeta de datos (si no se dice: ./data); PRESENTE_DATABASE_URL cambia la base",
        ),
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help=Told("answer with one JSON document", "responde con un solo documento JSON"),
    )
    _add_language(parser)
    return parser


def _add_language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--lang",
        choices=LANGUAGES,
        default=argparse.SUPPRESS,
        help=Told(
            "language of help and answers in words (default: PRESENTE_LANG, else the machine's)",
            "idioma de la ayuda y de las respuestas (si no se dice: PRESENTE_LANG o el del equipo)",
        ),
    )


def a_day(text: str) -> date:
    """Return the date that an option gives, or say how one is written."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong(
            f"{text!r} is no date; write it as 2022-03-01",
            f"{text!r} no es una fecha; escríbala así: 2022-03-01",
        ) from None


def a_moment(text: str) -> date | datetime:
    """Return the date, or the time with its zone, that an option gives."""
    if len(text) <= len("2022-03-01"):
        return a_day(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise wrong(
            f"{text!r} is no date or time; write it as 2022-03-01 or 2022-03-01T08:00:00-07:00",
            f"{text!r} no es una fecha ni un momento; escriba 2022-03-01 o "
            "2022-03-01T08:00:00-07:00",
        ) from None
    if moment.tzinfo is None:
        raise wrong(
            "write the zone too, as in 2022-03-01T08:00:00-07:00",
            "escriba también la zona horaria, como en 2022-03-01T08:00:00-07:00",
        )
    return moment


def add_part(parts: Commands, name: str, words: Told) -> argparse.ArgumentParser:
    """Add one part of a command, with the options of every command; ``words`` say what it does."""
    described = Told(*(f"{one[0].upper()}{one[1:]}." for one in (str(words), words.es)))
    return parts.add_parser(name, parents=[common()], help=words, description=described)


def add_known_at(parser: Options) -> None:
    """Add ``--known-at``."""
    parser.add_argument(
        "--known-at",
        type=a_moment,
        metavar="TIME",
        help=Told(
            "as it was known then: a date (to its end in the district) or a time with its zone",
            "según se sabía entonces: una fecha (hasta que acaba en el distrito) o un momento con "
            "su zona horaria",
        ),
    )


def content_of(file: Path, *, instead: tuple[str, str] = ("", "")) -> bytes:
    """Return what a file that was named holds, or refuse it plainly.

    ``instead``: what there is in its place, in English and Spanish.
    """
    try:
        return file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        said, dicho = f"There is no file {file}.", f"No existe el archivo {file}."
    except IsADirectoryError:
        said, dicho = f"{file} is a folder, not a file.", f"{file} es una carpeta, no un archivo."
    en, es = (f"{one} {more}".strip() for one, more in zip((said, dicho), instead, strict=True))
    raise NotFound(en, code="no_such_file", detail_es=es)


def build_parser(asked: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Return the parser with the commands of the room that is asked for, else with everybody's.

    ``asked``: the words of the command line. The whole product is one to two seconds of loading.
    """
    parser = command_words.Parser(
        prog="presente",
        description=Told(
            "Presente: the field app of a truancy prevention programme.",
            "Presente: la aplicación de campo de un programa de prevención del ausentismo escolar.",
        ),
    )
    _add_language(parser)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    with never_searched():  # an eighth of the loading: all that is loaded stays
        rooms = [import_module(name) for name in _rooms(asked)]
    for room in rooms:
        room.register(commands)
    return parser


def _rooms(asked: Sequence[str]) -> Sequence[str]:
    """Return the modules to register: one, where a command's name comes before what it is given."""
    for word in asked:
        if word in COMMANDS:
            return (COMMANDS[word],)
        if not word.startswith("-") and word not in LANGUAGES:
            break
    return tuple(dict.fromkeys(COMMANDS.values()))


def main(arguments: Sequence[str] | None = None, *, clock: Clock = system_clock) -> int:
    """Run one command; return its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    language = command_words.asked(words, os.environ)
    with command_words.speaking(language):
        parser = build_parser(words)
        command_words.put(parser, language)
        options = parser.parse_args(words)
        options.lang = getattr(options, "lang", language)
        return _carry_out(options, clock)


def _carry_out(options: argparse.Namespace, clock: Clock) -> int:
    language: Language = options.lang
    try:
        settings = load(data_dir=options.dir)
        context = Context(
            settings=settings,
            clock=clock,
            warn=lambda text: _warn(in_language(text, language)),
            language=language,
        )
        answer: Answer = options.run(context, options)
    except Problem as problem:
        return _refuse(problem, options, _REFUSED)
    except Exception as error:
        place = _unusable(error)
        if place is not None:
            return _refuse(place, options, _STOPPED)
        if not import_module(FAILURES).is_about_rows(error):
            raise
        _warn("".join(traceback.format_tb(error.__traceback__)) + type(error).__name__)
        return 1
    if not options.json:
        _say(in_language(answer.text, language))
    elif answer.data is not None:
        _say(msgspec.json.encode(answer.data).decode())
    return answer.code


_REFUSED = Told("Refused, nothing was changed", "Rechazado, no se cambió nada")
_STOPPED = Told(
    "Stopped, and what was half done was undone", "Se detuvo, y lo hecho a medias se deshizo"
)


def _unusable(error: Exception) -> Problem | None:
    """Return a refusal in place of a fault of the place we work in; None: a fault of ours."""
    if isinstance(error, FileNotFoundError) and error.filename is not None:
        return NotFound(
            f"There is no file or folder {error.filename}.",
            code="cannot_use",
            detail_es=f"No existe el archivo o la carpeta {error.filename}.",
        )
    if isinstance(error, OSError) and error.filename is not None:
        return Problem(f"{error.strerror}: {error.filename}", code="cannot_use")
    why: str = import_module(FAILURES).unusable(error)
    return Problem(f"The database cannot be used: {why}.", code="no_database") if why else None


def _refuse(problem: Problem, options: argparse.Namespace, how: Told) -> int:
    if options.json:
        said: dict[str, object] = {"code": problem.code, "detail": problem.detail}
        if problem.detail_es:
            said["detail_es"] = problem.detail_es
        if problem.data is not None:
            said["data"] = problem.data
        faults = getattr(problem, "faults", ())
        if faults:
            said["faults"] = faults
        _say(msgspec.json.encode(said).decode())
    detail = Told(problem.detail, problem.detail_es or problem.detail)
    _warn(f"{in_language(how, options.lang)}: {in_language(detail, options.lang)}")
    return 1


def _say(text: str) -> None:
    if text:
        sys.stdout.write(text + "\n")


def _warn(text: str) -> None:
    sys.stderr.write(text + "\n")
