"""A process that has Presente loaded and forks one that serves whenever it is told to.

What serves is the real command, ``presente serve``, over a real socket; only the second that Python
takes to load it is saved, so that hundreds of servers can die in a minute. Orders come as lines of
JSON on stdin, answers go out the same way. At the end of stdin every child is killed.
"""

import ctypes
import faulthandler
import gc
import json
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from server.app import create_app
from server.cli import build_parser, main
from server.clock import Clock, system_clock
from server.db import engines
from server.db.database import Database
from server.settings import Settings

LOADED = ("alembic.command", "httptools", "psycopg", "uvicorn.lifespan.on", "uvloop")
_PARENT_DIES = 1
"""``PR_SET_PDEATHSIG``: nobody serves on when the tests are gone."""


def start(order: Mapping[str, Any]) -> int:
    """Fork a server; return its process id."""
    pid = os.fork()
    if pid:
        return pid
    status = 70
    try:
        status = _serve(order)
    except BaseException:  # noqa: BLE001  (said, as Python would; but nothing of the parent's runs on)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _serve(order: Mapping[str, Any]) -> int:
    ctypes.CDLL(None).prctl(_PARENT_DIES, signal.SIGKILL)
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1)  # tells where each thread stands, if it ever hangs
    os.environ.update(order["environment"])
    if order["synchronous"]:
        _weaken(order["synchronous"])
    return main(order["arguments"], clock=clock_of(order["clock"]))


def clock_of(file: str) -> Clock:
    """Return a clock that is off by the seconds a file says, read anew each time."""
    if not file:
        return system_clock
    path = Path(file)

    def read() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(path.read_text()))  # noqa: TID251  (this stands in for server.clock)

    return read


def _weaken(synchronous: str) -> None:
    """Let SQLite promise less than the product asks for: what power cuts must then show."""
    prepare = engines.prepare

    def weakly(connection: Any, _record: object) -> None:
        prepare(connection, _record)
        connection.execute(f"PRAGMA synchronous={synchronous}")

    engines.prepare = weakly


def _reap(pid: int) -> int:
    try:
        return os.waitpid(pid, 0)[1]
    except ChildProcessError:
        return 0


def _has_ended(pid: int) -> bool:
    """Tell whether a server ended by itself; its process stays for ``_reap``."""
    ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    return ended is not None


def _warm_up() -> None:
    """Load all that a server loads, and make one application, so that every cache is filled."""
    build_parser()
    for name in LOADED:
        import_module(name)
    nowhere = Path(os.devnull)  # nobody connects
    settings = Settings(data_dir=nowhere, database_url=f"sqlite:///{nowhere}")
    create_app(settings, database=Database(settings.database_url), clock=system_clock)
    gc.collect()
    gc.freeze()


def obey() -> None:
    """Obey until stdin ends."""
    _warm_up()
    children: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "start":
            answer = start(order)
            children.add(answer)
        elif order["do"] == "look":
            answer = int(_has_ended(order["pid"]))
        else:
            answer = _reap(order["pid"])
            children.discard(order["pid"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        _reap(pid)


if __name__ == "__main__":
    obey()
