"""What a field's text says."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.intake.columns import values


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("  Ann   Lee ", "Ann Lee"),
        ("Zoe\u0301", "Zo\u00e9"),
        ('="00123"', "00123"),
        ('=cmd("x")', '=cmd("x")'),
        ("'+15055550101", "+15055550101"),
        ("'Round", "'Round"),
        ("\ta", "a"),
        ("", ""),
    ],
)
def test_text(field: str, text: str) -> None:
    assert values.text(field) == text


@given(st.text())
def test_a_safe_cell_is_no_formula_and_comes_back(field: str) -> None:
    cell = values.safe_cell(field)

    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    if not field.startswith(("'", "=", "\t", "\r")):
        assert values.text(cell) == values.text(field)


@pytest.mark.parametrize(
    "text", ["=1+1", '=cmd("x")', "@SUM(A1)", "+cmd|' /C calc'!A0", "-A1", "-2+3+cmd()", "+Ann"]
)
def test_what_looks_like_a_formula(text: str) -> None:
    assert values.is_formula(text)


@pytest.mark.parametrize(
    "text",
    ["", "Ann", "A=B", "-", "--", "+", "-0.5", "+15055550101", "+1 (505) 555-0101 x12", "-1.5e3"],
)
def test_what_is_no_formula(text: str) -> None:
    assert not values.is_formula(text)


@pytest.mark.parametrize(
    ("word", "grade"),
    [
        ("K", "KG"), ("kg", "KG"), ("1", "01"), ("09", "09"), ("12", "12"), ("PK", "PK"),
        ("Pre-K", "PK"), ("TK", "TK"), ("Ninth grade", "09"), ("0", "00"), ("ps1", "ps1"),
        ("UG", "UG"), ("", ""), ("9.0", "09"), ("9.5", "9.5"), ("9th", "09"), ("1st Grade", "01"),
        ("Grade 7", "07"),
    ],
)  # fmt: skip
def test_grades(word: str, grade: str) -> None:
    assert values.grade(word) == grade


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("Rio Elementary School", "elementary"),
        ("Rio Junior High School", "middle"),
        ("Mesa High", "high"),
        ("High Desert Middle School", "middle"),
        ("Highland Academy", ""),
        ("Rio Middle High School", ""),
    ],
)
def test_levels_by_name(name: str, level: str) -> None:
    assert values.level_of_name(name) == level


@pytest.mark.parametrize(
    ("grades", "level"),
    [
        ({"KG", "05"}, "elementary"),
        ({"PK"}, "elementary"),
        ({"06", "08"}, "middle"),
        ({"09", "12"}, "high"),
        ({"05", "06"}, ""),
        ({"UG"}, ""),
        (set[str](), ""),
    ],
)
def test_levels_by_grades(grades: set[str], level: str) -> None:
    assert values.level_of_grades(grades) == level


@pytest.mark.parametrize(
    ("word", "truth"),
    [
        ("1", True),
        ("True", True),
        ("Y", True),
        ("no", False),
        ("0", False),
        ("", None),
        ("x", None),
    ],
)
def test_truths(word: str, *, truth: bool | None) -> None:
    assert values.truth(word) is truth


def test_instants_and_days() -> None:
    assert values.instant("2025-11-03T10:00:00-07:00") == datetime(2025, 11, 3, 17, tzinfo=UTC)
    assert values.instant("2025-11-03T17:00:00.000Z") == datetime(2025, 11, 3, 17, tzinfo=UTC)
    assert values.instant("2025-11-03") == datetime(2025, 11, 3, tzinfo=UTC)
    assert values.instant("yesterday") is None
    assert values.instant("0001-01-01T00:00:00+14:00") is None
    assert values.day("2025-11-03") == date(2025, 11, 3)
    assert values.day("2025-11-03T00:00:00Z") == date(2025, 11, 3)
    assert values.day("2025-11-031") is None
    assert values.day("11/3/2025") is None
    assert values.items(" a, b ,,c") == ["a", "b", "c"]
