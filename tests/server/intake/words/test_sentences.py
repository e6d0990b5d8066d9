"""Everything that intake says of files is said in English and in Spanish."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.intake.columns.shapes import SHAPES
from server.intake.words.columns import SPANISH
from server.intake.words.lines import LINES, remark_of, said
from server.intake.words.profiles import PROFILES
from server.intake.words.refusals import CODES, SENTENCES, refusal
from server.intake.words.saying import Both, why
from server.intake.words.told import ROWS, TOLD
from server.problems import Conflicting, NotFound
from tests.conftest import ROOT

INTAKE = ROOT / "server" / "intake"
MADE_UP = {
    "no_date_": ("mdy", "dmy", "any"),
    "dates_as_": ("mdy", "dmy"),
    "dates_not_": ("mdy", "dmy"),
    "promised_": ("orgs", "academicSessions", "users", "enrollments", "classes"),
    "lacks_": ("orgs", "academicSessions", "users", "enrollments", "classes"),
    "line_": ("mended", "dismissed"),
}
"""Codes whose end is a value of the programme."""
SPOKEN = (
    {f"{begin}{end}" for begin, ends in MADE_UP.items() for end in ends}
    | {"mended_before", "dismissed_before", "school_unknown", "student_unknown"}
    | {"school_unknown_padded", "student_unknown_padded"}
    | {"later_import_unfinished", "later_undo_unfinished"}
)
OF_LINES = {"why", "Why", "NoDate"}
OF_IMPORTS = {"refusal", "sentence", "TooLarge", "NotYourSchools"}
OF_PEOPLE = {"told"}
OF_PROFILES = {"of_profile"}
NAMES_A_CODE = OF_LINES | OF_IMPORTS | OF_PEOPLE | OF_PROFILES | {"_note"}


def calls() -> Iterator[tuple[Path, ast.Call]]:
    for file in sorted(INTAKE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in NAMES_A_CODE:
                yield file, node


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def constants(node: ast.Call) -> list[str]:
    return [
        one.value
        for argument in node.args
        for one in ast.walk(argument)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def every_sentence() -> Iterator[tuple[str, Both]]:
    for code, remark in LINES.items():
        yield f"{code} (reason)", remark.reason
        yield f"{code} (mend)", remark.mend
    yield from SENTENCES.items()
    yield from TOLD.items()
    yield from PROFILES.items()
    yield from ROWS.items()


def test_both_languages_say_the_same_of_the_same() -> None:
    for name, both in every_sentence():
        assert both.en != both.es, name
        assert both.en.strip(), name
        assert both.es.strip(), name
        is_sentence = both.en[-1] in ".:?"
        assert both.es[-1] == both.en[-1] or name == "nothing_readable" or not is_sentence, name
        # the words of a broken library are English: only the English sentence has them
        assert gaps(both.en) - gaps(both.es) <= {"fault", "en"}, name
        assert gaps(both.es) - gaps(both.en) <= {"es"}, name


def test_every_code_that_is_named_has_its_sentences_and_every_sentence_is_named() -> None:
    named = set(SPOKEN) | {"no_date"}
    for _, node in calls():
        named.update(constants(node))
    # the checks of events name theirs in a table
    named.update(constants(ast.Call(func=ast.Name("x"), args=[_fields_of_events()], keywords=[])))
    known = set(LINES) | set(SENTENCES) | set(PROFILES)

    assert known - named == set()
    assert set(CODES) <= set(SENTENCES)


def _fields_of_events() -> ast.expr:
    tree = ast.parse((INTAKE / "staged" / "event_checks.py").read_text(encoding="utf-8"))
    return next(
        one.value
        for one in tree.body
        if isinstance(one, ast.AnnAssign) and _name(one.target) == "_FIELDS" and one.value
    )


def test_who_names_a_code_fills_its_gaps() -> None:
    told = 0
    for file, node in calls():
        first = node.args[0] if node.args else None
        if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
            continue
        code, given = first.value, {one.arg for one in node.keywords}
        if _name(node.func) in OF_LINES:
            wanted = gaps(LINES[code].reason.en) | gaps(LINES[code].mend.en)
        elif _name(node.func) in OF_PEOPLE:
            wanted = gaps(TOLD[code].en) | gaps(TOLD[code].es)
        elif _name(node.func) in OF_PROFILES:
            wanted = gaps(PROFILES[code].en) | gaps(PROFILES[code].es)
        elif _name(node.func) in OF_IMPORTS:
            wanted = gaps(SENTENCES[code].en) | gaps(SENTENCES[code].es)
        else:
            continue
        assert given == wanted, (file, code)
        told += 1
    assert told > 80


def test_a_reason_is_filled_in_both_languages() -> None:
    remark = remark_of(why("field_count", found=5, wanted=6))

    assert remark.reason == ("It has 5 fields, not 6.", "Tiene 5 campos, no 6.")


@pytest.mark.parametrize("code", ["", "a code of a later version"])
def test_a_line_of_another_version_shows_the_words_it_has(code: str) -> None:
    reason, mend = said(code, {}, reason="It is odd.", mend="Mend it.")

    assert (reason, mend) == (("It is odd.", "It is odd."), ("Mend it.", "Mend it."))


def test_a_line_whose_sentence_has_other_gaps_now_shows_the_words_it_has() -> None:
    reason, _ = said("field_count", {"old": "1"}, reason="It has 1 field.", mend="")

    assert reason == ("It has 1 field.", "It has 1 field.")


def test_a_refusal_has_its_status_its_code_and_both_sentences() -> None:
    running = refusal("import_running")
    broken = refusal("zero_bytes", file="a.csv")

    assert isinstance(running, Conflicting)
    assert (running.status, running.code) == (409, "import_running")
    assert isinstance(refusal("drop_gone"), NotFound)
    assert (broken.status, broken.code) == (400, "file_broken")
    assert broken.detail.startswith("a.csv holds zero bytes")
    assert broken.detail_es.startswith("a.csv contiene bytes nulos")


def test_every_column_of_our_tables_is_explained_in_spanish_too() -> None:
    assert {key: {"", *shape.names} for key, shape in SHAPES.items()} == {
        key: set(words) for key, words in SPANISH.items()
    }
