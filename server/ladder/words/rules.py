"""Pure: a step's rule and a ladder's day rule in words, for whoever must explain a count."""

from decimal import Decimal

from server.ladder.law import Ladder, Step

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


def day_rule(ladder: Ladder) -> str:
    """Return how the records of a day come to a count."""
    rule = ladder.day_rule
    if rule is None:
        return "A record counts the share of the day that it tells; a class its share of the day."
    if rule.kind == "classes_missed":
        said = (
            f"By class: {rule.min_classes} or more classes missed, up to {rule.half_if_pct_lte} % "
            f"of the day's classes, are half a day; more than {rule.full_if_pct_gt} % a day"
        )
        if rule.daily_schools == "full_day_each":
            said += "; in an elementary school that takes attendance daily each date is a day"
    elif rule.kind == "occasions":
        joined = "together" if rule.combine else "each for itself"
        said = (
            f"A full day counts {rule.full_day_counts}, late or absent for more than "
            f"{rule.tardy_or_absent_over_minutes} minutes counts 1; {joined}"
        )
    else:
        said = f"A day, or any part of one, counts {rule.counts}"
    return f"{said} ({rule.source})." if rule.source else f"{said}."


def _rule(step: Step, language: int) -> str:
    if step.gte is None:
        needs = ", ".join(step.requires)
        return (f"After {needs}", f"Después de {needs}")[language]
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
    needs = ", ".join(step.requires)
    return f"{words}; {('requires', 'requiere')[language]} {needs}"


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
            said = (f"since {window.since}", f"desde {window.since}")
        case _:
            said = ("in a school year", "en un año escolar")
    return said[language]


def _number(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
