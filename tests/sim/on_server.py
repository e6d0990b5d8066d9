"""Invariants of what the server holds: I1, I2, I4, I8, I9, I10, I12, I16, I18."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import msgspec
from msgspec.structs import replace

from sync.normal import is_same, normal
from sync.policy import POLICY, Rule
from tests.sim.builds import LATER_EDIT, LATER_WORD, deed_of_today
from tests.sim.ledger import Taken, Version
from tests.sim.logic.entry import Deed, Json, name_of
from tests.sim.watching import Watch, hold

EDITS = frozenset({"contact.amend", "contact_point.edit", "case.assign"})
OPS = EDITS | {
    *("contact.create", "contact_point.create", "conflict.resolve"),
    *("task.create", "task.claim", "task.release", "task.complete", "task.cancel"),
}
"""What this version understands."""
LEGAL: Mapping[str, frozenset[tuple[str, str]]] = {
    "task": frozenset({("open", "done"), ("cancelled", "done"), ("open", "cancelled")}),
    "case": frozenset(
        {("new", "assigned"), ("assigned", "new")}
        | {("new", "in_contact"), ("assigned", "in_contact")}
    ),
    "conflict": frozenset({("open", "resolved")}),
}
"""From where to where what phones do may move a status: written down once more."""
_SIDE: Mapping[str, frozenset[str]] = {
    "case": frozenset({"status"}),
    "contact_point": frozenset({"value_e164"}),
    "task": frozenset(
        {"status", "holder_id", "until", "token", "done_by", "done_at", "contact_id"}
        | {"duplicate_effort"}
    ),
}
"""What the server itself moves along with a person's edit of a row."""


