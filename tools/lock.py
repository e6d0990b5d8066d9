"""Renews the lock files: every version exact, every file by hash, no address of any registry."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
UV = "uv==0.13.9"
UV_OPTIONS = (
    "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes",
    "--no-emit-index-url", "--no-emit-find-links", "--no-header", "--upgrade",
)  # fmt: skip


def main() -> int:
    """Lock the server's libraries first; all others must agree with those."""
    with tempfile.TemporaryDirectory() as folder:
        uv = _uv_in(Path(folder))
        _lock(uv, "run", "pyproject.toml")
        for group in ("build", "node", "test"):
            _lock(uv, group, "--group", group, "--constraint", "requirements/run.lock")
    npm = ["npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit"]
    node = f"{ROOT / '.venv' / 'node'}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(npm, cwd=ROOT / "pwa", env=os.environ | {"PATH": node}, check=True)
    return 0


def _uv_in(folder: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    bin_folder = folder / "bin"
    subprocess.run([bin_folder / "pip", "install", "--quiet", UV], check=True)
    return bin_folder / "uv"


def _lock(uv: Path, name: str, *what: str) -> None:
    print(f"requirements/{name}.lock")
    command = [str(uv), *UV_OPTIONS, *what, "--output-file", f"requirements/{name}.lock"]
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    raise SystemExit(main())
