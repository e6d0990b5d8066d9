"""Pure: says in words that a family can read why a student stands where he stands."""

from collections.abc import Sequence
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


def days_en(units: int) -> str:
    """Return units as days: "1 day", "5½ days"."""
    return f"{amount(units)} {'day' if units == UNITS_PER_DAY else 'days'}"


def days_es(units: int) -> str:
    """Return units as days in Spanish: "1 día", "5½ días"."""
    return f"{amount(units)} {'día' if units == UNITS_PER_DAY else 'días'}"


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


def why_en(*, units: int, dates: Sequence[date], school_year: str, step_words: str) -> str:
    """Return the sentence in English. ``dates`` are the sorted dates that count."""
    if not dates:
        return f"The school's records show no day missed without an excuse in {school_year}."
    when = (
        f"on {date_en(dates[0])}"
        if len(dates) == 1
        else f"from {date_en(dates[0])} to {date_en(dates[-1])}"
    )
    text = (
        f"The school's records show {days_en(units)} missed without an excuse "
        f"in the school year {school_year}, {when}."
    )
    return f"{text} {step_words}".strip()


def why_es(*, units: int, dates: Sequence[date], school_year: str, step_words: str) -> str:
    """Return the sentence in Spanish. ``dates`` are the sorted dates that count."""
    if not dates:
        return (
            "Según los registros de la escuela, no hay ningún día de falta sin justificación "
            f"en {school_year}."
        )
    when = (
        f"el {date_es(dates[0])}"
        if len(dates) == 1
        else f"del {date_es(dates[0])} al {date_es(dates[-1])}"
    )
    text = (
        f"Según los registros de la escuela, hay {days_es(units)} de falta sin justificación "
        f"en el año escolar {school_year}, {when}."
    )
    return f"{text} {step_words}".strip()
