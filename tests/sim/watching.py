"""What every invariant needs: the ledger, the world, and who may see what by queries of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sim.eyes import LENSES
from tests.sim.ledger import Ledger
from tests.sim.logic.entry import is_unsent

if TYPE_CHECKING:
    from tests.sim.phone import Phone
    from tests.sim.world import World

_ASSIGNED = (
    "select distinct s.root from student s join case_file c on c.student_id = s.id"
    " where c.status <> 'closed' and (c.assignee_id = ? or c.partner_id = ?)"
)
_LEASED = (
    "select distinct s.root from student s join task t on t.student_id = s.id"
    " where t.holder_id = ? and t.status = 'open' and t.until > ?"
)
_LEASED_MEANWHILE = (
    "select distinct s.root from student s join task t on t.student_id = s.id"
    " join task_lease l on l.task_id = t.id where l.holder_id = ? and l.until > ?"
    " and (l.ended_at is null or l.ended_at >= ?)"
)
_GIVEN_BACK = (
    "select distinct s.root from student s join task t on t.student_id = s.id"
    " join task_lease l on l.task_id = t.id where l.holder_id = ? and l.ended_at >= ?"
)
_POOLS = "select pool_root from school where pool_root is not null"
_POOLS_OF = (
    _POOLS + " and id in (select school_id from user_school where user_id = ?)"  # noqa: S608  (our words)
)


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
        self.replayed: set[str] = set()
        """Mutations that were parked, and carried out after a mend."""
        self.ledger.look()

    def position(self, phone: Phone) -> int | None:
        epoch, _, seq = phone.state.place.cursor.rpartition(".")
        return int(seq) if epoch and epoch == self.ledger.epoch else None

    def scope_of(self, phone: Phone) -> dict[str, str]:
        """Return what a person may hold, by queries of our own."""
        user = phone.worker.id.hex
        ((role, root),) = self._ask("select role, root from app_user where id = ?", user)
        scope = {"ref": "all", root: "self"}
        if role in {"caller", "coordinator"}:
            scope |= {pool: "pool" for (pool,) in self._ask(_POOLS_OF, user)}
        scope |= dict.fromkeys(self._leased(user), "call")
        return scope | dict.fromkeys(self._assigned(user), LENSES[role])

    def _assigned(self, user: str) -> list[str]:
        return [root for (root,) in self._ask(_ASSIGNED, user, user)]

    def _leased(self, user: str) -> list[str]:
        now = f"{self.world.now:%Y-%m-%d %H:%M:%S.%f}"
        return [root for (root,) in self._ask(_LEASED, user, now)]

    def _ask(self, query: str, *values: str) -> list[Any]:
        return self.world.office.db.ask(query, *values)

    def pool(self) -> str:
        """Return the school's pool of calls."""
        return str(self._ask(_POOLS)[0][0])

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
        """Return the students whom a person may speak of, by roots."""
        return self.lasting_reach_of(user) | set(self._leased(user.replace("-", "")))

    def lasting_reach_of(self, user: str) -> set[str]:
        """Return the students whom a person may speak of without the lease of a call."""
        hexed = user.replace("-", "")
        ((role,),) = self._ask("select role from app_user where id = ?", hexed)
        if role in {"coordinator", "administrator"}:
            return {root for (root,) in self._ask("select root from student")}
        return set(self._assigned(hexed))

    def reach_meanwhile(self, user: str) -> set[str]:
        """Return the students whom a person reached at some time in this moment.

        One push may claim a call, tell of it and complete it.
        """
        now = f"{self.world.now:%Y-%m-%d %H:%M:%S.%f}"
        leased = self._ask(_LEASED_MEANWHILE, user.replace("-", ""), now, now)
        return self.reach_of(user) | {root for (root,) in leased}

    def left_meanwhile(self, user: str) -> set[str]:
        """Return the students whom a person let go of in this moment, with the lease of a call."""
        now = f"{self.world.now:%Y-%m-%d %H:%M:%S.%f}"
        ended = self._ask(_GIVEN_BACK, user.replace("-", ""), now)
        return {root for (root,) in ended} - self.lasting_reach_of(user)

    def is_own(self, phone: Phone, id_: str) -> bool:
        """Tell whether this person's mutation is at the server."""
        taken = self.ledger.mutations.get(id_)
        return taken is not None and taken.user == phone.me

    def root_of(self, user: str) -> str:
        """Return a person's own root."""
        return next(one.root for one in self.world.office.people.values() if str(one.id) == user)
