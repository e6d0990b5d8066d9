"""How names and numbers are folded, and what a person's edit keeps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.identity.rules import login_of
from server.people import rules


@pytest.mark.parametrize(
    ("written", "dialled"),
    [("505-555-0123", "+15055550123"), ("(950) 342 7522", ""), ("none", ""), ("", "")],
)
def test_only_a_number_that_can_be_dialled_gets_a_link(written: str, dialled: str) -> None:
    assert rules.e164(written, "mobile") == dialled


def test_an_email_is_no_number() -> None:
    assert rules.e164("5055550123@example.org", "email") == ""
    assert rules.comparable(" Rosa@Example.org ", "email") == "rosa@example.org"


@pytest.mark.parametrize("other", ["(505) 555-0123", "+1 505.555.0123", "15055550123"])
def test_the_same_number_written_otherwise_is_the_same(other: str) -> None:
    assert rules.comparable(other, "home") == rules.comparable("505-555-0123", "home")


def test_a_name_is_found_without_its_accents() -> None:
    assert rules.name_key("Ángel", "Núñez  Peña") == "nunez pena angel"


@pytest.mark.parametrize("marks", ["\u0301\u0323", "\uff9e\u0301", "\u0345\u0301", "\u0f75\u0301"])
def test_marks_piled_up_in_a_name_hold_nobody_up(marks: str) -> None:
    """Putting them in order takes the square of their number: of these, hours."""
    piled = f"N{marks * 300_000}\u00fa\u00f1ez"

    assert rules.folded(piled) == "nunez"
    assert rules.written(piled) == piled
    assert login_of(f" {piled} ").startswith("n")


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert rules.folded(rules.folded(text)) == rules.folded(text)
    assert rules.written(rules.written(text)) == rules.written(text)
