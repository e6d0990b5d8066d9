"""Faults put into the product's own code on purpose, each a line or two, and who must notice it.

A patch must fit exactly once: when the code moves, ``make sabotage`` says so. What happens on a
phone is broken in the simulated phone, and in the phone's own TypeScript beside it.
"""

from typing import NamedTuple


class Patch(NamedTuple):
    """One place of one file."""

    file: str
    old: str
    new: str


class Sabotage(NamedTuple):
    """One fault. ``by``: the invariants that may be the first to notice."""

    name: str
    what: str
    by: tuple[str, ...]
    patches: tuple[Patch, ...]
    phone: Patch | None = None
    """The same fault in the phone's own code."""


_SERVICE = "server/syncing/service.py"
_PULLING = "server/syncing/pulling.py"
_CONFLICTS = "server/syncing/conflicts.py"
_EDIT = "server/syncing/deeds/edit.py"
_FEED = "server/feed/store.py"
_APPLY = "tests/sim/logic/apply.py"
_OVERLAY = "tests/sim/logic/overlay.py"
_TS = "pwa/src/outbox/"


def _one(  # noqa: PLR0913
    name: str, what: str, by: str, file: str, old: str, new: str, phone: Patch | None = None
) -> Sabotage:
    return Sabotage(name, what, tuple(by.split()), (Patch(file, old, new),), phone)


