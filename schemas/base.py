"""What every message on the wire has in common."""

from datetime import date, datetime
from typing import Annotated, NewType, TypeAlias
from uuid import UUID

import msgspec

Value: TypeAlias = str | int | bool | list[str] | None
"""What one field of a synced row may hold. Lists are sets of codes, kept sorted."""

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment with its zone (RFC 3339). A naive time is refused while decoding."""

Day: TypeAlias = date
"""A school-local calendar date. Never shifted by a time zone."""

Text = Annotated[str, msgspec.Meta(max_length=4000)]
"""What a person typed. NFC, without NUL (both databases must be able to keep it)."""

Line = Annotated[str, msgspec.Meta(max_length=200)]
"""One short line of text: a name, a label."""

Code = Annotated[str, msgspec.Meta(max_length=60, pattern="^[a-z0-9_.:-]*$")]
"""A stable word of a vocabulary. Unknown codes round-trip: an old phone shows them as they are."""

Root = Annotated[str, msgspec.Meta(max_length=24, pattern="^[a-z0-9:]+$")]
"""Unit of access and of removal on a phone (sync.md 6.1): an opaque short string."""

UserId = NewType("UserId", UUID)
SchoolId = NewType("SchoolId", UUID)
StudentId = NewType("StudentId", UUID)
GuardianId = NewType("GuardianId", UUID)
CaseId = NewType("CaseId", UUID)
ContactId = NewType("ContactId", UUID)
DeviceId = NewType("DeviceId", UUID)
MutationId = NewType("MutationId", UUID)
ConflictId = NewType("ConflictId", UUID)
TaskId = NewType("TaskId", UUID)


class Wire(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message from a phone or a desk. Unknown fields are refused by name.

    Field names are spelled the same in JSON, Python, TypeScript and SQL, so that one search
    finds them all.
    """


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """The data of one synced row, or a part of an answer. Newer servers may add fields."""
