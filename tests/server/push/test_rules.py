"""What a push service's answer means."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.push.rules import (
    GIVE_UP_AFTER,
    LONGEST_RETRY_AFTER,
    Reply,
    State,
    judge,
    parse_retry_after,
)

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, State.SENT),
        (201, State.SENT),
        (202, State.SENT),
        (301, State.REFUSED),
        (307, State.REFUSED),
        (400, State.REFUSED),
        (401, State.REFUSED),
        (403, State.REFUSED),
        (404, State.GONE),
        (410, State.GONE),
        (413, State.GIVEN_UP),
        (408, State.DUE),
        (429, State.DUE),
        (500, State.DUE),
        (503, State.DUE),
        (None, State.DUE),
    ],
)
def test_every_answer_means_one_thing(status: int | None, state: State) -> None:
    verdict = judge(Reply(status), attempts=1, created_at=AT, at=AT, chance=0.5)

    assert verdict.state is state


def test_waits_double_and_end_at_an_hour() -> None:
    waits = [
        judge(Reply(503), attempts=n, created_at=AT, at=AT, chance=0.999999).next_at - AT
        for n in (1, 2, 3, 20, 1000)
    ]

    assert [round(wait.total_seconds()) for wait in waits] == [5, 10, 20, 3600, 3600]


def test_a_crowd_that_failed_together_does_not_come_back_together() -> None:
    waits = {
        judge(Reply(503), attempts=6, created_at=AT, at=AT, chance=n / 10).next_at
        for n in range(10)
    }

    assert len(waits) == 10
    assert min(waits) - AT >= timedelta(seconds=80)


def test_a_day_after_the_alert_it_is_given_up() -> None:
    late = AT + GIVE_UP_AFTER - timedelta(seconds=1)

    assert judge(Reply(503), attempts=30, created_at=AT, at=late, chance=0).state is State.GIVEN_UP


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("Mon, 02 Mar 2026 15:02:00 GMT", 120),
        ("Monday, 02-Mar-26 15:02:00 GMT", 120),
        ("Mon, 02 Mar 2026 14:00:00 GMT", 0),
        ("0", 0),
        ("", 0),
        ("-5", 0),
        ("soon", 0),
        ("1e9", 0),
        ("999999999999999999999", LONGEST_RETRY_AFTER.total_seconds()),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_RETRY_AFTER.total_seconds()),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date_and_capped(text: str, seconds: float) -> None:
    assert parse_retry_after(text, at=AT).total_seconds() == seconds


@given(text=st.text(max_size=40), attempts=st.integers(1, 10_000), chance=st.floats(0, 0.999))
def test_no_answer_however_odd_makes_it_wait_for_ever(
    text: str, attempts: int, chance: float
) -> None:
    verdict = judge(Reply(429, text), attempts=attempts, created_at=AT, at=AT, chance=chance)

    assert AT < verdict.next_at <= AT + LONGEST_RETRY_AFTER * 1.1
