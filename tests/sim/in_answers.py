"""Invariants of what the server answers: I12, I19."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sim.eyes import may_be_told, tells_own_words_only
from tests.sim.logic.entry import Json
from tests.sim.watching import Watch, hold

if TYPE_CHECKING:
    from tests.sim.world import Answer


class Answers(Watch):
    """Looks at answers as they leave the server."""

    def i19_progress(self, asked: Json, answer: Any) -> None:
        """No content stops the queue: only gap, fork, busy and revoked do, each with a way out."""
        hold(answer.status == 200, "I19", f"answered {answer.status}: {answer.body[:300]!r}")
        told = answer.json()
        sent = asked["muts"] or asked["sealed"]
        if told["stop"]:
            hold(told["stop"] in {"gap", "fork", "busy", "revoked"}, "I19", told["stop"])
            return
        numbers = {receipt["n"] for receipt in told["receipts"]}
        unheard = [one["n"] for one in sent if one["n"] not in numbers]
        hold(not unheard, "I19", f"no receipt for {unheard}")

    def i12_nothing_beyond_the_lens(self, answer: Answer) -> None:
        """Nothing outside the person's scope and lens is ever in an answer."""
        pull = answer.body["pull"]
        if pull is None:
            return
        for snap in pull["roots"]:
            lens = answer.scope.get(snap["root"])
            hold(lens == snap["lens"], "I12", f"{snap['root']} was sent as {snap['lens']}")
        rows = [*pull["rows"], *(row for snap in pull["roots"] for row in snap["rows"])]
        for row in rows:
            lens = answer.scope.get(row["root"])
            hold(lens, "I12", f"{row['root']} is not in the scope of {answer.phone.name}")
            hold(
                row["data"] is None or may_be_told(row, str(lens), answer.phone.me),
                "I12",
                f"{answer.phone.name} was told {row}",
            )
            if lens == "self" and row["ent"] == "conflict" and row["data"] is not None:
                self._i12_own_words(row["data"], answer)

    def _i12_own_words(self, conflict: Json, answer: Answer) -> None:
        """Of a family that is somebody else's, an own root tells what its person wrote himself."""
        about = (conflict["ent"], conflict["key"].replace("-", ""))
        linked = self._ask("select root from link where ent = ? and key = ?", *about)
        left = self._ask("select root from feed where ent = ? and key = ?", *about)
        roots = {root for (root,) in linked or left}
        me = answer.phone.me
        hold(
            bool(roots & self.reach_of(me)) or tells_own_words_only(conflict, me),
            "I12",
            f"{answer.phone.name} was told of a family that is somebody else's: {conflict}",
        )
