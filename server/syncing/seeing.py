"""What of a row one person's phone is shown: through its lens, in the words of its schema."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from schemas.sync import Lens
from server.db.database import Transaction
from server.feed.reader import Entry
from server.syncing import authority
from server.syncing.rules import Person
from sync import upcast
from sync.lens import LENS_BY_ROLE, Unseen, hides_nothing, is_clear, names_an_email, project


class Eyes:
    """One person's view of the feed, from one phone, in one snapshot."""

    def __init__(
        self, tx: Transaction, person: Person, *, scope: Mapping[str, str], schema: int
    ) -> None:
        self.tx = tx
        self.person = person
        self.viewer = str(person.user_id)
        self.scope = scope
        self.schema = schema
        self._is_caller = LENS_BY_ROLE[person.role] is Lens.CALLER
        self._is_old = schema < upcast.SHIPPED.current

    def sees_all_of(self, root: str) -> bool:
        """Tell whether every row of a root is shown as it is published."""
        return not self._is_old and is_clear(self.scope[root])

    def see(self, entry: Entry) -> str | Unseen:
        """Return a row's data as JSON. What left its root is ``GONE``, if it was ever shown."""
        lens = self.scope[entry.root]
        if not self._is_old and hides_nothing(entry.ent, lens):
            return Unseen.GONE if entry.gone else entry.text
        seen = project(
            entry.ent, entry.data, lens, viewer=self.viewer, reaches=self._reaches(entry)
        )
        if isinstance(seen, Unseen):
            return seen
        told = upcast.SHIPPED.project_down(entry.ent, seen, self.schema)
        if told is None:
            return Unseen.NEVER
        return Unseen.GONE if entry.gone else msgspec.json.encode(told).decode()

    def _reaches(self, entry: Entry) -> bool:
        """Tell whether what a conflict in one's own root is about is one's to see."""
        if entry.ent != "conflict" or self.scope[entry.root] != Lens.SELF:
            return True
        ent, key = entry.data["ent"], UUID(entry.data["key"])
        if ent == "contact_point" and self._is_caller and names_an_email(entry.data):
            return False
        return authority.may_edit(self.tx, self.person, ent, key)
