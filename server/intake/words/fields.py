"""What is said of one field by itself: missing, unreadable, impossible."""

from collections.abc import Mapping

from server.intake.words.saying import Both, Remark

_MISSING = Both("It is missing.", "Falta.")
_FILL_IN = Both("Fill it in.", "Complételo.")
_AT_SOURCE = Both(
    "Fill it in at the source and export again.", "Complételo en el origen y exporte de nuevo."
)
_CORRECT_DATES = Both(
    "Correct one of the two dates at the source.", "Corrija una de las dos fechas en el origen."
)
_ENTRY_OR_EXIT = Both(
    "Correct the entry or the exit at the source.",
    "Corrija el ingreso o la salida en el origen.",
)
_NO_DATE = Both("This is no date.", "Esto no es una fecha.")
_ISO = Both("Write it as 2022-03-01.", "Escríbala así: 2022-03-01.")
_MOMENT = Both("Write it as 2022-03-01 14:30.", "Escríbala así: 2022-03-01 14:30.")

FIELDS: Mapping[str, Remark] = {
    "missing": Remark(_MISSING, _FILL_IN),
    "missing_at_source": Remark(_MISSING, _AT_SOURCE),
    "missing_code": Remark(
        _MISSING, Both("Fill in the attendance code.", "Escriba el código de asistencia.")
    ),
    "missing_name": Remark(Both("There is no name.", "No hay ningún nombre."), _AT_SOURCE),
    "missing_taken_as_no": Remark(
        Both("It is missing and was taken as no.", "Falta y se tomó como «no»."), _FILL_IN
    ),
    "missing_phone": Remark(
        Both("There is no phone number.", "No hay número de teléfono."),
        Both("Ask the school for one.", "Pida uno a la escuela."),
    ),
    "formula": Remark(
        Both("It looks like a formula.", "Parece una fórmula."),
        Both(
            "Save the file with values, not formulas.",
            "Guarde el archivo con valores, no con fórmulas.",
        ),
    ),
    "no_yes_or_no": Remark(
        Both("This is neither yes nor no.", "Esto no es ni sí ni no."),
        Both("Write yes or no.", "Escriba yes o no."),
    ),
    "no_whole_number": Remark(
        Both("This is no whole number up to {most}.", "Esto no es un número entero hasta {most}."),
        Both("Write a number such as 7.", "Escriba un número, por ejemplo 7."),
    ),
    "word_unknown": Remark(
        Both("This word is not known here.", "Aquí no se conoce esta palabra."),
        Both("Write one of: {words}.", "Escriba una de estas: {words}."),
    ),
    "no_school_year": Remark(
        Both("This is no school year.", "Esto no es un año escolar."),
        Both("Write it as 2024-25.", "Escríbalo así: 2024-25."),
    ),
    "no_date": Remark(_NO_DATE, _ISO),
    "no_date_mdy": Remark(
        _NO_DATE.then(
            Both(
                "The file's dates are month, day, year.",
                "Las fechas del archivo son mes, día, año.",
            )
        ),
        _ISO,
    ),
    "no_date_dmy": Remark(
        _NO_DATE.then(
            Both(
                "The file's dates are day, month, year.",
                "Las fechas del archivo son día, mes, año.",
            )
        ),
        _ISO,
    ),
    "no_date_any": Remark(
        _NO_DATE.then(
            Both(
                "The file's dates are day and month in any order.",
                "Las fechas del archivo llevan día y mes en cualquier orden.",
            )
        ),
        _ISO,
    ),
    "short_year": Remark(
        Both("Its year has two digits.", "El año tiene solo dos cifras."),
        Both(
            "Export the dates with four digits of the year.",
            "Exporte las fechas con las cuatro cifras del año.",
        ),
    ),
    "day_number": Remark(
        Both(
            "This is how a spreadsheet counts days; it would be {day}.",
            "Así cuenta los días una hoja de cálculo; sería {day}.",
        ),
        Both(
            "Give the column the format of a date and save the file again.",
            "Dé a la columna formato de fecha y guarde el archivo de nuevo.",
        ),
    ),
    "no_full_name": Remark(
        Both(
            "This is no name as Last, First Middle: what the family name is, is not guessed.",
            "Esto no es un nombre escrito como Apellidos, Nombre: no se adivina cuál es el "
            "apellido.",
        ),
        Both(
            "Write it with a comma behind the family name, or export the names in columns of "
            "their own.",
            "Escríbalo con una coma después de los apellidos, o exporte los nombres en columnas "
            "separadas.",
        ),
    ),
    "no_moment": Remark(
        Both("This is no date and time.", "Esto no es una fecha con hora."), _MOMENT
    ),
    "no_clock": Remark(Both("This is no time of day.", "Esto no es una hora del día."), _MOMENT),
    "no_instant": Remark(
        Both("This is no instant.", "Esto no es un momento exacto."),
        Both("Write it as 2022-03-01T08:30:00Z.", "Escríbalo así: 2022-03-01T08:30:00Z."),
    ),
    "future_date": Remark(
        Both("The date has not come yet.", "La fecha todavía no ha llegado."),
        Both("Correct the date at the source.", "Corrija la fecha en el origen."),
    ),
    "future_moment": Remark(
        Both("This moment has not come yet.", "Este momento todavía no ha llegado."),
        Both("Correct the date.", "Corrija la fecha."),
    ),
    "number_shortened": Remark(
        Both(
            "A spreadsheet has shortened this number: its last digits are gone.",
            "Una hoja de cálculo acortó este número: faltan sus últimos dígitos.",
        ),
        Both(
            "Export it again and do not open it in a spreadsheet, or format the column as text.",
            "Expórtelo de nuevo y no lo abra en una hoja de cálculo, o dé a la columna formato de "
            "texto.",
        ),
    ),
    "no_share": Remark(
        Both("This is no share of one day.", "Esto no es una parte de un día."),
        Both("Write 0 to 1, such as 0.5.", "Escriba de 0 a 1, por ejemplo 0.5."),
    ),
    "no_minutes": Remark(
        Both("These are no minutes of one day.", "Estos no son minutos de un día."),
        Both("Write whole minutes.", "Escriba minutos enteros."),
    ),
    "exit_before_entry": Remark(
        Both("It lies before the entry ({entry}).", "Es anterior al ingreso ({entry})."),
        _ENTRY_OR_EXIT,
    ),
    "end_before_first": Remark(
        Both("It lies before the first day.", "Es anterior al primer día."),
        Both("Correct one of them.", "Corrija uno de los dos."),
    ),
    "end_before_begin": Remark(
        Both("It lies before the beginning ({begin}).", "Es anterior al comienzo ({begin})."),
        Both("Correct the dates at the source.", "Corrija las fechas en el origen."),
    ),
    "ends_before_it_begins": Remark(
        Both("It ends before it begins.", "Termina antes de empezar."), _CORRECT_DATES
    ),
    "term_ends_before_it_begins": Remark(
        Both("The term ends before it begins.", "El período termina antes de empezar."),
        _CORRECT_DATES,
    ),
    "year_of_new_untold": Remark(
        Both(
            "Of which school year it is, is not told, and no term or calendar that is stored "
            "covers the day on which it was written.",
            "No se dice de qué año escolar es, y ningún período ni calendario guardado abarca el "
            "día en que se escribió.",
        ),
        Both(
            "Export academicSessions.csv with it, import the calendar first, or say --school-year.",
            "Exporte academicSessions.csv con él, importe antes el calendario o indique "
            "--school-year.",
        ),
    ),
    "session_dates": Remark(
        Both(
            "A session needs a first day and a later last one.",
            "Un período necesita un primer día y un último día posterior.",
        ),
        Both("Fill them in at the source and export.", "Complételos en el origen y exporte."),
    ),
    "day_kind_unknown": Remark(
        Both(
            "Whether such a day is a school day is not known.",
            "No se sabe si un día así es día de clases.",
        ),
        Both(
            "Use an Ed-Fi CalendarEvent, such as Instructional day or Holiday.",
            "Use un CalendarEvent de Ed-Fi, como Instructional day o Holiday.",
        ),
    ),
    "outcome_impossible": Remark(
        Both("It cannot come of {method}.", "No puede resultar de {method}."),
        Both("Write one of: {allowed}.", "Escriba uno de estos: {allowed}."),
    ),
    "said_again": Remark(
        Both(
            "This many lines say again what another says of the same student, day and class: each "
            "was taken once. The first stands here.",
            "Así de muchas líneas repiten lo que otra dice del mismo alumno, día y clase: cada una "
            "se tomó una sola vez. La primera está aquí.",
        ),
        Both(
            "Nothing is to be done. Leave them out at the source if you can.",
            "No hay nada que hacer. Omítalas en el origen si puede.",
        ),
    ),
}
"""By code."""
