"""The snapshot's words in English and Spanish: labels, caveats, and where the rows are."""

import shlex
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from server.languages import Language

_LEVELS = {
    "elementary": ("elementary schools", "escuelas primarias"),
    "middle": ("middle schools", "escuelas intermedias"),
    "high": ("high schools", "escuelas preparatorias"),
    "unknown": ("schools of no known level", "escuelas de nivel desconocido"),
}
_ISSUES = {
    "no_sis_match": ("never in the school's files", "nunca en los archivos de la escuela"),
    "no_enrollment": ("no enrollment in these schools", "sin inscripción en estas escuelas"),
    "no_calendar": ("the school has no calendar", "la escuela no tiene calendario"),
    "no_attendance": ("no attendance on file", "sin registros de asistencia"),
    "duplicate_student": ("in the files twice", "dos veces en los archivos"),
    "enrolled_twice": ("in two schools at once", "en dos escuelas a la vez"),
}
_LABELS: Mapping[str, tuple[str, str]] = {
    "contacts_or_attempts": ("Contacts or attempts", "Contactos o intentos"),
    "contact_events": (
        "The same, one household at one moment counted once",
        "Lo mismo, contando una vez cada hogar en un mismo momento",
    ),
    "students_attempted": (
        "Students contacted or attempted",
        "Estudiantes contactados o intentados",
    ),
    "schools": ("Schools", "Escuelas"),
    "band_1": ("Students with 1 contact", "Estudiantes con 1 contacto"),
    "band_2_5": ("Students with 2 to 5", "Estudiantes con 2 a 5"),
    "band_6_10": ("Students with 6 to 10", "Estudiantes con 6 a 10"),
    "band_over_10": ("Students with more than 10", "Estudiantes con más de 10"),
    "reached": ("Reached at least once", "Localizados al menos una vez"),
    "never_reached": ("Not reached at all", "No localizados ninguna vez"),
    "never": ("Never reached", "Nunca localizados"),
    "left": ("Left or transferred", "Se fueron o cambiaron de escuela"),
    "data": ("Data issues", "Problemas con los datos"),
    "analysed": ("Analysed", "Analizados"),
    "moved_within": (
        "Moved from one of the schools to another",
        "Pasaron de una de las escuelas a otra",
    ),
    "baseline": (
        "Analysed students of whom the next lines speak",
        "Estudiantes analizados de quienes tratan las líneas siguientes",
    ),
    "not_analysed_baseline": (
        "Analysed, but habitual at first contact and left out",
        "Analizados, pero ya habituales en el primer contacto y excluidos",
    ),
    "early_signs": ("Analysed with early signs", "Analizados con señales tempranas"),
    "habitual_at_first_contact": (
        "Analysed, habitual at first contact",
        "Analizados, ya habituales en el primer contacto",
    ),
    "not_habitual": ("Not habitual at day N", "No habituales en el día N"),
    "not_habitual_of_attempted": (
        "The same, of all contacted or attempted",
        "Lo mismo, de todos los contactados o intentados",
    ),
    "habitual": ("Habitual at day N", "Habituales en el día N"),
    "unexcused_total": (
        "Unexcused absences to day N, days",
        "Faltas sin justificar hasta el día N, días",
    ),
    "unexcused_total_before": (
        "The same, the year before",
        "Lo mismo, el año anterior",
    ),
    "unexcused_fewer": ("Fewer than the year before", "Menos que el año anterior"),
    "district_habitual_rate": (
        "Habitual rate of the district, percent",
        "Tasa de ausentismo habitual del distrito, por ciento",
    ),
}
_NOTES: Mapping[str, tuple[str, str]] = {
    "contacts_or_attempts": (
        "Each student of a visited household counts.",
        "Cuenta cada estudiante del hogar visitado.",
    ),
    "not_habitual_of_attempted": (
        "As if nobody who was not analysed had stayed below.",
        "Como si nadie de los no analizados se hubiera quedado por debajo.",
    ),
}
_SAYINGS: Mapping[str, tuple[str, str]] = {
    "rate_not_all": (
        (
            "Not available: only some of the district's schools are in the files. Where they are "
            "all there, say so: schools_are_all = true in the settings file."
        ),
        (
            "No disponible: los archivos solo contienen algunas escuelas del distrito. Si están "
            "todas, dígalo: schools_are_all = true en el archivo de opciones."
        ),
    ),
    "rate_not_yours": (
        "Not available: you see only some of the district's schools.",
        "No disponible: usted ve solo algunas escuelas del distrito.",
    ),
    "too_few": ("Not shown: too few people.", "No se muestra: muy pocas personas."),
    "nobody_enrolled": (
        "No student was enrolled then.",
        "Entonces no había ningún estudiante inscrito.",
    ),
    "contacted": (
        "{0} contacts; {1} days unexcused",
        "{0} contactos; {1} días sin justificar",
    ),
    "household": ("and {0} more of the household", "y {0} más del hogar"),
    "not_reached": (
        "no contact reached a guardian or the student",
        "ningún contacto localizó a un tutor ni al estudiante",
    ),
    "left_on": ("left on {0}: {1}", "se fue el {0}: {1}"),
    "moved": ("moved to another of the schools", "pasó a otra de las escuelas"),
    **_ISSUES,
    "correlation": (
        "Correlation only: nothing here shows that the programme caused a difference.",
        "Solo es una correlación: nada aquí demuestra que el programa causara una diferencia.",
    ),
    "survivors": (
        (
            "The analysed are a survivor sample: students who were never reached, left or have "
            "data issues are not among them. The share of all contacted or attempted stands "
            "beside it."
        ),
        (
            "Los analizados son una muestra de quienes permanecieron: no incluye a quienes nunca "
            "se localizó, se fueron o tienen problemas de datos. Al lado está la proporción de "
            "todos los contactados o intentados."
        ),
    ),
    "known_then": (
        (
            "Attendance, enrollments, calendars and students' names are as they were known when "
            "stated; which day is day N, schools' names and households are as known now."
        ),
        (
            "La asistencia, las inscripciones, los calendarios y los nombres de los estudiantes "
            "son los conocidos en el momento indicado; cuál es el día N, los nombres de las "
            "escuelas y los hogares, los conocidos ahora."
        ),
    ),
    "school_without_calendar": (
        "{0} has no calendar for {1}: its attendance is left out.",
        "{0} no tiene calendario para {1}: su asistencia queda fuera.",
    ),
    "short": (
        "{0} has only {1} school days in {2}: counted to its last.",
        "{0} solo tiene {1} días escolares en {2}: se cuenta hasta el último.",
    ),
    "untold": (
        "{0} has told no attendance for {1}.",
        "{0} no ha entregado la asistencia de {1}.",
    ),
    "behind": (
        "{0} has told its attendance of {1} to {2} only; day N was {3}.",
        "{0} solo ha entregado la asistencia de {1} hasta el {2}; el día N fue el {3}.",
    ),
    "no_year": (
        "Nothing is known of the school year {0}.",
        "No se sabe nada del año escolar {0}.",
    ),
    "years_known": ("The school years known are {0}.", "Los años escolares conocidos son {0}."),
    "no_years": (
        "No school year is known yet: import the district's files.",
        "Todavía no se conoce ningún año escolar: importe los archivos del distrito.",
    ),
    "recorded_later": (
        "Of {0} no attendance of {1} had been recorded by the moment asked for: it counts nothing.",
        (
            "De {0} no se había registrado asistencia de {1} hasta el momento pedido: no cuenta "
            "nada."
        ),
    ),
    "not_recorded": (
        (
            "Not available: no attendance of {0} had been recorded by the moment asked for; the "
            "first was recorded on {1}."
        ),
        (
            "No disponible: hasta el momento pedido no se había registrado asistencia de {0}; la "
            "primera se registró el {1}."
        ),
    ),
    "contacts_later": (
        "{0} contacts reached the server after that moment and are not counted.",
        "{0} contactos llegaron al servidor después de ese momento y no se cuentan.",
    ),
    "of_no_school": (
        "{0} contacts are of students whose school nothing tells; they are not counted.",
        "{0} contactos son de estudiantes cuya escuela no consta; no se cuentan.",
    ),
}


