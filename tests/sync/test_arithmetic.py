"""Cursors, numbers, scopes and clocks."""

import json
import sys
import tracemalloc
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.cursor import Cursor, digest, parse
from sync.normal import fault_of, is_same, normal
from sync.numbers import Place, numbers_by_position, place_of
from sync.scope import shift
from sync.skew import Told, estimate, moment
from sync.split import is_deeper, split

DIGESTS = json.loads((Path(__file__).parents[1] / "vectors" / "digest.json").read_text("utf-8"))
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ME, OTHER = uuid4(), uuid4()
LENSES = st.sampled_from(["adv", "call", "self", "all"])
ROOTS = st.dictionaries(st.sampled_from(["ref", "u1", "s1", "s2", "s3"]), LENSES)


@pytest.mark.parametrize("case", DIGESTS["cases"], ids=lambda case: case["name"])
def test_both_languages_make_the_same_digest(case: dict[str, object]) -> None:
    assert digest(case["cursor"], case["held"], case["schema"]) == case["digest"]  # type: ignore[arg-type]  # told by name, as tests like it


@given(epoch=st.text("0123456789abcdef-.", min_size=1), seq=st.integers(0, 10**17))
def test_a_cursor_is_read_back_as_it_was_written(epoch: str, seq: int) -> None:
    assert parse(str(Cursor(epoch, seq))) == Cursor(epoch, seq)


@pytest.mark.parametrize("text", ["", "5", ".5", "e.", "e.-1", "e.x", "e.٣", "e." + "9" * 19])
def test_what_is_no_cursor_is_none(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("n", "known", "place"),
    [
        (3, None, Place.FRESH),
        (4, None, Place.GAP),
        (2, (ME, b"a"), Place.REPEAT),
        (2, (OTHER, b"a"), Place.FORK),
        (2, (ME, b"b"), Place.FORK),
        (2, None, Place.FORK),
    ],
)
def test_a_number_tells_where_a_mutation_stands(n: int, known: object, place: Place) -> None:
    assert place_of(n, ME, b"a", last_n=2, known=known) is place  # type: ignore[arg-type]  # told by name, as tests like it


@pytest.mark.parametrize(
    ("told", "first", "numbers"),
    [
        ([1, None, 3], 9, [1, 2, 3]),
        ([None, 3], 9, [2, 3]),
        ([None, None], 9, [9, 10]),
        ([5, None, None], 1, [5, 6, 7]),
        ([None, 1], 9, [1, 1]),
        ([], 9, []),
    ],
)
def test_an_unreadable_number_follows_from_its_place(
    told: list[int | None], first: int, numbers: list[int]
) -> None:
    assert numbers_by_position(told, first=first) == numbers


@given(scope=ROOTS, held=ROOTS)
def test_after_a_shift_a_phone_holds_exactly_its_scope(
    scope: dict[str, str], held: dict[str, str]
) -> None:
    step = shift(scope, held)

    after = {root: lens for root, lens in held.items() if root not in step.drop}
    assert set(after) == set(step.keep)
    assert after | {root: scope[root] for root in step.new} == scope


def test_names_come_before_the_first_student() -> None:
    step = shift({"s1": "adv", "ref": "all", "u1": "self"}, {})

    assert step.new == ("ref", "u1", "s1")


def test_a_reason_that_is_known_is_told() -> None:
    step = shift({"s2": "call"}, {"s1": "adv", "s2": "adv", "s3": "adv"}, why={"s3": "closed"})

    assert step.drop == {"s1": "reassigned", "s2": "role", "s3": "closed"}


def told(at: datetime, session: str = "a", ms: int = 0) -> Told:
    return Told(at.isoformat(), session, ms)


def test_within_a_session_the_wall_clock_has_no_say() -> None:
    wrong = NOW + timedelta(days=400)

    found = estimate(told(wrong, ms=0), told(NOW, ms=3_600_000), received=NOW)

    assert found.at == NOW - timedelta(hours=1)
    assert found.flags == ("jump",)


@pytest.mark.parametrize("off", [timedelta(0), timedelta(hours=-7), timedelta(days=400)])
def test_what_a_phone_wrote_before_it_slept_over_the_weekend_was_on_friday(off: timedelta) -> None:
    """The session's clock stood still meanwhile; the wall clock, right or wrong, went on."""
    friday = NOW - timedelta(days=3)
    event, sent = told(friday + off, ms=60_000), told(NOW + off, ms=180_000)

    found = estimate(event, sent, received=NOW)

    assert found.at == friday
    assert found.flags == ("slept",)


def test_a_slow_clock_that_was_put_right_meanwhile_is_told_from_one_that_nobody_touched() -> None:
    """It looks like sleep, and is believed like sleep: whoever reads the date can see on what."""
    wrong, ms = NOW - timedelta(days=5), 3_600_000

    touched = estimate(told(wrong, ms=0), told(NOW, ms=ms), received=NOW)
    untouched = estimate(told(wrong, ms=0), told(wrong, ms=0), received=NOW)

    assert (touched.at, touched.flags) == (wrong, ("slept",))
    assert (untouched.at, untouched.flags) == (NOW, ())


def test_a_wall_clock_that_was_set_years_on_meanwhile_has_no_say() -> None:
    event = told(NOW - timedelta(days=2000), ms=0)

    found = estimate(event, told(NOW, ms=3_600_000), received=NOW)

    assert found.at == NOW - timedelta(hours=1)
    assert found.flags == ("jump",)


