"""Faults put into the server's and the shared code."""

from tests.sim.sabotage_words import Patch, Sabotage

_SERVICE = "server/syncing/service.py"
_PULLING = "server/syncing/pulling.py"
_CONFLICTS = "server/syncing/conflicts.py"
_EDIT = "server/syncing/deeds/edit.py"
_FEED = "server/feed/store.py"

SERVER: tuple[Sabotage, ...] = (
    Sabotage(
        "no_dedupe",
        "a mutation that came before is carried out again",
        ("I1",),
        (
            Patch(
                _SERVICE,
                "    if earlier is None:",
                "    if earlier is None or earlier.sha == item.sha:",
            ),
            Patch(
                "server/syncing/batch/plans.py",
                "if item.mut is None or item.id in known.mutations:",
                "if item.mut is None:",
            ),
        ),
    ),
    Sabotage(
        "fork_blind",
        "another phone's number is answered by this one's receipt",
        (
            "I3",
            "I3b",
            "I7",
            "I19",
        ),
        (
            Patch(
                "sync/numbers.py",
                "return Place.REPEAT if known == (mid, sha) else Place.FORK",
                "return Place.REPEAT",
            ),
        ),
    ),
    Sabotage(
        "gap_blind",
        "a number beyond the next is taken",
        ("I4",),
        (
            Patch(
                "sync/numbers.py",
                "return Place.FRESH if n == last_n + 1 else Place.GAP",
                "return Place.FRESH",
            ),
        ),
    ),
    Sabotage(
        "id_reuse_blind",
        "other words under a known id are answered by its receipt",
        ("I2",),
        (Patch(_SERVICE, "elif earlier.sha == item.sha:", "elif earlier.receipt:"),),
    ),
    Sabotage(
        "refused_forgotten",
        "what was refused is not kept",
        ("I2",),
        (
            Patch(
                "server/syncing/store/__init__.py",
                '"body": item.body,',
                '"body": b"{}" if receipt.out == "refused" else item.body,',
            ),
        ),
    ),
    Sabotage(
        "refused_unseen",
        "nobody is shown what was refused",
        (
            "I2",
            "I18",
        ),
        (
            Patch(
                _SERVICE,
                'feed.publish(tx, "refusal", refusal, key=key, roots=[visit.person.root], by=by)',
                'feed.publish(tx, "refusal", refusal, key=key, roots=[], by=by)',
            ),
        ),
    ),
    Sabotage(
        "refused_told_to_all",
        "what was refused is told to everybody",
        (
            "I2",
            "I12",
        ),
        (
            Patch(
                _SERVICE,
                'feed.publish(tx, "refusal", refusal, key=key, roots=[visit.person.root], by=by)',
                'feed.publish(tx, "refusal", refusal, key=key, roots=["ref"], by=by)',
            ),
        ),
    ),
    Sabotage(
        "oos_dropped",
        "an edit of a student who left the caseload is dropped",
        ("I2",),
        (
            Patch(
                _EDIT,
                "return _held(tx, deed, _against(deed, wanted, current), continued,"
                ' why="proposal")',
                "return Done(ver=0)",
            ),
        ),
    ),
    Sabotage(
        "late_edit_dropped",
        "an edit of a row that is gone is dropped",
        ("I2",),
        (
            Patch(
                _EDIT,
                'return _held(tx, deed, _against(deed, wanted, {}), continued, why="deleted")',
                "return Done(ver=0)",
            ),
        ),
    ),
    Sabotage(
        "chain_forgets",
        "the second edit in a conflict forgets the first",
        ("I2",),
        (Patch(_CONFLICTS, "trail=[*field.trail, field.mine]", "trail=field.trail"),),
    ),
    Sabotage(
        "author_blind",
        "a conflict is not shown to who wrote its values",
        ("I9",),
        (Patch(_CONFLICTS, "| store.user_roots(tx, authors)", "| set()"),),
    ),
    Sabotage(
        "moved_blind",
        "a choice goes over a value that nobody saw",
        ("I8",),
        (
            Patch(
                "server/syncing/deeds/conflict.py",
                "if is_moved and not field.choice:",
                "if is_moved and field.choice:",
            ),
        ),
    ),
    Sabotage(
        "lww",
        "the last writer wins",
        ("I8",),
        (
            Patch(
                "sync/merge.py",
                "return Held(was=was, theirs=current, mine=normal(new))",
                "return Applied(normal(new))",
            ),
        ),
    ),
    Sabotage(
        "set_replaced",
        "a list of codes replaces another's",
        ("I8",),
        (
            Patch(
                "sync/merge.py",
                "value: Value = sorted((present | plus) - minus)",
                "value: Value = sorted((seen | plus) - minus)",
            ),
        ),
    ),
    Sabotage(
        "full_row",
        "a mutation writes fields that it does not name",
        ("I16",),
        (
            Patch(
                "server/syncing/rows.py",
                "people.save_contact_point(tx, key, changes)",
                'people.save_contact_point(tx, key, {"status": "unverified", **changes})',
            ),
        ),
    ),
    Sabotage(
        "scope_by_claim",
        "whoever names a row may change it",
        ("I12",),
        (
            Patch(
                "server/syncing/authority.py",
                "return may_reach(tx, person, reader.roots_ever_of(tx, ent, key))",
                "return True",
            ),
        ),
    ),
    Sabotage(
        "late_scope_blind",
        "a contact for a student who left is not marked",
        ("I12",),
        (
            Patch(
                "server/syncing/deeds/contact.py",
                "late_scope=not authority.may_reach(tx, deed.person, {student.root}),",
                "late_scope=False,",
            ),
        ),
    ),
    Sabotage(
        "lens_ignored",
        "callers see the family in full",
        ("I12",),
        (
            Patch(
                "sync/lens.py",
                "            return _for_caller(ent, data, viewer)",
                "            return data",
            ),
        ),
    ),
    Sabotage(
        "closed_still_seen",
        "a closed case stays in the caseload",
        ("I6", "I12"),
        (
            Patch(
                "server/cases/store.py",
                "        CaseRow.status != CaseStatus.CLOSED,\n    )\n    .distinct()",
                "    )\n    .distinct()",
            ),
        ),
    ),
    Sabotage(
        "no_drop",
        "the phone is not told what left the caseload",
        ("I6",),
        (
            Patch(
                _PULLING,
                "drop=[Drop(root=root, why=why) for root, why in step.drop.items()],",
                "drop=[],",
            ),
        ),
    ),
    Sabotage(
        "same_lens_kept",
        "another lens does not send the root anew",
        (
            "I6",
            "I12",
        ),
        (Patch("sync/scope.py", "elif scope[root] != lens:", 'elif lens == "none":'),),
    ),
    Sabotage(
        "no_backfill",
        "of a new student only what changed lately is sent",
        ("I5",),
        (
            Patch(
                "server/feed/reader.py",
                "FeedRow.root == root, FeedRow.gone.is_(False), PublishedRow.gone.is_(False)",
                "FeedRow.root == root, FeedRow.gone.is_(False), PublishedRow.ver > 1",
            ),
        ),
    ),
    Sabotage(
        "cursor_to_head",
        "a cut page sends the cursor to the head",
        ("I5",),
        (Patch(_PULLING, "standing.head if position is None else position", "standing.head"),),
    ),
    Sabotage(
        "more_forgotten",
        "a phone is told that it has all, with students still to come",
        ("I6",),
        (
            Patch(
                _PULLING,
                "more=position is not None or len(roots) < len(step.new),",
                "more=position is not None,",
            ),
        ),
    ),
    Sabotage(
        "no_floor",
        "a cursor older than the purge is built upon",
        ("I5",),
        (
            Patch(
                _PULLING,
                "not standing.floor <= cursor.seq <= standing.head",
                "cursor.seq > standing.head",
            ),
        ),
    ),
    Sabotage(
        "seq_early",
        "positions begin one too early",
        ("I5", "I18"),
        tuple(
            Patch(file, "first = last - len(touched) + 1", "first = last - len(touched)")
            for file in (_FEED, "server/feed/batch.py")
        ),
    ),
    Sabotage(
        "unlink_untold",
        "a row that left a root stays on phones",
        (
            "I5",
            "I18",
        ),
        (Patch(_FEED, "        touch(tx, root, ent, key, gone=True)", "        del root"),),
    ),
    Sabotage(
        "no_epoch",
        "a restored database goes on under its old name",
        (
            "I3b",
            "I5",
            "I16",
        ),
        (
            Patch(
                "server/backup/restoring.py",
                "    epoch = feed.new_epoch(tx)\n    sessions",
                "    epoch, _ = feed.head(tx)\n    sessions",
            ),
        ),
    ),
    Sabotage(
        "durable_early",
        "phones may forget what no backup has",
        ("I3",),
        (
            Patch(
                "server/backup/service.py",
                "return device.durable_n if store.is_set_up(tx) else device.last_n",
                "return device.last_n",
            ),
        ),
    ),
    Sabotage(
        "revoked_heard",
        "a phone that was taken off the list is still heard",
        ("I12",),
        (
            Patch(
                "server/syncing/exchanging.py",
                'is_revoked = device.state != "active" or caller.is_revoked',
                "is_revoked = False",
            ),
            Patch(_SERVICE, 'if device.state != "active":', 'if device.state == "none":'),
            Patch(
                "server/syncing/taking.py",
                'if device.state != "active":',
                'if device.state == "none":',
            ),
        ),
    ),
    Sabotage(
        "ack_before_commit",
        "receipts go out though the commit failed",
        (
            "I3b",
            "I3",
            "I7",
            "I19",
        ),
        (
            Patch(
                "server/db/database.py",
                "            session.begin(),\n        ):\n"
                "            tx = Transaction(session, at)",
                "            __import__('contextlib').suppress(Exception),\n"
                "            session.begin(),\n"
                "        ):\n            tx = Transaction(session, at)",
            ),
        ),
    ),
)
