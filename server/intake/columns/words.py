"""What a district's own words mean here. A word that is not in these tables is never guessed."""

from collections.abc import Mapping

from schemas.attendance import UNITS_PER_DAY, AttendanceKind
from schemas.people import ContactPointKind

ATTENDANCE: Mapping[str, tuple[AttendanceKind, int]] = {
    "unexcused absence": (AttendanceKind.ABSENT_UNEXCUSED, UNITS_PER_DAY),
    "excused absence": (AttendanceKind.ABSENT_EXCUSED, UNITS_PER_DAY),
    "partial": (AttendanceKind.ABSENT_EXCUSED, 0),
    "tardy": (AttendanceKind.TARDY, 0),
    "early departure": (AttendanceKind.TARDY, 0),
    "in attendance": (AttendanceKind.PRESENT, 0),
    "present": (AttendanceKind.PRESENT, 0),
}
"""Ed-Fi AttendanceEventCategory: its kind, and the units it takes when no duration is given.

"Partial" says nothing of an excuse; a part of a day that nobody called unexcused is not held
against a family.
"""

INSTRUCTIONAL = frozenset(
    {"instructional day", "make-up day", "student late arrival/early dismissal"}
)
NO_INSTRUCTION = frozenset(
    {
        "holiday",
        "teacher only day",
        "weather day",
        "strike",
        "emergency day",
        "non-instructional day",
        "other",
    }
)

PHONES: Mapping[str, ContactPointKind] = {
    "mobile": ContactPointKind.MOBILE,
    "home": ContactPointKind.HOME,
    "work": ContactPointKind.WORK,
}
"""Ed-Fi TelephoneNumberType; every other type is ``other_phone``."""

LAST_PHONES = frozenset({"fax"})
"""Types that nobody answers: kept, but listed last."""

GRADES: Mapping[str, str] = {
    "infant/toddler": "IT",
    "preschool": "PR",
    "prekindergarten": "PK",
    "transitional kindergarten": "TK",
    "kindergarten": "KG",
    "first grade": "01",
    "second grade": "02",
    "third grade": "03",
    "fourth grade": "04",
    "fifth grade": "05",
    "sixth grade": "06",
    "seventh grade": "07",
    "eighth grade": "08",
    "ninth grade": "09",
    "tenth grade": "10",
    "eleventh grade": "11",
    "twelfth grade": "12",
    "grade 13": "13",
    "postsecondary": "PS",
    "ungraded": "UG",
}
"""Ed-Fi GradeLevel to CEDS Entry Grade Level. Another word is kept as it is."""

LANGUAGES: Mapping[str, str] = {
    "english": "en",
    "eng": "en",
    "spanish": "es",
    "spa": "es",
    "vietnamese": "vi",
    "vie": "vi",
    "navajo": "nv",
    "nav": "nv",
    "arabic": "ar",
    "ara": "ar",
    "chinese": "zh",
    "zho": "zh",
    "swahili": "sw",
    "swa": "sw",
}
"""Ed-Fi LanguageDescriptor (names or ISO 639-2 codes) as BCP 47; others stay as they are."""


def grade_code(word: str) -> str:
    """Return the CEDS code of a grade's name, or the name itself when it has none."""
    return GRADES.get(word.strip().lower(), word)
