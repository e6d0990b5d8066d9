"""Writes and reads a district's files in a process of its own, while those before are loaded.

That process does what needs no database: it writes a delivery as the office would have sent it, and
reads it into a staging file, which the import takes up. The import's own word holds: files that are
others by then, or that only the database can explain, it reads itself.
"""

import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from server.demo.scale import files, writing
from server.demo.scale.model import District
from server.intake import reading
from server.intake.reading import ReadAhead
from server.memory import never_searched


class CutOff(RuntimeError):
    """The process that writes the files ended before they were written."""


class _Done(NamedTuple):
    """A delivery whose files are there; None: all are, and ``oracle.json`` as well."""

    delivery: int | None
    read: ReadAhead | None


class Writer:
    """The files that the other process writes."""

    def __init__(self, heard: Connection) -> None:
        self._heard = heard
        self._read: dict[int | None, ReadAhead | None] = {}

    def wait(self, delivery: int) -> ReadAhead | None:
        """Return what was read of a delivery once its files are there; None: read it yourself.

        Once for each. Raises what stopped the writing.
        """
        while delivery not in self._read:
            self._hear()
        return self._read.pop(delivery)

    def wait_for_all(self) -> None:
        """Return once everything is written, ``oracle.json`` as well."""
        while None not in self._read:
            self._hear()

    def _hear(self) -> None:
        try:
            told: _Done | Exception = self._heard.recv()
        except EOFError:
            raise CutOff("The process that writes the demo's files has ended.") from None
        if isinstance(told, Exception):
            raise told
        self._read[told.delivery] = told.read


@contextmanager
def written(district: District, folder: Path, data_dir: Path) -> Generator[Writer]:
    """Write a district's files from here on. Whoever leaves early ends the writing, too.

    ``data_dir``: where what is read lies until it is imported.
    """
    # A copy of this process is there at once. Not of one with threads: what they hold stays held.
    is_alone = threading.active_count() == 1 and sys.platform == "linux"
    context = get_context("fork") if is_alone else get_context("spawn")
    heard, told = context.Pipe(duplex=False)
    with TemporaryDirectory(prefix=".demo-", dir=data_dir) as space:
        given = (district, folder, Path(space), told)
        process = context.Process(target=_write, args=given, daemon=True)
        process.start()
        told.close()  # so that its end is heard when only the other process held it
        try:
            yield Writer(heard)
        finally:
            process.terminate()
            process.join()
            heard.close()


def _write(district: District, folder: Path, space: Path, told: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever waits for us is asked to stop, and asks
    places = {one.number: writing.folder_of(folder, one) for one in district.deliveries}

    def tell(delivery: int) -> None:
        own = space / str(delivery)
        own.mkdir()
        told.send(_Done(delivery, reading.ahead(places[delivery], own)))

    try:
        with never_searched():
            files.write(district, folder, told=tell)
        told.send(_Done(None, None))
    except Exception as error:  # noqa: BLE001  (raised again by who waits for it)
        told.send(error)