class ServerSide(Watch):
    """Looks at the log, the history and the feed."""

    def i1_one_effect(self) -> None:
        """A mutation acts once on a row, whatever is repeated, reordered or re-identified."""
        seen: dict[tuple[str, str, str], int] = {}
        carried = self.new_replays()
        hold(not carried & self.replayed, "I1", f"carried out again: {carried & self.replayed}")
        for version in self.ledger.new_versions:
            if not version.mid or (version.data or {}).get("code") == "id_reused":
                continue
            is_new = version.mid not in self.known or version.mid in carried
            hold(is_new, "I1", f"{version.mid} acted again on {version}")
            at = version.mid, version.ent, version.key
            seen[at] = seen.get(at, 0) + 1
            most = 1 if version.ent in {"contact", "contact_point", "refusal"} else 3
            hold(seen[at] <= most, "I1", f"{version.mid} acted twice on {version}")
        opened = self.world.office.db.ask(
            "select mutation_id from conflict group by mutation_id having count(*) > 1"
        )
        hold(not opened, "I1", f"two conflicts of one mutation: {opened}")

    def new_replays(self) -> set[str]:
        """Return the mutations that were carried out in this step after having been parked."""
        ledger = self.ledger
        told = {version.key for version in ledger.new_versions if version.ent == "replayed"}
        return {mid for mid in told if ledger.mutations[mid].receipt["out"] == "parked"}

    def i2_replayed(self, version: Version) -> None:
        """What was parked and carried out is kept as if it had been carried out at once."""
        taken = self.ledger.mutations[version.key]
        last_word = taken._replace(receipt={**taken.receipt, **(version.data or {})})
        self.i2_every_value_is_kept(last_word)
        self.i9_held_values_are_seen(last_word)

    def i2_every_value_is_kept(self, taken: Taken) -> None:
        """What a mutation carried is in the row, in history, in a conflict, or kept as it came."""
        hold(taken.body, "I2", f"the payload of {taken.mid} is gone")
        deed = self.world.made.get(taken.mid)
        if deed is None:
            return
        self.i10_work_is_never_refused(taken, deed)
        out = taken.receipt["out"]
        if out in {"refused", "parked"}:
            self._i2_kept_as_it_came(taken, deed)
            self.i19_known_words_are_judged(taken, deed)
            return
        for field, value in deed.set.items():
            if POLICY.get(deed.ent, {}).get(field) is Rule.DERIVED or field == "choices":
                continue
            hold(
                self._is_kept(taken, deed, field, value),
                "I2",
                f"{field}={value!r} of {taken.mid} ({out}) is nowhere",
            )

    def _i2_kept_as_it_came(self, taken: Taken, deed: Deed) -> None:
        body = msgspec.json.decode(taken.body)
        said = deed_of_today(replace(deed, set=body.get("set") or {}))
        hold(said.set == deed.set, "I2", f"the payload of {taken.mid} is not what was said")
        if taken.receipt["out"] == "refused":
            own = self.ledger.feed.get(self.root_of(taken.user), {})
            hold(f"refusal:{taken.mid}" in own, "I2", f"nobody is shown the refused {taken.mid}")

    def i19_known_words_are_judged(self, taken: Taken, deed: Deed) -> None:
        """Only what this version never heard of waits for a mend: an old build may always write."""
        is_unheard = deed.op not in OPS or not deed.set.keys() <= {*POLICY[deed.ent], "choices"}
        is_parked = taken.receipt["out"] == "parked"
        hold(is_unheard or not is_parked, "I19", f"{taken.mid} ({deed.op}) was parked")

    def i8_moves_are_legal(self, version: Version) -> None:
        """A status is not overwritten: it moves only from where the move is legal."""
        before = self.ledger.before(version)
        if version.ent not in LEGAL or before is None or before.data is None or not version.data:
            return
        step = before.data["status"], version.data["status"]
        is_legal = step[0] == step[1] or step in LEGAL[version.ent]
        hold(is_legal, "I8", f"{version.mid} moved {version.key} from {step[0]} to {step[1]}")

    def i2_same_words(self, taken: Taken) -> None:
        """A stored receipt answers the same words only."""
        first = self.ledger.mutations[taken.mid]
        one, other = (msgspec.json.decode(body)["set"] for body in (first.body, taken.body))
        is_told = one == other or taken.receipt["code"] == "id_reused"
        hold(is_told, "I2", f"{taken.mid} came with other words, and was taken for the first")

    def _is_kept(self, taken: Taken, deed: Deed, field: str, value: Any) -> bool:
        if isinstance(value, dict):
            return True
        if isinstance(value, list):  # codes join and leave one by one: what was added is carried
            said = cast("list[str]", value)
            value = sorted(set(said) - set(deed.was.get(field) or []))
        versions = self.ledger.history.get(name_of(deed.ent, deed.key), [])
        if any(
            one.data is not None and _holds(one.data.get(field), value)
            for one in versions
            if one.mid == taken.mid or taken.receipt["out"] != "applied"
        ):
            return True
        return any(_holds(one, value) for one in self._held(taken, deed, field))

    def _held(self, taken: Taken, deed: Deed, field: str) -> list[Any]:
        """Return the values of its author that conflicts of the row hold.

        The receipt names one conflict; of a deed that goes on with an earlier one in one field and
        begins another in the next, each conflict holds its part.
        """
        if taken.receipt["out"] != "conflict":
            return []
        names = [name for name in self.ledger.history if name.startswith("conflict:")]
        return [
            value
            for one in self._fields_of(*names)
            if (one["ent"], one["key"]) == (deed.ent, deed.key)
            if one["field"] == field and one["mine_by"] == taken.user
            for value in _values(one)
        ]

    def _fields_of(self, *names: str) -> list[Json]:
        """Return the fields of conflicts, each with the row that it is about."""
        shown = [self.ledger.present(name) for name in names]
        rows = [one.data for one in shown if one is not None and one.data is not None]
        return [
            {**field, "ent": row["ent"], "key": row["key"]}
            for row in rows
            for field in row["fields"]
        ]

    def i2_trails(self, version: Version) -> None:
        """Whatever was ever held in a conflict stays in it."""
        before = self.ledger.before(version)
        if before is None or before.data is None or version.data is None:
            hold(version.data is not None, "I2", f"a conflict vanished: {version.key}")
            return
        for old in before.data["fields"]:
            fields = self._fields_of(f"conflict:{version.key}")
            held = [
                value for one in fields if one["field"] == old["field"] for value in _values(one)
            ]
            for value in (old["mine"], *old["trail"]):
                hold(
                    any(is_same(value, one) for one in held),
                    "I2",
                    f"{old['field']}={value!r} fell out of conflict {version.key}",
                )

    def i9_decided_once(self, version: Version) -> None:
        """What was decided stays decided."""
        before = self.ledger.before(version)
        if before is None or before.data is None or version.data is None:
            return
        if before.data["status"] == "resolved":
            hold(before.data == version.data, "I9", f"{version.key} was decided twice")

    def i4_numbers_without_a_gap(self) -> None:
        """The processed numbers of a device are exactly 1 to ``last_n``."""
        if not self.ledger.new_mutations:
            return
        wrong = self.world.office.db.ask(
            "select d.id, d.last_n, count(m.n), min(m.n), max(m.n) from device d"
            " left join mutation m on m.device_id = d.id group by d.id"
            " having d.last_n <> count(m.n) or (count(m.n) > 0 and"
            " (min(m.n) <> 1 or max(m.n) <> d.last_n))"
        )
        hold(not wrong, "I4", f"numbers are not 1..last_n: {wrong}")

    def i8_no_blind_overwrite(self, version: Version, deed: Deed) -> None:
        """When an edit changed a field, the value before was the one its author saw."""
        before = self.ledger.before(version)
        if before is None or before.data is None or version.data is None:
            return
        for field, saw in self._saw(version, deed).items():
            was, new = before.data.get(field), version.data.get(field)
            if POLICY[version.ent].get(field) is Rule.SET:
                left = set(was or []) - set(new or []) - set(saw or [])
                hold(not left, "I8", f"{version.mid} took {sorted(left)} away unseen")
            elif POLICY[version.ent].get(field) in {Rule.SCALAR, Rule.TEXT}:
                hold(
                    is_same(was, new) or is_same(was, saw),
                    "I8",
                    f"{version.mid} wrote {field} over {was!r}, having seen {saw!r}",
                )

    def _saw(self, version: Version, deed: Deed) -> Json:
        """Return what the author of a deed had seen of the fields that it may change in a row."""
        if deed.op in {LATER_EDIT, *EDITS} and (version.ent, version.key) == (deed.ent, deed.key):
            return {field: deed.was.get(field) for field in deed.set}
        if deed.op != "conflict.resolve":
            return {}
        versions = self.ledger.history[name_of("conflict", deed.key)]
        is_known = deed.base <= len(versions)
        hold(is_known, "I8", f"{version.mid} decided what was shown in another life only")
        shown = versions[max(deed.base, 1) - 1].data
        if shown is None or (shown["ent"], shown["key"]) != (version.ent, version.key):
            return {}
        return {field["field"]: field["theirs"] for field in shown["fields"]}

    def i9_held_values_are_seen(self, taken: Taken) -> None:
        """A held value is in one conflict, which its author can see, with who, when and why."""
        if taken.receipt["out"] != "conflict":
            return
        conflict = taken.receipt["conflict"]
        present = self.ledger.present(f"conflict:{conflict}")
        hold(present is not None and present.data, "I9", f"{taken.mid} has no conflict {conflict}")
        assert present is not None
        data = present.data or {}
        own = self.root_of(taken.user)
        mark = self.ledger.feed.get(own, {}).get(f"conflict:{conflict}")
        hold(mark and not mark.gone, "I9", f"the author of {taken.mid} cannot see {conflict}")
        hold(data["why"] and data["opened_at"], "I9", f"{conflict} does not say why and when")
        mine = {field["mine_by"] for field in data["fields"]}
        hold(taken.user in mine, "I9", f"{conflict} does not name the author of {taken.mid}")

    def i10_one_holder(self, version: Version, deed: Deed) -> None:
        """A live lease changes hands only when its holder gives it back, or the call is over."""
        before = self.ledger.before(version)
        if before is None or before.data is None or version.data is None:
            return
        was, now = before.data, version.data
        if was["status"] != "open" or was["holder_id"] is None or now["status"] != "open":
            return
        is_live = datetime.fromisoformat(was["until"]) > self.world.now
        is_kept = now["holder_id"] == was["holder_id"] or deed.op == "task.release"
        hold(is_kept or not is_live, "I10", f"{version.mid} took {version.key} from its holder")

    def i10_work_is_never_refused(self, taken: Taken, deed: Deed) -> None:
        """Who did the work is told so, whoever held the call by then."""
        if deed.op == "task.complete":
            is_known = f"task:{deed.key}" in self.ledger.history
            out = taken.receipt["out"]
            is_taken = out in {"applied", "merged"}
            hold(is_taken or not is_known, "I10", f"the work of {taken.mid} was {out}")

    def i16_only_named_fields(self, version: Version, deed: Deed) -> None:
        """A mutation changes only the fields it names."""
        before = self.ledger.before(version)
        if before is None or before.data is None or version.data is None:
            return
        if version.ent in {"conflict", "refusal"}:
            return
        named = set[str](deed.set)
        if deed.op == "conflict.resolve":
            named = set[str](deed.set.get("choices", {}))
        elif (version.ent, version.key) != (deed.ent, deed.key):
            named = set[str]()
        named |= _SIDE.get(version.ent, frozenset())
        changed = {
            field
            for field in before.data.keys() | version.data.keys()
            if before.data.get(field) != version.data.get(field)
        }
        hold(changed <= named, "I16", f"{version.mid} changed {sorted(changed - named)} unasked")

    def i18_positions_follow_commits(self) -> None:
        """Whoever polls by position sees every committed change: none lands behind him."""
        ledger = self.ledger
        if ledger.old_head == 0:
            return
        seqs = [mark.seq for _, _, mark in ledger.new_marks]
        hold(all(seq <= ledger.head for seq in seqs), "I18", "a position beyond the head")
        hold(len(set(seqs)) == len(seqs), "I18", f"a position was given twice: {seqs}")
        moved = {name_of(one.ent, one.key) for one in ledger.new_versions}
        told = {name for _, name, _ in ledger.new_marks}
        hold(moved <= told, "I18", f"changed without a new position: {sorted(moved - told)}")

    def i12_no_guess_closes(self, version: Version, deed: Deed) -> None:
        """A field that an edit closes, and no decision, is one whose value its author may know."""
        if version.ent != "conflict" or deed.op == "conflict.resolve" or version.data is None:
            return
        before = self.ledger.before(version)
        user = self.ledger.mutations[version.mid].user
        about = name_of(deed.ent, deed.key)
        told = [one.data for one in self.ledger.history.get(about, []) if one.data is not None]
        is_own = any(data.get("by") == user for data in told)  # and still is when it was withdrawn
        closed = _closed(version) - (_closed(before) if before else set[str]())
        if not closed or is_own:
            return
        roots = {root for root, held in self.ledger.feed.items() if about in held}
        reach = self.reach.get(user, set()) | self.reach_meanwhile(user)
        hold(roots & reach, "I12", f"{version.mid} guessed {sorted(closed)} of {about}")

    def i12_only_own_rows(self, version: Version, deed: Deed) -> None:
        """No row outside the author's reach is changed; a late contact says that it is one."""
        taken = self.ledger.mutations.get(version.mid)
        if taken is None or version.ent not in {"contact", "contact_point"}:
            return
        roots = {
            root
            for root, held in self.ledger.feed.items()
            if name_of(version.ent, version.key) in held
        }
        was_in_reach = bool(roots & self.reach.get(taken.user, set()))
        is_in_reach = was_in_reach or bool(roots & self.reach_meanwhile(taken.user))
        if deed.op in {"contact.create", LATER_WORD}:
            late = bool(version.data and version.data["late_scope"])
            may_be_late = not was_in_reach or roots & self.left_meanwhile(taken.user)
            is_right = may_be_late if late else is_in_reach
            hold(is_right, "I12", f"{version.mid}: late_scope is {late}")
        elif deed.op == "contact_point.edit":
            hold(is_in_reach, "I12", f"{version.mid} changed a row outside its author's reach")


def _closed(version: Version) -> set[str]:
    fields: list[Json] = version.data["fields"] if version.data else []
    return {field["field"] for field in fields if field["choice"]}


def _values(field: Json) -> list[Any]:
    """Return every value that a field of a conflict was given."""
    return [field["mine"], field["chosen"], *field["trail"]]


def _holds(present: Any, value: Any) -> bool:
    """A list of codes may have been joined with another's."""
    if isinstance(value, list) and isinstance(present, list):
        return set(cast("list[str]", normal(value))) <= set(cast("list[str]", present))
    return is_same(present, value) or str(present) == str(value) or _is_moment(value)  # pyright: ignore[reportUnknownArgumentType]


def _is_moment(value: Any) -> bool:
    """Moments are kept in UTC: spelled otherwise than said."""
    return isinstance(value, str) and value[4:5] == "-" and "T" in value
