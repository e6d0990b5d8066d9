"""What an alert says. Pure, and nameless by construction: it is given no name to tell."""

from uuid import UUID

from schemas.alerts import PushMessage, PushNotification
from schemas.base import CaseId

CASE_OPENED = "case.opened"
CASE_ASSIGNED = "case.assigned"

TITLE = "Presente"
_BODIES = {
    (CASE_OPENED, "en"): "A new case on your list.",
    (CASE_OPENED, "es"): "Hay un caso nuevo en su lista.",
    (CASE_ASSIGNED, "en"): "A case was assigned to you.",
    (CASE_ASSIGNED, "es"): "Se le asignó un caso.",
}
_PAGES = {CASE_OPENED: "/#/desk/case/{case_id}", CASE_ASSIGNED: "/#/today"}


def message_of(kind: str, *, case_id: UUID, language: str, public_url: str) -> PushMessage:
    """Return what the phone is pushed. Spanish for ``es`` and ``es-...``, else English."""
    lang = "es" if language.lower().split("-")[0] == "es" else "en"
    return PushMessage(
        notification=PushNotification(
            title=TITLE,
            body=_BODIES[kind, lang],
            navigate=public_url + _PAGES[kind].format(case_id=case_id),
            tag=f"case-{case_id}",
            lang=lang,
        ),
        case_id=CaseId(case_id),
    )


def is_urgent(kind: str) -> bool:
    """Tell whether a sleeping phone should be woken: for a child who crossed a threshold."""
    return kind == CASE_OPENED
