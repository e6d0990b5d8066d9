"""The simulated phones reckon as the vectors say; the phone's own tests read the same files."""

import pytest

from tests.sim.vectors import FOLDER, KINDS, document


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_simulated_phone_reckons_as_the_vectors_say(kind: str) -> None:
    assert (FOLDER / f"{kind}.json").read_bytes() == document(kind)
