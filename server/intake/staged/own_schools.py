"""Keeps an import within the schools of whoever sends it: a clerk speaks for his own only."""

from collections.abc import Iterable

from server.db.database import Transaction
from server.intake.staged.staging import Staging
from server.intake.store import screens as store
from server.problems import Forbidden

_SHOWN = 5
_OF_SCHOOLS = ("place", "calendar", "term", "code", "submission", "contact")
_OF_STUDENTS = ("student", "tie", "place", "contact")


class NotYourSchools(Forbidden):
    """The files speak of what is not the sender's."""

    code = "not_your_schools"


def demand(tx: Transaction, space: Staging, own: frozenset[str]) -> None:
    """Raise ``NotYourSchools`` unless the files speak of these schools and their families only.

    ``own``: codes. A student who is new, or whom the files enrol there, is theirs.
    """
    others = sorted(_schools(space) - own - {""})
    if others:
        raise NotYourSchools(
            f"These files speak of {len(others)} schools that are not yours ({_some(others)}). Ask "
            "an administrator to import them."
        )
    if _is_of_all(space):
        raise NotYourSchools(
            "These files speak of the whole district: staff, or codes or terms of every school. "
            "Name a school in them, or ask an administrator to import them."
        )
    numbers = _values(space, "number", _OF_STUDENTS)
    placed = _values(space, "number", ("place",))
    strangers = store.students_elsewhere(tx, numbers - placed, own)
    if strangers:
        raise NotYourSchools(
            f"These files speak of {len(strangers)} students who are not in your schools "
            f"({_some(strangers)}). Ask an administrator to import them."
        )
    tied = _values(space, "source_id", ("tie",))
    guardians = store.guardians_elsewhere(
        tx, _values(space, "source_id", ("guardian",)) - tied, own
    )
    if guardians:
        raise NotYourSchools(
            f"These files speak of {len(guardians)} parents of students who are not in your "
            f"schools ({_some(guardians)}). Ask an administrator to import them."
        )


def _schools(space: Staging) -> set[str]:
    events = space.events_told
    told = {events.schools.texts[school] for school, _ in events.pairs}
    told.update(space.values("select code from school"))
    return told | _values(space, "school_code", _OF_SCHOOLS)


def _is_of_all(space: Staging) -> bool:
    return bool(
        space.values(
            "select 1 from staff union all select 1 from term where school_code = '' "
            "union all select 1 from code where school_code = '' and not is_default limit 1"
        )
    )


def _values(space: Staging, column: str, tables: Iterable[str]) -> set[str]:
    query = " union ".join(f"select {column} from {table}" for table in tables)  # noqa: S608
    return {str(one) for one in space.values(query)}


def _some(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)[:_SHOWN])
