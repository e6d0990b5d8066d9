"""Moves that tests of conflicts make: a number corrected, a decision, an assignment."""

from typing import Any
from uuid import UUID

from schemas.sync import SyncRes
from server.db.tables.identity import UserRow
from tests.server.syncing.conftest import District
from tests.support.district import Phone

OLD = "505-555-0101"


def edit(phone: Phone, district: District, was: str, new: str, **more: Any) -> dict[str, Any]:
    return phone.mut(
        "contact_point.edit",
        district.family.point_id,
        {"value": new},
        was={"value": was},
        base=1,
        **more,
    )


def resolve(phone: Phone, conflict: dict[str, Any], choice: str, value: Any = None) -> Any:
    field = conflict["fields"][0]["field"]
    return phone.mut(
        "conflict.resolve",
        UUID(conflict["id"]),
        {"choices": {field: {"choice": choice, "value": value}}},
        base=ver_of(phone, conflict["id"]),
    )


def ver_of(phone: Phone, key: str) -> int:
    return next(ver for at, ver in phone.vers.items() if at[1:] == ("conflict", key))


def assign(district: District, case_id: UUID, user: UserRow) -> SyncRes:
    phone = district.phone(district.coordinator)
    seen = {"assignee_id": str(district.advisor.id)}
    return phone.sync([phone.mut("case.assign", case_id, {"assignee_id": str(user.id)}, was=seen)])
