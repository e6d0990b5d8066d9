"""Which outcome fits which method, and what an outcome means. Pure."""

from schemas.vocabulary import OUTCOME_FACTS, OUTCOMES_BY_METHOD, Method, Outcome
from server.problems import Problem


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


def _words(code: str) -> str:
    return code.replace("_", " ")
