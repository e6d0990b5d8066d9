"""Why a whole import, or something asked of the import screens, is refused: whole sentences.

Each says what is wrong, where, and what to do; nothing was changed.
"""

from collections.abc import Mapping

from server.intake.words.asked import ASKED
from server.intake.words.broken import BROKEN
from server.intake.words.saying import Both
from server.intake.words.sets import SETS
from server.problems import Conflicting, Forbidden, Invalid, NotFound, Problem

_KINDS: Mapping[str, type[Problem]] = {
    "already": Conflicting,
    "busy": Conflicting,
    "foreign": Forbidden,
    "gone": NotFound,
    "misfit": Invalid,
}
SENTENCES: Mapping[str, Both] = {
    **BROKEN,
    **SETS,
    **{code: one.text for code, one in ASKED.items()},
}
"""By code, or by a word of its own where one code has several sentences (``CODES``)."""
CODES: Mapping[str, str] = {
    "file_broken_at": "file_broken",
    "zero_bytes": "file_broken",
    "no_calendar_of_school": "no_calendar",
    "utf16": "not_utf8",
    "columns_unseparated": "wrong_delimiter",
    "workbook_empty": "file_empty",
    "workbook_hidden": "file_empty",
    "dates_mixed": "dates_ambiguous",
    "dates_not_mdy": "dates_ambiguous",
    "dates_not_dmy": "dates_ambiguous",
    "nothing_readable": "nothing_to_read",
    "no_table_to_draft": "nothing_to_read",
    **dict.fromkeys(
        ("code_sets_nothing", "code_no_kind", "code_no_share", "code_no_year"), "invalid"
    ),
}
"""The stable code of a sentence that is not its own."""


def refusal(word: str, **parts: object) -> Problem:
    """Return what to raise, with its sentence in both languages."""
    text = sentence(word, **parts)
    asked = ASKED.get(word)
    kind = Problem if asked is None else _KINDS[asked.kind]
    return kind(text.en, code=CODES.get(word, word), detail_es=text.es)


def sentence(word: str, **parts: object) -> Both:
    """Return a refusal's sentence."""
    return SENTENCES[word].filled({name: str(part) for name, part in parts.items()})
