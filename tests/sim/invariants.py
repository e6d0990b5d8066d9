"""The invariants I1 to I20 of the protocol, by name. Each failure's message begins with its name.

They are reckoned from the database itself and from the phones' disks, by code of their own: never
by the server's. I11, I14 and I15 compare whole runs (``test_metamorphic.py``); I13 is I3 at rest.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.sim.in_answers import Answers
from tests.sim.ledger import Version, dashed
from tests.sim.logic.entry import State, is_unsent
from tests.sim.on_phones import PhoneSide
from tests.sim.on_server import ServerSide
from tests.sim.watching import hold

if TYPE_CHECKING:
    from tests.sim.phone import Phone
    from tests.sim.world import World


class Invariants(ServerSide, PhoneSide, Answers):
    """Watches one world."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._seen_states: dict[str, State] = {}

    def meet(self, phone: Phone) -> None:
        """A phone came in, or a copy of one."""
        self._seen_states[phone.name] = phone.state

    def before_serving(self, phone: Phone) -> None:
        """A request is about to be served: note whom its author reaches now."""
        user = phone.me
        self.reach[user] = self.reach_of(user)
        query = "select id from device where state <> 'active'"
        self.revoked = {dashed(device) for (device,) in self.world.office.db.ask(query)}

    def before_replay(self) -> None:
        """What was parked is about to be carried out: note whom everybody reaches now."""
        for worker in self.world.office.people.values():
            self.reach[str(worker.id)] = self.reach_of(str(worker.id))

    def began_anew(self) -> None:
        """A backup was put back."""
        self.ledger.forget()
        self.ledger.look()
        self.known = set(self.ledger.mutations)
        self.replayed = {
            name.partition(":")[2] for name in self.ledger.history if name.startswith("replayed:")
        }
        self.i3_nothing_is_lost(self.world.made)
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
                self.phone_changed(phone, before)
                self._seen_states[phone.name] = phone.state
            elif is_new:
                self.i5_new_marks(phone)
        if is_new:
            self.known.update(taken.mid for taken in self.ledger.new_mutations)
            self.ledger.new_mutations, self.ledger.new_versions = [], []
            self.ledger.new_marks = []

    def _server_changed(self) -> None:
        self.i1_one_effect()
        self.i4_numbers_without_a_gap()
        self.i18_positions_follow_commits()
        first = set[str]()
        for taken in self.ledger.new_mutations:
            hold(taken.device not in self.revoked, "I12", f"{taken.device} was revoked")
            if taken.mid in self.known or taken.mid in first:
                self.i2_same_words(taken)
            else:
                first.add(taken.mid)
                self.i2_every_value_is_kept(taken)
                self.i9_held_values_are_seen(taken)
        self.replayed |= self.new_replays()
        for version in self.ledger.new_versions:
            self._version_is_new(version)

    def _version_is_new(self, version: Version) -> None:
        if version.ent == "replayed":
            self.i2_replayed(version)
        if version.ent == "conflict":
            self.i2_trails(version)
            self.i9_decided_once(version)
        deed = self.world.made.get(version.mid)
        if deed is None:
            return
        if version.ent == "task":
            self.i10_one_holder(version, deed)
        self.i8_moves_are_legal(version)
        self.i8_no_blind_overwrite(version, deed)
        self.i16_only_named_fields(version, deed)
        self.i12_only_own_rows(version, deed)
        self.i12_no_guess_closes(version, deed)

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
            self.position(phone) == self.ledger.head,
            "I7",
            f"{phone.name} rests at {phone.state.place.cursor}, not at {self.ledger.head}",
        )
