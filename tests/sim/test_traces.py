"""The server says to phones what the recorded traces hold; the phone's tests replay them."""

from collections.abc import Iterator

import pytest

from tests.sim.office import Office
from tests.sim.traces import STORIES, TRACES, an_office, document


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    made = an_office()
    yield made
    made.close()


@pytest.mark.parametrize("name", sorted(STORIES))
def test_the_server_still_says_what_the_phone_replays(office: Office, name: str) -> None:
    recorded = (TRACES / f"{name}.json").read_bytes()

    assert document(office, name) == recorded, "python -m tests.sim.traces records it anew"


def test_no_trace_is_left_of_a_story_that_nobody_tells() -> None:
    assert {file.stem for file in TRACES.glob("*.json")} == set(STORIES)
