"""Runs the Litestar that stores nothing under the work of W1."""

import sys
from pathlib import Path

from server.ids import new_id
from tests.bench.sync.ours import ROOT, Size, figures
from tests.bench.sync.phone import BATCH, Speaker
from tests.bench.sync.process import Served, free_port
from tests.bench.sync.wire import at_once
from tests.bench.sync.world import Phone


def noop(folder: Path, size: Size) -> dict[str, float]:
    """Send the bodies of W1 to a server that only reads and answers them."""
    port = free_port()
    served = Served(
        "noop",
        [sys.executable, "-m", "tests.bench.sync.noop", str(port)],
        port=port,
        folder=folder,
        environment={"PYTHONPATH": str(ROOT)},
    )
    try:
        students = [new_id() for _ in range(size.caseload // size.phones or 1)]
        speakers = [
            Speaker(Phone(new_id(), new_id(), "nobody", students), port) for _ in range(size.phones)
        ]
        batches = [[body for _, body in one.contacts(size.each)] for one in speakers]
        at_once([lambda: speakers[0].push(batches[0][:BATCH])])
        before = served.cpu
        run = at_once(
            [
                lambda speaker=speaker, batch=batch: speaker.push(batch)  # type: ignore[misc]
                for speaker, batch in zip(speakers, batches, strict=True)
            ]
        )
        return figures(run, served.cpu - before, size.phones * size.each)
    finally:
        served.stop()
