"""Faults put into the simulated phone, and the same into the phone's own TypeScript."""

from tests.sim.sabotage_words import Patch, Sabotage

_APPLY = "tests/sim/logic/apply.py"
_OVERLAY = "tests/sim/logic/overlay.py"
_TS = "pwa/src/outbox/"

PHONE: tuple[Sabotage, ...] = (
    Sabotage(
        "ack_all",
        "any receipt marks everything as sent",
        ("I3b",),
        (
            Patch(
                _APPLY,
                'is_about = receipt is not None and receipt["n"] == entry.n'
                " and entry.device == device",
                "receipt = receipt or next(iter(receipt_by_id.values()), None)\n"
                "        is_about = receipt is not None",
            ),
        ),
        Patch(
            f"{_TS}settle.ts",
            "const receipt = receiptById.get(entry.id)\n"
            "    const isAbout = receipt?.n === entry.n && entry.device === device",
            "const receipt = receiptById.get(entry.id) ?? receipts[0]\n"
            "    const isAbout = device !== ''",
        ),
    ),
    Sabotage(
        "epoch_ignored",
        "another life of the database changes nothing",
        (
            "I3b",
            "I13",
            "I5",
        ),
        (Patch(_APPLY, "    if place.epoch == epoch:", "    if place.epoch:"),),
        Patch(f"{_TS}apply.ts", "if (place.epoch === epoch) return", "if (place.epoch) return"),
    ),
    Sabotage(
        "reset_clears_outbox",
        "a reset empties the outbox",
        ("I3",),
        (
            Patch(
                _APPLY,
                "kept = tuple(entry for entry in entries if entry.id not in gone)",
                "kept = tuple(one for one in entries if one.id not in gone and not is_reset)",
            ),
        ),
        Patch(
            f"{_TS}apply.ts",
            "const kept = entries.filter((entry) => !gone.has(entry.id))",
            "const kept = entries.filter(({ id }) => !gone.has(id) && !(isTaken && pull.reset))",
        ),
    ),
    Sabotage(
        "drop_clears_outbox",
        "forgetting a student forgets what was written of him",
        ("I3",),
        (
            Patch(
                _APPLY,
                "kept = tuple(entry for entry in entries if entry.id not in gone)",
                'lost = {one["root"] for one in pull["drop"]} if is_taken else set()\n'
                "    kept = tuple(\n"
                "        one for one in entries"
                " if one.id not in gone and one.deed.root not in lost\n"
                "    )",
            ),
        ),
        Patch(
            f"{_TS}apply.ts",
            "const kept = entries.filter((entry) => !gone.has(entry.id))",
            "const lost = isTaken ? pull.drop.map(({ root }) => root) : []\n"
            "  const kept = entries.filter(\n"
            "    ({ id, deed }) => !gone.has(id) && !lost.includes(deed.root),\n"
            "  )",
        ),
    ),
    Sabotage(
        "gc_early",
        "work is forgotten before a backup has it",
        ("I3",),
        (
            Patch(
                "tests/sim/logic/forget.py",
                "is_durable = entry.n <= horizon.durable_n",
                "is_durable = True",
            ),
        ),
        Patch(
            f"{_TS}forget.ts",
            "const isDurable = entry.n <= horizon.durable_n",
            "const isDurable = true",
        ),
    ),
    Sabotage(
        "no_cas",
        "a late answer is taken in whatever the phone holds by now",
        (
            "I5",
            "I6",
            "I17",
            "I6b",
        ),
        (
            Patch(
                _APPLY,
                'pull["base"] == present.digest and (is_same_life or pull["reset"])',
                'is_same_life or pull["reset"]',
            ),
        ),
        Patch(f"{_TS}apply.ts", "return pull.base === present.digest && (", "return ("),
    ),
    Sabotage(
        "cas_without_schema",
        "a late answer for the old build fits the new one",
        ("I5",),
        (
            Patch(
                _APPLY,
                "[cursor, [[root, held[root]] for root in sorted(held)], schema]",
                "[cursor, [[root, held[root]] for root in sorted(held)], 1]",
            ),
            Patch(
                "sync/cursor.py",
                "[cursor, sorted([root, lens] for root, lens in held.items()), schema]",
                "[cursor, sorted([root, lens] for root, lens in held.items()), 1]",
            ),
        ),
        Patch(
            f"{_TS}cas.ts",
            "JSON.stringify([cursor, roots, schema])",
            "JSON.stringify([cursor, roots, 1])",
        ),
    ),
    Sabotage(
        "cursor_first",
        "the cursor is on the disk before the rows",
        ("I5",),
        (
            Patch(
                "tests/sim/phone.py",
                '            disk["place"] = after.place\n'
                '            disk["entries"] = after.entries\n',
                '            disk["place"] = after.place\n'
                "        with self.disk.transaction() as disk:\n"
                '            disk["entries"] = after.entries\n',
            ),
        ),
    ),
    Sabotage(
        "overlay_drop_at_receipt",
        "an edit leaves the screen with its receipt",
        ("I17",),
        (
            Patch(
                _OVERLAY,
                'return not entry.is_settled and out_of(entry) != "refused"',
                "return entry.receipt is None",
            ),
        ),
        Patch(
            f"{_TS}overlay.ts",
            "return !entry.is_settled && lastWord(entry)?.out !== 'refused'",
            "return entry.receipt === null",
        ),
    ),
    Sabotage(
        "overlay_by_cursor",
        "an edit leaves the screen when the cursor is past it",
        ("I17",),
        (
            Patch(
                _APPLY,
                '    if not pull["more"]:\n        return int(pull["head"])',
                '    if not pull["more"] or pull["cursor"]:\n'
                '        return int(pull["cursor"].rpartition(".")[2])',
            ),
        ),
        Patch(
            f"{_TS}apply.ts", "if (!pull.more) return pull.head", "if (pull.head) return pull.head"
        ),
    ),
    Sabotage(
        "gone_kept",
        "a row that left a student stays on the phone",
        ("I5",),
        (Patch(_APPLY, '    fresh.pop(name_of(row["ent"], row["key"]), None)', "    pass"),),
        Patch(f"{_TS}apply.ts", "  next.delete(nameOf(row.ent, row.key))\n", ""),
    ),
)
