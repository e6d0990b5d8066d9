"""Serves the built phone app: GET and HEAD alike, right types, ETags, and caching that is safe.

Litestar's own static files answer HEAD with 405 and never 304 (pwa.md 7). The app is small, so
it is held in memory, compressed once, and read anew when a new build lies there.
"""

import gzip
import hashlib
import threading
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from litestar import Response, Router, route
from litestar.enums import HttpMethod
from litestar.params import FromPath

from server.problems import NotFound
from server.web.guards import PUBLIC
from server.web.headers import takes_gzip
from server.web.inject import AnyRequest

_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_ALREADY_SMALL = frozenset({".png", ".woff2", ".ico"})
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_FIRST = "no-cache"
_NOT_BUILT = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Presente</title></head>
<body><h1>The app is not built yet</h1>
<p>The server runs, but the phone app is missing. Run <code>make run</code> in the checkout (or
<code>npm ci &amp;&amp; npm run build</code> in <code>pwa/</code>), then reload this page.</p>
</body></html>
"""


class Asset(NamedTuple):
    """One file, ready to send."""

    plain: bytes
    packed: bytes | None
    etag: str
    media_type: str
    caching: str


class Assets:
    """The files of one folder by path, in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._stamp: tuple[int, ...] = ()
        self._by_path: dict[str, Asset] = {}

    def find(self, path: str) -> Asset | None:
        """Return the file at a path of the site; ``""`` is the start page."""
        with self._lock:
            stamp = self._look()
            if stamp != self._stamp:
                self._by_path = _read(self._folder) if stamp else {}
                self._stamp = stamp
            return self._by_path.get(path or "index.html")

    @property
    def is_built(self) -> bool:
        """Tell whether there is an app to serve."""
        return bool(self._stamp)

    def _look(self) -> tuple[int, ...]:
        try:
            files = (self._folder / name for name in ("index.html", "sw.js"))
            return tuple(file.stat().st_mtime_ns for file in files if file.exists())
        except OSError:
            return ()


def folder_of_app() -> Path:
    """Return where the built app lies: in the wheel beside the code, in a checkout in ``pwa``."""
    server = Path(__file__).parent.parent
    in_wheel = server / "static"
    return in_wheel if (in_wheel / "index.html").exists() else server.parent / "pwa" / "dist"


def router(assets: Assets) -> Router:
    """Return the routes of the app's files."""
    methods = [HttpMethod.GET, HttpMethod.HEAD]

    @route("/", http_method=methods, opt=PUBLIC, sync_to_thread=True)
    def start(request: AnyRequest) -> Response[bytes]:
        return _answer(request, assets, "")

    @route("/{path:path}", http_method=methods, opt=PUBLIC, sync_to_thread=True)
    def file(request: AnyRequest, path: FromPath[PurePosixPath]) -> Response[bytes]:
        return _answer(request, assets, str(path).lstrip("/"))

    return Router("/", route_handlers=[start, file], include_in_schema=False)


def _answer(request: AnyRequest, assets: Assets, path: str) -> Response[bytes]:
    asset = assets.find(path)
    if asset is None and not assets.is_built:
        headers = {"retry-after": "60", "cache-control": "no-store"}
        return Response(_NOT_BUILT, status_code=503, media_type=_TYPES[".html"], headers=headers)
    if asset is None:
        raise NotFound("There is nothing here.")
    is_packed = asset.packed is not None and takes_gzip(request)
    etag = f'"{asset.etag}{"-gz" if is_packed else ""}"'
    headers = {"etag": etag, "cache-control": asset.caching, "vary": "accept-encoding"}
    if _is_known(request.headers.get("if-none-match", ""), etag):
        return Response(b"", status_code=304, headers=headers, media_type=asset.media_type)
    if is_packed:
        headers["content-encoding"] = "gzip"
    body = asset.packed if is_packed and asset.packed else asset.plain
    if request.method == HttpMethod.HEAD:
        headers["content-length"] = str(len(body))
        body = b""
    return Response(body, headers=headers, media_type=asset.media_type)


def _read(folder: Path) -> dict[str, Asset]:
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {file.relative_to(folder).as_posix(): _asset(file, folder) for file in files}


def _asset(file: Path, folder: Path) -> Asset:
    plain = file.read_bytes()
    packed = None if file.suffix in _ALREADY_SMALL else gzip.compress(plain, 9, mtime=0)
    is_hashed = file.relative_to(folder).parts[0] == "assets"
    return Asset(
        plain=plain,
        packed=packed if packed is not None and len(packed) < len(plain) else None,
        etag=hashlib.sha256(plain).hexdigest()[:24],
        media_type=_TYPES.get(file.suffix, "application/octet-stream"),
        caching=_FOR_EVER if is_hashed else _ASK_FIRST,
    )


def _is_known(header: str, etag: str) -> bool:
    known = {each.strip().removeprefix("W/") for each in header.split(",")}
    return "*" in known or etag in known
