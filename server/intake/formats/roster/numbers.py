"""Pure: which of two identifiers a thing is known by."""

from collections import Counter
from collections.abc import Mapping

from server.intake.columns import values


def numbers_of(told: Mapping[str, str]) -> dict[str, str]:
    """Return by which number each thing is known, by the source's own id.

    Its number, where it has one that nothing else has, as number or as id; else its id.
    """
    told = {id_: values.number(number) for id_, number in told.items()}
    count = Counter(told.values())
    return {
        id_: number
        if number and count[number] == 1 and (number == id_ or number not in told)
        else id_
        for id_, number in told.items()
    }
