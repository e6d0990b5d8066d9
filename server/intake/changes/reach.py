"""Decides what a file changes about numbers and addresses. A number that a person wrote stays."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple
from uuid import UUID

from msgspec import Struct

from schemas.people import ContactPointStatus
from server.db.base import Base
from server.db.database import Transaction
from server.db.tables.people import AddressRow, ContactPointRow
from server.ids import new_id
from server.intake import rules
from server.intake.records import AddressRecord, GuardianRecord, Origin, PointRecord
from server.intake.rules import FiledNumber, NumberInForce
from server.intake.store import New
from server.people.rules import comparable, e164

Outcome = Literal["added", "changed", "unchanged", "older"]


class Clash(NamedTuple):
    """A number that a person wrote and a file now says otherwise."""

    point_id: UUID
    was: str
    theirs: str
    mine: str


class Changes(Struct, kw_only=True):
    """What a batch of records changes."""

    adds: list[Base | New] = []
    changes: list[tuple[Base, dict[str, Any]]] = []
    clashes: list[Clash] = []
    outcomes: list[tuple[str, str, Outcome]] = []
    """One per record: the file, the line or element, and what became of it."""
    students: list[UUID] = []
    """Known students to publish again, if active."""
    guardians: list[UUID] = []
    """Known guardians to publish again."""
    nobody_knew: list[Origin] = []
    """Records that delete something of which nothing was ever known."""
    is_more: bool = False
    """Something changes that is not among these rows (a calendar)."""
    due: list[str] = []
    """Keys of the records that change something; of the others nothing needs to be written."""

    @property
    def size(self) -> int:
        """Return how much was found so far: a record that adds nothing to it changes nothing."""
        return (
            len(self.adds)
            + len(self.changes)
            + len(self.clashes)
            + len(self.students)
            + len(self.guardians)
        )

    @property
    def is_empty(self) -> bool:
        """Tell whether everything is as the file says already."""
        return not (self.adds or self.changes or self.clashes or self.is_more)

    def told(self, at: Origin, outcome: Outcome) -> None:
        """Note what becomes of a record."""
        self.outcomes.append((at.file, at.element, outcome))

    def told_to_forget(self, at: Origin) -> None:
        """Note a record that deletes something of which nothing was ever known."""
        self.told(at, "unchanged")
        self.nobody_knew.append(at)

    def set(self, row: Base, fields: Mapping[str, Any]) -> bool:
        """Change what differs in a row; tell whether anything does."""
        differing = {key: value for key, value in fields.items() if getattr(row, key) != value}
        if differing:
            self.changes.append((row, differing))
        return bool(differing)

    def update(
        self, row: Base, fields: Mapping[str, Any], *, untold: Collection[str] = ()
    ) -> Outcome:
        """Change what differs, unless the source wrote it before what is known.

        ``untold``: fields of which the source can say nothing.
        """
        told_at, known_at = fields.get("source_at"), getattr(row, "source_at", None)
        if told_at is not None and known_at is not None and told_at < known_at:
            return "older"
        said = {
            name: value
            for name, value in fields.items()
            if name != "source_at" and name not in untold
        }
        is_changed = self.set(row, said)
        if told_at is not None:
            self.set(row, {"source_at": told_at})
        return "changed" if is_changed else "unchanged"


def is_written(point: ContactPointRow) -> bool:
    """Tell whether a person added, corrected or judged this number."""
    return (
        not point.source_value
        or point.value != point.source_value
        or point.status != ContactPointStatus.UNVERIFIED
    )


def change_points(
    tx: Transaction,
    changes: Changes,
    guardian_id: UUID,
    rows: Sequence[ContactPointRow],
    record: GuardianRecord,
) -> None:
    """Add what becomes of a guardian's numbers; ``rows`` are all that we ever had."""
    by_id = {row.id: row for row in rows}
    numbers = {
        FiledNumber(
            source_kind=point.source_kind,
            kind=point.kind,
            value=point.value,
            position=point.position,
        ): point
        for point in record.points
    }
    pairs, lacking, new = rules.pair_numbers(
        [_in_force(row) for row in rows if row.source_value and row.ended_at is None], numbers
    )
    for own, number in pairs:
        _merge_point(changes, by_id[own.id], own, number)
    for own in lacking:
        row = by_id[own.id]
        if row.kind in record.untold:
            continue
        changes.set(row, {"source_value": ""} if is_written(row) else {"ended_at": tx.at})
    for number in new:
        again = _known_elsewhere(rows, number)
        if again is None:
            changes.adds.append(new_point(guardian_id, numbers[number]))
        else:
            fields = {"source_kind": number.source_kind, "source_value": number.value}
            changes.set(again, fields | {"ended_at": None})


def _merge_point(
    changes: Changes, row: ContactPointRow, own: NumberInForce, number: FiledNumber
) -> None:
    verdict = rules.merge_number(own, number)
    fields: dict[str, Any] = {
        "source_value": number.value,
        "source_kind": number.source_kind,
        "position": number.position,
    }
    if row.source_kind != number.source_kind:
        fields["kind"] = number.kind
    if verdict == "taken":
        fields["value"] = number.value
        fields["value_e164"] = e164(number.value, number.kind)
    elif verdict == "conflict":
        changes.clashes.append(
            Clash(row.id, was=own.source_value, theirs=row.value, mine=number.value)
        )
    changes.set(row, fields)


def _in_force(row: ContactPointRow) -> NumberInForce:
    return NumberInForce(
        id=row.id,
        source_kind=row.source_kind,
        source_value=row.source_value or "",
        kind=row.kind,
        value=row.value,
        position=row.position,
    )


def _known_elsewhere(
    rows: Iterable[ContactPointRow], number: FiledNumber
) -> ContactPointRow | None:
    """Return a number that a person wrote, or a file once had, and the file has (again) now."""
    return next(
        (
            row
            for row in rows
            if (not row.source_value or row.ended_at is not None)
            and comparable(row.value, row.kind) == comparable(number.value, number.kind)
        ),
        None,
    )


def change_addresses(
    tx: Transaction,
    changes: Changes,
    guardian_id: UUID,
    rows: Sequence[AddressRow],
    filed: Sequence[AddressRecord],
) -> None:
    """Add what becomes of a guardian's addresses."""
    ours = sorted(rows, key=lambda row: row.id)
    for address in filed:
        row = next((own for own in ours if own.kind == address.kind), None)
        if row is None:
            changes.adds.append(new_address(guardian_id, address))
        else:
            ours.remove(row)
            changes.set(row, _address_fields(address))
    for row in ours:
        changes.set(row, {"ended_at": tx.at})


def new_point(guardian_id: UUID, point: PointRecord) -> New:
    """Return a number as the file has it."""
    return New(
        ContactPointRow,
        id=new_id(),
        guardian_id=guardian_id,
        kind=point.kind,
        value=point.value,
        value_e164=e164(point.value, point.kind),
        position=point.position,
        source_kind=point.source_kind,
        source_value=point.value,
        ended_at=None,
    )


def new_address(guardian_id: UUID, address: AddressRecord) -> New:
    """Return an address as the file has it."""
    fields = _address_fields(address)
    return New(AddressRow, id=new_id(), guardian_id=guardian_id, ended_at=None, **fields)


def _address_fields(address: AddressRecord) -> dict[str, str]:
    return {
        "kind": address.kind,
        "street": address.street,
        "unit": address.unit,
        "city": address.city,
        "state": address.state,
        "postal_code": address.postal_code,
    }
