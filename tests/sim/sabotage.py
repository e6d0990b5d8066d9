"""``make sabotage``: breaks a copy of the tree, one fault at a time, and sees that it is noticed.

Prints a table: the fault, the invariant that broke, after how many seconds, in which story. A fault
that nobody notices, that another than the named invariants notices, or whose place in the code has
moved makes the exit code 1.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from tests.sim.sabotage_words import Patch, Sabotage
from tests.sim.sabotages import ALL, SAMPLE

ROOT = Path(__file__).resolve().parents[2]
_PARTS = ("schemas", "sync", "server", "tests/sim", "tests/support", "tests/vectors")
_FILES = ("tests/conftest.py", "pyproject.toml")
_SECONDS = 60.0


class Moved(Exception):
    """A patch does not fit exactly once."""


class Verdict(NamedTuple):
    """What became of one fault."""

    sabotage: Sabotage
    by: str
    seconds: float
    where: str
    said: str = ""
    typescript: str = ""

    @property
    def is_caught(self) -> bool:
        """Tell whether a named invariant noticed it, on both sides where it has two."""
        return self.by in self.sabotage.by and self.typescript != "SURVIVED"

    def line(self) -> str:
        """Return it as a row of the table."""
        mark = "caught" if self.is_caught else "MISSED"
        rest = f"; the phone's tests: {self.typescript}" if self.typescript else ""
        return (
            f"  {mark}  {self.sabotage.name:<24} {self.by or 'nobody':<6} {self.seconds:>5.1f} s"
            f"  {self.where}{rest}"
        )


def run(chosen: Sequence[Sabotage], *, seconds: float, cores: int) -> Iterator[Verdict]:
    """Break a copy for each, and look; yields verdicts in order."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(cores) as pool:
        yield from pool.map(partial(_judge, folder=Path(folder), seconds=seconds), chosen)


def fits(sabotage: Sabotage) -> list[str]:
    """Return what of a fault no longer fits the code."""
    places = [*sabotage.patches, *([sabotage.phone] if sabotage.phone else [])]
    return [
        f"{sabotage.name}: {patch.file}"
        for patch in places
        if (ROOT / patch.file).read_text().count(patch.old) != 1
    ]


def _judge(sabotage: Sabotage, folder: Path, seconds: float) -> Verdict:
    try:
        with broken(sabotage, folder) as copy:
            told = _caught(copy, seconds)
            typescript = _in_typescript(sabotage, copy) if sabotage.phone else ""
    except Moved as moved:
        return Verdict(sabotage, "", 0, f"the code has moved: {moved}")
    return Verdict(sabotage, told["by"], told["seconds"], told["where"], told["said"], typescript)


@contextmanager
def broken(sabotage: Sabotage, folder: Path) -> Generator[Path]:
    """Lend a copy of the tree that has this fault."""
    copy = folder / sabotage.name
    for part in _PARTS:
        shutil.copytree(
            ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
        )
    for file in _FILES:
        shutil.copyfile(ROOT / file, copy / file)
    try:
        for patch in sabotage.patches:
            _apply(copy, patch)
        yield copy
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _apply(copy: Path, patch: Patch) -> None:
    file = copy / patch.file
    text = file.read_text()
    if text.count(patch.old) != 1:
        raise Moved(f"{patch.file} has {text.count(patch.old)} times: {patch.old!r}")
    file.write_text(text.replace(patch.old, patch.new))


def _caught(copy: Path, seconds: float) -> dict[str, Any]:
    look = [sys.executable, "-P", "-c", _LOOK, str(copy), "--seconds", str(seconds)]
    done = subprocess.run(look, cwd=copy, capture_output=True, text=True, check=False)
    try:
        told: dict[str, Any] = msgspec.json.decode(done.stdout.splitlines()[-1])
    except (IndexError, msgspec.DecodeError):
        said = done.stderr.strip().splitlines()[-1:] or ["nothing was said"]
        return {"by": "", "seconds": 0, "where": f"broke down: {said[0]}", "said": ""}
    return told


_LOOK = (
    "import sys; sys.path.insert(0, sys.argv.pop(1));"
    " from tests.sim.catch import main; raise SystemExit(main())"
)


def _in_typescript(sabotage: Sabotage, copy: Path) -> str:
    """Break the phone's own code in the same way; its tests must notice."""
    assert sabotage.phone is not None
    phone = copy / "pwa"
    shutil.copytree(ROOT / "pwa" / "src", phone / "src")
    shutil.copyfile(ROOT / "pwa" / "package.json", phone / "package.json")
    (phone / "node_modules").symlink_to((ROOT / "pwa" / "node_modules").resolve())
    _apply(copy, sabotage.phone)
    tests = sorted(str(file) for file in (phone / "src" / "outbox").glob("*.test.ts"))
    done = subprocess.run(
        ["node", "--test", "--test-reporter=dot", *tests],
        cwd=phone,
        capture_output=True,
        check=False,
    )
    return "caught" if done.returncode else "SURVIVED"


def main() -> int:
    """Run; returns the exit code."""
    asked = argparse.ArgumentParser(prog="python -m tests.sim.sabotage")
    asked.add_argument("names", nargs="*", help="only these")
    asked.add_argument("--sample", action="store_true", help="a few of them")
    asked.add_argument("--seconds", type=float, default=_SECONDS, help="how long each may look")
    asked.add_argument("--cores", type=int, default=2)
    given = asked.parse_args()
    names = SAMPLE if given.sample else given.names
    chosen = [one for one in ALL if not names or one.name in names]
    _say(f"sabotage: {len(chosen)} faults, {given.seconds:.0f} s each at most")
    missed = 0
    for verdict in run(chosen, seconds=given.seconds, cores=given.cores):
        _say(verdict.line())
        if not verdict.is_caught:
            missed += 1
            _say(f"          expected {' or '.join(verdict.sabotage.by)}; {verdict.said}")
    _say(f"sabotage: {len(chosen) - missed} of {len(chosen)} caught by a named invariant")
    return 1 if missed else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
