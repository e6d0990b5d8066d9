"""Pure: a reason as lines to read on a terminal, in English or Spanish."""

from collections.abc import Mapping, Sequence
from datetime import date

from schemas.attendance import AttendanceKind
from server.ladder.why import StepWhy
from server.ladder.why_rows import Replaced, Row
from server.ladder.words import actions, amounts, en, es
from server.ladder.words import told as words
from server.languages import Language, Told, in_language

_KINDS: Mapping[str, Told] = {
    kind.value: Told(*said)
    for kind, said in {
        AttendanceKind.ABSENT_UNEXCUSED: (
            "absent without an excuse",
            "falta sin justificación",
        ),
        AttendanceKind.ABSENT_EXCUSED: ("absent, excused", "falta justificada"),
        AttendanceKind.ABSENT_UNVERIFIED: (
            "absent, reason not yet known",
            "falta, motivo aún no conocido",
        ),
        AttendanceKind.TARDY: ("late", "llegó tarde"),
        AttendanceKind.ACTIVITY_INTERSCHOLASTIC: (
            "at an interscholastic activity",
            "en una actividad entre escuelas",
        ),
        AttendanceKind.ACTIVITY_SCHOOL: ("at a school activity", "en una actividad de la escuela"),
        AttendanceKind.SUSPENSION_OUT: ("suspended", "suspensión"),
        AttendanceKind.SUSPENSION_IN: ("suspended in school", "suspensión dentro de la escuela"),
    }.items()
}
_STATUS: Mapping[str, Told] = {
    key: Told(*said)
    for key, said in {
        "not_met": ("not reached", "no alcanzado"),
        "met": ("reached", "alcanzado"),
        "passed_over": (
            "reached, a higher step asks instead",
            "alcanzado; lo pide un paso superior",
        ),
        "waiting": (
            "its number is reached; it waits for",
            "su número está alcanzado; espera",
        ),
        "blocked": ("barred by", "no procede por"),
        "to_decide": ("a person must decide", "debe decidirlo una persona"),
        "decided": ("decided:", "decidido:"),
    }.items()
}
_DAYS = ("lun", "mar", "mié", "jue", "vie", "sáb", "dom")


def text(why: StepWhy, language: Language = "en") -> str:
    """Return everything that a reason says; the sentence to a family in both languages."""
    return "\n".join(_Lines(language).of(why))


