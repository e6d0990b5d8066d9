"""Mirror of ``apply.ts``, ``settle.ts`` and ``cas.ts`` of ``pwa/src/outbox``: an answer. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from tests.sim.logic.entry import BaseRow, Entry, Json, Place, Rows, State, copies_of, name_of
from tests.sim.logic.forget import Horizon, forgettable
from tests.sim.logic.overlay import has_caught_up
from tests.sim.logic.renumber import send_again


class Present(Struct, frozen=True):
    """Moments, and the digest of what the phone holds now."""

    at: str
    digest: str
    shown_since: str
    kept_since: str


class Plan(NamedTuple):
    """What an answer makes of a phone; ``is_stale``: its pull part was left aside."""

    next: State
    is_stale: bool


def digest(cursor: str, held: Mapping[str, str], schema: int) -> str:
    """Return the digest of a holding: its own code, not the server's."""
    text = json.dumps(
        [cursor, [[root, held[root]] for root in sorted(held)], schema],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).digest()[:16].hex()


def plan(before: State, answer: Json, present: Present) -> Plan:
    """Take in an answer. Neither reset nor drop ever touches the outbox."""
    lived = _in_epoch(before, answer)
    settled = settle(lived.entries, answer["receipts"], answer["device"], present.at)
    pull: Json | None = answer["pull"]
    is_taken = pull is not None and _fits(before, lived, pull, present)
    fed = _feed(lived, pull) if pull is not None and is_taken else lived
    is_reset = pull is not None and is_taken and bool(pull["reset"])
    is_complete = pull is not None and is_taken and not pull["more"]
    told = [_replayed(entry, fed.rows) for entry in settled]
    entries = [_caught_up(one, fed, is_reset=is_reset, is_complete=is_complete) for one in told]
    durable_n = answer["durable_n"] if answer["device"] == fed.place.device else 0
    place = replace(fed.place, durable_n=durable_n, heard_at=present.at)
    horizon = Horizon(place.durable_n, place.device, present.shown_since, present.kept_since)
    gone = set(forgettable(entries, horizon))
    kept = tuple(entry for entry in entries if entry.id not in gone)
    return Plan(State(place, fed.rows, kept), pull is not None and not is_taken)


def settle(entries: Sequence[Entry], receipts: Iterable[Json], device: str, at: str) -> list[Entry]:
    """Give each receipt to the entry it is about. The first one stays."""
    receipt_by_id = {receipt["id"]: receipt for receipt in receipts}
    settled: list[Entry] = []
    for entry in entries:
        receipt = receipt_by_id.get(entry.id)
        is_about = receipt is not None and receipt["n"] == entry.n and entry.device == device
        if is_about and entry.receipt is None:
            settled.append(replace(entry, receipt=receipt, received_at=at))
        else:
            settled.append(entry)
    return settled


def acked_to(entries: Iterable[Entry], device: str, next_n: int) -> int:
    """Return up to which number every receipt is stored on this phone."""
    waiting = [one.n for one in entries if one.device == device and one.receipt is None]
    return min([next_n, *waiting]) - 1


def _in_epoch(before: State, answer: Json) -> State:
    place, epoch = before.place, answer["epoch"]
    if place.epoch == epoch:
        return before
    if place.epoch == "":
        return replace(before, place=replace(place, epoch=epoch))
    is_own = answer["device"] == place.device
    server_next = answer["next_n"] if is_own else place.next_n
    again = send_again(before.entries, place.device, place.next_n, server_next)
    fresh = replace(
        place,
        epoch=epoch,
        next_n=again.next_n,
        cursor="",
        held={},
        pulled_to=0,
        durable_n=0,
        total_roots=0,
    )
    return State(fresh, {}, again.entries)


def _fits(before: State, lived: State, pull: Json, present: Present) -> bool:
    is_same_life = before is lived or before.place.epoch == ""
    return bool(pull["base"] == present.digest and (is_same_life or pull["reset"]))


def _feed(state: State, pull: Json) -> State:
    rows = {} if pull["reset"] else dict(state.rows)
    held = {} if pull["reset"] else dict(state.place.held)
    for drop in pull["drop"]:
        rows.pop(drop["root"], None)
        held.pop(drop["root"], None)
    for row in pull["rows"]:
        if row["root"] in held:
            rows[row["root"]] = _with_row(rows.get(row["root"], {}), row)
    for snap in pull["roots"]:
        rows[snap["root"]] = dict(part for row in snap["rows"] for part in _entry_of(row))
        held[snap["root"]] = snap["lens"]
    place = replace(
        state.place,
        cursor=pull["cursor"],
        held=held,
        pulled_to=_pulled_to(state.place, pull),
        total_roots=pull["total_roots"],
    )
    return State(place, rows, state.entries)


def _pulled_to(place: Place, pull: Json) -> int:
    if not pull["more"]:
        return int(pull["head"])
    return 0 if pull["reset"] else place.pulled_to


def _with_row(held: Mapping[str, BaseRow], row: Json) -> dict[str, BaseRow]:
    fresh = dict(held)
    fresh.pop(name_of(row["ent"], row["key"]), None)
    fresh.update(_entry_of(row))
    return fresh


def _entry_of(row: Json) -> list[tuple[str, BaseRow]]:
    data: Any = row["data"]
    if not isinstance(data, dict):
        return []
    name = name_of(row["ent"], row["key"])
    return [(name, BaseRow(row["root"], row["ent"], row["key"], row["ver"], data))]  # pyright: ignore[reportUnknownArgumentType]


def _replayed(entry: Entry, rows: Rows) -> Entry:
    if entry.receipt is None or entry.receipt["out"] != "parked" or entry.replay is not None:
        return entry
    told = copies_of(rows, "replayed", entry.id)
    return replace(entry, replay=told[0].data) if told else entry


def _caught_up(entry: Entry, state: State, *, is_reset: bool, is_complete: bool) -> Entry:
    was_settled = entry.is_settled and not is_reset
    is_settled = was_settled or has_caught_up(
        entry, state.rows, state.place.pulled_to, is_complete=is_complete
    )
    return entry if is_settled == entry.is_settled else replace(entry, is_settled=is_settled)
