"""Which outcome fits which method, what an outcome means, and whose school it was. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from schemas.vocabulary import OUTCOME_FACTS, OUTCOMES_BY_METHOD, Method, Outcome
from server.problems import Problem


class Stay(NamedTuple):
    """A student's stay in a school; ``exit_on`` is the last day, inclusive."""

    school_id: UUID
    entry_on: date | None
    exit_on: date | None
    is_from_file: bool
    """Told by an enrolment file, not guessed from attendance events."""
    school_year: str


class OutcomeMisfit(Problem):
    """Such an outcome cannot come of the method: nobody leaves a voicemail at a door."""

    code = "outcome_misfit"


def check_outcome(method: Method, outcome: Outcome) -> None:
    """Raise ``OutcomeMisfit`` unless the outcome can come of the method."""
    if outcome not in OUTCOMES_BY_METHOD[method]:
        raise OutcomeMisfit(
            f'The outcome "{_words(outcome)}" does not fit a contact by "{_words(method)}". '
            "Choose an outcome that does, and send it again."
        )


def is_success(outcome: Outcome) -> bool:
    """Tell whether the family was reached: a live exchange both ways."""
    return OUTCOME_FACTS[outcome].success


def school_on(stays: Iterable[Stay], day: date, *, school_year: str) -> UUID | None:
    """Return the school a student was in on a day; between two stays, the one last entered.

    Before the year's first stay it is the school he is to enter: the year before, and the school
    he left in it, is over. Where a file does not say when a stay began or ended, it holds for its
    school year. What an enrolment file says comes before what events suggest. None: no stay had
    begun by then, nor begins that year.
    """
    known = list(stays)
    begun = [one for one in known if _has_begun(one, day, school_year)]
    if not any(
        one.school_year == school_year or not _is_over(one, day, school_year) for one in begun
    ):
        coming = [one for one in known if one.school_year == school_year and one not in begun]
        if coming:
            return min(coming, key=_entered).school_id
    if len(begun) < 2:  # noqa: PLR2004  (nothing to choose between)
        return begun[0].school_id if begun else None
    return max(begun, key=lambda one: _nearness(one, day, school_year)).school_id


def _has_begun(stay: Stay, day: date, school_year: str) -> bool:
    return stay.school_year <= school_year if stay.entry_on is None else stay.entry_on <= day


def _is_over(stay: Stay, day: date, school_year: str) -> bool:
    return stay.exit_on < day if stay.exit_on else stay.school_year < school_year


def _entered(stay: Stay) -> tuple[bool, date, str]:
    return not stay.is_from_file, stay.entry_on or date.min, str(stay.school_id)


def _nearness(stay: Stay, day: date, school_year: str) -> tuple[bool, bool, str, str, str]:
    return (
        not _is_over(stay, day, school_year),
        stay.is_from_file,
        stay.school_year,
        stay.entry_on.isoformat() if stay.entry_on else "",
        str(stay.school_id),
    )


def _words(code: str) -> str:
    return code.replace("_", " ")
