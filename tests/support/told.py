"""What a test found out and a person should read: printed when the run is over, passed or not.

A test says it by ``record_property("told", "...")``; a plugin, because with several workers only
the controller speaks to the terminal.
"""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests told."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "told" and getattr(report, "when", "") == "call":
                    terminalreporter.write_line(str(value))
