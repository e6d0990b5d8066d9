"""Wakes the outbox of this process as soon as something was committed for it.

Only a shortcut: other processes write too, so the outbox also looks by itself every few seconds.
"""

import threading
from collections.abc import Callable


class Bell:
    """Rung from any thread; whoever listens is called in that thread and must be quick."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` at every ring; return what ends that."""
        with self._lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self._lock:
                self._listeners.remove(listener)

        return stop

    def ring(self) -> None:
        """Call every listener."""
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener()


BELL = Bell()
"""The one of this process: a transaction knows nothing of who sends."""
