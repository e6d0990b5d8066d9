"""Writes a district's files in a process of its own, while the weeks before are being loaded.

The same scale, seed and day give the same district, so the other process invents its own: what
goes between the two is only which deliveries lie there.
"""

import signal
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from server.demo.scale import files
from server.demo.scale.invent import invent
from server.memory import never_searched


class CutOff(RuntimeError):
    """The process that writes the files ended before they were written."""


class Writer:
    """The files that the other process writes."""

    def __init__(self, heard: Connection) -> None:
        self._heard = heard
        self._last = -1
        self._is_done = False

    def wait(self, delivery: int) -> None:
        """Return once a delivery's files are all there. Raises what stopped the writing."""
        while self._last < delivery and not self._is_done:
            self._hear()

    def wait_for_all(self) -> None:
        """Return once everything is written, ``oracle.json`` as well."""
        while not self._is_done:
            self._hear()

    def _hear(self) -> None:
        try:
            told: int | Exception | None = self._heard.recv()
        except EOFError:
            raise CutOff("The process that writes the demo's files has ended.") from None
        if isinstance(told, Exception):
            raise told
        self._is_done = told is None
        self._last = self._last if told is None else told


@contextmanager
def written(scale: str, seed: int, as_of: date, folder: Path) -> Generator[Writer]:
    """Write a district's files from here on. Whoever leaves early ends the writing, too."""
    # A new interpreter, not a copy of this one, which holds connections and may have threads.
    context = get_context("spawn")
    heard, told = context.Pipe(duplex=False)
    process = context.Process(target=_write, args=(scale, seed, as_of, folder, told), daemon=True)
    process.start()
    told.close()  # so that its end is heard when only the other process held it
    try:
        yield Writer(heard)
    finally:
        process.terminate()
        process.join()
        heard.close()


def _write(scale: str, seed: int, as_of: date, folder: Path, told: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever waits for us is asked to stop, and asks
    try:
        with never_searched():
            files.write(invent(scale, seed, as_of), folder, told=told.send)
        told.send(None)
    except Exception as error:  # noqa: BLE001  (raised again by who waits for it)
        told.send(error)
