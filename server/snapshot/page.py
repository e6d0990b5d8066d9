"""The snapshot as a plain page and as CSV. One file, no script: it prints, and it is read aloud."""

import csv
import io
from collections.abc import Iterable
from html import escape

from schemas.snapshot import Snapshot, SnapshotFigure
from server.languages import Language
from server.snapshot import setting_words
from server.snapshot.words import label, level

_TITLES = {
    "title": ("Data snapshot, day {0} of {1}", "Resumen de datos, día {0} de {1}"),
    "taken": ("Taken {0}, {1}.", "Tomado el {0}, {1}."),
    "figures": ("Figures", "Cifras"),
    "figure": ("Figure", "Cifra"),
    "value": ("Value", "Valor"),
    "percent": ("Percent", "Por ciento"),
    "denominator": ("Of", "De"),
    "note": ("Note", "Nota"),
    "schools": ("Schools", "Escuelas"),
    "school": ("School", "Escuela"),
    "level": ("Level", "Nivel"),
    "day_n": ("Day {0}", "Día {0}"),
    "before": ("Day {0}, the year before", "Día {0}, el año anterior"),
    "settings": ("Settings behind the figures", "Opciones detrás de las cifras"),
    "setting": ("Setting", "Opción"),
    "key": ("In a settings file", "En un archivo de opciones"),
    "ladder": ("Ladder", "Escalera"),
    "caveats": ("What to bear in mind", "Qué tener en cuenta"),
}
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0 2rem}"
    "caption{text-align:left;font-weight:600;padding:.5rem 0}"
    "th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #767676;"
    "vertical-align:top;overflow-wrap:anywhere}"
    "td.number{text-align:right;font-variant-numeric:tabular-nums}"
)
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def html(snapshot: Snapshot, *, language: Language, is_file: bool = False) -> str:
    """Return the whole page. ``is_file``: with its own style, which a served page may not have."""
    say = _Sayer(language)
    title = escape(say("title", snapshot.day, snapshot.school_year))
    style = f"<style>{_STYLE}</style>" if is_file else ""
    taken = say("taken", f"{snapshot.taken_at:%Y-%m-%d %H:%M} UTC", snapshot.known)
    caveats = "".join(f"<li>{escape(one)}</li>" for one in snapshot.caveats)
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title>{style}</head>\n<body><main><h1>{title}</h1>\n"
        f"<p>{escape(taken)}</p>\n"
        f"{_figures(snapshot, say)}\n<h2>{escape(say('caveats'))}</h2>\n<ul>{caveats}</ul>\n"
        f"{_schools(snapshot, say)}\n{_settings(snapshot, say)}\n</main></body></html>\n"
    )


def sheet(snapshot: Snapshot, *, language: Language) -> str:
    """Return one CSV row for each figure. No cell can be taken for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("key", "figure", "value", "denominator", "percent", "note"))
    for key, one in snapshot.figures.items():
        cells = (
            key,
            label(key, language),
            _plain(one.value),
            _plain(one.denominator),
            _plain(one.percent),
            one.missing or one.note,
        )
        writer.writerow(cell if isinstance(cell, int | float) else safe(cell) for cell in cells)
    return out.getvalue()


def text(snapshot: Snapshot, *, language: Language = "en") -> str:
    """Return the figures for a terminal."""
    say = _Sayer(language)
    lines = [say("title", snapshot.day, snapshot.school_year), snapshot.known, ""]
    for key, one in snapshot.figures.items():
        shown = _shown(one.value) or one.missing
        share = "" if one.percent is None else f"  {_shown(one.percent)} %"
        lines.append(f"{label(key, language):<58}{shown:>10}{share}")
    lines += ["", *snapshot.caveats, "", say("settings") + ":"]
    lines += [f"  {called}: {told}" for called, _, told in _told(snapshot, say)]
    lines.append(f"  {say('schools')}: {', '.join(one.code for one in snapshot.schools)}")
    return "\n".join(lines)


class _Sayer:
    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def __call__(self, key: str, *values: object) -> str:
        return _TITLES[key][self.language == "es"].format(*values)


def _figures(snapshot: Snapshot, say: _Sayer) -> str:
    rows = [
        (
            f'<th scope="row">{escape(label(key, say.language))}</th>',
            _number(one.value),
            _number(one.percent, " %"),
            _number(one.denominator),
            f"<td>{escape(_note(one))}</td>",
        )
        for key, one in snapshot.figures.items()
    ]
    heads = [say(one) for one in ("figure", "value", "percent", "denominator", "note")]
    return _table(say("figures"), heads, rows)


def _note(one: SnapshotFigure) -> str:
    parts = [one.missing or one.note]
    if one.denominators:
        parts.append(
            "; ".join(f"{key}: {_shown(value)}" for key, value in one.denominators.items())
        )
    return " ".join(filter(None, parts))


def _schools(snapshot: Snapshot, say: _Sayer) -> str:
    rows = [
        (
            f'<th scope="row">{escape(one.name)} ({escape(one.code)})</th>',
            f"<td>{escape(level(one.level, say.language))}</td>",
            f"<td>{one.day_n or ''}</td>",
            f"<td>{one.day_n_before or ''}</td>",
        )
        for one in snapshot.schools
    ]
    heads = [
        say("school"),
        say("level"),
        say("day_n", snapshot.day),
        say("before", snapshot.day),
    ]
    return _table(say("schools"), heads, rows)


def _settings(snapshot: Snapshot, say: _Sayer) -> str:
    rows = [
        (
            f'<th scope="row">{escape(called)}</th>',
            f"<td>{escape(told)}</td>",
            f"<td><code>{escape(key)}</code></td>",
        )
        for called, key, told in _told(snapshot, say)
    ]
    return _table(say("settings"), [say("setting"), say("value"), say("key")], rows)


def _told(snapshot: Snapshot, say: _Sayer) -> list[tuple[str, str, str]]:
    """Return what each setting is called, its name in a settings file, and what it says."""
    told = [
        (setting_words.label(key, say.language), key, setting_words.value(key, one, say.language))
        for key, one in snapshot.settings.items()
    ]
    return [*told, (say("ladder"), "ladder", snapshot.ladder)]


def _table(caption: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    body = "\n".join(f"<tr>{''.join(cells)}</tr>" for cells in rows)
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>\n{body}\n</tbody></table>"
    )


def _number(value: float | None, unit: str = "") -> str:
    return f'<td class="number">{_shown(value)}{unit if value is not None else ""}</td>'


def _shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,}"


def _plain(value: float | None) -> int | float | str:
    return "" if value is None else value


def safe(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell
