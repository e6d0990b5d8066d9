"""What may become of every field of every synced row. No field is left to the last writer.

A field that this table does not name cannot be synced: ``rule_of`` returns None and the mutation
is parked. A test compares the table with ``schemas``.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct


class Rule(StrEnum):
    """How edits made apart meet in one field."""

    SCALAR = "scalar"
    """One value. A rival's other value is never overwritten: both are held in a conflict."""
    TEXT = "text"
    """What a person wrote at length. As ``SCALAR``: two texts are never woven into one."""
    SET = "set"
    """Codes that are added and taken away, each on its own: always merges."""
    MACHINE = "machine"
    """Moves only by a named operation, and only along legal steps."""
    FACT = "fact"
    """Said once, when the row is made."""
    DERIVED = "derived"
    """The server works it out, or a school's file tells it. What a phone says is ignored."""


def _all(rule: Rule, *fields: str) -> dict[str, Rule]:
    return dict.fromkeys(fields, rule)


POLICY: Mapping[str, Mapping[str, Rule]] = {
    "contact": {
        **_all(Rule.FACT, "id", "student_id", "case_id", "occurred_at"),
        **_all(Rule.SCALAR, "method", "direction", "outcome", "party", "met"),
        **_all(Rule.SCALAR, "contact_point_id", "follow_up_kind", "follow_up_on"),
        **_all(Rule.SET, "causes", "referrals"),
        **_all(Rule.TEXT, "note"),
        **_all(Rule.DERIVED, "by", "recorded_at", "est_at", "late_scope"),
    },
    "contact_point": {
        **_all(Rule.FACT, "id", "guardian_id"),
        **_all(Rule.SCALAR, "kind", "value", "status", "position"),
        **_all(Rule.DERIVED, "value_e164"),
    },
    "case": {
        **_all(Rule.SCALAR, "assignee_id", "partner_id"),
        **_all(Rule.MACHINE, "status"),
        **_all(Rule.DERIVED, "id", "student_id", "school_id", "school_year", "step"),
        **_all(Rule.DERIVED, "crossed_on", "opened_on", "due_on", "left_on", "no_longer_met_on"),
    },
    "conflict": {
        **_all(Rule.MACHINE, "fields", "status"),
        **_all(Rule.DERIVED, "id", "ent", "key", "why", "mutation_id", "opened_at"),
        **_all(Rule.DERIVED, "resolved_by", "resolved_at"),
    },
    "student": _all(
        Rule.DERIVED,
        *("id", "root", "number", "first_name", "last_name", "preferred_name", "grade"),
        *("school_id", "left_on"),
    ),
    "standing": _all(
        Rule.DERIVED,
        *("student_id", "school_year", "ladder", "step", "unexcused_units", "excused_units"),
        *("tardy_count", "why_en", "why_es"),
        *("absences", "crossings"),
    ),
    "guardian": _all(
        Rule.DERIVED, "id", "first_name", "last_name", "language", "needs_interpreter"
    ),
    "guardianship": _all(
        Rule.DERIVED,
        *("id", "student_id", "guardian_id", "relation", "is_primary", "is_emergency"),
        *("lives_with", "restriction", "position"),
    ),
    "address": _all(
        Rule.DERIVED, "id", "guardian_id", "street", "unit", "city", "state", "postal_code"
    ),
    "refusal": _all(Rule.DERIVED, "id", "op", "ent", "key", "code", "text", "at", "set"),
    "replayed": _all(
        Rule.DERIVED,
        *("id", "op", "ent", "key", "out", "ver", "conflict", "code", "text", "received_at", "at"),
    ),
    "task": {
        **_all(Rule.FACT, "id", "kind", "student_id", "case_id", "step", "due_on"),
        **_all(Rule.MACHINE, "status", "holder_id", "contact_id"),
        **_all(Rule.DERIVED, "school_id", "until", "token", "done_by", "done_at"),
        **_all(Rule.DERIVED, "duplicate_effort"),
    },
    "school": _all(Rule.DERIVED, "id", "name", "level"),
    "submission": _all(
        Rule.DERIVED,
        *("school_id", "school_year", "data_as_of", "days_in_session", "submitted_at"),
    ),
    "staff": _all(Rule.DERIVED, "id", "name", "role", "is_active"),
}
"""Rule by field by entity."""


class Machine(Struct, frozen=True, kw_only=True):
    """Where a row of one kind may stand, and which moves lead from where to where."""

    fields: frozenset[str]
    """What its moves move: nothing else ever does."""
    first: str
    moves: Mapping[str, Mapping[str, str]]
    """By move: where it leads from each place where it is legal. Leading nowhere is legal too."""


_CASE_IS_OPEN = {
    one: one
    for one in ("new", "assigned", "in_contact", "plan_active", "monitoring", "unreachable")
}

MACHINES: Mapping[str, Machine] = {
    "task": Machine(
        fields=frozenset({"status", "holder_id", "contact_id"}),
        first="open",
        moves={
            "task.claim": {"open": "open"},
            "task.release": {"open": "open"},
            # Work that was done is never refused, whatever became of the task meanwhile.
            "task.complete": {"open": "done", "cancelled": "done", "done": "done"},
            "task.cancel": {"open": "cancelled"},
        },
    ),
    "case": Machine(
        fields=frozenset({"status"}),
        first="new",
        moves={
            "case.assign": {**_CASE_IS_OPEN, "new": "assigned"},
            "case.take_back": {**_CASE_IS_OPEN, "assigned": "new"},
            "case.reach": {**_CASE_IS_OPEN, "new": "in_contact", "assigned": "in_contact"},
        },
    ),
    "conflict": Machine(
        fields=frozenset({"status", "fields"}),
        first="open",
        moves={"conflict.resolve": {"open": "resolved"}},
    ),
}
"""State machine by entity. Who may make a move, and what else it needs, is not said here.

``case.take_back`` is ``case.assign`` to nobody; ``case.reach`` is a contact by which the family
was reached. Whose a task is, and until when, is reckoned in ``sync.leases``.
"""

EDITS: Mapping[str, frozenset[str]] = {
    "contact.amend": frozenset(
        field
        for field, rule in POLICY["contact"].items()
        if rule in {Rule.SCALAR, Rule.SET, Rule.TEXT}
    ),
    "contact_point.edit": frozenset({"kind", "value", "status", "position"}),
    "case.assign": frozenset({"assignee_id", "partner_id"}),
}
"""Fields by operation that merges into a row. A lens may hide none of them from who may do it."""


def moved(ent: str, move: str, status: str) -> str | None:
    """Return where a move leads from ``status``; None: it is not legal there."""
    return MACHINES[ent].moves[move].get(status)


def rule_of(ent: str, field: str) -> Rule | None:
    """Return a field's rule; None: this version knows no such field."""
    return POLICY.get(ent, {}).get(field)
