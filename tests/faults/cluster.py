"""A PostgreSQL of one's own with every promise kept, that may be killed and started again."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from tests.support.postgres import OWNER, find_programs, make_cluster, unprivileged_user

_STARTS_WITHIN_SECONDS = 60
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "60",
    "shared_buffers": "16MB",
    "checkpoint_timeout": "30s",
    "max_wal_size": "64MB",
    "listen_addresses": "",
}


class Cluster:
    """One PostgreSQL. Its files are in ``place``; its socket and its log lie elsewhere."""

    def __init__(self, place: Path, folder: Path, **settings: str) -> None:
        self._user = unprivileged_user()
        self._folder = folder
        self._place = place
        self._settings = SETTINGS | settings | {"unix_socket_directories": str(folder)}
        self._process: subprocess.Popen[bytes] | None = None
        for path in (folder, place):
            path.mkdir(parents=True, exist_ok=True)
            if self._user:
                shutil.chown(path, self._user)
        self._programs = find_programs(folder, self._user)
        make_cluster(self._programs, place, self._user)

    @property
    def url(self) -> str:
        """The SQLAlchemy address of its database."""
        return f"postgresql+psycopg://{OWNER}@/postgres?host={self._folder}"

    def start(self) -> None:
        """Start it; wait until it has recovered and takes connections."""
        options = [part for pair in self._settings.items() for part in ("-c", "=".join(pair))]
        (self._place / "data" / "postmaster.pid").unlink(missing_ok=True)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", str(self._place / "data"), *options],
                user=self._user,
                cwd=self._folder,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + _STARTS_WITHIN_SECONDS
        while not self._answers():
            assert self._process.poll() is None, self._said()
            assert time.monotonic() < deadline, self._said()
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL it and each of its children, and wait until they are gone."""
        if self._process is None:
            return
        children = _children(self._process.pid)
        for pid in (self._process.pid, *children):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(timeout=30)
        self._process = None
        while any(Path(f"/proc/{pid}").exists() for pid in children):
            time.sleep(0.005)

    def _answers(self) -> bool:
        try:
            psycopg.connect(host=str(self._folder), user=OWNER, dbname="postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _said(self) -> str:
        return (self._folder / "log").read_text(errors="replace")[-3000:]


@contextmanager
def cluster(place: Path, **settings: str) -> Generator[Cluster]:
    """Lend a running PostgreSQL whose files lie in a folder; at the end it is dead."""
    folder = Path(tempfile.mkdtemp(prefix="presente-pg-"))
    made = Cluster(place, folder, **settings)
    try:
        made.start()
        yield made
    finally:
        made.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _children(pid: int) -> list[int]:
    with suppress(FileNotFoundError):
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(one) for one in told.split()]
    return []
