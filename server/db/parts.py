"""Long lists in parts that one query takes."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

AT_ONCE = 400
"""How many values one query is asked about, unless its caller knows better."""

_T = TypeVar("_T")


def parts(values: Iterable[_T], size: int = AT_ONCE) -> Iterator[list[_T]]:
    """Cut values into lists of at most ``size``, in their order; read no further than asked."""
    rest = iter(values)
    while part := list(islice(rest, size)):
        yield part
