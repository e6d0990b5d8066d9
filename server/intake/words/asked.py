"""What is said when something asked of the import screens cannot be done now, or by this person."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from server.intake.words.saying import Both


class Asked(NamedTuple):
    """A refusal, and of which kind it is."""

    kind: Literal["already", "busy", "foreign", "gone", "misfit"]
    text: Both


ASKED: Mapping[str, Asked] = {
    "code_sets_nothing": Asked(
        "misfit",
        Both(
            "{text} sets nothing. Write CODE=KIND, such as UNX=absent_unexcused.",
            "{text} no fija nada. Escriba CÓDIGO=CLASE, como UNX=absent_unexcused.",
        ),
    ),
    "code_no_kind": Asked(
        "misfit",
        Both(
            "{kind} is no kind of attendance. Write one of: {kinds}.",
            "{kind} no es una clase de asistencia. Escriba una de: {kinds}.",
        ),
    ),
    "code_no_share": Asked(
        "misfit",
        Both(
            "{portion} is no share of one day. Write 0 to 1, such as 0.5.",
            "{portion} no es una parte de un día. Escriba de 0 a 1, como 0.5.",
        ),
    ),
    "code_no_year": Asked(
        "misfit",
        Both(
            "{year} is no school year. Write it as 2025-26.",
            "{year} no es un año escolar. Escríbalo como 2025-26.",
        ),
    ),
    "would_overwrite": Asked(
        "misfit",
        Both(
            "{folder} has {files} already. Choose another folder: nothing was written.",
            "{folder} ya tiene {files}. Elija otra carpeta: no se escribió nada.",
        ),
    ),
    "import_running": Asked(
        "busy",
        Both(
            "Another import is running here. Wait for it to end.",
            "Aquí ya se está haciendo otra importación. Espere a que termine.",
        ),
    ),
    "files_same_name": Asked(
        "busy",
        Both(
            "Two files are called {file}. Import one after the other.",
            "Dos archivos se llaman {file}. Importe uno después del otro.",
        ),
    ),
    "import_undone_already": Asked(
        "already",
        Both(
            "Import {run} was taken back already, at {at}.",
            "La importación {run} ya se deshizo, el {at}.",
        ),
    ),
    "later_import_unfinished": Asked(
        "busy",
        Both(
            "The later import {run} is not finished: finish it, or take it back, first.",
            "La importación posterior {run} no ha terminado: termínela o deshágala primero.",
        ),
    ),
    "later_undo_unfinished": Asked(
        "busy",
        Both(
            "The later import {run} is not wholly taken back: finish it, or take it back, first.",
            "La importación posterior {run} no está deshecha del todo: termine de deshacerla "
            "primero.",
        ),
    ),
    "later_import_needs_codes": Asked(
        "busy",
        Both(
            "The later import {run} ({at}) read its attendance by the codes that this one set. "
            "Take that one back first.",
            "La importación posterior {run} ({at}) leyó su asistencia con los códigos que fijó "
            "esta. Deshaga primero aquella.",
        ),
    ),
    "no_such_import": Asked(
        "gone",
        Both(
            "No import begins with {run}. See `presente import runs`.",
            "Ninguna importación empieza por {run}. Vea `presente import runs`.",
        ),
    ),
    "several_such_imports": Asked(
        "gone",
        Both(
            "Several imports begin with {run}. See `presente import runs`.",
            "Varias importaciones empiezan por {run}. Vea `presente import runs`.",
        ),
    ),
    "drop_gone": Asked(
        "gone",
        Both(
            "There are no such files. Drop them again.",
            "Esos archivos ya no están. Suéltelos de nuevo.",
        ),
    ),
    "drop_closed": Asked(
        "busy",
        Both(
            "These files are being worked on, or are in. Drop others anew.",
            "Se está trabajando con estos archivos, o ya están incorporados. Suelte otros aparte.",
        ),
    ),
    "drop_busy": Asked(
        "busy",
        Both(
            "These files are being worked on. Wait for it to end.",
            "Se está trabajando con estos archivos. Espere a que termine.",
        ),
    ),
    "drop_done": Asked(
        "already",
        Both("These files are in already.", "Estos archivos ya están incorporados."),
    ),
    "drop_unchecked": Asked(
        "busy",
        Both(
            "Look first at what these files would change.",
            "Mire primero qué cambiarían estos archivos.",
        ),
    ),
    "drop_empty": Asked("misfit", Both("There are no files yet.", "Todavía no hay archivos.")),
    "file_unnamed": Asked("misfit", Both("The file has no name.", "El archivo no tiene nombre.")),
    "no_lines": Asked("misfit", Both("There are no lines.", "No hay líneas.")),
    "line_gone": Asked(
        "gone",
        Both("There is no such line to mend.", "Esa línea por corregir no existe."),
    ),
    "several_such_lines": Asked(
        "gone",
        Both(
            "Several lines in quarantine begin with {line}. See `presente import quarantine`.",
            "Varias líneas en cuarentena empiezan por {line}. Vea `presente import quarantine`.",
        ),
    ),
    "no_such_line": Asked(
        "gone",
        Both(
            "No line in quarantine begins with {line}. See `presente import quarantine`.",
            "Ninguna línea en cuarentena empieza por {line}. Vea `presente import quarantine`.",
        ),
    ),
    "line_mended": Asked(
        "already",
        Both(
            "This line is mended already. Look at the list again.",
            "Esta línea ya está corregida. Mire la lista de nuevo.",
        ),
    ),
    "line_dismissed": Asked(
        "already",
        Both(
            "This line is dismissed already. Look at the list again.",
            "Esta línea ya se dejó fuera. Mire la lista de nuevo.",
        ),
    ),
    "line_at_source": Asked(
        "misfit",
        Both(
            "This line can only be mended at its source.",
            "Esta línea solo se puede corregir en su origen.",
        ),
    ),
    "line_lacks_column": Asked(
        "misfit",
        Both("The line has no column {column}.", "La línea no tiene la columna {column}."),
    ),
    "no_reason": Asked("misfit", Both("Say why, with --because.", "Diga por qué, con --because.")),
    "school_not_named": Asked(
        "foreign",
        Both(
            "Name one of your schools: only an administrator speaks for all.",
            "Nombre una de sus escuelas: solo un administrador habla por todas.",
        ),
    ),
    "code_empty": Asked("misfit", Both("The code is empty.", "El código está vacío.")),
    "school_year_invalid": Asked(
        "misfit",
        Both(
            "{year} is no school year. Write it as 2025-26.",
            "{year} no es un año escolar. Escríbalo así: 2025-26.",
        ),
    ),
    "no_such_school": Asked(
        "misfit", Both("There is no school {school}.", "No existe la escuela {school}.")
    ),
}
"""By code."""
