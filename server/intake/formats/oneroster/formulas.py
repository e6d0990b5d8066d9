"""Refuses what a spreadsheet wrote as a formula where a name or an identifier was meant."""

from server.intake.columns import values
from server.intake.formats.roster.lines import Line
from server.intake.words.saying import why


def refuse_formulas(line: Line, *names: str) -> None:
    """Raise ``Refused`` for the first of these columns (folded names) that holds a formula."""
    for name in names:
        found = line.text(name)
        if values.is_formula(found):
            raise line.refuse(name, found, why("formula"))
