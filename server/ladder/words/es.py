"""Pure: the sentence to a family in Spanish."""

from collections.abc import Callable

from schemas.attendance import UNITS_PER_DAY
from server.ladder.words.amounts import amount, date_es, days_es
from server.ladder.words.told import MINUTES_PER_HOUR, Told, counted, percent

_NUMBERS = (
    *("", "una", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez"),
    *("once", "doce"),
)
_NOTHING = {
    "all_absences": "ningún día de clase con falta",
    "unexcused_occasions": "ninguna falta ni retraso largo sin justificación",
    "truancy_reports": "ningún informe de ausentismo",
}


def sentence(told: Told) -> str:
    """Return why the student stands where he stands."""
    if told.is_nothing:
        what = _NOTHING.get(told.step.metric, "ningún día de falta sin justificación")
        if not told.step.has_threshold:
            says = told.says.es if told.says else ""
            return f"Este paso sigue a otro y no cuenta faltas. {says}".strip()
        return f"Según los registros de la escuela, no hay {what} {_nowhere(told)}."
    text = ", ".join(part for part in (f"{_amount(told)} {_over(told)}", _when(told)) if part)
    says = told.says.es if told.says else ""
    return f"Según los registros de la escuela, hay {text}. {says}".strip()


def _nowhere(told: Told) -> str:
    match told.step.span.reach:
        case "rolling_weeks" | "rolling_months" | "semester":
            return "en los días que ahora cuentan para este paso"
        case "since_step":
            return f"desde {_begin(told)}"
        case _:
            return f"en {told.school_year}"


def hours(minutes: int) -> str:
    """Return minutes as "7 horas", "1 hora 30 minutos"."""
    whole, rest = divmod(minutes, MINUTES_PER_HOUR)
    parts = [counted(whole, "hora", "horas")] if whole or not rest else []
    return " ".join([*parts, *([counted(rest, "minuto", "minutos")] if rest else [])])


def _amount(told: Told) -> str:
    if told.step.unit == "percent":
        of = f"{_comma(amount(told.missed))} de {_comma(amount(told.enrolled))} días de clase"
        is_all = told.step.metric == "all_absences"
        why = "por el motivo que sea" if is_all else "sin justificación"
        return f"{of} con falta {why} ({_comma(percent(told.share))} %)"
    if told.step.unit == "hour":
        return f"{hours(told.value)} de falta sin justificación"
    say = _AMOUNTS.get(told.step.metric)
    return say(told) if say else f"{days_es(told.value)} de falta sin justificación"


def _occasions(told: Told) -> str:
    times = f"{counted(told.value, 'ocasión', 'ocasiones')} de falta de un día"
    if told.minutes:
        times += f", o de retraso o ausencia de más de {told.minutes} minutos,"
    return f"{times} sin justificación"


def _in_a_row(told: Told) -> str:
    row = "seguidos" if told.value > UNITS_PER_DAY else "entero"
    return f"{days_es(told.value)} {row} de falta sin justificación"


def _over(told: Told) -> str:
    window = told.step.span
    match window.reach:
        case "semester":
            return f"en un semestre del año escolar {told.school_year}"
        case "rolling_weeks":
            several = f"las {_word(window.number)} semanas"
            span = several if window.number > 1 else "la semana"
            return f"en {span} hasta el {date_es(told.dates[-1])}"
        case "rolling_months":
            span = f"los {_word(window.number)} meses" if window.number > 1 else "el mes"
            return f"en {span} hasta el {date_es(told.dates[-1])}"
        case "since_step":
            return f"desde {_begin(told)}"
        case _:
            return f"en el año escolar {told.school_year}"


def _begin(told: Told) -> str:
    if told.since is None:
        return "el paso anterior"
    is_notice = "notice" in told.step.span.action
    return f"el {'aviso del ' if is_notice else ''}{date_es(told.since)}"


def _when(told: Told) -> str:
    dates = told.dates
    if not dates or told.step.unit == "percent":
        return ""
    if len(dates) == 1:
        return f"el {date_es(dates[0])}"
    return f"del {date_es(dates[0])} al {date_es(dates[-1])}"


def _word(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _comma(number: str) -> str:
    return number.replace(".", ",")


_AMOUNTS: dict[str, Callable[[Told], str]] = {
    "unexcused_occasions": _occasions,
    "unexcused_days_or_parts": lambda told: (
        f"{days_es(told.value)} con falta, entera o en parte, sin justificación"
    ),
    "truancy_reports": lambda told: counted(
        told.value, "informe de ausentismo", "informes de ausentismo"
    ),
    "consecutive": _in_a_row,
    "all_absences": lambda told: f"{days_es(told.value)} de falta por el motivo que sea",
}
