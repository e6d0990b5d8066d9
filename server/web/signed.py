"""The person who is calling, and what a call proves itself with: no framework needed."""

from uuid import UUID

import msgspec

from schemas.people import Role


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """The person who is calling."""

    user_id: UUID
    role: Role
    root: str
    school_ids: frozenset[UUID]
    """Schools whose cases the person sees; empty means all for an administrator, else none."""
    device_id: UUID | None = None
    """The device the session is bound to, or that delivers."""
    session: bytes = b""
    """Hash of the session's token; empty for a device that delivers."""
    delivers_only: bool = False
    """Came with a delivery token: may hand in mutations and learn their receipts, never a row."""
    is_headless: bool = False
    """Came with an issued token: syncs as this person, and reaches no other route."""
    is_revoked: bool = False
    """The device was revoked. Only seen by routes with ``DELIVERY``: they must say so, no more."""

    def sees_school(self, school_id: UUID) -> bool:
        """Tell whether the school's cases are this person's to see."""
        return self.role is Role.ADMINISTRATOR or school_id in self.school_ids


class Credentials(msgspec.Struct, frozen=True):
    """What a request proves itself with. An explicit token goes before the cookie."""

    session: str = ""
    delivery: str = ""
    bearer: str = ""

    def __bool__(self) -> bool:
        """Tell whether there is anything to look up."""
        return bool(self.session or self.delivery or self.bearer)
