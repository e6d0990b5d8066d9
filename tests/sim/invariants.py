"""The invariants I1 to I20 of the protocol, by name. Each failure's message begins with its name.

They are reckoned from the database itself and from the phones' disks, by code of their own: never
by the server's.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from sync.normal import is_same, normal
from sync.policy import POLICY, Rule
from tests.sim.eyes import LENSES, may_be_told, projections
from tests.sim.ledger import Ledger, Mark, Taken, Version, dashed
from tests.sim.logic.entry import BaseRow, Deed, Entry, Json, State, is_unsent, name_of, out_of

if TYPE_CHECKING:
    from tests.sim.phone import Phone
    from tests.sim.world import Answer, World

_EDITS = frozenset({"contact.amend", "contact_point.edit", "case.assign"})
_SIDE = {"case": frozenset({"status"}), "contact_point": frozenset({"value_e164"})}
"""What the server itself moves along with a person's edit of a row."""


class Broken(AssertionError):
    """An invariant does not hold. The message begins with its name."""


def hold(is_so: object, name: str, said: str) -> None:
    """Raise ``Broken`` unless it is so."""
    if not is_so:
        raise Broken(f"{name}: {said}")


class Invariants:
    """Watches one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ledger = Ledger(world.office.db)
        self._seen_states: dict[str, State] = {}
        self._tapped: dict[str, list[str]] = {}
        """By phone: ids of applied edits to watch on its screen."""
        self._reach: dict[str, set[str]] = {}
        self._revoked: set[str] = set()
        """Devices that were off the list when the last request came."""
        self._known: set[str] = set()
        """Mutations processed before this step."""
        self.ledger.look()

    dashed = staticmethod(dashed)

    # ------------------------------------------------------------ what the world tells

    def meet(self, phone: Phone) -> None:
        """A phone came in, or a copy of one."""
        self._seen_states[phone.name] = phone.state

    def kept(self, phone: Phone, id_: str) -> None:
        """A deed was kept: its author saw it."""
        self._tapped.setdefault(phone.name, []).append(id_)

    def before_serving(self, phone: Phone) -> None:
        """A request is about to be served: note whom its author reaches now."""
        user = phone.me
        self._reach[user] = self._reach_of(user)
        query = "select id from device where state <> 'active'"
        self._revoked = {dashed(device) for (device,) in self.world.office.db.ask(query)}

    def began_anew(self) -> None:
        """A backup was put back."""
        self.ledger.forget()
        self.ledger.look()
        self._known = set(self.ledger.mutations)
        self._i3_nothing_is_lost(self.world.made)
        for phone in self.world.phones:
            self.i3b_what_is_receipted_is_there(phone)

    def after_step(self) -> None:
        """Hold everything against what changed in the last step."""
        is_new = self.ledger.look()
        if is_new:
            self._server_changed()
        for phone in list(self.world.phones):
            before = self._seen_states[phone.name]
            if phone.state is not before:
                self._phone_changed(phone, before)
                self._seen_states[phone.name] = phone.state
            elif is_new:
                self._i5_new_marks(phone)
        if is_new:
            self._known.update(taken.mid for taken in self.ledger.new_mutations)
            self.ledger.new_mutations, self.ledger.new_versions = [], []
            self.ledger.new_marks = []

    # ------------------------------------------------------------ the server's side

    def _server_changed(self) -> None:
        self.i1_one_effect()
        self.i4_numbers_without_a_gap()
        self.i18_positions_follow_commits()
        first = set[str]()
        for taken in self.ledger.new_mutations:
            hold(taken.device not in self._revoked, "I12", f"{taken.device} was revoked")
            if taken.mid in self._known or taken.mid in first:
                self._i2_same_words(taken)
            else:
                first.add(taken.mid)
                self.i2_every_value_is_kept(taken)
                self.i9_held_values_are_seen(taken)
        for version in self.ledger.new_versions:
            deed = self.world.made.get(version.mid)
            if version.ent == "conflict":
                self._i2_trails(version)
                self._i9_decided_once(version)
            if deed is not None:
                self.i8_no_blind_overwrite(version, deed)
                self.i16_only_named_fields(version, deed)
                self._i12_only_own_rows(version, deed)

    def i1_one_effect(self) -> None:
        """A mutation acts once on a row, whatever is repeated, reordered or re-identified."""
        seen: dict[tuple[str, str, str], int] = {}
        for version in self.ledger.new_versions:
            if not version.mid or (version.data or {}).get("code") == "id_reused":
                continue
            hold(version.mid not in self._known, "I1", f"{version.mid} acted again on {version}")
            at = version.mid, version.ent, version.key
            seen[at] = seen.get(at, 0) + 1
            most = 1 if version.ent in {"contact", "contact_point", "refusal"} else 3
            hold(seen[at] <= most, "I1", f"{version.mid} acted twice on {version}")
        opened = self.world.office.db.ask(
            "select mutation_id from conflict group by mutation_id having count(*) > 1"
        )
        hold(not opened, "I1", f"two conflicts of one mutation: {opened}")

    def i2_every_value_is_kept(self, taken: Taken) -> None:
        """What a mutation carried is in the row, in history, in a conflict, or kept as it came."""
        hold(taken.body, "I2", f"the payload of {taken.mid} is gone")
        deed = self.world.made.get(taken.mid)
        if deed is None:
            return
        out = taken.receipt["out"]
        if out in {"refused", "parked"}:
            self._i2_kept_as_it_came(taken, deed)
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
        hold(body["set"] == deed.set, "I2", f"the payload of {taken.mid} is not what was said")
        if taken.receipt["out"] == "refused":
            own = self.ledger.feed.get(self.root_of(taken.user), {})
            hold(f"refusal:{taken.mid}" in own, "I2", f"nobody is shown the refused {taken.mid}")

    def _i2_same_words(self, taken: Taken) -> None:
        """A stored receipt answers the same words only."""
        first = self.ledger.mutations[taken.mid]
        one, other = (msgspec.json.decode(body)["set"] for body in (first.body, taken.body))
        is_told = one == other or taken.receipt["code"] == "id_reused"
        hold(is_told, "I2", f"{taken.mid} came with other words, and was taken for the first")

    def _is_kept(self, taken: Taken, deed: Deed, field: str, value: Any) -> bool:
        if isinstance(value, dict):
            return True
        if isinstance(value, list):  # codes join and leave one by one: what was added is carried
            value = sorted(set(value) - set(deed.was.get(field) or []))
        versions = self.ledger.history.get(name_of(deed.ent, deed.key), [])
        if any(
            one.data is not None and _holds(one.data.get(field), value)
            for one in versions
            if one.mid == taken.mid or taken.receipt["out"] != "applied"
        ):
            return True
        return value in self._held(taken.receipt["conflict"], field)

    def _held(self, conflict: str | None, field: str) -> list[Any]:
        present = self.ledger.present(f"conflict:{conflict}") if conflict else None
        if present is None or present.data is None:
            return []
        return [
            value
            for one in present.data["fields"]
            if one["field"] == field
            for value in (one["mine"], one["chosen"], *one["trail"])
        ]

    def _i2_trails(self, version: Version) -> None:
        """Whatever was ever held in a conflict stays in it."""
        before = self.ledger.before(version)
        if before is None or before.data is None or version.data is None:
            hold(version.data is not None, "I2", f"a conflict vanished: {version.key}")
            return
        for old in before.data["fields"]:
            held = self._held(version.key, old["field"])
            for value in (old["mine"], *old["trail"]):
                hold(
                    any(is_same(value, one) for one in held),
                    "I2",
                    f"{old['field']}={value!r} fell out of conflict {version.key}",
                )

    def _i9_decided_once(self, version: Version) -> None:
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
        if deed.op in _EDITS and (version.ent, version.key) == (deed.ent, deed.key):
            return {field: deed.was.get(field) for field in deed.set}
        if deed.op != "conflict.resolve":
            return {}
        shown = self.ledger.history[name_of("conflict", deed.key)][max(deed.base, 1) - 1].data
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
        own = self.world.check_.root_of(taken.user)
        mark = self.ledger.feed.get(own, {}).get(f"conflict:{conflict}")
        hold(mark and not mark.gone, "I9", f"the author of {taken.mid} cannot see {conflict}")
        hold(data["why"] and data["opened_at"], "I9", f"{conflict} does not say why and when")
        mine = {field["mine_by"] for field in data["fields"]}
        hold(taken.user in mine, "I9", f"{conflict} does not name the author of {taken.mid}")

    def i16_only_named_fields(self, version: Version, deed: Deed) -> None:
        """A mutation changes only the fields it names."""
        before = self.ledger.before(version)
        if before is None or before.data is None or version.data is None:
            return
        if version.ent in {"conflict", "refusal"}:
            return
        named = set(deed.set)
        if deed.op == "conflict.resolve":
            named = set(deed.set.get("choices", {}))
        elif (version.ent, version.key) != (deed.ent, deed.key):
            named = set()
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

    def _i12_only_own_rows(self, version: Version, deed: Deed) -> None:
        """No row outside the author's reach is changed; a late contact says that it is one."""
        taken = self.ledger.mutations.get(version.mid)
        if taken is None or version.ent not in {"contact", "contact_point"}:
            return
        roots = {
            root
            for root, held in self.ledger.feed.items()
            if name_of(version.ent, version.key) in held
        }
        is_in_reach = bool(roots & self._reach.get(taken.user, set()))
        if deed.op == "contact.create":
            late = bool(version.data and version.data["late_scope"])
            hold(late is not is_in_reach, "I12", f"{version.mid}: late_scope is {late}")
        elif deed.op == "contact_point.edit":
            hold(is_in_reach, "I12", f"{version.mid} changed a row outside its author's reach")

    # ------------------------------------------------------------ the phones' side

    def _phone_changed(self, phone: Phone, before: State) -> None:
        after = phone.state
        if after.entries is not before.entries:
            kept = {entry.id for entry in after.entries}
            self._i3_nothing_is_lost(
                {entry.id: entry.deed for entry in before.entries if entry.id not in kept}
            )
            self.i3b_what_is_receipted_is_there(phone)
        self.i6b_no_row_outside(phone)
        self.i17_no_flicker(phone)
        self.i5_feed_is_complete(phone)

    def _i3_nothing_is_lost(self, ids: dict[str, Deed]) -> None:
        """What a person did is in some phone's outbox, or at the server."""
        missing = ids.keys() - self.ledger.mutations.keys()
        if not missing:
            return
        for phone in self.world.phones:
            missing -= {entry.id for entry in phone.state.entries}
        hold(not missing, "I3", f"lost: {sorted(missing)}")

    def i3b_what_is_receipted_is_there(self, phone: Phone) -> None:
        """A receipt of this life means that the server has the mutation."""
        if phone.state.place.epoch != self.ledger.epoch:
            return
        for entry in phone.state.entries:
            hold(
                entry.receipt is None or entry.id in self.ledger.mutations,
                "I3b",
                f"{phone.name} holds a receipt for {entry.id}, which the server does not have",
            )

    def i5_feed_is_complete(self, phone: Phone) -> None:
        """Up to a phone's cursor every row is as it is now, or away if it is gone; and no other."""
        position = self._position(phone)
        if position is None:
            return
        for root, lens in phone.state.place.held.items():
            marks = self.ledger.feed.get(root, {})
            held = phone.state.rows.get(root, {})
            for name, mark in marks.items():
                if mark.seq <= position:
                    self._i5_row(phone, lens, name, mark, held.get(name))
            strange = held.keys() - marks.keys()
            hold(
                not strange or self.ledger.floor > position,
                "I5",
                f"{phone.name} has rows of no feed: {sorted(strange)}",
            )

    def _i5_new_marks(self, phone: Phone) -> None:
        """The server changed and the phone did not: nothing may have landed behind its cursor."""
        position = self._position(phone)
        if position is None:
            return
        for root, name, mark in self.ledger.new_marks:
            lens = phone.state.place.held.get(root)
            if lens is not None and mark.seq <= position:
                held = phone.state.rows.get(root, {})
                self._i5_row(phone, lens, name, mark, held.get(name))

    def _i5_row(
        self, phone: Phone, lens: str, name: str, mark: Mark, local: BaseRow | None
    ) -> None:
        present = self.ledger.present(name)
        data = None if mark.gone or present is None else present.data
        allowed = projections(name, data, lens, phone.me)
        is_right = any(
            local is None if want is None else local is not None and local.data == want
            for want in allowed
        )
        hold(is_right, "I5", f"{phone.name} shows {name} as {local}, but it is {allowed}")

    def _position(self, phone: Phone) -> int | None:
        epoch, _, seq = phone.state.place.cursor.rpartition(".")
        return int(seq) if epoch and epoch == self.ledger.epoch else None

    def i6_holds_its_scope(self, phone: Phone, scope: dict[str, str]) -> None:
        """After a complete pull a phone holds exactly what its person may see."""
        held = phone.state.place.held
        hold(held == scope, "I6", f"{phone.name} holds {held}, not {scope}")

    def i6b_no_row_outside(self, phone: Phone) -> None:
        """No row of a root that is not held, ever."""
        stray = phone.state.rows.keys() - phone.state.place.held.keys()
        hold(not stray, "I6b", f"{phone.name} has rows of {sorted(stray)}")

    def i17_no_flicker(self, phone: Phone) -> None:
        """An own edit is on the screen from the tap on, until a newer version replaces it."""
        by_id = {entry.id: entry for entry in phone.state.entries}
        later = {
            about: at
            for at, entry in enumerate(phone.state.entries)
            for about in self._about(phone, entry.deed)
        }
        for at, entry in enumerate(by_id.values()):
            if out_of(entry) in {"", "applied"}:
                is_last = later[entry.deed.ent, entry.deed.key] == at
                self._i17_entry(phone, entry, is_last=is_last)

    def _about(self, phone: Phone, deed: Deed) -> list[tuple[str, str]]:
        """Return the rows that a deed lies over: a decision lies over what was in conflict, too."""
        own = [(deed.ent, deed.key)]
        if deed.op != "conflict.resolve":
            return own
        name = name_of("conflict", deed.key)
        shown = [held[name].data for held in phone.view.values() if name in held]
        return own + [(data["ent"], data["key"]) for data in shown]

    def _i17_entry(self, phone: Phone, entry: Entry, *, is_last: bool) -> None:
        deed = entry.deed
        name = name_of(deed.ent, deed.key)
        if not is_last or deed.op not in {"contact.create", *_EDITS}:
            return
        base = phone.state.rows.get(deed.root, {}).get(name)
        shown = phone.view.get(deed.root, {}).get(name)
        ver = 0 if entry.receipt is None else entry.receipt["ver"]
        if base is not None and ver and base.ver >= ver:
            return
        if base is None and deed.op != "contact.create":
            return
        if entry.is_settled and base is None:
            return  # the feed said that it is gone
        is_shown = shown is not None and all(
            isinstance(value, dict) or is_same(shown.data.get(field), value)
            for field, value in deed.set.items()
        )
        hold(is_shown, "I17", f"{phone.name}: {entry.id} is not on the screen: {shown}")

    # ------------------------------------------------------------ answers

    def i19_progress(self, asked: Json, answer: Any) -> None:
        """No content stops the queue: only gap, fork, busy and revoked do, and each has a way out."""
        hold(answer.status == 200, "I19", f"answered {answer.status}: {answer.body[:300]!r}")
        told = answer.json()
        sent = asked["muts"] or asked["sealed"]
        if told["stop"]:
            hold(told["stop"] in {"gap", "fork", "busy", "revoked"}, "I19", told["stop"])
            return
        numbers = {receipt["n"] for receipt in told["receipts"]}
        unheard = [one["n"] for one in sent if one["n"] not in numbers]
        hold(not unheard, "I19", f"no receipt for {unheard}")

    def answered(self, asked: Json, answer: Answer) -> None:
        """Look at an answer as it leaves the server."""
        self.i12_nothing_beyond_the_lens(answer)

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

    # ------------------------------------------------------------ scope

    def scope_of(self, phone: Phone) -> dict[str, str]:
        """Return what a person may hold, by queries of our own."""
        ask = self.world.office.db.ask
        user = phone.worker.id.hex
        ((role, root),) = ask("select role, root from app_user where id = ?", user)
        roots = ask(
            "select distinct s.root from student s join case_file c on c.student_id = s.id"
            " where c.status <> 'closed' and (c.assignee_id = ? or c.partner_id = ?)",
            user,
            user,
        )
        return {"ref": "all", root: "self"} | {one: LENSES[role] for (one,) in roots}

    def role_of(self, phone: Phone) -> str:
        """Return what a person is at the server now."""
        query = "select role from app_user where id = ?"
        ((role,),) = self.world.office.db.ask(query, phone.worker.id.hex)
        return str(role)

    def is_up_to_date(self, phone: Phone) -> bool:
        """Tell whether an exchange could bring nothing, either way."""
        place = phone.state.place
        return (
            self._position(phone) == self.ledger.head
            and place.held == self.scope_of(phone)
            and not any(is_unsent(entry) for entry in phone.state.entries)
        )

    def _reach_of(self, user: str) -> set[str]:
        ask = self.world.office.db.ask
        hexed = user.replace("-", "")
        ((role,),) = ask("select role from app_user where id = ?", hexed)
        if role in {"coordinator", "administrator"}:
            return {root for (root,) in ask("select root from student")}
        query = (
            "select s.root from student s join case_file c on c.student_id = s.id"
            " where c.status <> 'closed' and (c.assignee_id = ? or c.partner_id = ?)"
        )
        return {root for (root,) in ask(query, hexed, hexed)}

    def is_own(self, phone: Phone, id_: str) -> bool:
        """Tell whether this person's mutation is at the server."""
        taken = self.ledger.mutations.get(id_)
        return taken is not None and taken.user == phone.me

    def root_of(self, user: str) -> str:
        """Return a person's own root."""
        return next(one.root for one in self.world.office.people.values() if str(one.id) == user)

    # ------------------------------------------------------------ at rest

    def i7_comes_to_rest(self, phone: Phone, step: str) -> None:
        """On a quiet network bounded exchanges end with nothing left to send."""
        if phone.is_revoked:
            return
        left = [entry.id for entry in phone.state.entries if is_unsent(entry)]
        hold(step == "done" and not left, "I7", f"{phone.name} does not come to rest: {left}")

    def at_rest(self) -> None:
        """Everything is everywhere it belongs."""
        gone = {
            entry.id
            for phone in self.world.phones
            if phone.is_revoked
            for entry in phone.state.entries
        }
        made, found = self.world.made.keys(), self.ledger.mutations.keys()
        lost = made - found - gone
        self.world.count("made", len(made))
        self.world.count("found", len(made & found))
        self.world.count("on revoked phones", len(made - found) - len(lost))
        self.world.count("lost", len(lost))
        self.world.count("doubled", self._doubled())
        hold(not lost, "I13", f"never arrived: {sorted(lost)}")
        for phone in self.world.phones:
            if not phone.is_revoked:
                self.i6_holds_its_scope(phone, self.scope_of(phone))
                self.i5_feed_is_complete(phone)
                self._i7_same_state(phone)

    def _doubled(self) -> int:
        """Count the things that people made once and the server has twice."""
        made = Counter(
            (versions[0].mid, versions[0].ent)
            for versions in self.ledger.history.values()
            if versions[0].mid and versions[0].ent in {"contact", "contact_point"}
        )
        return sum(times - 1 for times in made.values())

    def _i7_same_state(self, phone: Phone) -> None:
        hold(
            self._position(phone) == self.ledger.head,
            "I7",
            f"{phone.name} rests at {phone.state.place.cursor}, not at {self.ledger.head}",
        )


def _holds(present: Any, value: Any) -> bool:
    """A list of codes may have been joined with another's."""
    if isinstance(value, list) and isinstance(present, list):
        return set(normal(value)) <= set(present)
    return is_same(present, value) or str(present) == str(value) or _is_moment(value)


def _is_moment(value: Any) -> bool:
    """Moments are kept in UTC: spelled otherwise than said."""
    return isinstance(value, str) and value[4:5] == "-" and "T" in value
