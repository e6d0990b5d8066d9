"""Pure: elementary, middle or high: by what a file calls the school, else by the student's grade.

Everything that counts asks here, so that a case and the report cannot differ.
"""

import re
from functools import lru_cache

LEVELS: tuple[str, ...] = ("elementary", "middle", "high")
_LAST_ELEMENTARY, _LAST_MIDDLE, _LAST_GRADE = 5, 8, 13
_SIGNS = (
    ("elementary", ("elem", "primary", "primaria")),
    ("middle", ("middle", "junior", "intermediate")),
    ("high", ("high", "secondary")),
)
_SHORT = {
    **dict.fromkeys(("es", "el"), "elementary"),
    **dict.fromkeys(("ms", "jhs", "jh"), "middle"),
    **dict.fromkeys(("hs", "shs", "sh"), "high"),
}
_JUNIOR = re.compile(r"\bjr\b\.?")
_GRADE_WORDS = {
    word: number
    for number, words in enumerate(
        (
            (
                *("kg", "k", "pk", "tk", "pr", "it", "pre-k", "kindergarten", "pre-kindergarten"),
                *("preschool", "preschool/prekindergarten", "transitional", "infant/toddler"),
            ),
            ("first",),
            ("second",),
            ("third",),
            ("fourth",),
            ("fifth",),
            ("sixth",),
            ("seventh",),
            ("eighth",),
            ("ninth",),
            ("tenth",),
            ("eleventh",),
            ("twelfth",),
        )
    )
    for word in words
}


def levels_in(word: str) -> list[str]:
    """Return the levels that a file's word for a school's level names, the lowest first."""
    folded = word.strip().casefold()
    if folded in _SHORT:
        return [_SHORT[folded]]
    said = _JUNIOR.sub("junior", folded).replace("junior high", "junior")
    return [level for level, signs in _SIGNS if any(sign in said for sign in signs)]


@lru_cache(maxsize=1024)
def level_of_word(word: str) -> str:
    """Return the one level that a word names ("Elementary School"); empty: none, or several."""
    named = levels_in(word)
    return named[0] if len(named) == 1 else ""


@lru_cache(maxsize=1024)
def band_of(word: str, grade: str) -> str:
    """Return ``elementary`` (to grade 5), ``middle`` (6 to 8) or ``high``; empty: not known.

    The school's level decides where its word names one of the three; else the student's grade
    does ("05", "Fifth grade", "KG").
    """
    level = level_of_word(word)
    if level:
        return level
    digits = "".join(char for char in grade if char.isdigit())
    number = int(digits) if digits else _GRADE_WORDS.get(grade.split(" ", maxsplit=1)[0].lower())
    if number is None or number > _LAST_GRADE:
        return ""
    if number <= _LAST_ELEMENTARY:
        return "elementary"
    return "middle" if number <= _LAST_MIDDLE else "high"
