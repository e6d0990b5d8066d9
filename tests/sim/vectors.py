"""Writes the vectors that hold two languages to one rule: phones, answers, what comes of them.

``python -m tests.sim.vectors`` writes ``tests/vectors/{overlay,settle,apply,renumber}.json`` by the
mirror in ``logic/``; the phone's own tests read them, and so does ``test_vectors.py``. Chance makes
the cases, so that they hold combinations nobody would think of; the seed is fixed.
"""

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import to_builtins

from tests.sim.logic.apply import Present, acked_to, digest, plan, settle
from tests.sim.logic.entry import BaseRow, Deed, Entry, Json, Place, State
from tests.sim.logic.overlay import overlay
from tests.sim.logic.renumber import close_gap, join_anew, move_to, send_again

FOLDER = Path(__file__).parent.parent / "vectors"
ROOTS = ("s1", "s2")
AUTHOR = "u-rosa"
CASES = 40


class Maker:
    """Makes small phones by chance."""

    def __init__(self, seed: str) -> None:
        self.chance = random.Random(seed)

    def one_of(self, *of: Any) -> Any:
        return self.chance.choice(of)

    def row(self, root: str, ent: str, key: str) -> BaseRow:
        return BaseRow(root, ent, key, self.one_of(1, 2, 3), self.data(ent, key))

    def data(self, ent: str, key: str) -> Json:
        if ent == "contact_point":
            return {"id": key, "guardian_id": "g1", "value": self.one_of("01", "02")}
        if ent == "contact":
            return {"id": key, "note": self.one_of("a", "b"), "causes": self.one_of([], ["x"])}
        if ent == "case":
            return {"id": key, "status": self.one_of("new", "in_contact"), "assignee_id": None}
        if ent == "conflict":
            field = {"field": "value", "theirs": "01", "mine": "02", "choice": ""}
            status = self.one_of("open", "open", "resolved")
            about = {"ent": "contact_point", "key": "p1"}
            return {"id": key, **about, "status": status, "fields": [field]}
        told = {"task": self.task, "replayed": self.replayed}.get(ent)
        return told(key) if told else {"id": key}

    def replayed(self, key: str) -> Json:
        out = self.one_of("applied", "applied", "conflict", "refused")
        code = self.one_of("", "dismissed") if out == "refused" else ""
        ver = 0 if out == "refused" else self.one_of(0, 2, 3)
        return {"id": key, "out": out, "ver": ver, "conflict": None, "code": code, "text": ""}

    def task(self, key: str) -> Json:
        status = self.one_of("open", "open", "open", "done", "cancelled")
        holder = self.one_of(None, AUTHOR, "u2") if status == "open" else None
        return {
            "id": key,
            "status": status,
            "holder_id": holder,
            "until": None if holder is None else "2026-03-02T19:00:00Z",
            "token": self.one_of(0, 1, 4),
            "done_by": self.one_of(AUTHOR, "u2") if status == "done" else None,
            "contact_id": self.one_of(None, "c1") if status == "done" else None,
            "duplicate_effort": False,
        }

    def rows(self) -> dict[str, dict[str, BaseRow]]:
        names = [("contact_point", "p1"), ("contact", "c1"), ("case", "k1"), ("conflict", "f1")]
        names += [("task", "t1"), ("replayed", "m1"), ("replayed", "m2")]
        held: dict[str, dict[str, BaseRow]] = {}
        for root in ROOTS:
            if self.chance.random() < 0.7:
                some = [name for name in (*names, ("guardian", "g1")) if self.chance.random() < 0.7]
                held[root] = {f"{ent}:{key}": self.row(root, ent, key) for ent, key in some}
        return held

    def deed(self) -> Deed:
        root = self.one_of(*ROOTS)
        base = self.one_of(1, 2)
        said: Json
        match self.chance.randrange(10):
            case 0:
                said = {"note": self.one_of("a", "c"), "student_id": "st1"}
                return Deed("contact.create", "contact", self.one_of("c1", "c2"), root, 0, {}, said)
            case 1:
                said = {"guardian_id": "g1", "kind": "mobile", "value": "03"}
                return Deed("contact_point.create", "contact_point", "p2", root, 0, {}, said)
            case 2 | 3 | 4:
                return self.other_deed(root, base)
            case 5 | 6 | 7:
                return self.task_deed(root, base)
            case _:
                was, new = {"value": "01"}, {"value": self.one_of("02", "03")}
                return Deed("contact_point.edit", "contact_point", "p1", root, base, was, new)

    def other_deed(self, root: str, base: int) -> Deed:
        said: Json
        match self.chance.randrange(3):
            case 0:
                said = {"causes": {"+": ["y"], "-": [self.one_of("x", "z")]}}
                return Deed("contact.amend", "contact", "c1", root, base, {"causes": ["x"]}, said)
            case 1:
                said = {"assignee_id": "u2"}
                return Deed("case.assign", "case", "k1", root, base, {"assignee_id": None}, said)
            case _:
                choice = {"choice": self.one_of("mine", "theirs", "custom"), "value": "09"}
                said = {"choices": {"value": choice}}
                return Deed("conflict.resolve", "conflict", "f1", root, base, {}, said)

    def task_deed(self, root: str, base: int) -> Deed:
        op = self.one_of("create", "create", "claim", "claim", "release", "cancel", "complete")
        if op == "create":
            said: Json = {"student_id": "st1", "due_on": "2026-03-04"}
            return Deed("task.create", "task", self.one_of("t1", "t2"), root, 0, {}, said)
        said = {"contact_id": "c2"} if op == "complete" else {}
        return Deed(f"task.{op}", "task", "t1", root, base, {}, said, fence=1)

    def receipt(self, n: int, id_: str) -> Json:
        out = self.one_of("applied", "applied", "merged", "conflict", "refused", "parked")
        effect = out in {"applied", "merged", "conflict"}
        code = self.one_of("cannot_open", "unknown_op") if out == "parked" else ""
        return {
            "n": n,
            "id": id_,
            "out": out,
            "seq": self.one_of(0, 4, 9) if effect else 0,
            "ver": self.one_of(0, 2, 3) if effect else 0,
            "conflict": "f1" if out == "conflict" else None,
            "code": code,
            "text": "",
        }

    def entries(self) -> list[Entry]:
        made: list[Entry] = []
        for n in range(1, self.chance.randrange(5) + 1):
            device = self.one_of("d1", "d1", "d1", "d0")
            receipt = self.receipt(n, f"m{n}") if self.chance.random() < 0.5 else None
            is_parked = receipt is not None and receipt["out"] == "parked"
            is_told = is_parked and self.chance.random() < 0.5
            since = self.one_of("2026-01-01", "2026-02-20", "2026-03-01")
            made.append(
                Entry(
                    id=f"m{n}",
                    device=device,
                    n=n,
                    deed=self.deed(),
                    v=1,
                    at="2026-03-02T08:00:00-07:00",
                    mono=("s", n),
                    receipt=receipt,
                    replay=self.data("replayed", f"m{n}") if is_told else None,
                    received_at=f"{since}T00:00:00.000Z" if receipt else None,
                    is_settled=receipt is not None and self.chance.random() < 0.5,
                    is_seen=receipt is not None and self.chance.random() < 0.5,
                )
            )
        return made

    def receipts(self, entries: Sequence[Entry]) -> list[Json]:
        told = [self.receipt(one.n, one.id) for one in entries if self.chance.random() < 0.7]
        return [*told, self.receipt(9, "m9")]

    def state(self) -> State:
        rows, entries = self.rows(), self.entries()
        epoch = self.one_of("", "e1", "e1", "e1")
        cursor = "e1.3" if epoch else ""
        held = {root: self.one_of("adv", "call") for root in rows} if cursor else {}
        place = Place(
            device="d1",
            epoch=epoch,
            cursor=cursor,
            held=held,
            next_n=len(entries) + 1,
            pulled_to=self.one_of(0, 3) if cursor else 0,
        )
        return State(place, rows if cursor else {}, tuple(entries))

    def answer(self, state: State) -> Json:
        base = digest(state.place.cursor, state.place.held, 1)
        late = self.chance.random() < 0.15
        is_bare = self.chance.random() < 0.15
        pull = None if is_bare else self.pull("late" if late else base)
        return {
            "proto": 1,
            "epoch": self.one_of("e1", "e1", "e1", "e2"),
            "device": self.one_of("d1", "d1", "d1", "d0"),
            "now": "2026-03-02T15:00:00Z",
            "next_n": 1,
            "durable_n": self.one_of(0, 1, 2),
            "receipts": self.receipts(state.entries),
            "stop": "",
            "pull": pull,
            "min_build": "",
            "retry_ms": 0,
        }

    def pull(self, base: str) -> Json:
        keys = [("contact_point", "p1"), ("contact", "c1"), ("contact", "c2"), ("conflict", "f1")]
        keys += [("task", "t1"), ("task", "t2"), ("replayed", "m1"), ("replayed", "m2")]
        rows = [
            self.message(root, ent, key)
            for root in ROOTS
            for ent, key in keys
            if self.chance.random() < 0.4
        ]
        snaps = [
            {
                "root": root,
                "lens": self.one_of("adv", "call"),
                "rows": [self.message(root, "contact_point", "p1")],
            }
            for root in ROOTS
            if self.chance.random() < 0.3
        ]
        return {
            "base": base,
            "cursor": "e1.9",
            "head": 9,
            "reset": self.chance.random() < 0.2,
            "more": self.chance.random() < 0.3,
            "drop": [{"root": root, "why": "role"} for root in ROOTS if self.chance.random() < 0.2],
            "rows": rows,
            "roots": snaps,
            "total_roots": 2,
        }

    def message(self, root: str, ent: str, key: str) -> Json:
        data = None if self.chance.random() < 0.25 else self.data(ent, key)
        return {"root": root, "ent": ent, "key": key, "ver": self.one_of(2, 3, 4), "data": data}


