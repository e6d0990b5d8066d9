"""Pure: how names and numbers are folded for searching and comparing. Values stay as written."""

import unicodedata
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from schemas.people import ContactPointKind
from sync.normal import is_mark, piles_up_marks

_SAME_NUMBER_DIGITS = 10
"""Two US numbers are the same when their last ten digits are."""


def written(text: str | None) -> str:
    """Return text as it is kept: NFC, outer and doubled white space gone."""
    told = text or ""
    return " ".join((told if piles_up_marks(told) else unicodedata.normalize("NFC", told)).split())


def folded(text: str) -> str:
    """Return text for searching: lower case, without accents. Folding twice is folding once."""
    if text.isascii():
        return " ".join(text.casefold().split())
    if piles_up_marks(text):
        text = "".join(letter for letter in text if not is_mark(letter))
    for _ in range(2):  # some signs have a lower case only once they are decomposed
        parts = unicodedata.normalize("NFKD", text.casefold())
        text = "".join(part for part in parts if not unicodedata.combining(part))
    return " ".join(text.casefold().split())


def name_key(first_name: str, last_name: str) -> str:
    """Return "last first" folded, as ``student.name_key`` keeps it."""
    return folded(f"{last_name} {first_name}")


@lru_cache(maxsize=16_384)
def e164(value: str, kind: str) -> str:
    """Return a phone number as E.164, or nothing when it is none that could be dialled."""
    if kind == ContactPointKind.EMAIL:
        return ""
    try:
        number = phonenumbers.parse(value, "US")
    except NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def comparable(value: str, kind: str) -> str:
    """Return what tells two values apart: the digits dialled, or the folded e-mail address."""
    if kind == ContactPointKind.EMAIL:
        return value.strip().casefold()
    digits = "".join(sign for sign in value if sign.isdigit())
    return digits[-_SAME_NUMBER_DIGITS:] or value.strip().casefold()
