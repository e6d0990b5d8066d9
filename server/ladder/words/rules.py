"""Pure: a step's rule and a ladder's day rule in words, for whoever must explain a count."""

from decimal import Decimal

from server.attendance.rules.days import DayRule
from server.ladder.law import Ladder, Step
from server.ladder.words.actions import need
from server.languages import Told

_METRICS = {
    "unexcused": ("missed without an excuse", "de falta sin justificación"),
    "all_absences": ("missed for whatever reason", "de falta por el motivo que sea"),
    "unexcused_occasions": (
        "absent or long late without an excuse",
        "de falta o retraso largo sin justificación",
    ),
    "unexcused_days_or_parts": (
        "of which all or a part was missed without an excuse",
        "con falta, entera o en parte, sin justificación",
    ),
    "truancy_reports": ("of truancy", "de ausentismo"),
    "consecutive": ("in a row missed without an excuse", "seguidos de falta sin justificación"),
}
_UNITS = {
    "day": ("days", "días"),
    "half_day": ("half days", "medios días"),
    "hour": ("hours", "horas"),
    "occasion": ("times", "ocasiones"),
    "step": ("reports", "informes"),
    "percent": ("percent of the school days enrolled", "por ciento de los días de clase"),
}
_COUNTED = {
    "day": "units",
    "half_day": "units",
    "hour": "minutes",
    "occasion": "occasions",
    "step": "reports",
    "percent": "hundredths",
}


def unit_of(step: Step) -> str:
    """Return in what a step's whole numbers count: ``units`` of a day, ``minutes`` and so on."""
    return _COUNTED.get(step.unit, "")


def in_english(step: Step) -> str:
    """Return what a step asks for: "From 5 days missed without an excuse in a school year on"."""
    return _rule(step, 0)


def in_spanish(step: Step) -> str:
    """Return what a step asks for, in Spanish."""
    return _rule(step, 1)


def day_rule(ladder: Ladder) -> Told:
    """Return how the records of a day come to a count."""
    rule = ladder.day_rule
    if rule is None:
        return Told(
            "A record counts the share of the day that it tells; a class its share of the day.",
            "Un registro cuenta la parte del día que indica; una clase, su parte del día.",
        )
    if rule.kind == "classes_missed":
        said, dicho = _by_class(rule)
    elif rule.kind == "occasions":
        said = (
            f"A full day counts {rule.full_day_counts}, late or absent for more than "
            f"{rule.tardy_or_absent_over_minutes} minutes counts 1; "
            f"{'together' if rule.combine else 'each for itself'}"
        )
        dicho = (
            f"Un día entero cuenta {rule.full_day_counts}; un retraso o ausencia de más de "
            f"{rule.tardy_or_absent_over_minutes} minutos cuenta 1; "
            f"{'todo junto' if rule.combine else 'cada cosa por separado'}"
        )
    else:
        said = f"A day, or any part of one, counts {rule.counts}"
        dicho = f"Un día, o cualquier parte de él, cuenta {rule.counts}"
    source = f" ({rule.source})." if rule.source else "."
    return Told(said + source, dicho + source)


def _by_class(rule: DayRule) -> tuple[str, str]:
    said = (
        f"By class: {rule.min_classes} or more classes missed, up to {rule.half_if_pct_lte} % "
        f"of the day's classes, are half a day; more than {rule.full_if_pct_gt} % a day"
    )
    dicho = (
        f"Por clases: {rule.min_classes} o más clases de falta, hasta el {rule.half_if_pct_lte} % "
        f"de las clases del día, son medio día; más del {rule.full_if_pct_gt} %, un día"
    )
    if rule.daily_schools == "full_day_each":
        said += "; in an elementary school that takes attendance daily each date is a day"
        dicho += "; en una escuela primaria que pasa lista una vez al día, cada fecha es un día"
    return said, dicho


def _rule(step: Step, language: int) -> str:
    if step.gte is None:
        needs = _needs(step)
        return (f"After {needs}", f"Después de {needs.es}")[language]
    amount = _number(step.gte)
    unit = _UNITS.get(step.unit, ("", ""))[language]
    metric = _METRICS.get(step.metric, ("", ""))[language]
    below = "" if step.lt is None else (" to below ", " a menos de ")[language] + _number(step.lt)
    words = (
        f"From {amount}{below} {unit} {metric} {_window(step, 0)} on",
        f"A partir de {amount}{below} {unit} {metric} {_window(step, 1)}",
    )[language]
    if not step.requires:
        return words
    needs = _needs(step)
    return f"{words}; {(f'requires {needs}', f'requiere {needs.es}')[language]}"


def _needs(step: Step) -> Told:
    told = [need(one) for one in step.requires]
    return Told(", ".join(told), ", ".join(one.es for one in told))


def _window(step: Step, language: int) -> str:
    window = step.span
    match window.reach:
        case "semester":
            said = ("in a semester", "en un semestre")
        case "rolling_weeks":
            said = (f"within {window.number} weeks", f"en {window.number} semanas")
        case "rolling_months":
            said = (f"within {window.number} months", f"en {window.number} meses")
        case "since_step":
            since = need(window.since)
            said = (f"since {since}", f"desde {since.es}")
        case _:
            said = ("in a school year", "en un año escolar")
    return said[language]


def _number(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