PRESENT = Present(
    at="2026-03-02T15:00:00.000Z",
    digest="",
    shown_since="2026-02-23T15:00:00.000Z",
    kept_since="2026-01-31T15:00:00.000Z",
)


def told_state(state: State) -> Json:
    """Return a phone as JSON: rows in lists, roots by name."""
    return {
        "place": to_builtins(state.place),
        "rows": told_rows(state.rows),
        "entries": to_builtins(state.entries),
    }


def told_rows(rows: Any) -> Json:
    """Return rows by root, each root's in the order of their names."""
    return {
        root: [held[name]._asdict() for name in sorted(held)] for root, held in sorted(rows.items())
    }


def overlay_case(maker: Maker) -> Json:
    rows, entries = maker.rows(), maker.entries()
    view = overlay(rows, entries, AUTHOR)
    shown = {
        root: {name: {"ver": row.base.ver, "data": row.data} for name, row in sorted(held.items())}
        for root, held in sorted(view.items())
    }
    given = {"rows": told_rows(rows), "entries": to_builtins(entries), "author": AUTHOR}
    return {**given, "shown": shown}


def settle_case(maker: Maker) -> Json:
    entries = maker.entries()
    receipts = maker.receipts(entries)
    settled = settle(entries, receipts, "d1", PRESENT.at)
    return {
        "entries": to_builtins(entries),
        "receipts": receipts,
        "device": "d1",
        "at": PRESENT.at,
        "settled": to_builtins(settled),
        "acked_n": acked_to(settled, "d1", len(entries) + 1),
    }


