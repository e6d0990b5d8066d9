"""Makes the shapes of messages known to msgspec before several threads need them at once.

msgspec works out what a struct holds when it first meets it, and lets another thread that comes
meanwhile use the half of it: the process dies. Two phones that push in the moment after a start are
enough. So whoever serves works out all of them first.
"""

from collections.abc import Iterator
from contextlib import suppress

import msgspec


def prepare() -> int:
    """Let msgspec work out every struct there is; return how many it knows now."""
    known = 0
    for shape in every():
        with suppress(TypeError, NameError):  # it is never decoded: it holds what JSON has not
            msgspec.json.Decoder(shape)
            known += 1
    return known


def every(shape: type[msgspec.Struct] = msgspec.Struct) -> Iterator[type[msgspec.Struct]]:
    """Yield every shape that is loaded."""
    for each in shape.__subclasses__():
        yield each
        yield from every(each)
