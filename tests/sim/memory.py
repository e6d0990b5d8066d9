"""The real application over a database in memory, called without a socket.

What is private of ``server.db.database`` and used here are the settings of the real engine.

One connection serves reads and writes: nothing runs beside anything here. It can be told to lose
its power just before a commit, copied as a backup is, and put back.
"""

import asyncio
import itertools
import sqlite3
from asyncio import AbstractEventLoop
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar
from unittest.mock import patch
from uuid import UUID

import msgspec
from litestar import Litestar
from sqlalchemy import create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool

from server import ids
from server.db import engines
from server.db.database import Database
from server.db.migrate import upgrade

T = TypeVar("T")


class PowerCut(BaseException):
    """The server's machine died. No handler of the server may live to see it."""


class MemoryDatabase(Database):
    """A ``Database`` whose file is in memory, with the engine's settings of the real one."""

    def __init__(self, template: sqlite3.Connection) -> None:
        super().__init__("sqlite:///never-opened")
        self._lock_file = None
        self.raw = sqlite3.connect(":memory:", check_same_thread=False)
        self._template = template
        self.writer = self._engine(engines.begin_immediate)
        self.reader = self._engine(engines.begin)
        self.cut_at = self.full_at = 0
        self._settled = 0
        self.reset()

    def _engine(self, begin: Callable[..., None]) -> Any:
        engine = create_engine(
            "sqlite://", creator=lambda: self.raw, poolclass=StaticPool, hide_parameters=True
        )
        event.listen(engine, "connect", engines.prepare)
        event.listen(engine, "begin", begin)
        event.listen(engine, "commit", self._commits)
        return engine

    def _commits(self, _connection: object) -> None:
        """Count the commits until the power goes, or the disk is full, just before one."""
        if self.raw.total_changes == self._settled:
            return
        self.cut_at, is_cut = _counted(self.cut_at)
        self.full_at, is_full = _counted(self.full_at)
        if is_cut:
            raise PowerCut
        if is_full:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise OperationalError("COMMIT", {}, error)
        self._settled = self.raw.total_changes

    def reset(self) -> None:
        """Become the template again."""
        self._template.backup(self.raw)
        self.cut_at = self.full_at = 0

    def close(self) -> None:
        """Be gone, with the template."""
        super().close()
        self._template.close()

    def set_template(self) -> None:
        """What is there now is what ``reset`` goes back to."""
        self.raw.backup(self._template)

    def copy(self) -> bytes:
        """Return what a backup of this moment holds."""
        return self.raw.serialize()

    def put_back(self, copy: bytes) -> None:
        """Become what the backup holds."""
        other = sqlite3.connect(":memory:")
        other.deserialize(copy)
        other.backup(self.raw)
        other.close()

    def ask(self, query: str, *values: Any) -> list[Any]:
        """Read past the server, for whoever checks it."""
        return self.raw.execute(query, values).fetchall()


def _counted(at: int) -> tuple[int, bool]:
    """Return what is left to count, and whether it is now."""
    return max(0, at - 1), at == 1


def migrated() -> sqlite3.Connection:
    """Return a database in memory with all tables, to copy from."""
    made = sqlite3.connect(":memory:", check_same_thread=False)
    database = MemoryDatabase(sqlite3.connect(":memory:"))
    upgrade(database)
    database.raw.backup(made)
    database.close()
    return made


class Ids:
    """Ids that come out the same in every run of the same story."""

    def __init__(self) -> None:
        self.begin(1)

    def begin(self, first: int) -> None:
        """Count from here."""
        self._count = itertools.count(first)

    def uuid7(self) -> UUID:
        """Return the next id, of the right version."""
        count = next(self._count)
        return UUID(int=(count << 80) | (7 << 76) | (2 << 62) | (count * 2654435761 % 2**32))

    def token_bytes(self, length: int) -> bytes:
        """Return the bytes that roots are spelled from."""
        number: int = next(self._count) * 0x9E3779B97F4A7C15 % (1 << 8 * length)
        return number.to_bytes(length, "big")


@contextmanager
def told_ids(made: Ids) -> Generator[Ids]:
    """Let the server take its ids from here."""
    with patch.multiple(ids, uuid7=made.uuid7, secrets=made):
        yield made


class _Here(ThreadPoolExecutor):
    """Runs what the server would give to a thread at once, in this one."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        done: Future[T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001  (a power cut, too, must reach the caller)
            done.set_exception(error)
        return done


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes

    def json(self) -> Any:
        """Return it decoded."""
        return msgspec.json.decode(self.body)


class Line:
    """Calls an application as an ASGI server would, one request at a time."""

    def __init__(self, app: Litestar) -> None:
        self._app = app
        self._loop: AbstractEventLoop = asyncio.new_event_loop()
        self._loop.set_default_executor(_Here(1))

    def close(self) -> None:
        """Let go of the event loop."""
        self._loop.close()

    def post(self, path: str, body: bytes, *, proof: tuple[bytes, bytes]) -> Answer:
        """Send a body with a credential (a header's name and value). Raises ``PowerCut``."""
        return self._loop.run_until_complete(self._call(path, body, proof))

    async def _call(self, path: str, body: bytes, proof: tuple[bytes, bytes]) -> Answer:
        sent = [{"type": "http.request", "body": body, "more_body": False}]
        status, parts = 0, list[bytes]()

        async def receive() -> Any:
            return sent.pop() if sent else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                parts.append(message.get("body", b""))

        await self._app(_scope(path, body, proof), receive, send)
        return Answer(status, b"".join(parts))


def _scope(path: str, body: bytes, proof: tuple[bytes, bytes]) -> Any:
    headers = [
        (b"host", b"testserver.local"),
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        proof,
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("testserver.local", 443),
        "state": {},
        "extensions": {},
    }
