"""Keeps an import within the schools of whoever sends it: a clerk speaks for his own only."""

from collections.abc import Iterable

from server.db.database import Transaction
from server.intake.staged.staging import Staging
from server.intake.store import screens as store
from server.intake.words.refusals import sentence
from server.problems import Forbidden

_SHOWN = 5
_OF_SCHOOLS = ("place", "calendar", "term", "code", "submission", "contact")
_OF_STUDENTS = ("student", "tie", "place", "contact")


class NotYourSchools(Forbidden):
    """The files speak of what is not the sender's."""

    code = "not_your_schools"

    def __init__(self, word: str, **parts: object) -> None:
        text = sentence(word, **parts)
        super().__init__(text.en, detail_es=text.es)


def demand(tx: Transaction, space: Staging, own: frozenset[str]) -> None:
    """Raise ``NotYourSchools`` unless the files speak of these schools and their families only.

    ``own``: codes. A student who is new, or whom the files enrol there, is theirs.
    """
    others = sorted(_schools(space) - own - {""})
    if others:
        raise NotYourSchools("schools_not_yours", count=len(others), some=_some(others))
    if _is_of_all(space):
        raise NotYourSchools("district_not_yours")
    numbers = _values(space, "number", _OF_STUDENTS)
    placed = _values(space, "number", ("place",))
    strangers = store.students_elsewhere(tx, numbers - placed, own)
    if strangers:
        raise NotYourSchools("students_not_yours", count=len(strangers), some=_some(strangers))
    tied = _values(space, "source_id", ("tie",))
    guardians = store.guardians_elsewhere(
        tx, _values(space, "source_id", ("guardian",)) - tied, own
    )
    if guardians:
        raise NotYourSchools("parents_not_yours", count=len(guardians), some=_some(guardians))


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
    query = " union ".join(f"select {column} from {table}" for table in tables)
    return {str(one) for one in space.values(query)}


def _some(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)[:_SHOWN])
