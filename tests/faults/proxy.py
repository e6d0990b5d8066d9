"""A network that misbehaves: every request goes through it, and most of them meet a fault.

A connection carries one request. The faults are those that phones meet; bytes are never changed
(TCP would notice), only late, cut off, not there, or there twice.
"""

import asyncio
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from types import TracebackType
from typing import Any, NamedTuple, TypeAlias


class Line(NamedTuple):
    """The phone's end of one connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


Fault: TypeAlias = Callable[[Line], Coroutine[Any, Any, None]]

_AT_ONCE = 1 << 16
_SLOW_BYTES = 400
_RESET = struct.pack("ii", 1, 0)
"""Linger for no time: closing sends RST and throws away what was not sent yet."""


class Proxy:
    """Listens on a port of its own; ``counts`` tells what it did to whom."""

    def __init__(self, to_port: int, seed: int, *, share: float = 0.65) -> None:
        self.counts: Counter[str] = Counter()
        self.port = 0
        self._to_port = to_port
        self._share = share
        self._chance = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._server: asyncio.Server | None = None
        self._under_way: set[asyncio.Task[Any]] = set()
        self._faults: dict[str, Fault] = {
            "refused": self._refuse,
            "reset on the way up": self._reset_up,
            "reset before the answer": self._reset_before_answer,
            "stalled, then delivered": self._stall,
            "slow": self._slow,
            "ended early": self._end_early,
            "sent twice at once": self._twice_at_once,
            "sent again later": self._again_later,
        }

    def __enter__(self) -> "Proxy":
        self._thread.start()
        self._run(self._listen())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def faults(self) -> int:
        """How many requests met a fault so far."""
        return sum(self.counts[name] for name in self._faults)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0, limit=8 << 20)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        if self._server is not None:
            self._server.close()
        under_way = list(self._under_way)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    def _hold(self, task: "asyncio.Task[Any] | None") -> None:
        """Keep a task until it is done: the loop alone would let it be collected half-way."""
        if task is not None:
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._hold(asyncio.current_task())
        name: str = "passed"
        do: Fault = self._pass
        if self._chance.random() < self._share:
            name = self._chance.choice(list(self._faults))
            do = self._faults[name]
        self.counts[name] += 1
        try:
            await do(Line(reader, writer))
        except (OSError, asyncio.IncompleteReadError):
            self.counts["nobody there"] += 1
        finally:
            writer.close()

    # ------------------------------------------------------------ what may become of a request

    async def _pass(self, line: Line) -> None:
        line.writer.write(await self._ask(await _request(line.reader)))
        await line.writer.drain()

    async def _refuse(self, line: Line) -> None:
        _reset(line.writer)

    async def _reset_up(self, line: Line) -> None:
        """Some of the request arrives, then both sides find the line dead."""
        part = (await _request(line.reader))[: self._chance.randint(1, 3000)]
        _, up = await asyncio.open_connection("127.0.0.1", self._to_port)
        up.write(part)
        await up.drain()
        _reset(up)
        up.close()
        _reset(line.writer)

    async def _reset_before_answer(self, line: Line) -> None:
        """The server did it all, and the phone never hears of it."""
        await self._ask(await _request(line.reader))
        _reset(line.writer)

    async def _stall(self, line: Line) -> None:
        """Nothing moves until the phone gives up; then the request arrives all the same."""
        request = await _request(line.reader)
        with suppress(OSError):
            await line.reader.read()
        self._later(request)

    async def _slow(self, line: Line) -> None:
        request = await _request(line.reader)
        up_reader, up = await asyncio.open_connection("127.0.0.1", self._to_port)
        await self._drip(request, up)
        await self._drip(await up_reader.read(), line.writer)
        up.close()

    async def _end_early(self, line: Line) -> None:
        """The answer begins, and ends in the middle without a sign that it is not whole."""
        answer = await self._ask(await _request(line.reader))
        line.writer.write(answer[: self._chance.randint(1, max(1, len(answer) - 1))])
        await line.writer.drain()

    async def _twice_at_once(self, line: Line) -> None:
        request = await _request(line.reader)
        answers = await asyncio.gather(self._ask(request), self._ask(request))
        line.writer.write(self._chance.choice(answers))
        await line.writer.drain()

    async def _again_later(self, line: Line) -> None:
        request = await _request(line.reader)
        line.writer.write(await self._ask(request))
        await line.writer.drain()
        self._later(request)

    # ------------------------------------------------------------ the way to the server

    async def _ask(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._to_port)
        try:
            writer.write(request)
            await writer.drain()
            answer = await reader.read()
        finally:
            writer.close()
        if not answer:
            raise ConnectionResetError
        return answer

    def _later(self, request: bytes) -> None:
        self._hold(self._loop.create_task(self._deliver(request, self._chance.uniform(0, 1.5))))

    async def _deliver(self, request: bytes, seconds: float) -> None:
        await asyncio.sleep(seconds)
        with suppress(OSError):
            await self._ask(request)
            self.counts["arrived late"] += 1

    async def _drip(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        for at in range(0, min(len(data), _AT_ONCE), _SLOW_BYTES):
            writer.write(data[at : at + _SLOW_BYTES])
            await writer.drain()
            await asyncio.sleep(self._chance.uniform(0, 0.02))
        writer.write(data[_AT_ONCE:])
        await writer.drain()


async def _request(reader: asyncio.StreamReader) -> bytes:
    """Read one request whole; ask the server to hang up after its answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((line for line in lines if line.startswith(b"content-length:")), b":0")
    body = await reader.readexactly(int(length.partition(b":")[2]))
    return head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1) + body


def _reset(writer: asyncio.StreamWriter) -> None:
    own: socket.socket = writer.get_extra_info("socket")
    with suppress(OSError):
        own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
