"""Measures syncing beside two floors and beside its peers; the last line is one JSON object."""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.bench import measure
from tests.bench.sync import bare, ours
from tests.bench.sync.floor import noop
from tests.bench.sync.ours import FULL, SMALL, Size
from tests.bench.sync.peers import kinto, pocketbase, pouch, rxdb

Figures = dict[str, dict[str, float]]

PEERS: Mapping[str, Callable[[Path, Size], Figures]] = {
    "rxdb_memory": rxdb.run,
    "pouchdb_server": pouch.run,
    "pocketbase": pocketbase.run,
    "kinto_memory": kinto.memory,
    "kinto_postgres": kinto.postgres,
}
"""By turns with ours, one after the other."""
_ONCE = frozenset({"kinto_postgres"})
"""So slow that one round must do, or the whole would take an hour."""


def main() -> None:
    """Run everything once; print as it comes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a few seconds, to try it")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of all servers by turns (3)")
    parser.add_argument("--no-peers", action="store_true", help="only ours and the floors")
    asked = parser.parse_args()
    size = SMALL if asked.small else FULL
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="presente-bench-") as folder:
        found = _measured(Path(folder), size, asked.rounds, with_peers=not asked.no_peers)
    found["seconds"] = {"all": time.monotonic() - began}
    _print(found)
    goals = _goals(found)
    print(json.dumps({"bench": "sync", "goals": goals, "missed": _missed(goals), **found}))


def _measured(folder: Path, size: Size, rounds: int, *, with_peers: bool) -> dict[str, Any]:
    taken: dict[str, list[Figures]] = {}
    missing: dict[str, str] = {}
    servers: Mapping[str, Callable[[Path, Size], Figures]] = PEERS if with_peers else {}
    for turn in range(rounds):
        place = folder / f"round-{turn}"
        _say(f"round {turn + 1} of {rounds}: presente")
        taken.setdefault("presente", []).append(ours.one_round(place, size))
        _say("floors")
        taken.setdefault("floors", []).append(_floors(place, size))
        for name, run in servers.items():
            if name in missing or (turn and name in _ONCE):
                continue
            _say(name)
            try:
                taken.setdefault(name, []).append(run(place, size))
            except Exception as error:  # noqa: BLE001  (a peer that cannot run is told, not hidden)
                missing[name] = f"{type(error).__name__}: {error}"[:300]
                _say(f"NOT RUN: {name}: {missing[name]}")
    found: dict[str, Any] = {name: _medians(told) for name, told in taken.items() if told}
    _say("presente: all come back at once")
    found["presente"] |= ours.all_come_back(folder / "crowd", size)
    _say("presente: W3")
    found["presente"] |= ours.later_pulls(folder / "later", size)
    found["not_run"] = missing
    return found


def _floors(folder: Path, size: Size) -> Figures:
    source = str(folder / "data" / "presente.db")
    floors: Figures = {"noop": noop(folder, size)}
    for name, work, batch in (
        ("bare", bare.contacts, bare.BATCH),
        ("bare_one_by_one", bare.contacts, 1),
        ("all_rows", bare.everything, bare.BATCH),
    ):
        place = folder / name
        place.mkdir()
        floors[name] = dict(measure.step(work, source, str(place), batch).told)
    return floors


def _medians(rounds: list[Figures]) -> Figures:
    return {
        work: {
            name: statistics.median(one[work][name] for one in rounds if work in one)
            for name in rounds[0][work]
        }
        for work in rounds[0]
    }


def _goals(found: Mapping[str, Any]) -> dict[str, float]:
    """Return the ratios that the bench is for."""
    own, floors = found["presente"], found["floors"]
    cpu = own["W1"]["cpu_s_per_1000"]
    http = floors["noop"]["cpu_s_per_1000"]
    goals = {
        "W1_cpu_to_floors": cpu / (http + floors["bare"]["cpu_s_per_1000"]),
        "W1_cpu_to_floors_with_all_rows": cpu / (http + floors["all_rows"]["cpu_s_per_1000"]),
        "W4_time_to_W1": own["W1"]["records_per_s"] / own["W4"]["records_per_s"],
        "W3_large_to_small": own["W3"]["large_ms"] / own["W3"]["small_ms"],
        "W3_cpu_large_to_small": own["W3"]["large_cpu_ms"] / own["W3"]["small_cpu_ms"],
        "crowd_p95_s": own["crowd"]["p95_ms"] / 1000,
        "crowd_answered": own["crowd"]["answered"] / own["crowd"]["phones"],
    }
    for name, told in found.items():
        if name not in {"presente", "floors", "not_run", "seconds"} and "W1" in told:
            ratio = own["W1"]["records_per_s"] / told["W1"]["records_per_s"]
            goals[f"W1_records_to_{name}"] = ratio
            if "W2" in told:
                ratio = own["W2"]["rows_per_s"] / told["W2"]["rows_per_s"]
                goals[f"W2_rows_to_{name}"] = ratio
            if "W1_replicated" in told:
                ratio = own["W1"]["records_per_s"] / told["W1_replicated"]["records_per_s"]
                goals[f"W1_records_to_{name}_replicated"] = ratio
    return {name: round(value, 3) for name, value in goals.items()}


_AT_MOST = {
    "W1_cpu_to_floors": 4.0,
    "W1_cpu_to_floors_with_all_rows": 4.0,
    "W4_time_to_W1": 1.5,
    "W3_large_to_small": 1.2,
    "crowd_p95_s": 5.0,
}
_AT_LEAST = {
    "crowd_answered": 1.0,
    "W1_records_to_pouchdb_server": 1.5,
    "W1_records_to_kinto_memory": 10.0,
    "W1_records_to_kinto_postgres": 10.0,
}
_ROWS_AT_LEAST = 2.0
"""First pulls: of every peer's rows in a second."""


def _missed(goals: Mapping[str, float]) -> list[str]:
    """Return which goals were not reached. What was not run is told apart."""
    return [
        name
        for name, value in goals.items()
        if value > _AT_MOST.get(name, value)
        or value < _AT_LEAST.get(name, value)
        or (name.startswith("W2_rows_to_") and value < _ROWS_AT_LEAST)
    ]


def _print(found: Mapping[str, Any]) -> None:
    for name, told in found.items():
        if name in {"not_run", "seconds"}:
            continue
        print(f"\n{name}")
        for work, values in told.items():
            shown = "  ".join(f"{key} {_shown(value)}" for key, value in values.items())
            print(f"  {work:<16}{shown}")
    for name, why in found["not_run"].items():
        print(f"\n*** NOT RUN: {name}: {why}")


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.4g}"


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
