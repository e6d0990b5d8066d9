"""The phone app's files: right types, right caching, and a clear word when there are none."""

import gzip
import os
from pathlib import Path

import pytest
from litestar import Litestar

from server.app import create_app
from server.db.database import Database
from server.settings import Settings
from server.web.static import Assets
from tests.conftest import FakeClock
from tests.support.people import Client, visitor

SCRIPT = b"export const answer = 42;\n" * 40


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_bytes(b"<!doctype html><title>Presente</title>")
    (folder / "sw.js").write_bytes(SCRIPT)
    (folder / "manifest.webmanifest").write_bytes(b"{}")
    (folder / "icon.png").write_bytes(b"\x89PNG")
    (folder / "assets" / "app-4f2a.js").write_bytes(SCRIPT)
    (tmp_path / "secret.txt").write_bytes(b"not for you")
    return folder


@pytest.fixture
def browser(settings: Settings, db: Database, clock: FakeClock, dist: Path) -> Client:
    files = Assets(dist)
    return visitor(create_app(settings, database=db, clock=clock, app_files=files))


@pytest.mark.parametrize(
    ("path", "media_type", "caching"),
    [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/index.html", "text/html; charset=utf-8", "no-cache"),
        ("/sw.js", "text/javascript; charset=utf-8", "no-cache"),
        ("/manifest.webmanifest", "application/manifest+json", "no-cache"),
        ("/icon.png", "image/png", "no-cache"),
        (
            "/assets/app-4f2a.js",
            "text/javascript; charset=utf-8",
            "public, max-age=31536000, immutable",
        ),
    ],
)
def test_each_file_has_its_type_and_its_caching(
    browser: Client, path: str, media_type: str, caching: str
) -> None:
    got, headed = browser.get(path), browser.head(path)

    assert (got.status_code, headed.status_code) == (200, 200)
    assert got.headers["content-type"] == media_type
    assert got.headers["cache-control"] == caching
    assert headed.content == b""
    for name in ("content-type", "content-length", "etag", "cache-control", "vary"):
        assert headed.headers[name] == got.headers[name]


@pytest.mark.parametrize("path", ["/", "/sw.js", "/assets/app-4f2a.js"])
def test_what_is_known_is_not_sent_again(browser: Client, path: str) -> None:
    etag = browser.get(path).headers["etag"]

    again = browser.get(path, headers={"if-none-match": f'"old", W/{etag}'})
    other = browser.get(path, headers={"if-none-match": '"old"'})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert other.status_code == 200


def test_a_browser_that_unpacks_gets_it_packed(browser: Client) -> None:
    packed = browser.get("/sw.js", headers={"accept-encoding": "br, gzip"})
    plain = browser.get("/sw.js", headers={"accept-encoding": "identity"})
    refused = browser.get("/sw.js", headers={"accept-encoding": "gzip;q=0"})

    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) == len(gzip.compress(SCRIPT, 9, mtime=0))
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in refused.headers
    assert packed.content == plain.content == SCRIPT
    assert packed.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt", "/nowhere", "/api"]
)
def test_nothing_outside_the_app_is_served(browser: Client, path: str) -> None:
    answer = browser.get(path)

    assert answer.status_code == 404
    assert b"not for you" not in answer.content


def test_a_new_build_is_served_without_a_restart(browser: Client, dist: Path) -> None:
    old = browser.get("/sw.js").headers["etag"]
    (dist / "sw.js").write_bytes(b"new")
    os.utime(dist / "sw.js", ns=(1, 1))

    new = browser.get("/sw.js", headers={"if-none-match": old})

    assert (new.status_code, new.content) == (200, b"new")


def test_without_a_build_the_page_says_what_to_do(app_without_build: Litestar) -> None:
    browser = visitor(app_without_build)

    answer = browser.get("/")

    assert answer.status_code == 503
    assert "make run" in answer.text
    assert answer.headers["retry-after"]
    assert browser.get("/health").status_code == 200


@pytest.fixture
def app_without_build(
    settings: Settings, db: Database, clock: FakeClock, tmp_path: Path
) -> Litestar:
    return create_app(settings, database=db, clock=clock, app_files=Assets(tmp_path / "nothing"))