SERVER = (
    _one(
        "no_dedupe",
        "a mutation that came before is carried out again",
        "I1",
        _SERVICE,
        "    if earlier is None:",
        "    if earlier is None or earlier.sha == item.sha:",
    ),
    _one(
        "fork_blind",
        "another phone's number is answered by this one's receipt",
        "I3 I3b I7 I19",
        "sync/numbers.py",
        "return Place.REPEAT if known == (mid, sha) else Place.FORK",
        "return Place.REPEAT",
    ),
    _one(
        "gap_blind",
        "a number beyond the next is taken",
        "I4",
        "sync/numbers.py",
        "return Place.FRESH if n == last_n + 1 else Place.GAP",
        "return Place.FRESH",
    ),
    _one(
        "id_reuse_blind",
        "other words under a known id are answered by its receipt",
        "I2",
        _SERVICE,
        "elif earlier.sha == item.sha:",
        "elif earlier.receipt:",
    ),
    _one(
        "refused_forgotten",
        "what was refused is not kept",
        "I2",
        "server/syncing/store.py",
        "body=item.body,",
        'body=b"{}" if receipt.out == "refused" else item.body,',
    ),
    _one(
        "refused_unseen",
        "nobody is shown what was refused",
        "I2",
        _SERVICE,
        'feed.publish(tx, "refusal", refusal, key=key, roots=[visit.person.root], by=by)',
        'feed.publish(tx, "refusal", refusal, key=key, roots=[], by=by)',
    ),
    _one(
        "refused_told_to_all",
        "what was refused is told to everybody",
        "I2 I12",
        _SERVICE,
        'feed.publish(tx, "refusal", refusal, key=key, roots=[visit.person.root], by=by)',
        'feed.publish(tx, "refusal", refusal, key=key, roots=["ref"], by=by)',
    ),
    _one(
        "oos_dropped",
        "an edit of a student who left the caseload is dropped",
        "I2",
        _EDIT,
        'return _held(tx, deed, _against(deed, wanted, current), continued, why="proposal")',
        "return Done(ver=0)",
    ),
    _one(
        "late_edit_dropped",
        "an edit of a row that is gone is dropped",
        "I2",
        _EDIT,
        'return _held(tx, deed, _against(deed, wanted, {}), continued, why="deleted")',
        "return Done(ver=0)",
    ),
    _one(
        "chain_forgets",
        "the second edit in a conflict forgets the first",
        "I2",
        _CONFLICTS,
        "trail=[*field.trail, field.mine]",
        "trail=field.trail",
    ),
    _one(
        "author_blind",
        "a conflict is not shown to who wrote its values",
        "I9",
        _CONFLICTS,
        "| store.user_roots(tx, authors)",
        "| set()",
    ),
    _one(
        "decided_twice",
        "a conflict is decided again by whoever comes second",
        "I9 I8",
        "server/syncing/deeds/conflict.py",
        'if row.status != "open":',
        'if row.status == "lost":',
    ),
    _one(
        "moved_blind",
        "a choice goes over a value that nobody saw",
        "I8",
        "server/syncing/deeds/conflict.py",
        "if is_moved and not field.choice:",
        "if is_moved and field.choice:",
    ),
    _one(
        "lww",
        "the last writer wins",
        "I8",
        "sync/merge.py",
        "return Held(was=was, theirs=current, mine=normal(new))",
        "return Applied(normal(new))",
    ),
    _one(
        "set_replaced",
        "a list of codes replaces another's",
        "I8",
        "sync/merge.py",
        "value: Value = sorted((present | plus) - minus)",
        "value: Value = sorted((seen | plus) - minus)",
    ),
    _one(
        "full_row",
        "a mutation writes fields that it does not name",
        "I16",
        "server/syncing/deeds/rows.py",
        "people.save_contact_point(tx, key, changes)",
        'people.save_contact_point(tx, key, {"status": "unverified", **changes})',
    ),
    _one(
        "scope_by_claim",
        "whoever names a row may change it",
        "I12",
        "server/syncing/authority.py",
        "return may_reach(tx, person, reader.roots_ever_of(tx, ent, key))",
        "return True",
    ),
    _one(
        "late_scope_blind",
        "a contact for a student who left is not marked",
        "I12",
        "server/syncing/deeds/contact.py",
        "late_scope=not authority.may_reach(tx, deed.person, {student.root}),",
        "late_scope=False,",
    ),
    _one(
        "lens_ignored",
        "callers see the family in full",
        "I12",
        "sync/lens.py",
        "            return _for_caller(ent, data, viewer)",
        "            return data",
    ),
    _one(
        "closed_still_seen",
        "a closed case stays in the caseload",
        "I6 I12",
        "server/cases/store.py",
        """            or_(CaseRow.assignee_id == user_id, CaseRow.partner_id == user_id),
            CaseRow.status != CaseStatus.CLOSED,""",
        "            or_(CaseRow.assignee_id == user_id, CaseRow.partner_id == user_id),",
    ),
    _one(
        "no_drop",
        "the phone is not told what left the caseload",
        "I6",
        _PULLING,
        "drop=[Drop(root=root, why=why) for root, why in step.drop.items()],",
        "drop=[],",
    ),
    _one(
        "same_lens_kept",
        "another lens does not send the root anew",
        "I6 I12",
        "sync/scope.py",
        "elif scope[root] != lens:",
        'elif lens == "none":',
    ),
    _one(
        "no_backfill",
        "of a new student only what changed lately is sent",
        "I5",
        "server/feed/reader.py",
        "FeedRow.root == root, FeedRow.gone.is_(False), PublishedRow.gone.is_(False)",
        "FeedRow.root == root, FeedRow.gone.is_(False), PublishedRow.ver > 1",
    ),
    _one(
        "cursor_to_head",
        "a cut page sends the cursor to the head",
        "I5",
        _PULLING,
        "standing.head if position is None else position",
        "standing.head",
    ),
    _one(
        "more_forgotten",
        "a phone is told that it has all, with students still to come",
        "I6",
        _PULLING,
        "more=position is not None or len(roots) < len(step.new),",
        "more=position is not None,",
    ),
    _one(
        "no_floor",
        "a cursor older than the purge is built upon",
        "I5",
        _PULLING,
        "not standing.floor <= cursor.seq <= standing.head",
        "cursor.seq > standing.head",
    ),
    _one(
        "seq_early",
        "positions begin one too early",
        "I5 I18",
        _FEED,
        "first = last - len(touched) + 1",
        "first = last - len(touched)",
    ),
    _one(
        "unlink_untold",
        "a row that left a root stays on phones",
        "I5 I18",
        _FEED,
        "        touch(tx, root, ent, key, gone=True)",
        "        del root",
    ),
    _one(
        "no_epoch",
        "a restored database goes on under its old name",
        "I3b I5 I16",
        "server/backup/restoring.py",
        "    epoch = feed.new_epoch(tx)\n    sessions",
        "    epoch, _ = feed.head(tx)\n    sessions",
    ),
    _one(
        "durable_early",
        "phones may forget what no backup has",
        "I3",
        "server/backup/service.py",
        "return device.durable_n if store.is_set_up(tx) else device.last_n",
        "return device.last_n",
    ),
    Sabotage(
        "revoked_heard",
        "a phone that was taken off the list is still heard",
        ("I12",),
        (
            Patch(
                "server/syncing/exchanging.py",
                'if device.state != "active" or caller.is_revoked:',
                'if device.state == "none":',
            ),
            Patch(_SERVICE, 'if device.state != "active":', 'if device.state == "none":'),
        ),
    ),
    _one(
        "ack_before_commit",
        "receipts go out though the commit failed",
        "I3b I3 I7 I19",
        "server/db/database.py",
        "            session.begin(),\n        ):\n            tx = Transaction(session, at)",
        "            __import__('contextlib').suppress(Exception),\n            session.begin(),\n"
        "        ):\n            tx = Transaction(session, at)",
    ),
)