@given(off=st.integers(-400, 400), ago=st.integers(0, 29 * 24))
def test_a_clock_that_is_wrong_all_the_time_changes_nothing(off: int, ago: int) -> None:
    wrong = timedelta(days=off)
    event = told(NOW - timedelta(hours=ago) + wrong, "before the restart")

    found = estimate(event, told(NOW + wrong, "after"), received=NOW)

    assert found.at == NOW - timedelta(hours=ago)
    assert found.skew_ms == -wrong // timedelta(milliseconds=1)
    assert found.flags == ()


@pytest.mark.parametrize(
    ("event", "sent", "flags"),
    [
        (told(NOW + timedelta(hours=1), "x"), told(NOW), ("future",)),
        (told(NOW - timedelta(days=31), "x"), told(NOW), ("old",)),
        (Told("yesterday", "x", 0), told(NOW), ("unreadable",)),
        (told(NOW, "x"), Told("", "", 0), ("unreadable",)),
        (
            Told("0001-01-01T00:00:00+00:00", "x", 0),
            Told("9999-12-31T00:00:00+00:00", "y", 0),
            ("old",),
        ),
    ],
)
def test_what_is_odd_about_a_time_is_said(event: Told, sent: Told, flags: tuple[str, ...]) -> None:
    found = estimate(event, sent, received=NOW)

    assert found.flags == flags
    assert found.at <= NOW


def test_a_time_without_a_zone_is_no_moment() -> None:
    assert moment("2026-03-02T15:00:00") is None


def test_nothing_said_in_three_ways_is_the_same() -> None:
    assert is_same(None, "")
    assert is_same("", [])
    assert not is_same(0, "")
    assert not is_same("1", 1)


@given(st.recursive(st.text(), lambda part: st.lists(part) | st.dictionaries(st.text(), part)))
def test_making_a_value_normal_twice_changes_nothing(value: object) -> None:
    assert normal(normal(value)) == normal(value)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("ñandú 🙂", ""),
        ("a\0", "nul"),
        (["a", {"b": "c\0"}], "nul"),
        ({"k\0": 1}, "nul"),
        ("\ud83d", "surrogate"),
        (5, ""),
    ],
)
def test_what_no_database_can_keep_is_found_wherever_it_hides(value: object, fault: str) -> None:
    assert fault_of(value) == fault


@pytest.mark.parametrize(
    ("body", "items"),
    [
        (b'{"muts": [], "n": 1}', []),
        (
            b'{"n":[1,2],"muts":[{"a":"]}\\""}, [1,[2]] ,5],"x":{}}',
            [b'{"a":"]}\\""}', b"[1,[2]]", b"5"],
        ),
        (b'{"muts":["\xff","\x00"]}', [b'"\xff"', b'"\x00"']),
    ],
)
def test_a_request_is_cut_whatever_its_mutations_hold(body: bytes, items: list[bytes]) -> None:
    parts = split(body)

    assert parts is not None
    envelope, lists = parts
    assert lists["muts"] == items
    assert json.loads(envelope)["muts"] == []


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"muts":[', b'{"muts":]}', b'{"muts":[}]', b'{"n":1}']
)
def test_what_is_no_request_is_not_cut(body: bytes) -> None:
    assert split(body) is None


@given(st.binary())
def test_no_bytes_break_the_cutting(body: bytes) -> None:
    split(body)
    split(b'{"muts":[' + body + b"]}")


def test_a_text_without_its_end_is_looked_for_once_however_many_quotes_it_holds() -> None:
    """From each quote anew, this would take minutes, in which the server hears nobody."""
    assert split(b'{"muts":["' + rb"\"" * 200_000) is None


def test_texts_too_long_to_be_moments_are_not_remembered() -> None:
    tracemalloc.start()
    try:
        assert [moment(f"{at}{'9' * 1_000_000}") for at in range(30)] == [None] * 30
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert held < 5_000_000


def test_marks_piled_up_without_end_are_left_as_they_are() -> None:
    """Putting them in order takes the square of their number."""
    piled = "a" + "\u0315\u0300" * 100_000

    assert normal(piled) == piled
    assert normal("n\u0303" * 2000) == "\xf1" * 2000


@pytest.mark.parametrize("before", range(0, 70, 7))
@pytest.mark.parametrize("marks", ["\u0315\u0300", "\u0f73\u0f71", "\u0f81"])
def test_marks_are_put_in_order_up_to_thirty_on_one_letter_wherever_it_stands(
    before: int, marks: str
) -> None:
    """Else a list of short texts holds everybody up as well as a long one."""
    start, most = "x" * before + "a", marks * (30 // len(marks))

    assert normal(start + most + "b") == unicodedata.normalize("NFC", start + most + "b")
    assert normal(start + most + marks) == start + most + marks


def test_no_letter_hides_a_mark_that_is_not_counted() -> None:
    """A pile of letters each of which is marks alone, once it is taken apart, is a pile, too."""
    for code in range(sys.maxunicode + 1):
        text = chr(code)
        if unicodedata.combining(unicodedata.normalize("NFD", text)[0]):
            assert normal(text * 40) == text * 40, hex(code)


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        (b'{"a":"[[[[","b":[1]}', False),
        (b'[[{"a":[]}]]', True),
        (b'[[{"a":1}],[[]],[[]]]', False),
        (rb'{"a":"\"[[[[","b":[[]]}', False),
    ],
)
def test_brackets_inside_a_text_make_nothing_deeper(text: bytes, *, is_found: bool) -> None:
    assert is_deeper(text, 3) is is_found
