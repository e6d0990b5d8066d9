"""Faults in what comes after: another life, another build, a mend, a comparison."""

from tests.sim.sabotage_words import Patch, Sabotage

_RENUMBER = "tests/sim/logic/renumber.py"
_TS = "pwa/src/outbox/"

LIVES: tuple[Sabotage, ...] = (
    Sabotage(
        "joins_with_half",
        "a phone that the restored server never met sends first what was not received before",
        ("I10",),
        (
            Patch(
                _RENUMBER,
                "    moved = _numbered(map(voided, entries), device, 1)\n",
                "    later = sorted(entries, key=lambda one: one.receipt is not None)\n"
                "    moved = _numbered(map(voided, later), device, 1)\n",
            ),
        ),
        Patch(
            f"{_TS}renumber.ts",
            "const moved = numbered(sendable.map(voided), device, 1)",
            "const later = sendable.toSorted("
            "(one, other) => Number(one.receipt !== null) - Number(other.receipt !== null))\n"
            "  const moved = numbered(later.map(voided), device, 1)",
        ),
    ),
    Sabotage(
        "newest_first",
        "after a restore what this device did goes out before what the earlier one did",
        ("I10",),
        (
            Patch(
                _RENUMBER,
                "    moved = _numbered(rest, device, server_next)\n",
                "    rest = sorted(rest, key=lambda one: one.device != device)\n"
                "    moved = _numbered(rest, device, server_next)\n",
            ),
        ),
        Patch(
            f"{_TS}renumber.ts",
            "    again.filter((entry) => !isKnown(entry)),",
            "    again.filter((entry) => !isKnown(entry))"
            ".sort((one) => (one.device === device ? -1 : 1)),",
        ),
    ),
    Sabotage(
        "verify_blind",
        "the server finds every holding right",
        ("I20",),
        (
            Patch(
                "server/syncing/verifying.py",
                "if _digest(eyes, entries) not in {None, asked.digests[root]}",
                "if not asked.digests[root]",
            ),
        ),
    ),
    Sabotage(
        "verify_suspicious",
        "the server finds every holding wrong",
        ("I20",),
        (
            Patch(
                "server/syncing/verifying.py",
                "if _digest(eyes, entries) not in {None, asked.digests[root]}",
                "if asked.digests[root]",
            ),
        ),
    ),
    Sabotage(
        "verify_clears_outbox",
        "a root that differs takes what was written about it along",
        ("I20", "I3"),
        (
            Patch(
                "tests/sim/logic/verify.py",
                "            for entry in state.entries\n",
                "            for entry in state.entries\n"
                "            if not _is_about(entry, gone, state)\n",
            ),
        ),
        Patch(
            f"{_TS}verify.ts",
            "    entries: entries.map(shows),",
            "    entries: entries.map(shows).filter((one) => one.is_settled),",
        ),
    ),
    Sabotage(
        "replayed_untold",
        "nobody is told what became of parked work",
        ("I1", "I2"),
        (
            Patch(
                "server/syncing/replaying.py",
                '    if outcome.out == "parked":\n        return\n    said =',
                '    if outcome.out != "":\n        return\n    said =',
            ),
        ),
    ),
    Sabotage(
        "replayed_empty",
        "parked work is called done, and nothing is written",
        ("I2",),
        (
            Patch(
                "server/syncing/replaying.py",
                "        outcome = service.carry_out(tx, visit, item)\n",
                '        outcome = Outcome(out="merged")\n',
            ),
        ),
    ),
    Sabotage(
        "old_words_unheard",
        "what an older build says is not brought up to date",
        ("I19",),
        (
            Patch(
                "server/syncing/receiving.py",
                "        told = upcast.SHIPPED.upcast(mut)\n",
                "        upcast.SHIPPED.upcast(mut)\n        told = mut\n",
            ),
        ),
    ),
    Sabotage(
        "new_words_for_old",
        "an older build is given rows in words that it does not know",
        ("I5",),
        (
            Patch(
                "server/syncing/seeing.py",
                "told = upcast.SHIPPED.project_down(entry.ent, seen, self.schema)",
                "told = seen",
            ),
        ),
    ),
    Sabotage(
        "moves_from_anywhere",
        "a call that was made can be cancelled",
        ("I8",),
        (
            Patch(
                "sync/policy.py",
                '"task.cancel": {"open": "cancelled"},',
                '"task.cancel": {"open": "cancelled", "done": "cancelled"},',
            ),
        ),
    ),
)