PHONE = (
    _one(
        "ack_all",
        "any receipt marks everything as sent",
        "I3b",
        _APPLY,
        'is_about = receipt is not None and receipt["n"] == entry.n and entry.device == device',
        "receipt = receipt or next(iter(receipt_by_id.values()), None)\n"
        "        is_about = receipt is not None",
        Patch(
            f"{_TS}settle.ts",
            "const receipt = receiptById.get(entry.id)\n"
            "    const isAbout = receipt?.n === entry.n && entry.device === device",
            "const receipt = receiptById.get(entry.id) ?? receipts[0]\n"
            "    const isAbout = device !== ''",
        ),
    ),
    _one(
        "epoch_ignored",
        "another life of the database changes nothing",
        "I3b I5",
        _APPLY,
        "    if place.epoch == epoch:",
        "    if place.epoch:",
        Patch(f"{_TS}apply.ts", "if (place.epoch === epoch) return", "if (place.epoch) return"),
    ),
    _one(
        "reset_clears_outbox",
        "a reset empties the outbox",
        "I3",
        _APPLY,
        "    return State(place, rows, state.entries)",
        '    return State(place, rows, () if pull["reset"] else state.entries)',
    ),
    _one(
        "drop_clears_outbox",
        "forgetting a student forgets what was written of him",
        "I3",
        _APPLY,
        "    kept = tuple(entry for entry in entries if entry.id not in gone)",
        "    kept = tuple(\n"
        "        entry for entry in entries\n"
        "        if entry.id not in gone and entry.deed.root in {*fed.rows, *before.rows} - (\n"
        "            before.rows.keys() - fed.rows.keys()) | {'s'}\n"
        "    )",
    ),
    _one(
        "gc_early",
        "work is forgotten before a backup has it",
        "I3",
        "tests/sim/logic/forget.py",
        "is_durable = entry.n <= horizon.durable_n",
        "is_durable = True",
        Patch(
            f"{_TS}forget.ts",
            "const isDurable = entry.n <= horizon.durable_n",
            "const isDurable = true",
        ),
    ),
    _one(
        "no_cas",
        "a late answer is taken in whatever the phone holds by now",
        "I5 I6 I6b",
        _APPLY,
        'pull["base"] == present.digest and (is_same_life or pull["reset"])',
        'is_same_life or pull["reset"]',
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
            f"{_TS}cas.ts", "JSON.stringify([cursor, roots, schema])",
            "JSON.stringify([cursor, roots, 1])",
        ),
    ),
    _one(
        "cursor_first",
        "the cursor is on the disk before the rows",
        "I5",
        "tests/sim/phone.py",
        '            disk["place"] = after.place\n            disk["entries"] = after.entries\n',
        '            disk["place"] = after.place\n'
        "        with self.disk.transaction() as disk:\n"
        '            disk["entries"] = after.entries\n',
    ),
    _one(
        "overlay_drop_at_receipt",
        "an edit leaves the screen with its receipt",
        "I17",
        _OVERLAY,
        'return not entry.is_settled and out_of(entry) != "refused"',
        "return entry.receipt is None",
        Patch(
            f"{_TS}overlay.ts",
            "return !entry.is_settled && entry.receipt?.out !== 'refused'",
            "return entry.receipt === null",
        ),
    ),
    _one(
        "overlay_by_cursor",
        "an edit leaves the screen when the cursor is past it",
        "I17",
        _APPLY,
        '    if not pull["more"]:\n        return int(pull["head"])',
        '    if not pull["more"] or pull["cursor"]:\n'
        '        return int(pull["cursor"].rpartition(".")[2])',
        Patch(f"{_TS}apply.ts", "if (!pull.more) return pull.head", "if (pull.head) return pull.head"),
    ),
    _one(
        "gap_keeps_receipts",
        "after a gap the phone believes its old receipts",
        "I3b I7 I19",
        "tests/sim/logic/renumber.py",
        "behind = [voided(one) for one in entries if _is_behind(one, device, server_next)]",
        "behind = [one for one in entries if _is_behind(one, device, server_next)]",
        Patch(
            f"{_TS}renumber.ts",
            "const unsent = entries.filter(isBehind).map(voided)",
            "const unsent = entries.filter(isBehind)",
        ),
    ),
    _one(
        "gone_kept",
        "a row that left a student stays on the phone",
        "I5",
        _APPLY,
        '    fresh.pop(name_of(row["ent"], row["key"]), None)',
        "    del fresh",
        Patch(f"{_TS}apply.ts", "  next.delete(nameOf(row.ent, row.key))\n", ""),
    ),
)

ALL = SERVER + PHONE
SAMPLE = ("chain_forgets", "cursor_to_head", "reset_clears_outbox", "overlay_drop_at_receipt")
"""A few for every test run."""
