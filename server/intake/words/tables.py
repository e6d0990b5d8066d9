"""What is said of a line against the rest of its files, or of a table as a whole."""

from collections.abc import Mapping

from server.intake.words.saying import Both, Remark

_STUDENT = Both("No student has this number.", "Ningún estudiante tiene este número.")
_SCHOOL = Both("No school has this identifier.", "Ninguna escuela tiene este identificador.")
_ZEROS = Both(
    "{padded} exists: were leading zeros lost?",
    "{padded} existe: ¿se perdieron los ceros iniciales?",
)
_STUDENTS_TOO = Both(
    "Export the students too, or correct the number.",
    "Exporte también los estudiantes o corrija el número.",
)
_SCHOOLS_TOO = Both(
    "Export the schools too, or correct the identifier.",
    "Exporte también las escuelas o corrija el identificador.",
)
_WHOLE = Both("Export the set again, whole.", "Exporte de nuevo el conjunto, completo.")
_NO_ENROLMENT = "It names schools but no school year: no enrolment was read of it"
_SIN_MATRICULA = "Nombra escuelas, pero no el año escolar: no se leyó ninguna inscripción"
_PROFILE = Both(
    "If this is wrong, bring a profile: presente import --suggest drafts one.",
    "Si no es así, traiga un perfil: presente import --suggest redacta uno.",
)
_WITHOUT: Mapping[str, Both] = {
    "orgs": Both(
        "Schools are known by their sourcedId only.",
        "Las escuelas solo se conocen por su sourcedId.",
    ),
    "academicSessions": Both(
        "The dates of the school year are not known.",
        "No se conocen las fechas del año escolar.",
    ),
    "users": Both("There are no students in it.", "No contiene estudiantes."),
    "enrollments": Both(
        "When students entered and left is not known.",
        "No se sabe cuándo ingresaron ni cuándo salieron los estudiantes.",
    ),
    "classes": Both(
        "How many classes a day a student has is not known.",
        "No se sabe cuántas clases al día tiene cada estudiante.",
    ),
}
"""What it means that a OneRoster set lacks a file."""

