"""Waiting for what another process does."""

import time
from collections.abc import Callable


def until(is_so: Callable[[], bool], what: str, *, seconds: float = 20) -> None:
    """Wait until it is so; fail in words when it does not come."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come within {seconds:.0f} s")
