"""Which schools a reader sees, as SQL."""

from typing import TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

Scope: TypeAlias = frozenset[UUID] | None
"""Schools; None: every school (administrators only). The empty set sees nothing."""


def within(
    column: ColumnElement[UUID] | InstrumentedAttribute[UUID], scope: Scope
) -> ColumnElement[bool]:
    """Return the condition that a row's school is in scope."""
    return true() if scope is None else column.in_(scope)
