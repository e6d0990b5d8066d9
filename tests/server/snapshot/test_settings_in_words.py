"""The settings behind the figures: in words for people, as a settings file for the next time."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from server import cli
from server.languages import LANGUAGES
from server.snapshot import setting_words
from server.snapshot.settings import SnapshotSettings
from tests.server.snapshot.paper import Paper

ASKED = ("snapshot", "--school-year", "2014-15", "--day", "12")


def choices(kind: Any) -> Iterator[str]:
    """Yield every word that a setting may be."""
    if isinstance(kind, type) and issubclass(kind, str) and kind is not str:
        yield from (str(one) for one in kind)  # type: ignore[attr-defined]  # a StrEnum's members
    for one in get_args(kind):
        if isinstance(one, str):
            yield one
        else:
            yield from choices(one)


def test_every_setting_and_every_word_of_it_is_said_in_both_languages() -> None:
    for field in msgspec.structs.fields(SnapshotSettings):
        assert setting_words.label(field.name, "en") != setting_words.label(field.name, "es")
        for word in choices(field.type):
            for language in LANGUAGES:
                said = setting_words.value(field.name, word, language)
                assert "_" not in said, (field.name, word, language)
            assert setting_words.value(field.name, word, "es") != word, (field.name, word)


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "en",
            [
                "  Whose contacts count: advisors, social workers, callers, coordinators",
                "  Facts count: as known now",
                "  A household's contacts are shown as one too: yes",
                "  The files hold every school of the district: not said",
                "  Ladder: aps-2014",
            ],
        ),
        (
            "es",
            [
                (
                    "  Qué formas de contacto cuentan: llamadas, visitas a la casa, reuniones en "
                    "la escuela, reuniones en línea, conversaciones con el estudiante, visitas en "
                    "otro lugar"
                ),
                "  Los contactos de un hogar se muestran también como uno: sí",
            ],
        ),
    ],
)
def test_on_a_terminal_they_are_words_and_nothing_of_a_programming_language(
    paper: Paper, tmp_path: Path, capsys: Any, language: str, lines: list[str]
) -> None:
    assert cli.main([*ASKED, "--dir", str(tmp_path), "--lang", language]) == 0

    said = capsys.readouterr().out
    for line in lines:
        assert line in said.splitlines()
    assert not {"None", "True", "False"} & set(said.replace(",", " ").split())


def test_they_are_written_as_the_file_that_gives_the_same_figures(
    paper: Paper, tmp_path: Path, capsys: Any
) -> None:
    file = tmp_path / "ours.toml"
    (tmp_path / "told.toml").write_text('habitual = 3\nearly = 2\nroles = ["caller"]\n')
    told = ("--settings", str(tmp_path / "told.toml"), "--write-settings", str(file))

    cli.main([*ASKED, *told, "--dir", str(tmp_path), "--json"])
    first = json.loads(capsys.readouterr().out)
    cli.main([*ASKED, "--settings", str(file), "--dir", str(tmp_path), "--json"])
    again = json.loads(capsys.readouterr().out)

    assert (first["settings"]["habitual"], first["settings"]["roles"]) == (3, ["caller"])
    assert again["settings"] == first["settings"]
    values = [
        {key: one.get("value") for key, one in of["figures"].items()} for of in (first, again)
    ]
    assert values[0] == values[1]
