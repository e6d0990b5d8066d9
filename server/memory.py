"""How Python looks for garbage while an import is in hand.

The collector goes through all that is held whenever so much has been made since it last did. An
import makes millions of rows and no cycles that would have to be found: it would spend a sixth of
its time on looking.
"""

import gc
from collections.abc import Generator
from contextlib import contextmanager

_SELDOM = 50_000
"""New objects that outlive the call that made them, between two looks; Python's own is 700."""


@contextmanager
def seldom_searched() -> Generator[None]:
    """Look for garbage seldom while inside, and never again through what is held already.

    Counting references frees nearly everything as ever. For the whole process: what other threads
    do meanwhile is looked through as seldom.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def never_searched() -> Generator[None]:
    """Look for no garbage while inside, where a great many things are made and all are kept."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