class Said(NamedTuple):
    """A sentence by its key, with what fills its places."""

    key: str
    values: tuple[Any, ...] = ()


def say(one: Said, language: Language) -> str:
    """Return a sentence in words."""
    return _SAYINGS[one.key][_place(language)].format(*one.values)


def label(key: str, language: Language) -> str:
    """Return what a figure is called."""
    place = _place(language)
    if key in _LABELS:
        return _LABELS[key][place]
    part, _, rest = key.partition("_")
    if part == "data":
        return f"{_LABELS['data'][place]}: {_ISSUES[rest][place]}"
    level = rest.removesuffix("_before")
    name = _LEVELS[level][place] if level in _LEVELS else level.replace("_", " ")
    if part == "schools":
        return f"{_LABELS['schools'][place]}: {name}"
    mean = ("Mean days per student", "Media de días por estudiante")[place]
    year = ("this year", "este año"), ("the year before", "el año anterior")
    return f"{mean}, {name}, {year[rest.endswith('_before')][place]}"


def note(key: str, language: Language) -> str:
    """Return what is to be said beside a figure; empty: nothing."""
    return _NOTES[key][_place(language)] if key in _NOTES else ""


def level(key: str, language: Language) -> str:
    """Return what a level of schools is called."""
    return _LEVELS[key][_place(language)] if key in _LEVELS else key.replace("_", " ")


def known(settings: Any, known_at: datetime | None, language: Language) -> str:
    """Return as known when the attendance is."""
    words = {
        "as_known_now": ("as known now", "lo conocido ahora"),
        "as_recorded": (
            "as recorded by the end of day N of each year",
            "lo registrado al final del día N de cada año",
        ),
        "at": ("as known at {0}", "lo conocido el {0}"),
    }
    text = words[settings.known][_place(language)]
    return text.format(known_at.isoformat() if known_at else "")


def command(question: Any, key: str) -> str:
    """Return the command that lists a figure's rows."""
    parts = [
        f"presente snapshot rows {key}",
        f"--school-year {question.school_year} --day {question.day}",
    ]
    if question.known_at is not None:
        parts.append(f"--known-at {question.known_at.isoformat()}")
    if question.schools_file:
        parts.append(f"--schools {shlex.quote(question.schools_file)}")
    if question.settings_file:
        parts.append(f"--settings {shlex.quote(question.settings_file)}")
    return " ".join(parts)


def address(question: Any, key: str, codes: Iterable[str]) -> str:
    """Return the address that answers a figure's rows. No names, ever.

    Empty where settings of its own were given: the server answers by the district's.
    """
    if question.told:
        return ""
    asked: dict[str, object] = {
        "figure": key,
        "school_year": question.school_year,
        "day": question.day,
    }
    if question.known_at is not None:
        asked["known_at"] = question.known_at.isoformat()
    if question.schools is not None:
        asked["schools"] = ",".join(codes)
    return f"/api/snapshot/rows?{urlencode(asked)}"


def _place(language: Language) -> int:
    return 0 if language == "en" else 1
