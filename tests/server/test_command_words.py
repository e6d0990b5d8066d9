"""The command line speaks two languages: help, faults and answers."""

import argparse
import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from server import cli, command_words
from server.languages import Told

NOT_FOR_PEOPLE = frozenset(
    {
        "'required' is an invalid argument for positionals",
        "%r is not callable",
        ".__call__() not defined",
        'argument "-" with mode %r',
        "argument '-' with mode %r",
        "can't open '%(filename)s': %(error)s",
        "cannot have multiple subparser arguments",
        "cannot merge actions - two groups are named %r",
        "conflicting option string: %s",
        "conflicting option strings: %s",
        "conflicting subparser alias: %s",
        "conflicting subparser: %s",
        "dest= is required for options like %r",
        "invalid conflict_resolution value: %r",
        "invalid option string %(option)r: must start with a character %(prefix_chars)r",
        "mutually exclusive arguments must be optional",
    }
)
"""What argparse says to whoever writes a parser, and of what no parser of ours has."""


def test_every_text_of_every_command_knows_its_spanish() -> None:
    parser = cli.build_parser()

    lacking = [
        text
        for _, _, text in command_words.texts(parser)
        if text not in command_words.ARGPARSE
        and not (isinstance(text, Told) and text.es and text.es != str(text))
    ]

    assert lacking == []
    assert sum(1 for _ in command_words.texts(parser)) > 200
    assert set(command_words.metavars(parser)) <= command_words.METAVARS.keys()


def test_both_languages_of_a_text_have_the_same_gaps_and_options() -> None:
    for _, _, text in command_words.texts(cli.build_parser()):
        if isinstance(text, Told):
            words = [
                sorted(word.strip(".,;:()[]") for word in one.split() if word.startswith("--"))
                for one in (str(text), text.es)
            ]
            assert words[0] == words[1], text
            assert "%" not in text, "argparse would fill it in"


def test_nothing_that_argparse_says_to_a_person_is_left_in_english() -> None:
    unknown = set(_asked_of_gettext()) - NOT_FOR_PEOPLE - command_words.ARGPARSE.keys()

    assert unknown == set()


def _asked_of_gettext() -> Iterator[str]:
    source = Path(argparse.__file__).read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id not in {"_", "ngettext"}:
                continue
            for one in node.args:
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield one.value


def test_help_is_in_the_language_that_is_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESENTE_LANG", "es")
    monkeypatch.setenv("COLUMNS", "200")
    with pytest.raises(SystemExit) as ended:
        cli.main(["import", "--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert said.startswith("uso: presente import")
    for words in ("opciones:", "incorporar archivos:", "ARCHIVO", "solo dice qué cambiaría"):
        assert words in said
    with pytest.raises(SystemExit):
        cli.main(["--lang=en", "import", "--help"])
    assert capsys.readouterr().out.startswith("usage: presente import")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["calls", "open"], "faltan estos argumentos: --school, --step"),
        (["cases", "--list", "old"], "argumento --list: valor no válido: 'old' (elija entre"),
        (["cases", "--known-at", "gestern"], "'gestern' no es una fecha; escríbala así"),
        (["import"], "indique una carpeta, un archivo o un zip"),
        (["import", "undo"], "`import undo` lleva 1 argumento"),
        (["import", "runs", "--dry-run"], "--dry-run no corresponde a `import runs`"),
        (["serve", "--port", "99999"], "un puerto es un número de 0 a 65535"),
        (["nothing"], "'nothing'"),
    ],
)
def test_a_wrong_command_line_is_explained_in_spanish(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--lang", "es", *words])

    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert said in told
    assert told.startswith("uso: ")


ANSWERS = (
    ("migrate", "Se creó una base de datos nueva"),
    ("migrate", "La base de datos está al día"),
    ("cases", "0 casos, según se sabe ahora"),
    ("freshness", "Todavía no se conoce ninguna escuela."),
    ("settings set freshness_late_days 4", "freshness_late_days es 4; era"),
    ("settings list", "(de fábrica: "),
    ("settings show time_zone", "Dónde empiezan y terminan los días"),
    ("users list", "Todavía no hay nadie."),
    ("users invite --role administrator --name Ana --login a@x.org", "Entregue este enlace a Ana"),
    ("devices list", "Todavía no hay dispositivos."),
    ("sync parked", "No hay nada aparcado."),
    ("backup --to {}", "se leyó de vuelta"),
    ("compact", "Se fueron 0 entradas."),
    ("epoch new --because prueba", "La época es ahora"),
    ("ladder list", "desde el"),
)


def test_answers_and_refusals_are_in_spanish(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ["--dir", str(tmp_path / "data"), "--lang", "es"]

    assert cli.main(["cases", *folder]) == 1
    assert "Aquí todavía no hay base de datos" in capsys.readouterr().err
    for words, said in ANSWERS:
        assert cli.main([*words.format(tmp_path / "kept").split(), *folder]) == 0, words
        assert said in capsys.readouterr().out
    assert cli.main(["calls", "open", "--school", "9", "--step", "x", *folder]) == 1
    assert "No hay ninguna escuela con el código '9'." in capsys.readouterr().err
