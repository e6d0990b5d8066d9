"""What is said of files that can be read and yet are not taken: what they lack or would undo."""

from collections.abc import Mapping

from server.intake.words.saying import Both

_ADMINISTRATOR = Both(
    "Ask an administrator to import them.", "Pida a un administrador que los importe."
)
_CONFIRM = Both(
    "Was it sent whole? If it is right, import it again with --confirm-drop.",
    "¿Se envió completo? Si es correcto, impórtelo de nuevo con --confirm-drop.",
)
_NO_FORMAT = Both(
    "None of these files ({files}) is one that Presente reads: OneRoster, Ed-Fi, Microsoft "
    "School Data Sync, an extract that a mapping profile describes (presente import --suggest FILE "
    "drafts one), or Presente's own tables (presente import --template DIR writes them).",
    "Ninguno de estos archivos ({files}) es de los que lee Presente: OneRoster, Ed-Fi, Microsoft "
    "School Data Sync, un extracto que describa un perfil (presente import --suggest ARCHIVO "
    "redacta uno), o las tablas propias de Presente (presente import --template CARPETA las "
    "escribe).",
)

SETS: Mapping[str, Both] = {
    "no_such_folder": Both(
        "There is no folder or file {path}.", "No existe la carpeta o el archivo {path}."
    ),
    "nothing_to_read": _NO_FORMAT,
    "no_table_to_draft": Both("{file} holds no table.", "{file} no contiene ninguna tabla."),
    "nothing_readable": Both(
        "Nothing of this can be imported. {en}", "Nada de esto se puede importar. {es}"
    ),
    "unknown_format": Both(
        "No format that Presente reads recognises it.",
        "No lo reconoce ningún formato de los que lee Presente.",
    ),
    "unknown_table": Both(
        "Its columns are none that Presente knows: presente import --suggest drafts a mapping "
        "profile for it.",
        "Presente no conoce sus columnas: presente import --suggest redacta un perfil de "
        "correspondencias.",
    ),
    "no_own_columns": Both(
        "Its columns are none of Presente's.", "Sus columnas no son las de Presente."
    ),
    "sheet_hidden": Both(
        "It is hidden in the workbook: show it there if it is to be read.",
        "Está oculta en el libro: muéstrela allí si se debe leer.",
    ),
    "unused_table": Both("Presente has no use for this table.", "Presente no usa esta tabla."),
    "lookup_only": Both(
        "It only served to look up what other tables refer to.",
        "Solo sirvió para buscar a qué se refieren otras tablas.",
    ),
    "totals_only": Both("It has totals only.", "Solo contiene totales."),
    "dates_ambiguous": Both(
        "{file}, line {line}: {written} can be {mdy} (month, day, year) or {dmy} (day, month, "
        "year), and no date in the file tells which. Say it with --dates mdy or --dates dmy (or "
        "in the profile), or write the dates as 2022-03-01.",
        "{file}, línea {line}: {written} puede ser {mdy} (mes, día, año) o {dmy} (día, mes, año), "
        "y ninguna fecha del archivo lo aclara. Indíquelo con --dates mdy o --dates dmy (o en el "
        "perfil), o escriba las fechas así: 2022-03-01.",
    ),
    "dates_mixed": Both(
        "{file} mixes dates with the month first (line {mdy_line}: {mdy}) and dates with the day "
        "first (line {dmy_line}: {dmy}), so that others can be either. Write the dates as "
        "2022-03-01, or say with --dates mdy or --dates dmy which of them holds.",
        "{file} mezcla fechas que empiezan por el mes (línea {mdy_line}: {mdy}) y fechas que "
        "empiezan por el día (línea {dmy_line}: {dmy}), de modo que otras pueden ser de las dos "
        "formas. Escriba las fechas así: 2022-03-01, o indique con --dates mdy o --dates dmy cuál "
        "vale.",
    ),
    "dates_not_mdy": Both(
        "{file}, line {line}: {written} cannot have the month first, as was said on {said_on} of "
        "the file with this name and these columns. Say with --dates dmy that the day comes "
        "first now, or correct the file.",
        "{file}, línea {line}: {written} no puede empezar por el mes, como se dijo el {said_on} "
        "del archivo con este nombre y estas columnas. Diga con --dates dmy que ahora va primero "
        "el día, o corrija el archivo.",
    ),
    "dates_not_dmy": Both(
        "{file}, line {line}: {written} cannot have the day first, as was said on {said_on} of "
        "the file with this name and these columns. Say with --dates mdy that the month comes "
        "first now, or correct the file.",
        "{file}, línea {line}: {written} no puede empezar por el día, como se dijo el {said_on} "
        "del archivo con este nombre y estas columnas. Diga con --dates mdy que ahora va primero "
        "el mes, o corrija el archivo.",
    ),
    "no_calendar_of_school": Both(
        "{file} tells dates as numbers of school days, and there is no calendar of school "
        "{school}. Import its calendar (school_id, date, event) too.",
        "{file} da las fechas como números de días de clase, y no hay calendario de la escuela "
        "{school}. Importe también su calendario (school_id, date, event).",
    ),
    "table_missing": Both(
        "{file} needs the table with the columns {columns} beside it. Export both and import them "
        "together.",
        "{file} necesita a su lado la tabla con las columnas {columns}. Exporte las dos e "
        "impórtelas juntas.",
    ),
    "manifest_apart": Both(
        "{file} lies apart from the files it tells of. Put manifest.csv beside them, in the same "
        "folder.",
        "{file} está separado de los archivos de los que habla. Ponga manifest.csv junto a ellos, "
        "en la misma carpeta.",
    ),
    "oneroster_version": Both(
        "{file} is of OneRoster {version}. Presente reads 1.0 to 1.2; export one of those.",
        "{file} es de OneRoster {version}. Presente lee de 1.0 a 1.2; exporte una de esas.",
    ),
    "oneroster_torn": Both(
        "{file} promises files that the set does not hold ({files}): export the set again, whole.",
        "{file} promete archivos que el conjunto no contiene ({files}): exporte de nuevo el "
        "conjunto, completo.",
    ),
    "codes_unmapped": Both(
        "What these attendance codes mean is not known: {codes}; the first stands in {file}, line "
        "{line}. Put a file codes.csv with them beside the others and import again.",
        "No se sabe qué significan estos códigos de asistencia: {codes}; el primero está en "
        "{file}, línea {line}. Ponga un archivo codes.csv con ellos junto a los demás e importe "
        "de nuevo.",
    ),
    "records_vanish": Both(
        "This file would drop {dropped} of {known} attendance records of {school}.",
        "Este archivo haría desaparecer {dropped} de {known} registros de asistencia de {school}.",
    ).then(_CONFIRM),
    "students_vanish": Both(
        "{missing} of {known} students of {school} in {year} are not in this file's roster.",
        "{missing} de {known} estudiantes de {school} en {year} no están en la lista de este "
        "archivo.",
    ).then(_CONFIRM),
    "schools_not_yours": Both(
        "These files speak of {count} schools that are not yours ({some}).",
        "Estos archivos hablan de {count} escuelas que no son suyas ({some}).",
    ).then(_ADMINISTRATOR),
    "district_not_yours": Both(
        "These files speak of the whole district: staff, or codes or terms of every school. Name "
        "a school in them, or ask an administrator to import them.",
        "Estos archivos hablan de todo el distrito: personal, o códigos o períodos de todas las "
        "escuelas. Nombre una escuela en ellos, o pida a un administrador que los importe.",
    ),
    "students_not_yours": Both(
        "These files speak of {count} students who are not in your schools ({some}).",
        "Estos archivos hablan de {count} estudiantes que no están en sus escuelas ({some}).",
    ).then(_ADMINISTRATOR),
    "parents_not_yours": Both(
        "These files speak of {count} parents of students who are not in your schools ({some}).",
        "Estos archivos hablan de {count} padres o madres de estudiantes que no están en sus "
        "escuelas ({some}).",
    ).then(_ADMINISTRATOR),
    "drop_too_many": Both(
        "A drop holds at most {most} files. Put them into one zip.",
        "Se pueden soltar a la vez como máximo {most} archivos. Póngalos en un zip.",
    ),
    "drop_too_large": Both(
        "Files of more than 2 GiB are taken in with presente import.",
        "Los archivos de más de 2 GiB se incorporan con presente import.",
    ),
    "internal": Both(
        "Something went wrong here. Nothing more was changed; tell whoever runs the server.",
        "Algo falló aquí. No se cambió nada más; avise a quien se encarga del servidor.",
    ),
    "mended_with_others": Both(
        "{file} holds mended lines of earlier imports. Import it by itself.",
        "{file} contiene líneas corregidas de importaciones anteriores. Impórtelo solo.",
    ),
    "nothing_to_mend": Both(
        "None of these lines is still in quarantine and can be mended here.",
        "Ninguna de estas líneas sigue en cuarentena y se puede corregir aquí.",
    ),
    "quarantine_id": Both(
        "{file}, line {line}: presente_id {id} is not one that Presente wrote. Leave the columns "
        "that begin with presente_ as they are.",
        "{file}, línea {line}: el presente_id {id} no lo escribió Presente. Deje como están las "
        "columnas que empiezan por presente_.",
    ),
    "mend_in_wrong_column": Both(
        "{file}, line {line}: presente_value only shows what was wrong. Write the mend into the "
        "column {column} of that line.",
        "{file}, línea {line}: presente_value solo muestra lo que estaba mal. Escriba la "
        "corrección en la columna {column} de esa línea.",
    ),
    "quarantine_unknown": Both(
        "{file}, line {line}: no line in quarantine has the id {id}. Was the file written by "
        "another Presente?",
        "{file}, línea {line}: ninguna línea en cuarentena tiene el id {id}. ¿Escribió el archivo "
        "otro Presente?",
    ),
}
"""By code, or by a word of its own; also why a file is left unread."""
