"""No key of a program stands in what a person reads of a step, in neither language."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from server import cli
from server.db.database import Database
from server.ladder import catalog
from server.ladder.words import actions
from server.ladder.words import rules as rule_words
from tests.conftest import FakeClock
from tests.support.attendance import DAYS, a_missing_student

THEN = datetime(2025, 9, 2, 15, 0, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 15, 0, tzinfo=UTC)


def asked(capsys: pytest.CaptureFixture[str], tmp_path: Path, *more: str) -> tuple[int, str, str]:
    words = ["ladder", "why", "4711", "--dir", str(tmp_path), "--ladder", "aps-2014", *more]
    code = cli.main(words, clock=FakeClock(NOW))
    said = capsys.readouterr()
    return code, said.out, said.err


def test_everything_that_the_shipped_ladders_ask_for_has_words_in_both_languages() -> None:
    for ladder in (one for versions in catalog.versions().values() for one in versions):
        for step in ladder.steps:
            for one in step.actions:
                assert actions.ACTIONS[one.kind][0] != actions.ACTIONS[one.kind][1]
        assert set(ladder.exemptions) <= actions.BARS.keys()
        assert rule_words.day_rule(ladder) != rule_words.day_rule(ladder).es


def test_what_is_owed_is_said_and_not_named_by_its_key(
    db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_missing_student(db, DAYS[:5], at=THEN, number="4711")

    _, said, _ = asked(capsys, tmp_path)
    _, dicho, _ = asked(capsys, tmp_path, "--lang", "es")

    assert "finding out what lies behind the absences" in said
    assert "averiguar qué hay detrás de las faltas" in dicho
    assert "root_cause_assessment" not in said + dicho


def test_the_whole_reason_is_said_in_the_language_that_was_asked_for(
    db: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    a_missing_student(db, DAYS[:5], at=THEN, number="4711")

    _, dicho, _ = asked(capsys, tmp_path, "--lang", "es")
    lines = dicho.splitlines()
    assert lines[1].startswith("Según los registros de la escuela, hay 5 días")
    assert lines[2].startswith("The school's records show 5 days")
    assert "Paso early_intervention_5: alcanzado." in lines
    assert "Regla de los días: Por clases: " in dicho
    assert "falta sin justificación, 1 día" in dicho
    assert "Los registros de School 1 llegan hasta el " in dicho
    monkeypatch.setenv("PRESENTE_LANG", "")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "es_MX.UTF-8")
    assert asked(capsys, tmp_path)[1] == dicho
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert "Step early_intervention_5: reached." in asked(capsys, tmp_path)[1]


def test_a_refusal_is_said_in_that_language_too_before_the_word_or_after_it(
    db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, dicho = asked(capsys, tmp_path, "--lang", "es")
    before = cli.main(["--lang", "es", "ladder", "why", "9", "--dir", str(tmp_path)])

    assert (code, before) == (1, 1)
    assert dicho == "Rechazado, no se cambió nada: Ningún estudiante tiene el número 4711.\n"
    assert "Ningún estudiante tiene el número 9." in capsys.readouterr().err