TABLES: Mapping[str, Remark] = {
    "field_count": Remark(
        Both("It has {found} fields, not {wanted}.", "Tiene {found} campos, no {wanted}."),
        Both(
            "Put fields that hold the separator between quotes.",
            "Ponga entre comillas los campos que contienen el separador.",
        ),
    ),
    "lookup_failed": Remark(
        Both(
            "Nothing has this identifier in the table that it points to.",
            "En la tabla a la que remite, nada tiene este identificador.",
        ),
        Both(
            "Export both tables at the same time and import them together.",
            "Exporte las dos tablas al mismo tiempo e impórtelas juntas.",
        ),
    ),
    "said_twice": Remark(
        Both(
            "It is in the files twice, and they differ. One was taken.",
            "Está dos veces en los archivos, y difieren. Se tomó una.",
        ),
        Both("Correct one of the two at the source.", "Corrija una de las dos en el origen."),
    ),
    "dates_as_mdy": Remark(
        Both(
            "Its dates are read with the month first ({mdy}), as was said on {said_on} of the file "
            "with this name and these columns.",
            "Sus fechas se leen con el mes primero ({mdy}), como se dijo el {said_on} del archivo "
            "con este nombre y estas columnas.",
        ),
        Both(
            "If it is {dmy}, say so: import it with --dates dmy, or choose it on the screen.",
            "Si es {dmy}, dígalo: impórtelo con --dates dmy, o elíjalo en la pantalla.",
        ),
    ),
    "dates_as_dmy": Remark(
        Both(
            "Its dates are read with the day first ({dmy}), as was said on {said_on} of the file "
            "with this name and these columns.",
            "Sus fechas se leen con el día primero ({dmy}), como se dijo el {said_on} del archivo "
            "con este nombre y estas columnas.",
        ),
        Both(
            "If it is {mdy}, say so: import it with --dates mdy, or choose it on the screen.",
            "Si es {mdy}, dígalo: impórtelo con --dates mdy, o elíjalo en la pantalla.",
        ),
    ),
    "own_table_holds": Remark(
        Both(
            "{own}, line {line}, says something else of the same: Presente's own table holds.",
            "{own}, línea {line}, dice otra cosa de lo mismo: vale la tabla propia de Presente.",
        ),
        Both("If this is right, correct {own}.", "Si esto es lo correcto, corrija {own}."),
    ),
    "own_table_gone": Remark(
        Both(
            "It is deleted here and still stands in {own}: it counts as deleted.",
            "Aquí está eliminado y sigue en {own}: cuenta como eliminado.",
        ),
        Both("Take it out of {own} too.", "Quítelo también de {own}."),
    ),
    "student_unknown": Remark(_STUDENT, _STUDENTS_TOO),
    "student_unknown_padded": Remark(_STUDENT.then(_ZEROS), _STUDENTS_TOO),
    "school_unknown": Remark(_SCHOOL, _SCHOOLS_TOO),
    "school_unknown_padded": Remark(_SCHOOL.then(_ZEROS), _SCHOOLS_TOO),
    "school_untold": Remark(
        Both("Its school is not told.", "No se dice de qué escuela es."),
        Both("Export the classes too.", "Exporte también las clases."),
    ),
    "school_missing": Remark(
        Both(
            "It is empty, and the student has no enrolment in this school year.",
            "Está vacío, y el estudiante no tiene inscripción en este año escolar.",
        ),
        Both(
            "Fill it in, or export the enrolments too.",
            "Complételo o exporte también las inscripciones.",
        ),
    ),
    "contact_unknown": Remark(
        Both("No contact has this identifier.", "Ningún contacto tiene este identificador."),
        Both(
            "Export the contacts too, or correct the identifier.",
            "Exporte también los contactos o corrija el identificador.",
        ),
    ),
    "contact_id_unknown": Remark(
        Both("No contact of the file has this id.", "Ningún contacto del archivo tiene este id."),
        Both(
            "Export Contact and StudentContactAssociation together.",
            "Exporte juntos Contact y StudentContactAssociation.",
        ),
    ),
    "contact_unnamed": Remark(
        Both("It names no contact.", "No nombra ningún contacto."),
        Both(
            "Refer to a Contact of the export.",
            "Haga referencia a un Contact de la exportación.",
        ),
    ),
    "id_unknown": Remark(
        Both("Nothing in these files has this id.", "Nada en estos archivos tiene este id."),
        Both("Export what it refers to too.", "Exporte también aquello a lo que remite."),
    ),
    "no_session": Remark(
        Both(
            "The school's calendar has no school on this date.",
            "Según el calendario de la escuela, ese día no hay clases.",
        ),
        Both(
            "Correct the date, or the calendar if there was school.",
            "Corrija la fecha, o el calendario si hubo clases.",
        ),
    ),
    "no_calendar": Remark(
        Both(
            "The school has no calendar for this year: its dates were not checked.",
            "La escuela no tiene calendario de este año: no se comprobaron sus fechas.",
        ),
        Both(
            "Export the calendar too. Day counts need it.",
            "Exporte también el calendario. El recuento de días lo necesita.",
        ),
    ),
    "calendars_differ": Remark(
        Both(
            "The school's calendars differ on this date, the first of such; a date counts as a "
            "school day when one of them has school.",
            "Los calendarios de la escuela difieren en esta fecha, la primera de ellas; una fecha "
            "cuenta como día de clases cuando alguno de ellos tiene clases.",
        ),
        Both(
            "Nothing, if classes or grades have calendars of their own.",
            "Nada, si las clases o los grados tienen calendarios propios.",
        ),
    ),
    "role_untold": Remark(
        Both("What this person is, is not told.", "No se dice qué es esta persona."),
        Both("Export roles.csv with the users.", "Exporte roles.csv junto con los usuarios."),
    ),
    "roles_missing": Remark(
        Both(
            "Without roles.csv it is not told who is a student and who a guardian.",
            "Sin roles.csv no se dice quién es estudiante y quién tutor.",
        ),
        _WHOLE,
    ),
    "columns_unread": Remark(
        Both(
            "These columns are not known here and were left unread.",
            "Estas columnas no se conocen aquí y no se leyeron.",
        ),
        Both("Known are: {known}.", "Se conocen: {known}."),
    ),
    "year_column_missing": Remark(
        Both(f"{_NO_ENROLMENT}.", f"{_SIN_MATRICULA}."),
        Both(
            "Add a column school_year, or say it with --school-year 2024-25.",
            "Agregue una columna school_year o indíquelo con --school-year 2024-25.",
        ),
    ),
    "year_untold": Remark(
        Both(
            f"{_NO_ENROLMENT} (--school-year says it).",
            f"{_SIN_MATRICULA} (--school-year lo indica).",
        ),
        _PROFILE,
    ),
    "left_unread": Remark(
        Both("Nothing was read of {columns}.", "No se leyó nada de {columns}."), _PROFILE
    ),
    "read_as": Remark(
        Both("Read as {record}: {columns}.", "Leído como {record}: {columns}."), _PROFILE
    ),
    **{
        f"promised_{name}": Remark(
            Both(
                f"{name}.csv is promised and not there.", f"Se promete {name}.csv y no está."
            ).then(meaning),
            _WHOLE,
        )
        for name, meaning in _WITHOUT.items()
    },
    **{
        f"lacks_{name}": Remark(
            Both(f"The set has no {name}.csv.", f"El conjunto no tiene {name}.csv.").then(meaning),
            Both("Export it too.", "Expórtelo también."),
        )
        for name, meaning in _WITHOUT.items()
    },
}
"""By code."""