class _Lines:
    """Says a reason in one language."""

    def __init__(self, language: Language) -> None:
        self._language: Language = language

    def of(self, why: StepWhy) -> list[str]:
        """Return the lines."""
        say, is_spanish = self._say, self._language == "es"
        sentences = [why.why_es, why.why_en] if is_spanish else [why.why_en, why.why_es]
        step = say(f"Step {why.step}", f"Paso {why.step}")
        lines = [*sentences, "", f"{step}: {self._status(why)}."]
        lines += [self._crossed(why, why.crossed_on)] if why.crossed_on else []
        lines += [
            say(f"Rule: {why.rule_en} ({why.law}).", f"Regla: {why.rule_es} ({why.law})."),
            say(f"Day rule: {why.day_rule}", f"Regla de los días: {why.day_rule_es}"),
        ]
        for one in why.done:
            what, when = self._in(actions.action(one.action)), self._date(one.on_date)
            lines.append(say(f"Done: {what} on {when}.", f"Hecho: {what}, el {when}."))
        if why.owed:
            lines.append(
                say(f"Owed: {'; '.join(why.owed_en)}.", f"Falta: {'; '.join(why.owed_es)}.")
            )
        lines += ["", *(self._row(row) + self._count(row, why.rows) for row in why.rows)]
        lines += [self._taken_back(row) for row in why.taken_back]
        for source in why.sources:
            lines.append(self._reach(source.school, source.data_as_of))
        if why.known_at:
            moment = f"{why.known_at:%Y-%m-%d %H:%M} UTC"
            lines.append(say(f"As known at {moment}.", f"Según lo conocido el {moment}."))
        return lines

    def _say(self, english: str, spanish: str) -> str:
        return spanish if self._language == "es" else english

    def _in(self, told: str) -> str:
        return in_language(told, self._language)

    def _date(self, day: date) -> str:
        return amounts.date_es(day) if self._language == "es" else amounts.date_en(day)

    def _crossed(self, why: StepWhy, crossed_on: date) -> str:
        value, day = amount(why.unit, why.value, self._language), self._date(crossed_on)
        due = ""
        if why.due_on:
            until = self._date(why.due_on)
            due = self._say(f"; due {until}", f"; plazo: {until}")
        return self._say(
            f"Crossed on {day} with {value}{due}.", f"Alcanzado el {day} con {value}{due}."
        )

    def _reach(self, school: str, day: date | None) -> str:
        if day is None:
            return self._say(
                f"{school}'s records reach to no day yet.",
                f"Los registros de {school} todavía no llegan a ningún día.",
            )
        return self._say(
            f"{school}'s records reach to {self._date(day)}.",
            f"Los registros de {school} llegan hasta el {self._date(day)}.",
        )

    def _status(self, why: StepWhy) -> str:
        more = {
            "waiting": [actions.need(one) for one in why.waits_for],
            "blocked": [actions.bar(one) for one in why.blocked_by],
            "decided": [actions.decision(why.decision)],
        }.get(why.status, [])
        status = self._in(_STATUS.get(why.status, Told(why.status, why.status)))
        return f"{status} {', '.join(map(self._in, more))}".strip()

    def _kind(self, kind: str) -> str:
        return self._in(_KINDS.get(kind, Told(kind.replace("_", " "), kind.replace("_", " "))))

    def _taken_back(self, row: Row) -> str:
        until = f"{row.known_to:%Y-%m-%d %H:%M}"
        return self._row(row) + self._say(f"; taken back {until}", f"; retirado el {until}")

    def _row(self, row: Row) -> str:
        say = self._say
        mark = "*" if row.counts else " "
        day = say(f"{row.on_date:%a}", _DAYS[row.on_date.weekday()])
        parts = [f"{mark} {day} {self._date(row.on_date)}: {self._kind(row.kind)}"]
        parts += [amount("units", row.units, self._language)] if row.units else []
        parts += [say(f"class {row.period}", f"clase {row.period}")] if row.period else []
        since = f"{row.known_from:%Y-%m-%d %H:%M} UTC"
        parts += [say(f"code {row.code}", f"código {row.code}"), row.school]
        parts.append(say(f"known since {since}", f"conocido desde {since}"))
        files = ", ".join(row.files)
        parts += [say(f"from {files}", f"de {files}")] if files else []
        if row.is_outside:
            parts.append(
                say(
                    "not counted: the school did not have the student that day",
                    "no cuenta: la escuela no tenía al estudiante ese día",
                )
            )
        return ", ".join(parts) + "".join(map(self._before, row.replaced))

    def _count(self, row: Row, rows: Sequence[Row]) -> str:
        """Return what a date counts, with its last record, where that is not what they tell."""
        same = [one for one in rows if one.counts and one.on_date == row.on_date]
        if row not in same[-1:] or row.counted in {0, sum(one.units for one in same)}:
            return ""
        days = amount("units", row.counted, self._language)
        return self._say(f"; the date counts {days}", f"; la fecha cuenta {days}")

    def _before(self, one: Replaced) -> str:
        kind, since = self._kind(one.kind), f"{one.known_from:%Y-%m-%d}"
        return self._say(
            f"; before: {kind}, code {one.code}, known since {since}",
            f"; antes: {kind}, código {one.code}, conocido desde {since}",
        )


def amount(unit: str, value: int, language: Language) -> str:
    """Return a step's value with its unit: "5½ days", "12.3 %", "3 times"."""
    is_spanish = language == "es"
    match unit:
        case "units":
            return amounts.days_es(value) if is_spanish else amounts.days_en(value)
        case "minutes":
            return es.hours(value) if is_spanish else en.hours(value)
        case "hundredths":
            share = words.percent(value)
            return f"{share.replace('.', ',') if is_spanish else share} %"
        case "reports":
            one, more = ("informe", "informes") if is_spanish else ("report", "reports")
        case _:
            one, more = ("vez", "veces") if is_spanish else ("time", "times")
    return words.counted(value, one, more)
