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
from tests.faults import clocks, disk, full, judging, kills, network, power

NOT_RUN = "not run"
Run: TypeAlias = Callable[..., Counter[str]]
"""``run(folder, rounds=.., seed=..)``: so many kills, cuts, faults."""
Told: TypeAlias = dict[str, int | str]
"""What a campaign counted; or, under ``NOT_RUN``, why it cannot be run here."""


class Campaign(NamedTuple):
    """One nemesis against one kind of place."""

    run: Run
    in_ci: int
    in_soak: int
    """Rounds of the column "every CI" (``trust.md`` 4) at least."""
    needs_disk: bool = False
    """It cuts the power of a file system, which only root may mount."""
    must_lose: bool = False
    """The negative control: a promise is taken away, and the loss must be seen."""


ALL = {
    "network": Campaign(network.on_sqlite, 1_500, 10_000),
    "kills sqlite": Campaign(kills.on_sqlite, 40, 200),
    "kills postgres": Campaign(kills.on_postgres, 12, 50),
    "power sqlite": Campaign(power.on_sqlite, 40, 300, needs_disk=True),
    "power postgres": Campaign(power.on_postgres, 5, 20, needs_disk=True),
    "full disk": Campaign(full.on_a_disk, 6, 20, needs_disk=True),
    "full disk by a limit": Campaign(full.in_a_limit, 4, 20),
    "full disk, receipts first": Campaign(full.careless, 5, 5, needs_disk=True, must_lose=True),
    "clocks": Campaign(clocks.jumping, 6, 20),
    "power sqlite, synchronous off": Campaign(
        power.on_careless_sqlite, 3, 3, needs_disk=True, must_lose=True
    ),
    "power postgres, synchronous_commit off": Campaign(
        power.on_careless_postgres, 3, 3, needs_disk=True, must_lose=True
    ),
}


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
        return dict(campaign.run(folder, rounds=rounds, seed=seed))


def said(name: str, told: Told) -> str:
    """Return what a campaign did, in one line."""
    if NOT_RUN in told:
        return f"NOT RUN: {name}: {told[NOT_RUN]}"
    return f"{name}: " + ", ".join(f"{what} {count}" for what, count in told.items())


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
