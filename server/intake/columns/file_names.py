"""Tells what stays of a file's name from one sending to the next.

Whole dates, times and copy marks go. Other numbers stay, for they may be a school's:
``absences_2026-04-12`` and ``Absences-20260413 (2)`` are one source, ``absences_1012`` and
``absences_1013`` are two, though both could be a day of October.
"""

import re
import unicodedata

_SHEET = ": "
_ENDING = re.compile(r"\.(csv|tsv|tab|txt|xlsx|xlsm|zip)$")
_COPY = re.compile(
    r"^(copy|copia)( ?\(\d+\))? (of|de) "
    r"|\((\d{1,3}|(copy|copia)( \d+)?)\)"
    r"|[-_ ]+(copy|copia)( ?\d{1,2})?(?= *(\(|$))"
)
_WORD = re.compile(r"[^\W_]+")

_YEAR, _ONE, _GAP = r"(19|20|21)\d\d", r"\d{1,2}", r"[-_. ]"
_MONTH, _DAY = r"(0[1-9]|1[0-2])", r"(0[1-9]|[12]\d|3[01])"
_CLOCK = r"([01]\d|2[0-3])[-_.:]?[0-5]\d"
_TIME = rf"(([-_ t]?{_CLOCK}[-_.:]?[0-5]\d|t?{_CLOCK})z?)?"
_NAMED = (
    r"(?<![^\W\d_])(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?"
    r"|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?|enero?|febrero|marzo|abr(il)?|mayo"
    r"|junio|julio|ago(sto)?|septiembre|octubre|noviembre|dic(iembre)?)(?![^\W\d_])"
)


def _whole(*kinds: str) -> re.Pattern[str]:
    """Match digits that are one of these as a whole."""
    return re.compile(rf"(?<!\d)({'|'.join(kinds)})(?!\d)")


_DATES = _whole(
    rf"{_YEAR}{_GAP}{_ONE}{_GAP}{_ONE}{_TIME}",
    rf"{_YEAR}{_MONTH}{_DAY}{_TIME}",
    rf"{_ONE}{_GAP}{_ONE}{_GAP}({_YEAR}|\d\d)",
    rf"({_MONTH}{_DAY}|{_DAY}{_MONTH}){_YEAR}",
)
_NAMED_DATES = _whole(
    rf"{_ONE}{_GAP}?{_NAMED}({_GAP}?({_YEAR}|\d\d))?",
    rf"{_NAMED}{_GAP}?({_ONE}(,?{_GAP}{_YEAR})?|{_YEAR})",
)
_SCHOOL_YEARS = _whole(rf"{_YEAR}{_GAP}\d\d")


def lasting(name: str) -> str:
    """Return what the name of a file, folder or archive keeps; empty: it is all date and number."""
    text = _ENDING.sub("", unicodedata.normalize("NFKC", name).casefold().strip())
    text = _COPY.sub(" ", text)
    for kind in (_DATES, _NAMED_DATES, _SCHOOL_YEARS):
        text = kind.sub(" ", text)
    return " ".join(_WORD.findall(text))


def lasting_path(file: str) -> str:
    """Return what stays of a table's file, with its folders and its sheet.

    Empty where the file's own name keeps no word: by its folder alone nobody knows it.
    """
    path, _, sheet = file.partition(_SHEET)
    parts = [lasting(part) for part in path.split("/")]
    if not any(letter.isalpha() for letter in parts[-1]):
        return ""
    return "/".join([*parts, *([lasting(sheet)] if sheet else [])])
