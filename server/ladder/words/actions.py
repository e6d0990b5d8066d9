"""Pure: what a step asks for, waits for and is barred by, in words of both languages.

A ladder's file may name an action of its own: that is said with its own word.
"""

from collections.abc import Mapping

from server.languages import Told

ACTIONS: Mapping[str, tuple[str, str]] = {
    "robo_call": ("an automatic call to the family", "una llamada automática a la familia"),
    "phone_call": ("a phone call to the family", "una llamada a la familia"),
    "notice": ("a notice to the family", "un aviso a la familia"),
    "written_notice": ("a written notice to the family", "un aviso por escrito a la familia"),
    "outreach": (
        "a talk with the family, or a visit",
        "una conversación con la familia o una visita",
    ),
    "talk": ("a talk with the family", "una conversación con la familia"),
    "parent_meeting": ("a meeting with the parents", "una reunión con los padres"),
    "attendance_team_meeting": (
        "a meeting of the attendance team",
        "una reunión del equipo de asistencia",
    ),
    "root_cause_assessment": (
        "finding out what lies behind the absences",
        "averiguar qué hay detrás de las faltas",
    ),
    "attendance_success_plan": (
        "a plan for success in attendance",
        "un plan de éxito para la asistencia",
    ),
    "intervention_plan": ("an intervention plan", "un plan de intervención"),
    "specialized_supports": ("specialized supports", "apoyos especializados"),
    "referral": ("a referral", "una remisión"),
    "report_to": (
        "a report to the attendance supervisor",
        "un informe a quien supervisa la asistencia",
    ),
    "agency_report": ("a report to the agency", "un informe al organismo competente"),
    "tpm": ("truancy prevention measures", "medidas de prevención del ausentismo"),
    "conscientious_effort_conference": (
        "a conscientious effort to meet with parent and student",
        "un esfuerzo serio por reunirse con los padres y el estudiante",
    ),
}
"""By an action's kind."""
BARS: Mapping[str, tuple[str, str]] = {
    "pregnancy": ("pregnancy", "embarazo"),
    "foster_care": ("foster care", "acogida familiar"),
    "homelessness": ("homelessness", "falta de vivienda"),
    "severe_illness_or_treatment": (
        "severe illness or its treatment",
        "una enfermedad grave o su tratamiento",
    ),
    "principal_income_earner": (
        "being the family's principal earner",
        "ser el sostén principal de la familia",
    ),
}
"""By an exemption's kind."""
_DECISIONS: Mapping[str, tuple[str, str]] = {
    "approved": ("approved", "aprobado"),
    "declined": ("declined", "rechazado"),
    "delayed": ("put off", "aplazado"),
}


def action(kind: str) -> Told:
    """Return what an action is: of a step that is named with it (``habitual.notice``) too."""
    step, _, last = kind.rpartition(".")
    en, es = ACTIONS.get(last, (_spaced(last), _spaced(last)))
    return Told(f"{en} (step {step})", f"{es} (paso {step})") if step else Told(en, es)


def need(key: str) -> Told:
    """Return what a step waits for: an action, or another step."""
    if "." in key or key in ACTIONS:
        return action(key)
    return Told(f"the step {key}", f"el paso {key}")


def bar(kind: str) -> Told:
    """Return why a step is barred."""
    return Told(*BARS.get(kind, (_spaced(kind), _spaced(kind))))


def decision(kind: str) -> Told:
    """Return what a person decided."""
    return Told(*_DECISIONS.get(kind, (_spaced(kind), _spaced(kind))))


def _spaced(key: str) -> str:
    return key.replace("_", " ")
