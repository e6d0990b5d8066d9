"""Faults put into who sees what, the pull, the feed and lives of the database."""

from tests.sim.sabotage_words import Patch, Sabotage

_SERVICE = "server/syncing/service.py"
_PULLING = "server/syncing/pulling.py"
_FEED = "server/feed/store.py"

FEED: tuple[Sabotage, ...] = (
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
        "own_root_tells_all",
        "a conflict tells its authors what became of a family that is somebody else's",
        ("I12",),
        (
            Patch(
                "sync/lens.py",
                'if ent != "conflict" or reaches:',
                'if ent == "conflict" or reaches:',
            ),
        ),
    ),
    Sabotage(
        "own_root_tells_the_choice",
        "a conflict tells its author what was chosen for a family that is somebody else's",
        ("I12",),
        (Patch("sync/lens.py", '        hidden["chosen"] = None\n', "        pass\n"),),
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
        "claim_blind",
        "whoever claims a call takes it from its holder",
        ("I10",),
        (
            Patch(
                "sync/leases.py",
                "    if holder not in {None, who}:",
                '    if holder not in {None, who} and lease.status == "none":',
            ),
        ),
    ),
    Sabotage(
        "lease_endless",
        "a lease that ran out still shows the student",
        ("I6", "I12"),
        (
            Patch(
                "server/calls/store.py",
                "            TaskRow.status == TaskStatus.OPEN,\n"
                "            TaskRow.until > tx.at,\n",
                "            TaskRow.status == TaskStatus.OPEN,\n",
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
                "_IN_ROOTS, FeedRow.gone.is_(False), PublishedRow.gone.is_(False)",
                "_IN_ROOTS, FeedRow.gone.is_(False), PublishedRow.ver > 1",
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
        (
            Patch(
                "server/feed/store.py",
                "first = last - len(touched) + 1",
                "first = last - len(touched)",
            ),
            Patch(
                "server/feed/batch.py",
                '_TAKE, {"count": count}).scalar_one() - count',
                '_TAKE, {"count": count}).scalar_one() - count - 1',
            ),
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
                "device.durable_n if is_set_up else device.last_n",
                "device.last_n",
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
        ("I3", "I3b", "I7", "I19"),
        (
            Patch(
                "server/db/database.py",
                "            session.begin(),\n        ):\n"
                "            tx = Transaction(session, at)",
                "            __import__('contextlib').suppress(Exception),\n"
                "            session.begin(),\n        ):\n"
                "            tx = Transaction(session, at)",
            ),
        ),
    ),
)
