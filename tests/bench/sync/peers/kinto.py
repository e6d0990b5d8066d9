"""Kinto, in memory and on PostgreSQL, through its ``/batch`` door."""

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from tests.bench.sync.ours import Size
from tests.bench.sync.peers import installing
from tests.bench.sync.peers.work import Door, Figures, Record, ask, packed, work
from tests.bench.sync.process import Served, free_port
from tests.bench.sync.wire import Answer, Line, at_once
from tests.support.postgres import running_postgres

_RECORDS = "/v1/buckets/bench/collections/contact/records"
_HEADERS = {"content-type": "application/json", "authorization": "Basic YmVuY2g6YmVuY2g="}
_SHARE, _SHARE_POSTGRES = 2, 5
"""It takes a part of the records, or the bench would take an hour."""
_INI = """
[app:main]
use = egg:kinto
kinto.userid_hmac_secret = bench
kinto.storage_backend = kinto.core.storage.{backend}
kinto.permission_backend = kinto.core.permission.{backend}
kinto.cache_backend = kinto.core.cache.{backend}
{urls}
kinto.batch_max_requests = 200
kinto.bucket_create_principals = system.Authenticated
multiauth.policies = basicauth
multiauth.policy.basicauth.use = kinto.core.authentication.BasicAuthAuthenticationPolicy
kinto.project_name = bench

[server:main]
use = egg:waitress#main
host = 127.0.0.1
port = {port}
threads = 8

[loggers]
keys = root
[handlers]
keys =
[formatters]
keys =
[logger_root]
level = ERROR
handlers =
"""


def memory(folder: Path, size: Size) -> Figures:
    """Nothing is kept on a disk."""
    with _serving(folder / "kinto-memory", "memory", "") as served:
        return _worked(served, size, _SHARE)


def postgres(folder: Path, size: Size) -> Figures:
    """PostgreSQL as the tests run it: it does not wait for the disk, which only helps Kinto."""
    with running_postgres() as server, server.database() as url:
        place = url.partition("host=")[2]
        name = urlsplit(url).path.lstrip("/")
        address = f"postgresql://presente@/{name}?host={place}"
        urls = "\n".join(
            f"kinto.{kind}_url = {address}" for kind in ("storage", "permission", "cache")
        )
        pid = int((Path(place) / "data" / "postmaster.pid").read_text().splitlines()[0])
        with _serving(folder / "kinto-postgres", "postgresql", urls, beside=(pid,)) as served:
            return _worked(served, size, _SHARE_POSTGRES)


def _worked(served: Served, size: Size, share: int) -> Figures:
    line = Line(served.port, _HEADERS)
    made: list[tuple[str, str, object]] = [
        ("PUT", "/v1/buckets/bench", {}),
        ("PUT", _RECORDS.rpartition("/")[0], {}),
    ]
    at_once([lambda: ask(line, made)])
    door = Door(_batch, _first, _rows, _HEADERS)
    return work(served, door, size, share=share)


def _batch(records: list[Record]) -> tuple[str, str, bytes]:
    asked = [
        {"method": "PUT", "path": f"{_RECORDS}/{record['id']}", "body": {"data": record}}
        for record in records
    ]
    return "POST", "/v1/batch", packed({"requests": asked})


def _first(count: int, before: Answer | None) -> str:
    return "" if before else f"{_RECORDS}?_limit={count}"


@contextmanager
def _serving(
    folder: Path, backend: str, urls: str, *, beside: tuple[int, ...] = ()
) -> Generator[Served]:
    programs = installing.python("kinto", installing.KINTO)
    folder.mkdir(parents=True)
    port = free_port()
    ini = folder / "kinto.ini"
    ini.write_text(_INI.format(backend=backend, urls=urls, port=port))
    command = [str(programs / "kinto")]
    if urls:
        subprocess.run([*command, "migrate", "--ini", str(ini)], check=True, capture_output=True)
    served = Served(
        "kinto",
        [*command, "start", "--ini", str(ini), "--port", str(port)],
        port=port,
        folder=folder,
        beside=beside,
    )
    try:
        yield served
    finally:
        served.stop()


def _rows(body: bytes) -> int:
    return len(msgspec.json.decode(body)["data"])
