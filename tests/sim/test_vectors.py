"""The simulated phones reckon as the vectors say; the phone's own tests read the same files."""

import json

import pytest

from tests.sim.logic.entry import BaseRow, Json
from tests.sim.logic.verify import digest_of
from tests.sim.vectors import FOLDER, KINDS, document


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_simulated_phone_reckons_as_the_vectors_say(kind: str) -> None:
    assert (FOLDER / f"{kind}.json").read_bytes() == document(kind)


@pytest.mark.parametrize(
    "case",
    json.loads((FOLDER / "verify.json").read_text("utf-8"))["cases"],
    ids=lambda one: one["name"],
)
def test_the_simulated_phone_tells_of_a_root_what_the_vectors_say(case: Json) -> None:
    rows = [BaseRow("s1", **row) for row in case["rows"]]

    assert digest_of(rows) == digest_of(reversed(rows)) == case["digest"]
