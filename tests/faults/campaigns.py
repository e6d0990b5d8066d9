"""Every campaign there is: what it does, how far it goes in each `make test` and in a soak."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeAlias

from tests.conftest import ROOT
from tests.faults import clocks, disk, full, judging, kills, network, pocket, power

NOT_RUN = "not run"
Run: TypeAlias = Callable[..., Counter[str]]
"""``run(folder, rounds=.., seed=..)``: so many kills, cuts, faults."""
Told: TypeAlias = dict[str, int | str]
"""What a campaign counted; or, under ``NOT_RUN``, why it cannot be run here."""


class Campaign(NamedTuple):
    """One nemesis against one kind of place."""

    run: Run
    unit: str
    """What a round is."""
    in_ci: int
    in_soak: int
    """Rounds of the column "every CI" (``trust.md`` 4)."""
    needs_disk: bool = False
    """It cuts the power of a file system, which only root may mount."""
    must_lose: bool = False
    """The negative control: a promise is taken away, and the loss must be seen."""


ALL = {
    "network": Campaign(network.on_sqlite, "faults", 1_500, 10_000),
    "kills sqlite": Campaign(kills.on_sqlite, "kills", 40, 200),
    "kills postgres": Campaign(kills.on_postgres, "kills", 12, 50),
    "power sqlite": Campaign(power.on_sqlite, "cuts", 40, 300, needs_disk=True),
    "power postgres": Campaign(power.on_postgres, "cuts", 5, 20, needs_disk=True),
    "power phone": Campaign(pocket.strict, "cuts", 3, 5, needs_disk=True),
    "full disk": Campaign(full.on_a_disk, "fillings", 6, 20, needs_disk=True),
    "full disk by a limit": Campaign(full.in_a_limit, "fillings", 4, 20),
    "clocks": Campaign(clocks.jumping, "jumps", 6, 20),
    "power sqlite, synchronous off": Campaign(
        power.on_careless_sqlite, "cuts", 3, 3, needs_disk=True, must_lose=True
    ),
    "power postgres, synchronous_commit off": Campaign(
        power.on_careless_postgres, "cuts", 3, 3, needs_disk=True, must_lose=True
    ),
    "full disk, receipts first": Campaign(
        full.careless, "fillings", 5, 5, needs_disk=True, must_lose=True
    ),
}
_FIRST = ("made", "acked", "lost", "lost at once", "doubled", "invented")


def apart(name: str, *, rounds: int, seed: int) -> Told:
    """Run a campaign in a process of its own; return its counts, or why it was not run."""
    command = [sys.executable, "-m", "tests.faults", "--one", name]
    command += ["--rounds", str(rounds), "--seed", str(seed)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"{name}: {done.stdout[-3000:]}\n{done.stderr[-6000:]}")
    sys.stderr.write(done.stderr)
    told: Told = json.loads(done.stdout.splitlines()[-1])
    return told


def here(name: str, *, rounds: int, seed: int) -> Told:
    """Run a campaign in this process, which it may take to a mount namespace of its own."""
    campaign = ALL[name]
    with _folder() as folder:
        if campaign.needs_disk and (reason := disk.alone() or disk.why_not(folder)):
            return {NOT_RUN: reason}
        try:
            return dict(campaign.run(folder, rounds=rounds, seed=seed))
        except BaseException:
            for log in folder.rglob("server.log"):
                sys.stderr.write(log.read_text(errors="replace")[-4000:])
            raise


def said(name: str, told: Told) -> str:
    """Return what a campaign did, in one line: every loss there could be, then what happened."""
    if NOT_RUN in told:
        return f"NOT RUN: {name}: {told[NOT_RUN]}"
    first = [ALL[name].unit, *_FIRST]
    rest = sorted(what for what in told.keys() - first if told[what])
    return f"{name}: " + ", ".join(f"{what} {told.get(what, 0)}" for what in [*first, *rest])


def is_right(name: str, told: Told) -> bool:
    """Tell whether nothing went wrong; of a control, whether something did."""
    wrong = sum(int(told.get(what, 0)) for what in judging.NEVER)
    return wrong > 0 if ALL[name].must_lose else wrong == 0 and int(told["acked"]) > 0


@contextmanager
def _folder() -> Generator[Path]:
    """Lend a folder through which PostgreSQL's own user may pass."""
    folder = Path(tempfile.mkdtemp(prefix="presente-faults-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        if not os.environ.get("PRESENTE_KEEP_FAULTS"):
            shutil.rmtree(folder, ignore_errors=True)
