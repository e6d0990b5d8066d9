"""A client that costs little: many connections in one loop, bodies made before the clock starts."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple


class Answer(NamedTuple):
    """What came back, and how long it took."""

    status: int
    body: bytes
    seconds: float
    headers: bytes = b""


class Line:
    """One kept-alive connection of one device."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self._port = port
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.sent = 0
        self.received = 0

    async def send(self, method: str, path: str, body: bytes = b"") -> Answer:
        """Send a request and wait for the whole answer."""
        began = time.perf_counter()
        loop = asyncio.get_running_loop()
        if self._writer is None or self._loop is not loop:
            self._loop = loop
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: localhost\r\n{self._headers}"
            f"content-length: {len(body)}\r\n\r\n"
        ).encode()
        self._writer.write(head + body)
        status, headers, content = await self._read()
        self.sent += len(head) + len(body)
        self.received += len(headers) + len(content)
        return Answer(status, content, time.perf_counter() - began, headers)

    def close(self) -> None:
        """Hang up; the next request calls again."""
        self._writer = None

    async def _read(self) -> tuple[int, bytes, bytes]:
        reader = self._reader
        if reader is None:
            raise ConnectionError("not connected")
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        length = -1
        is_chunked = False
        for line in lines:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            elif name.lower() == b"transfer-encoding":
                is_chunked = b"chunked" in value.lower()
        body = await _chunks(reader) if is_chunked else await reader.readexactly(max(0, length))
        return int(first.split(b" ", 2)[1]), head, body


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts: list[bytes] = []
    while True:
        size = int((await reader.readline()).split(b";")[0], 16)
        part = await reader.readexactly(size + 2)
        if size == 0:
            return b"".join(parts)
        parts.append(part[:-2])


class Run(NamedTuple):
    """One piece of work by many devices at once."""

    seconds: float
    answers: list[float]
    """Seconds of each answer, in the order in which they came."""


def at_once(works: Sequence[Callable[[], Awaitable[list[float]]]]) -> Run:
    """Let every device do its work at the same time."""

    async def run() -> list[list[float]]:
        return list(await asyncio.gather(*[work() for work in works]))

    began = time.perf_counter()
    found = asyncio.run(run())
    return Run(time.perf_counter() - began, [one for part in found for one in part])


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