def apply_case(maker: Maker) -> Json:
    state = maker.state()
    answer = maker.answer(state)
    held = digest(state.place.cursor, state.place.held, 1)
    present = msgspec.structs.replace(PRESENT, digest=held)
    after, is_stale = plan(state, answer, present)
    given = {"before": told_state(state), "answer": answer, "present": to_builtins(present)}
    return {**given, "after": told_state(after), "is_stale": is_stale}


def renumber_case(maker: Maker) -> Json:
    entries = maker.entries()
    next_n, server_next = len(entries) + 1, maker.one_of(1, 2, 3, 4)
    made = {
        "close_gap": close_gap(entries, "d1", server_next, next_n),
        "move_to": move_to(entries, "d2"),
        "join_anew": join_anew(entries, "d2"),
        "send_again": send_again(entries, "d1", next_n, server_next),
    }
    return {
        "entries": to_builtins(entries),
        "next_n": next_n,
        "server_next": server_next,
        **{
            name: {"entries": to_builtins(one.entries), "next_n": one.next_n}
            for name, one in made.items()
        },
    }


KINDS: dict[str, tuple[str, Callable[[Maker], Json]]] = {
    "overlay": ("What the screen shows: rows with the unsettled deeds over them.", overlay_case),
    "settle": ("What receipts make of the outbox, and what it may acknowledge.", settle_case),
    "apply": ("What one whole answer makes of a phone.", apply_case),
    "renumber": ("The ways out of a gap, a fork and a new epoch.", renumber_case),
}


def document(kind: str) -> bytes:
    """Return one file of vectors."""
    about, make = KINDS[kind]
    maker = Maker(kind)
    cases = [{"name": f"{kind} {number}", **make(maker)} for number in range(1, CASES + 1)]
    lines = b",\n  ".join(msgspec.json.encode(case) for case in cases)
    told = msgspec.json.encode(f"{about} Written by tests/sim/vectors.py; both languages read it.")
    return b'{\n "about": ' + told + b',\n "cases": [\n  ' + lines + b"\n ]\n}\n"


def main() -> None:
    """Write every file."""
    for kind in KINDS:
        (FOLDER / f"{kind}.json").write_bytes(document(kind))


if __name__ == "__main__":
    main()
