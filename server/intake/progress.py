"""How far an import is, for whoever waits: without names, and never slower for being watched."""

from collections.abc import Callable

Say = Callable[[str], None]
"""Hears a line of progress in words."""
Tell = Callable[[str, int, int], None]
"""Hears how far it is: phase, done, and of how many (0: not known)."""


def untold(_phase: str, _done: int, _total: int) -> None:
    """Tell nobody."""


class Meter:
    """Tells how many bytes of an import's files were read.

    Of a file that is read several times the furthest place counts. What a first pass (that of the
    digests) has read is how much there is: from ``begin`` on the count starts again.
    """

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._furthest: dict[str, int] = {}
        self._done = 0
        self._total = 0

    def begin(self) -> None:
        """Count from nothing again, of all that was read so far."""
        self._total, self._done = self._done, 0
        self._furthest.clear()
        self._tell("reading", 0, self._total)

    def heard(self, file: str, place: int) -> None:
        """Take up to which byte a file was read."""
        more = place - self._furthest.get(file, 0)
        if more > 0:
            self._furthest[file] = place
            self._done += more
            self._tell("reading", self._done, self._total)
