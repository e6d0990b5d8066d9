"""Invariants of what phones hold and show: I3, I5, I6, I17."""

from collections.abc import Callable

from schemas.sync import SCHEMA
from sync.normal import is_same
from tests.sim.builds import row_of_old
from tests.sim.eyes import projections
from tests.sim.ledger import Mark
from tests.sim.logic.entry import BaseRow, Deed, Entry, Rows, State, name_of, out_of
from tests.sim.on_server import EDITS
from tests.sim.phone import Phone
from tests.sim.watching import Watch, hold


class PhoneSide(Watch):
    """Looks at the disks and the screens."""

    def phone_changed(self, phone: Phone, before: State) -> None:
        after = phone.state
        if after.entries is not before.entries:
            kept = {entry.id for entry in after.entries}
            self.i3_nothing_is_lost(
                {entry.id: entry.deed for entry in before.entries if entry.id not in kept}
            )
            self.i3b_what_is_receipted_is_there(phone)
        self.i6b_no_row_outside(phone)
        self.i17_no_flicker(phone)
        self.i5_feed_is_complete(phone)

    def i3_nothing_is_lost(self, ids: dict[str, Deed]) -> None:
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
        position = self.position(phone)
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

    def i5_new_marks(self, phone: Phone) -> None:
        """The server changed and the phone did not: nothing may have landed behind its cursor."""
        position = self.position(phone)
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
        if phone.schema < SCHEMA:
            ent = name.partition(":")[0]
            allowed = [None if one is None else row_of_old(ent, one) for one in allowed]
        is_right = any(
            local is None if want is None else local is not None and local.data == want
            for want in allowed
        )
        hold(is_right, "I5", f"{phone.name} shows {name} as {local}, but it is {allowed}")

    def i20_agrees(self, phone: Phone, rows: Rows, differ: list[str]) -> None:
        """After a complete pull the digests of what a phone holds are the server's.

        What an own root hides of a conflict goes by whom its author reached when it was sent: where
        that changed since, the root is told to differ, and comes as it is now.
        """
        own = self.root_of(phone.me)
        is_veiled = any(name.startswith("conflict:") for name in rows.get(own, {}))
        right = {own} if is_veiled else set[str]()
        hold(set(differ) <= right, "I20", f"{phone.name} holds other rows of {differ}")

    def i20_is_healed(self, phone: Phone, root: str, verify: Callable[[], list[str]]) -> None:
        """One changed byte is found, and let go of without touching the outbox."""
        waiting = [(entry.id, entry.n, entry.receipt) for entry in phone.state.entries]
        differ = verify()
        hold(differ == [root], "I20", f"{root} is rotten on {phone.name}, and found was {differ}")
        left = [(entry.id, entry.n, entry.receipt) for entry in phone.state.entries]
        hold(left == waiting, "I20", f"the outbox of {phone.name} was touched")
        hold(root not in phone.state.rows, "I20", f"{phone.name} keeps the rotten {root}")

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
        if not is_last or deed.op not in {"contact.create", *EDITS}:
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
