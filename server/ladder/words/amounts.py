"""Pure: amounts and dates as a family says them, in English and Spanish."""

from datetime import date

from schemas.attendance import UNITS_PER_DAY

_MONTHS = (
    ("January", "enero"),
    ("February", "febrero"),
    ("March", "marzo"),
    ("April", "abril"),
    ("May", "mayo"),
    ("June", "junio"),
    ("July", "julio"),
    ("August", "agosto"),
    ("September", "septiembre"),
    ("October", "octubre"),
    ("November", "noviembre"),
    ("December", "diciembre"),
)
_HALF = UNITS_PER_DAY // 2
_SINGULAR = {_HALF, UNITS_PER_DAY}
"""Half a day and a day; shares written with a point are plural."""


def days_en(units: int) -> str:
    """Return units as days: "½ day", "1 day", "5½ days"."""
    return f"{amount(units)} {'day' if units in _SINGULAR else 'days'}"


def days_es(units: int) -> str:
    """Return units as days in Spanish: "½ día", "1 día", "5½ días"."""
    return f"{amount(units).replace('.', ',')} {'día' if units in _SINGULAR else 'días'}"


def amount(units: int) -> str:
    """Return units as a number of days; other shares than halves with two decimals."""
    whole, rest = divmod(units, UNITS_PER_DAY)
    if not rest:
        return str(whole)
    if rest == _HALF:
        return f"{whole or ''}½"
    return f"{whole}.{rest * 100 // UNITS_PER_DAY:02d}"


def date_en(day: date) -> str:
    """Return a date as "March 1, 2022"."""
    return f"{_MONTHS[day.month - 1][0]} {day.day}, {day.year}"


def date_es(day: date) -> str:
    """Return a date as "1 de marzo de 2022"."""
    return f"{day.day} de {_MONTHS[day.month - 1][1]} de {day.year}"
