"""Pure: a reason as lines to read on a terminal."""

from schemas.attendance import AttendanceKind
from server.ladder.why import Row, StepWhy
from server.ladder.words import amounts, en, told

_KINDS = {
    AttendanceKind.ABSENT_UNEXCUSED: "absent without an excuse",
    AttendanceKind.ABSENT_EXCUSED: "absent, excused",
    AttendanceKind.ABSENT_UNVERIFIED: "absent, reason not yet known",
    AttendanceKind.TARDY: "late",
    AttendanceKind.ACTIVITY_INTERSCHOLASTIC: "at an interscholastic activity",
    AttendanceKind.ACTIVITY_SCHOOL: "at a school activity",
    AttendanceKind.SUSPENSION_OUT: "suspended",
    AttendanceKind.SUSPENSION_IN: "suspended in school",
}
_STATUS = {
    "not_met": "not reached",
    "met": "reached",
    "passed_over": "reached, a higher step asks instead",
    "waiting": "its number is reached; it waits for",
    "blocked": "barred by",
    "to_decide": "a person must decide",
    "decided": "decided:",
}


def text(why: StepWhy) -> str:
    """Return everything that a reason says."""
    lines = [why.why_en, why.why_es, "", f"Step {why.step}: {_status(why)}."]
    if why.crossed_on:
        due = f"; due {amounts.date_en(why.due_on)}" if why.due_on else ""
        value = amount_en(why.unit, why.value)
        lines.append(f"Crossed on {amounts.date_en(why.crossed_on)} with {value}{due}.")
    lines += [f"Rule: {why.rule_en} ({why.law}).", f"Day rule: {why.day_rule}"]
    lines += [f"Done: {one.action} on {amounts.date_en(one.on_date)}." for one in why.done]
    if why.owed:
        lines.append(f"Owed: {', '.join(why.owed)}.")
    lines += ["", *(_row(row) for row in why.rows)]
    lines += [f"{_row(row)}; taken back {row.known_to:%Y-%m-%d %H:%M}" for row in why.taken_back]
    for one in why.sources:
        reach = amounts.date_en(one.data_as_of) if one.data_as_of else "no day yet"
        lines.append(f"{one.school}'s records reach to {reach}.")
    if why.known_at:
        lines.append(f"As known at {why.known_at:%Y-%m-%d %H:%M} UTC.")
    return "\n".join(lines)


def amount_en(unit: str, value: int) -> str:
    """Return a step's value with its unit: "5½ days", "12.3 %", "3 times"."""
    match unit:
        case "units":
            return amounts.days_en(value)
        case "minutes":
            return en.hours(value)
        case "hundredths":
            return f"{told.percent(value)} %"
        case "reports":
            return told.counted(value, "report", "reports")
        case _:
            return told.counted(value, "time", "times")


def _status(why: StepWhy) -> str:
    more = {
        "waiting": ", ".join(why.waits_for),
        "blocked": ", ".join(why.blocked_by),
        "decided": why.decision,
    }.get(why.status, "")
    return f"{_STATUS.get(why.status, why.status)} {more}".strip()


def _row(row: Row) -> str:
    kind = next((said for known, said in _KINDS.items() if known.value == row.kind), row.kind)
    mark = "*" if row.counts else " "
    parts = [f"{mark} {row.on_date:%a} {amounts.date_en(row.on_date)}: {kind}"]
    parts += [amounts.days_en(row.units)] if row.units else []
    parts += [f"class {row.period}"] if row.period else []
    parts += [f"code {row.code}", row.school, f"known since {row.known_from:%Y-%m-%d %H:%M} UTC"]
    parts += [f"from {', '.join(row.files)}"] if row.files else []
    parts += ["not counted: the school did not have the student that day"] * row.is_outside
    said = ", ".join(parts)
    for one in row.replaced:
        said += f"; before: {one.kind}, code {one.code}, known since {one.known_from:%Y-%m-%d}"
    return said
