"""A command starts without what only other work needs: loading is a good part of a short one."""

import subprocess
import sys

import pytest

from server.cli import COMMANDS

NEEDLESS = {"litestar", "uvicorn", "openpyxl", "pywebpush", "aiohttp"}
"""The HTTP application, what reads workbooks, what sends push messages."""


@pytest.mark.parametrize("command", ["demo", "import", "snapshot", "ladder"])
def test_a_command_loads_nothing_that_only_others_need(command: str) -> None:
    asked = f"import sys, {COMMANDS[command]}; print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60
    )
    assert not NEEDLESS & set(said.stdout.split())
