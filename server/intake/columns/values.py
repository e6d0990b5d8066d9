"""Pure: what a field's text says, in the ways that every format shares."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

from server.intake.columns import words
from server.people.rules import written

_TRUE = frozenset({"1", "true", "yes", "y", "t"})
_FALSE = frozenset({"0", "false", "no", "n", "f"})
_QUOTED = re.compile(r'="([^"]*)"')
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_WHOLE = re.compile(r"(\d+)\.0+")
_GRADE = re.compile(r"(?:grade )?0*(\d{1,2})(?:st|nd|rd|th|\.0+)?(?: grade)?", re.IGNORECASE)
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?")
_MARKS = ("=", "'")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SIGNED = re.compile(r"[+-][\d\s.,()/+-]*([eE][+-]?\d+|( ?(x|ext\.?) ?\d+))?%?", re.IGNORECASE)

_LAST_ELEMENTARY = 5
_LAST_MIDDLE = 8
_LAST_HIGH = 12
_SHORT_GRADES: Mapping[str, str] = {
    "k": "KG",
    "kg": "KG",
    "kf": "KG",
    "kh": "KG",
    "kindergarten": "KG",
    "pk": "PK",
    "prek": "PK",
    "pre-k": "PK",
    "tk": "TK",
    "pr": "PR",
    "ps": "PS",
    "ug": "UG",
    "it": "IT",
}
_LEVEL_WORDS: Mapping[str, str] = {
    "elementary": "elementary",
    "primary": "elementary",
    "middle": "middle",
    "intermediate": "middle",
    "junior": "middle",
    "high": "high",
    "secondary": "high",
}


def text(field: str) -> str:
    """Return a field as it is kept: NFC, without outer and doubled white space.

    ``="00123"``, as spreadsheets are told to keep zeros, is what stands between the quotes; every
    other formula stays the text that it is.
    """
    if field.isascii() and field.isprintable() and " " not in field and field[:1] not in _MARKS:
        return field  # most fields of most files
    quoted = _QUOTED.fullmatch(field.strip()) if field.lstrip().startswith('="') else None
    return written(quoted[1] if quoted else _unmarked(field))


def number(text: str) -> str:
    """Return an identifier or telephone number without the fraction that a program gave it: 12.0.

    A table in which one field of a column is empty is often written so.
    """
    whole = _WHOLE.fullmatch(text) if text.endswith("0") and "." in text else None
    return whole[1] if whole else text


def safe_cell(field: str) -> str:
    """Return a field for a CSV that a spreadsheet may open: never taken for a formula there.

    ``text`` takes the mark away again.
    """
    return f"'{field}" if field.startswith(_FORMULA) else field


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet wrote a formula where its value was meant (``text``'s answer).

    A number or a telephone number may begin with a sign, and signs alone are a word.
    """
    if not text.startswith(_FORMULA):
        return False
    return text[0] not in "+-" or _SIGNED.fullmatch(text) is None


def _unmarked(field: str) -> str:
    return field[1:] if field[:1] == "'" and field[1:].startswith(_FORMULA) else field


def is_value(field: str) -> bool:
    """Tell whether it is a number, a date or an e-mail address, as no column is named."""
    return bool(_NUMBER.fullmatch(field) or _DATE.fullmatch(field) or "@" in field)


def day(field: str) -> date | None:
    """Return an ISO date, or the date of an ISO instant; None: it is neither."""
    plain = field.strip()
    try:
        return date.fromisoformat(plain[:10]) if _is_dated(plain) else None
    except ValueError:
        return None


def _is_dated(plain: str) -> bool:
    return len(plain) == len("2022-03-01") or plain[10:11] in {"T", " "}


def instant(field: str) -> datetime | None:
    """Return an ISO instant in UTC; one without a zone is taken as UTC. None: it is none."""
    try:
        at = datetime.fromisoformat(field.strip())
    except ValueError:
        return None
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        return None


def truth(field: str) -> bool | None:
    """Return a yes or no; None: it is neither."""
    word = field.strip().casefold()
    return True if word in _TRUE else False if word in _FALSE else None


def items(field: str) -> list[str]:
    """Return the members of a list in one field, "a,b"; some systems write "a;b"."""
    return [one for one in map(text, field.replace(";", ",").split(",")) if one]


def grade(field: str) -> str:
    """Return a CEDS Entry Grade Level (KG, 01 to 12, PK), or the word itself when it is none."""
    word = text(field)
    numbered = _GRADE.fullmatch(word)
    if numbered:
        return numbered[1].zfill(2)
    return _SHORT_GRADES.get(word.casefold()) or words.grade_code(word)


def level_of_name(name: str) -> str:
    """Return elementary, middle or high when a school's name says one of them; else nothing.

    Of several the last one counts ("High Desert Middle School"), unless it stands beside another
    ("Middle High School").
    """
    said = name.casefold().replace("junior high", "junior")
    words_said = [_LEVEL_WORDS.get(word, "") for word in re.findall(r"\w+", said)]
    found = [(at, level) for at, level in enumerate(words_said) if level]
    if not found:
        return ""
    at, level = found[-1]
    before = words_said[at - 1] if at else ""
    return "" if before and before != level else level


def level_of_grades(codes: "set[str]") -> str:
    """Return elementary (up to 5), middle (6 to 8) or high (9 to 12) when all grades lie in it."""
    found: set[str] = set()
    for code in codes:
        if code in {"PK", "PR", "TK", "KG", "IT"}:
            found.add("elementary")
        elif code.isdigit() and int(code) <= _LAST_HIGH:
            number = int(code)
            found.add(
                "elementary"
                if number <= _LAST_ELEMENTARY
                else "middle"
                if number <= _LAST_MIDDLE
                else "high"
            )
        else:
            return ""
    return found.pop() if len(found) == 1 else ""
