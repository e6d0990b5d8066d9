"""The sentences about lines and elements: what is wrong with each, and how to mend it.

A reason's English words are also how a line in quarantine is known again: change the Spanish and
the mends freely, but give a reason that means something else a new code.
"""

from collections.abc import Mapping

from server.intake.words.fields import FIELDS
from server.intake.words.reports import REPORTS
from server.intake.words.saying import Both, Parts, Remark, Why
from server.intake.words.tables import TABLES

LINES: Mapping[str, Remark] = {**FIELDS, **TABLES, **REPORTS}
"""By code."""


def remark_of(why: Why) -> Remark:
    """Return what to say."""
    found = LINES[why.code]
    return Remark(found.reason.filled(why.parts), found.mend.filled(why.parts))


def spanish_of(code: str, parts: Parts) -> tuple[str, str]:
    """Return reason and mend in Spanish; empty where a line of an older version has no code."""
    found = LINES.get(code)
    if found is None:
        return "", ""
    try:
        return found.reason.filled(parts).es, found.mend.filled(parts).es
    except KeyError:  # kept by a version whose sentence had other gaps
        return "", ""


def said(code: str, parts: Parts, *, reason: str, mend: str) -> tuple[Both, Both]:
    """Return what to say of a line that is kept with its English words."""
    reason_es, mend_es = spanish_of(code, parts)
    return Both(reason, reason_es or reason), Both(mend, mend_es or mend)
