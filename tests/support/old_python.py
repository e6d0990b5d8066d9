"""Keeps pytest whole on Pythons before 3.11.8 and 3.12.2, Debian 12's among them.

There ``ast.parse`` fails with "AST constructor recursion depth mismatch" when the garbage
collector runs in its midst and what it clears parses too (python/cpython#106905). Seen once here,
while pytest rewrote a plugin for the first time. So the collector waits while something is parsed.
"""

import ast
import gc
import sys
from typing import Any

_parse = ast.parse


def _parse_undisturbed(*arguments: Any, **options: Any) -> Any:
    was_on = gc.isenabled()
    gc.disable()
    try:
        return _parse(*arguments, **options)
    finally:
        if was_on:
            gc.enable()


if sys.version_info < (3, 11, 8) or (3, 12) <= sys.version_info < (3, 12, 2):
    setattr(ast, "parse", _parse_undisturbed)  # noqa: B010 -- ast.parse has more shapes than this
