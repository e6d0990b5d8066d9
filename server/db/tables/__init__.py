"""All tables, grouped by the feature whose store speaks to them."""

from server.db.base import Base
from server.db.tables import alerts, attendance, calls, cases, identity, people, syncing

__all__ = ["Base", "alerts", "attendance", "calls", "cases", "identity", "people", "syncing"]
