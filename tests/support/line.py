"""The line between the phones and the server: it may lose answers, or end in a captive portal."""

import gzip
import json
import re
import socket
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Literal, TypeAlias

Mode: TypeAlias = Literal["clear", "portal", "loses_answers"]

PORTAL = b"<!doctype html><title>Guest Wi-Fi</title><form><button>Accept</button></form>"
_OF_THE_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


class Line:
    """A proxy on a port of its own; browsers know the server by this address only."""

    def __init__(self) -> None:
        self.mode: Mode = "clear"
        self.server_port = 0
        self.build: dict[re.Pattern[bytes], bytes] = {}
        """What stands in the place of what, in the app's scripts: another build."""
        self.posted: list[dict[str, Any]] = []
        """Every body posted to ``/sync``, in the order it reached the server."""
        self._http = _Proxy(("127.0.0.1", 0), _Handler)
        self._http.line = self
        self.port = self._http.server_port
        self.url = f"http://localhost:{self.port}"
        Thread(target=self._http.serve_forever, daemon=True).start()

    def sent(self) -> list[str]:
        """Return the id of every mutation posted, each as often as it was posted."""
        return [mut["id"] for body in self.posted for mut in [*body["muts"], *body["sealed"]]]

    def close(self) -> None:
        """Be gone."""
        self._http.shutdown()
        self._http.server_close()


class _Proxy(ThreadingHTTPServer):
    daemon_threads = True
    line: Line

    def handle_error(self, request: object, client_address: object) -> None:
        """Browsers hang up as they like."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def line(self) -> Line:
        """The line this browser speaks through."""
        assert isinstance(self.server, _Proxy)
        return self.server.line

    def handle_any(self) -> None:
        """Pass the request on, or do what the line does now."""
        line = self.line
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        is_sync = self.path.startswith("/sync")
        if line.mode == "portal":
            self._answer(200, [("Content-Type", "text/html; charset=utf-8")], PORTAL)
            return
        try:
            answer, read = self._ask(body)
        except (OSError, HTTPException):
            self._hang_up()
            return
        if is_sync:
            is_packed = self.headers.get("Content-Encoding") == "gzip"
            line.posted.append(json.loads(gzip.decompress(body) if is_packed else body))
        if is_sync and line.mode == "loses_answers":
            self._hang_up()
            return
        if self.path.endswith(".js"):
            for present, other in line.build.items():
                read = present.sub(other, read)
        headers = [one for one in answer.getheaders() if one[0].lower() not in _OF_THE_HOP]
        self._answer(answer.status, headers, read)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = handle_any

    def _ask(self, body: bytes) -> tuple[HTTPResponse, bytes]:
        connection = HTTPConnection("127.0.0.1", self.line.server_port, timeout=30)
        try:
            connection.putrequest(
                self.command, self.path, skip_host=True, skip_accept_encoding=True
            )
            plain = {"accept-encoding"} if self.line.build else set[str]()
            for name, value in self.headers.items():
                if name.lower() not in _OF_THE_HOP | plain:
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if status not in {204, 304}:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status not in {204, 304} and self.command != "HEAD":
            self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's
        """Say nothing."""
