"""Speaks SQL for what a district has chosen, by key; ``server.district`` says what it may be."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

from server.db.database import Transaction
from server.db.tables.attendance import SettingRow

_SETTINGS = "attendance.settings"
"""Settings that this transaction has read: an import asks for the same few all the time."""
_SETTING = select(SettingRow.value).where(SettingRow.key == bindparam("of_key"))


def find_setting(tx: Transaction, key: str, default: Any = None) -> Any:
    """Return a district's setting."""
    known: dict[str, tuple[Any] | None] = tx.memo.setdefault(_SETTINGS, {})
    if key not in known:
        row = tx.run(_SETTING, {"of_key": key}).first()
        known[key] = None if row is None else (row.value,)
    found = known[key]
    return default if found is None else found[0]


def save_setting(tx: Transaction, key: str, value: object) -> None:
    """Write a district's setting."""
    row = tx.session.get(SettingRow, key)
    if row is None:
        tx.session.add(SettingRow(key=key, value=value))
    else:
        row.value = value
    tx.session.flush()
    tx.memo.pop(_SETTINGS, None)


def remove_setting(tx: Transaction, key: str) -> None:
    """Take a district's setting away: its default holds again."""
    row = tx.session.get(SettingRow, key)
    if row is not None:
        tx.session.delete(row)
        tx.session.flush()
        tx.memo.pop(_SETTINGS, None)


def zone_of(tx: Transaction) -> ZoneInfo:
    """Return the time zone by which the district's dates go."""
    return ZoneInfo(find_setting(tx, "time_zone", "America/Denver"))
