"""Makes the project's virtual environment, also where the machine's Python comes without venv."""

import shutil
import subprocess
import sys
from os import geteuid
from pathlib import Path

HELP = (
    "This Python cannot make virtual environments (Debian and Ubuntu pack that apart).\n"
    "Please install it and try again:  sudo apt-get install python3-venv"
)


def main(place: Path) -> int:
    """Make the environment at `place`; say in one sentence what is missing if it cannot be."""
    if not _can_make_venv() and not (_install_from_debian() and _can_make_venv()):
        print(HELP, file=sys.stderr)
        return 1
    return _run(sys.executable, "-m", "venv", "--clear", str(place))


def _can_make_venv() -> bool:
    probe = [sys.executable, "-c", "import venv, ensurepip"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def _install_from_debian() -> bool:
    if geteuid() != 0 or not shutil.which("apt-get"):
        return False
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    _run("apt-get", "update", "-qq")
    return _run("apt-get", "install", "-qq", "-y", "--no-install-recommends", package) == 0


def _run(*command: str) -> int:
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
