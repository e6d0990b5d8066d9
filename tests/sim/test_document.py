"""The document says where each invariant and each story is tested: what it names is there."""

import re
from pathlib import Path

from tests.sim.invariants import Invariants

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "sync-protocol.md").read_text("utf-8")
_AT_REST_OR_WHOLE = {"I11", "I13", "I14", "I15"}


def table() -> dict[str, str]:
    """Return the rows of section 13 by invariant."""
    rows = re.findall(r"^\| (I\d+) \|(.*)$", DOCUMENT, flags=re.MULTILINE)
    return dict(rows)


def test_every_invariant_is_in_the_document_and_asserted_by_its_name() -> None:
    asserted = {f"I{number}" for number in range(1, 21)} - _AT_REST_OR_WHOLE

    assert list(table()) == [f"I{number}" for number in range(1, 21)]
    for name in asserted:
        assert [one for one in dir(Invariants) if re.match(rf"{name.lower()}b?_", one)], name
        assert f"`{name.lower()}_" in table()[name], name


def test_what_is_asserted_once_a_run_is_named_where_it_is() -> None:
    whole = (ROOT / "tests/sim/test_metamorphic.py").read_text("utf-8")
    rest = (ROOT / "tests/sim/invariants.py").read_text("utf-8")

    assert all(f"test_{name.lower()}_" in whole for name in ("I11", "I14", "I15"))
    assert '"I13"' in rest


def test_every_test_that_the_document_names_is_there() -> None:
    tests = "\n".join(file.read_text("utf-8") for file in sorted((ROOT / "tests").rglob("*.py")))
    named = set(re.findall(r"`(test_[a-z0-9_]+)`", DOCUMENT))

    assert named
    assert sorted(name for name in named if f"def {name}(" not in tests) == []


def test_every_file_of_tests_that_the_document_names_is_there() -> None:
    files = {file.name for folder in ("tests", "pwa/src") for file in (ROOT / folder).rglob("*.*")}
    named = set(re.findall(r"`(?:[\w/]+/)?(\w[\w-]*\.(?:test\.ts|json|py))`", DOCUMENT))

    assert named
    assert sorted(named - files - {"wire.json", "policy.py", "sync.py"}) == []
