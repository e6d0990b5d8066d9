"""Pure: the snapshot's settings in words, English and Spanish, and as a settings file."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from server.languages import Language
from server.snapshot.words import Said, say

_LABELS: Mapping[str, tuple[str, str]] = {
    "roles": ("Whose contacts count", "De quién cuentan los contactos"),
    "methods": ("Which kinds of contact count", "Qué formas de contacto cuentan"),
    "directions": ("Who began the contact", "Quién inició el contacto"),
    "success_outcomes": ("What counts as reached", "Qué cuenta como localizado"),
    "contact_time": ("When a contact was", "Cuándo fue un contacto"),
    "year_begins": ("From when contacts count", "Desde cuándo cuentan los contactos"),
    "precedence": (
        "Where a student falls who fits in several",
        "Dónde cae un estudiante que cabe en varios",
    ),
    "moved_within": (
        "Students who moved between these schools",
        "Estudiantes que pasaron de una a otra de estas escuelas",
    ),
    "exit_day": ("On the last day of a stay", "En el último día de una estancia"),
    "end_of_year_reasons": ("Exit reasons that are no leaving", "Motivos de baja que no son irse"),
    "issues": ("What is a data issue", "Qué es un problema con los datos"),
    "attendance_missing": ("Attendance is missing", "Falta la asistencia"),
    "baseline": ('Of whom "not habitual" is said', "De quiénes se dice «no habituales»"),
    "known": ("Facts count", "Los hechos cuentan"),
    "contacts_known": (
        "Contacts that arrived after that moment",
        "Contactos que llegaron después de ese momento",
    ),
    "day_n": ("Day N is", "El día N es"),
    "on": ("The district's date of day N", "La fecha del distrito para el día N"),
    "on_before": (
        "The district's date of day N, the year before",
        "La fecha del distrito para el día N, el año anterior",
    ),
    "mean_denominator": ("Means are of", "Las medias son de"),
    "unit": ("Days are counted", "Los días se cuentan"),
    "percent_decimals": ("Decimals of shares", "Decimales de los porcentajes"),
    "mean_decimals": ("Decimals of means", "Decimales de las medias"),
    "rate_decimals": ("Decimals of the district's rate", "Decimales de la tasa del distrito"),
    "habitual": ("Habitual from, days", "Habitual desde, días"),
    "early": ("Early signs from, days", "Señales tempranas desde, días"),
    "count_events": (
        "A household's contacts are shown as one too",
        "Los contactos de un hogar se muestran también como uno",
    ),
    "min_cell": ("Fewer people than this are not shown", "No se muestran menos personas que"),
    "schools_are_all": (
        "The files hold every school of the district",
        "Los archivos contienen todas las escuelas del distrito",
    ),
    "district_enrolled": (
        "The district's own number of students",
        "Número de estudiantes según el distrito",
    ),
    "habitual_until": ("The district's rate is counted", "La tasa del distrito se cuenta"),
}
_WORDS: Mapping[str, tuple[str, str]] = {
    "advisor": ("advisors", "asesores"),
    "social_worker": ("social workers", "trabajadores sociales"),
    "caller": ("callers", "quienes llaman"),
    "coordinator": ("coordinators", "coordinadores"),
    "clerk": ("clerks", "secretarios"),
    "administrator": ("administrators", "administradores"),
    "robo_call": ("automatic calls", "llamadas automáticas"),
    "phone_call": ("phone calls", "llamadas"),
    "sms": ("text messages", "mensajes de texto"),
    "email": ("e-mails", "correos electrónicos"),
    "letter_mail": ("letters", "cartas"),
    "letter_certified": ("certified letters", "cartas certificadas"),
    "letter_personal_service": ("letters handed over", "cartas entregadas en persona"),
    "home_visit": ("home visits", "visitas a la casa"),
    "school_meeting": ("meetings at school", "reuniones en la escuela"),
    "virtual_meeting": ("online meetings", "reuniones en línea"),
    "student_conference": ("talks with the student", "conversaciones con el estudiante"),
    "community_visit": ("visits elsewhere", "visitas en otro lugar"),
    "other": ("others", "otros"),
    "outbound": ("the programme", "el programa"),
    "inbound": ("the family", "la familia"),
    "spoke_guardian": ("spoke with a guardian", "se habló con un tutor"),
    "spoke_student": ("spoke with the student", "se habló con el estudiante"),
    "spoke_guardian_and_student": (
        "spoke with guardian and student",
        "se habló con el tutor y el estudiante",
    ),
    "spoke_other_adult": ("spoke with another adult", "se habló con otro adulto"),
    "refused_to_talk": ("refused to talk", "no quiso hablar"),
    "door_closed_quickly": ("the door was closed quickly", "cerraron la puerta enseguida"),
    "replied_text_or_email": ("replied to a message", "respondió a un mensaje"),
    "voicemail_left": ("left a voicemail", "se dejó un mensaje de voz"),
    "mailbox_full": ("mailbox full", "buzón lleno"),
    "no_answer": ("no answer", "no contestó"),
    "busy": ("busy", "ocupado"),
    "number_disconnected": ("number disconnected", "número fuera de servicio"),
    "wrong_number": ("wrong number", "número equivocado"),
    "opted_out": ("asked not to be contacted", "pidió que no se le contacte"),
    "language_barrier": ("no common language", "sin idioma común"),
    "delivered_no_reply": ("delivered, no reply", "entregado, sin respuesta"),
    "undelivered": ("not delivered", "no entregado"),
    "mail_sent": ("letter sent", "carta enviada"),
    "mail_returned": ("letter returned", "carta devuelta"),
    "no_one_home_note_left": ("nobody home, note left", "nadie en casa, se dejó una nota"),
    "no_one_home_no_note": ("nobody home, no note", "nadie en casa, sin nota"),
    "someone_home_no_answer": ("somebody home, no answer", "había alguien, no abrieron"),
    "minor_only_home": ("only a minor home", "solo un menor en casa"),
    "family_not_at_address": ("family not at the address", "la familia no vive ahí"),
    "no_access_gate_or_building": ("no access to the building", "sin acceso al edificio"),
    "visit_abandoned_safety": ("given up for safety", "se abandonó por seguridad"),
    "meeting_held": ("meeting held", "se hizo la reunión"),
    "meeting_no_show": ("nobody came to the meeting", "nadie vino a la reunión"),
    "cancelled": ("cancelled", "cancelado"),
    "occurred_at": ("as the person said", "según lo dijo la persona"),
    "est_at": ("corrected by the phone's clock", "corregido por el reloj del teléfono"),
    "first_school_day": ("the first school day", "el primer día de clase"),
    "july_1": ("July 1", "el 1 de julio"),
    "never": ("never reached", "nunca localizados"),
    "left": ("left or transferred", "se fueron o cambiaron de escuela"),
    "data": ("data issues", "problemas con los datos"),
    "analysed": ("analysed", "analizados"),
    "untold": (
        "where the school told none of the year",
        "donde la escuela no entregó nada del año",
    ),
    "no_rows": (
        "also where no record names the student",
        "también donde ningún registro nombra al estudiante",
    ),
    "all": ("all who were analysed", "todos los analizados"),
    "under_10_at_first_contact": (
        "those who were not habitual at first contact",
        "quienes no eran habituales en el primer contacto",
    ),
    "as_known_now": ("as known now", "como se conocen ahora"),
    "as_recorded": (
        "as recorded by the end of day N of each year",
        "como estaban registrados al final del día N de cada año",
    ),
    "at": ("as known at the moment asked for", "como se conocían en el momento pedido"),
    "school_calendar": (
        "day N of each school's own calendar",
        "el día N del calendario de cada escuela",
    ),
    "district_date": ("one date of the whole district", "una fecha de todo el distrito"),
    "ever_enrolled": ("all who were ever enrolled", "todos los que alguna vez estuvieron"),
    "on_day_n": ("the students of day N", "los estudiantes del día N"),
    "average_membership": ("the average membership", "la matrícula media"),
    "day_rule": ("by the day rule of the ladder", "por la regla de días de la escalera"),
    "end_of_year": ("to the end of the year", "hasta el final del año"),
    "day_n": ("to day N", "hasta el día N"),
}
_OF_SETTING: Mapping[tuple[str, str], tuple[str, str]] = {
    ("moved_within", "kept"): ("stay in the count", "siguen en la cuenta"),
    ("moved_within", "left"): ("have left", "se han ido"),
    ("exit_day", "enrolled"): ("the student is still there", "el estudiante todavía está"),
    ("exit_day", "gone"): ("the student is gone", "el estudiante ya no está"),
    ("contacts_known", "then"): ("are left out", "quedan fuera"),
    ("contacts_known", "now"): ("count all the same", "cuentan igualmente"),
}
_YES, _NO = ("yes", "sí"), ("no", "no")
_UNSET: Mapping[str, tuple[str, str]] = {"schools_are_all": ("not said", "no se ha dicho")}


def label(key: str, language: Language) -> str:
    """Return what a setting is called."""
    return _LABELS[key][language == "es"] if key in _LABELS else key.replace("_", " ")


def value(key: str, told: object, language: Language) -> str:
    """Return what a setting says."""
    if isinstance(told, list | tuple):
        each = cast("Sequence[object]", told)
        return ", ".join(value(key, one, language) for one in each)
    place = language == "es"
    if told is None:
        return _UNSET.get(key, ("none", "ninguno"))[place]
    if isinstance(told, bool):
        return (_YES if told else _NO)[place]
    word = str(told)
    if key == "issues":
        return say(Said(word), language)
    if key == "end_of_year_reasons":
        return word
    found = _OF_SETTING.get((key, word)) or _WORDS.get(word)
    return found[place] if found else word


def as_toml(settings: Mapping[str, Any]) -> str:
    """Return the settings as a file that ``--settings`` takes; what is not set is left out."""
    lines = [f"{key} = {_toml(told)}" for key, told in settings.items() if told is not None]
    return "\n".join([*lines, ""])


def _toml(told: object) -> str:
    return json.dumps(told, ensure_ascii=False)
