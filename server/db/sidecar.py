"""The sidecar: what phones were last told, beside the database and not in it.

A database that was put back by hand looks whole. This small file remembers the epoch and the
highest position that was ever answered, so that a silent step back is refused at the start. It
is written after the commit and before the answer, and never waits for the disk: a power cut can
only make it remember less.
"""

import fcntl
import logging
import os
import re
import threading
import zlib
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from server.db.standing import Standing
from server.problems import Problem

logger = logging.getLogger(__name__)

_LINE = re.compile(rb"(?P<epoch>[0-9a-z]{1,32}) +(?P<head>\d{19}) (?P<check>[0-9a-f]{8})\n")
_WIDTH = 62


class SteppedBack(Problem):
    """The database stands lower than what phones were told."""

    code = "stepped_back"


class Garbled(Problem):
    """The sidecar cannot be read."""

    code = "sidecar_garbled"


class Known(NamedTuple):
    """What the sidecar remembers."""

    epoch: str
    head: int
    earlier: frozenset[str]
    """Lives that are over. A database that stands in one of them was put back."""


class Sidecar:
    """One database's sidecar. Several processes may note at once; the highest stays."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._epoch = ""
        self._head = -1
        self._is_mute = False

    def check(self, ask: Callable[[], Standing | None]) -> None:
        """Refuse a database that went back; remember a new life. Called before serving."""
        standing = self.refuse_older(ask)
        if standing is not None:
            self.note(*standing)

    def refuse_older(self, ask: Callable[[], Standing | None]) -> Standing | None:
        """Refuse a database that went back; return where it stands (None: it has no tables).

        Asked before anybody writes: what he wrote would lift it over what phones were told, and
        nobody could see any more that it went back. What no phone was told is not remembered.
        The database is asked after the sidecar: what a server tells phones meanwhile is in it.
        """
        known = self.read()
        standing = ask()
        if standing is not None:
            _compare(known, *standing)
        return standing

    def note(self, epoch: str, head: int) -> None:
        """Remember what a phone is about to be told. Never fails: an answer is worth more."""
        if epoch == self._epoch and head <= self._head:
            return
        try:
            with self._lock:
                if epoch == self._epoch and head <= self._head:
                    return  # whoever was first told of as much
                self._write(epoch, head)
                self._epoch, self._head = epoch, head
        except (OSError, Garbled) as error:
            if not self._is_mute:
                logger.warning("the sidecar %s cannot be written: %s", self._path.name, error)
            self._is_mute = True
            return
        self._is_mute = False

    def begin(self, epoch: str, head: int) -> None:
        """Remember a new life, and that the one before is over; heals a garbled sidecar."""
        try:
            known = self.read()
        except Garbled:
            known = None
        over = frozenset[str]() if known is None else known.earlier | {known.epoch}
        lines = [_line(epoch, head), *(_line(each, 0) for each in sorted(over - {epoch}))]
        draft = self._path.with_name(f"{self._path.name}.draft")
        with draft.open("wb") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)

    def read(self) -> Known | None:
        """Return what is remembered; None: nothing yet. Raises ``Garbled``."""
        try:
            text = self._path.read_bytes()
        except FileNotFoundError:
            return None
        return self._known(text) if text else None

    def _known(self, text: bytes) -> Known:
        lines = [_said(line) for line in text.splitlines(keepends=True)]
        if None in lines:
            raise Garbled(
                f"{self._path} is damaged. It guards against a database that went back unnoticed. "
                "If you are sure that this database is the newest one, delete that file and start "
                'again; if you are not: presente epoch new --because "WHY" (phones then send again '
                "all that they still keep).",
                detail_es=f"{self._path} está dañado. Protege de una base de datos que volvió "
                "atrás sin que se notara. Si está seguro de que esta es la más nueva, borre ese "
                'archivo y empiece de nuevo; si no: presente epoch new --because "MOTIVO" (los '
                "teléfonos envían entonces otra vez todo lo que aún guardan).",
            )
        told = [line for line in lines if line is not None]
        return Known(*told[0], frozenset(epoch for epoch, _ in told[1:]))

    def _write(self, epoch: str, head: int) -> None:
        with self._held() as descriptor:
            text = os.pread(descriptor, 1 << 20, 0)
            known = self._known(text) if text else None
            if known is not None and epoch in known.earlier:
                return  # a server that outlived a restore: what it tells ends no life but its own
            if known is not None and known.epoch != epoch:
                self.begin(epoch, head)
            elif known is None or known.head < head:
                os.pwrite(descriptor, _line(epoch, head), 0)

    @contextmanager
    def _held(self) -> Generator[int]:
        descriptor = self._locked()
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _locked(self) -> int:
        """Open the file that nobody else writes now, and that nobody put another in place of."""
        while True:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), self._path.stat()):
                    return descriptor
            os.close(descriptor)


@cache
def sidecar_at(path: Path) -> Sidecar:
    """Return the one sidecar of this process at a path."""
    return Sidecar(path)


def _compare(known: Known | None, epoch: str, head: int) -> None:
    if known is not None and epoch == known.epoch and head < known.head:
        raise SteppedBack(
            f"This database went back: it stands at {head}, and phones were already told "
            f"{known.head}. Using it would lose work without a word. Put the newer database "
            "in its place again; or, if it is gone, take a backup: presente restore FILE; "
            'or go on with this one: presente epoch new --because "WHY" (phones then send '
            "again all that they still keep).",
            detail_es=f"Esta base de datos volvió atrás: está en {head}, y a los teléfonos ya "
            f"se les dijo {known.head}. Usarla perdería trabajo sin avisar. Vuelva a poner "
            "en su lugar la más nueva; o, si se perdió, un respaldo: presente restore ARCHIVO; "
            'o siga con esta: presente epoch new --because "MOTIVO" (los teléfonos envían '
            "entonces otra vez todo lo que aún guardan).",
        )
    if known is not None and epoch in known.earlier:
        raise SteppedBack(
            "This database went back to before a restore: its epoch is over. Put the newer "
            "database in its place again, or go on with this one: "
            'presente epoch new --because "WHY".',
            detail_es="Esta base de datos volvió a antes de una restauración: su época "
            "terminó. Vuelva a poner en su lugar la más nueva, o siga con esta: "
            'presente epoch new --because "MOTIVO".',
        )


def _line(epoch: str, head: int) -> bytes:
    said = f"{epoch:<32} {head:019}".encode()
    return said + f" {zlib.crc32(said):08x}\n".encode()


def _said(line: bytes) -> tuple[str, int] | None:
    match = _LINE.fullmatch(line)
    if match is None or zlib.crc32(line[:-10]) != int(match["check"], 16):
        return None
    return match["epoch"].decode(), int(match["head"])
