"""What every invariant needs: the ledger, the world, and who may see what by queries of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sim.eyes import LENSES
from tests.sim.ledger import Ledger
from tests.sim.logic.entry import is_unsent

if TYPE_CHECKING:
    from tests.sim.phone import Phone
    from tests.sim.world import World


class Broken(AssertionError):
    """An invariant does not hold. The message begins with its name."""


def hold(is_so: object, name: str, said: str) -> None:
    """Raise ``Broken`` unless it is so."""
    if not is_so:
        raise Broken(f"{name}: {said}")


class Watch:
    """Looks at one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ledger = Ledger(world.office.db)
        self.reach: dict[str, set[str]] = {}
        """Roots that whoever sent the last request reached then."""
        self.revoked: set[str] = set()
        """Devices that were off the list then."""
        self.known: set[str] = set()
        """Mutations processed before this step."""
        self.ledger.look()

    def position(self, phone: Phone) -> int | None:
        epoch, _, seq = phone.state.place.cursor.rpartition(".")
        return int(seq) if epoch and epoch == self.ledger.epoch else None

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
        pools = {}
        if role in {"caller", "coordinator"}:
            of = (
                "select pool_root from school where id in"
                " (select school_id from user_school where user_id = ?)"
            )
            pools = {one: "pool" for (one,) in ask(of, user)}
        now = {one: LENSES[role] for (one,) in roots}
        return {"ref": "all", root: "self"} | pools | now

    def role_of(self, phone: Phone) -> str:
        """Return what a person is at the server now."""
        query = "select role from app_user where id = ?"
        ((role,),) = self.world.office.db.ask(query, phone.worker.id.hex)
        return str(role)

    def is_up_to_date(self, phone: Phone) -> bool:
        """Tell whether an exchange could bring nothing, either way."""
        place = phone.state.place
        return (
            self.position(phone) == self.ledger.head
            and place.held == self.scope_of(phone)
            and not any(is_unsent(entry) for entry in phone.state.entries)
        )

    def reach_of(self, user: str) -> set[str]:
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
