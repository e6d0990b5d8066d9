"""Whoever asks who is enrolled leaves out enrolments that were taken back with their import."""

import ast
from collections.abc import Iterator
from pathlib import Path

SERVER = Path(__file__).resolve().parents[2] / "server"
HANDS_OF_UNDOING = ("intake/mending/", "intake/store/undo.py", "intake/store/undoing.py")
"""These rooms take enrolments back, and look at what was."""
NOT_NEEDED = {
    "it asks for facts: of enrolments that were taken back, none is known": {
        "attendance/store/__init__.py: facts_of_year",
        "attendance/store/__init__.py: facts_of_school",
        "attendance/store/__init__.py: years_of",
        "attendance/store/__init__.py: record_counts",
        "attendance/store/__init__.py: _FACTS",
        "intake/store/facts.py: _IN_WINDOW",
        "intake/store/facts.py: _COUNT",
        "intake/store/facts.py: _STUDENTS",
        "intake/store/facts.py: _WITH_KIND",
        "intake/store/facts.py: students_with_facts",
        "ladder/store/facts.py: told_until_then",
        "ladder/store/facts.py: _of_year",
        "snapshot/store/__init__.py: facts",
        "snapshot/store/__init__.py: has_facts",
        "snapshot/store/__init__.py: first_recordings",
    },
    "it asks for stays, or what came with them: those were removed": {
        "ladder/store/facts.py: _STAYS",
        "intake/store/enrollments.py: left_with_case",
        "intake/store/known.py: has_periods",
    },
    "it asks for one source": {"intake/store/enrollments.py: enrolled"},
    "what was believed is asked for": {
        "intake/store/facts.py: gone_of_school",
        "ladder/store/history.py: records_of",
        "snapshot/store/__init__.py: enrolled_before",
    },
    "a file that names the student again brings it back": {
        "intake/store/enrollments.py: _PLACES_OF_SCHOOL",
        "intake/store/enrollments.py: numbers_of_enrollments",
    },
    "too many are looked at again, and no harm": {
        "intake/store/enrollments.py: schools_once",
        "intake/store/enrollments.py: schoolmates",
    },
    "it adds to a query that does": {"ladder/store/facts.py: _PLACES_OF"},
    "ids, whosever": {"intake/store/__init__.py: _number"},
}


def test_every_query_of_enrolments_leaves_out_what_was_taken_back_or_says_why_not() -> None:
    asking = dict(_asking())

    careless = {place for place, source in asking.items() if "ENROLLED" not in source}
    careless -= {place for place, source in asking.items() if "TAKEN_BACK" in source}

    assert careless == set().union(*NOT_NEEDED.values())
    assert len(asking) > len(careless) + 10


def _asking() -> Iterator[tuple[str, str]]:
    """Yield each function or constant that makes a query of enrolments, with its source."""
    for file in sorted(SERVER.rglob("*.py")):
        place = file.relative_to(SERVER).as_posix()
        if place.startswith(("db/", *HANDS_OF_UNDOING)):
            continue
        text = file.read_text(encoding="utf-8")
        for node in ast.parse(text).body if "EnrollmentRow" in text else ():
            source = ast.get_source_segment(text, node) or ""
            is_query = any(word in source for word in ("select(", ".join(", ".where("))
            if "EnrollmentRow" in source and is_query:
                yield f"{place}: {_name(node)}", source


def _name(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name
    target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    return target.id if isinstance(target, ast.Name) else ast.unparse(node)
