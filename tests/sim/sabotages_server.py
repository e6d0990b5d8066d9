"""Faults put into what becomes of mutations."""

from tests.sim.sabotage_words import Patch, Sabotage

_SERVICE = "server/syncing/service.py"
_CONFLICTS = "server/syncing/conflicts.py"
_EDIT = "server/syncing/deeds/edit.py"

SERVER: tuple[Sabotage, ...] = (
    Sabotage(
        "no_dedupe",
        "a mutation that came before is carried out again",
        ("I1",),
        (
            Patch(
                _SERVICE,
                "    earlier = earlier_of(store.stored_as(tx, item.id), item.sha)",
                "    earlier = earlier_of([], item.sha)",
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
        (
            Patch(
                _SERVICE,
                "if earlier is not None and earlier.sha == item.sha:",
                "if earlier is not None:",
            ),
        ),
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
        "guess_closes",
        "whoever guesses the value in force in a proposal sees it close",
        ("I12",),
        (
            Patch(
                _CONFLICTS,
                "    if is_allowed and is_same(new, field.theirs):",
                "    if is_same(new, field.theirs):",
            ),
        ),
    ),
    Sabotage(
        "words_vanish",
        "what a deed has no use for vanishes in what is called applied",
        ("I2",),
        (
            Patch(
                "server/syncing/rows.py",
                "        elif name not in uses:",
                "        elif rule is Rule.SCALAR and name not in uses:",
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
)
