"""The first pushes after a start come at once, and the server must live."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT

_AT_ONCE = """
import sys, threading
import msgspec
from server import shapes
from server.syncing import receiving
from schemas import alerts, cases, contacts, identity, people, sync

if {prepares}:
    shapes.prepare()
sys.setswitchinterval(1e-6)
all_of_them = [each for each in shapes.every() if each.__module__.startswith("schemas")]
together = threading.Barrier(6)

def meet():
    for shape in all_of_them:
        together.wait()
        for _ in range(50):
            try:
                msgspec.convert({{name: "x" for name in shape.__struct_fields__}}, shape)
            except (msgspec.ValidationError, TypeError):
                pass

threads = [threading.Thread(target=meet) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def first_uses(*, prepares: bool) -> int:
    """Let a fresh process use every shape in many threads at once; return how it ended."""
    code = _AT_ONCE.format(prepares=prepares)
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode


@pytest.mark.slow
def test_shapes_that_are_prepared_may_be_met_by_many_threads_at_once() -> None:
    assert [first_uses(prepares=True) for _ in range(2)] == [0, 0]
