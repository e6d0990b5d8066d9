"""Pure: the sentence to a family in English."""

from collections.abc import Callable

from server.ladder.words.amounts import amount, date_en, days_en
from server.ladder.words.told import MINUTES_PER_HOUR, Told, counted, percent

_NUMBERS = (
    *("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve"),
)
_NOTHING = {
    "all_absences": "no school day missed",
    "unexcused_occasions": "no absence and no long lateness without an excuse",
    "truancy_reports": "no report of truancy",
}


def sentence(told: Told) -> str:
    """Return why the student stands where he stands."""
    if told.is_nothing:
        what = _NOTHING.get(told.step.metric, "no day missed without an excuse")
        if not told.step.has_threshold:
            says = told.says.en if told.says else ""
            return f"This step follows another and counts no absences. {says}".strip()
        return f"The school's records show {what} {_nowhere(told)}."
    text = ", ".join(part for part in (f"{_amount(told)} {_over(told)}", _when(told)) if part)
    says = told.says.en if told.says else ""
    return f"The school's records show {text}. {says}".strip()


def _nowhere(told: Told) -> str:
    match told.step.span.reach:
        case "rolling_weeks" | "rolling_months" | "semester":
            return "in the days that count now for this step"
        case "since_step":
            return f"since {_begin(told)}"
        case _:
            return f"in {told.school_year}"


def hours(minutes: int) -> str:
    """Return minutes as "7 hours", "1 hour 30 minutes"."""
    whole, rest = divmod(minutes, MINUTES_PER_HOUR)
    parts = [counted(whole, "hour", "hours")] if whole or not rest else []
    return " ".join([*parts, *([counted(rest, "minute", "minutes")] if rest else [])])


def _amount(told: Told) -> str:
    if told.step.unit == "percent":
        of = f"{amount(told.missed)} of {amount(told.enrolled)} school days"
        why = "for whatever reason" if told.step.metric == "all_absences" else "without an excuse"
        return f"{of} missed {why} ({percent(told.share)} %)"
    if told.step.unit == "hour":
        return f"{hours(told.value)} missed without an excuse"
    say = _AMOUNTS.get(told.step.metric)
    return say(told) if say else f"{days_en(told.value)} missed without an excuse"


def _occasions(told: Told) -> str:
    times = f"{counted(told.value, 'time', 'times')} absent for a day"
    if told.minutes:
        times += f", or late or absent for more than {told.minutes} minutes,"
    return f"{times} without an excuse"


def _over(told: Told) -> str:
    window = told.step.span
    match window.reach:
        case "semester":
            return f"in one semester of the school year {told.school_year}"
        case "rolling_weeks" | "rolling_months":
            unit = window.reach.removeprefix("rolling_").removesuffix("s")
            span = f"{_word(window.number)} {unit}s" if window.number > 1 else unit
            return f"in the {span} up to {date_en(told.dates[-1])}"
        case "since_step":
            return f"since {_begin(told)}"
        case _:
            return f"in the school year {told.school_year}"


def _begin(told: Told) -> str:
    if told.since is None:
        return "the step before"
    is_notice = "notice" in told.step.span.action
    return f"the notice of {date_en(told.since)}" if is_notice else date_en(told.since)


def _when(told: Told) -> str:
    dates = told.dates
    if not dates or told.step.unit == "percent":
        return ""
    if len(dates) == 1:
        return f"on {date_en(dates[0])}"
    return f"from {date_en(dates[0])} to {date_en(dates[-1])}"


def _word(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


_AMOUNTS: dict[str, Callable[[Told], str]] = {
    "unexcused_occasions": _occasions,
    "unexcused_days_or_parts": lambda told: (
        f"{days_en(told.value)} of which all or a part was missed without an excuse"
    ),
    "truancy_reports": lambda told: counted(told.value, "report of truancy", "reports of truancy"),
    "consecutive": lambda told: f"{days_en(told.value)} in a row missed without an excuse",
    "all_absences": lambda told: f"{days_en(told.value)} missed for whatever reason",
}
