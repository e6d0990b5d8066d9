"""What is said of a file that cannot be read."""

from collections.abc import Mapping

from server.intake.words.saying import Both

_AGAIN = Both("Was it sent whole? Export it again.", "¿Se envió completo? Expórtelo de nuevo.")
_AS_UTF8 = Both(
    "Save it as CSV UTF-8 and import it again.",
    "Guárdelo como CSV UTF-8 e impórtelo de nuevo.",
)

BROKEN: Mapping[str, Both] = {
    "file_empty": Both("{file} is empty.", "{file} está vacío.").then(_AGAIN),
    "file_broken": Both(
        "{file} is broken inside ({fault}).", "{file} está dañado por dentro."
    ).then(_AGAIN),
    "file_broken_at": Both(
        "{file} is broken at line {line} ({fault}).", "{file} está dañado en la línea {line}."
    ).then(_AGAIN),
    "file_packing": Both(
        "{file} is packed in a way that is not understood here. Pack it again as a plain zip "
        "archive.",
        "{file} está comprimido de una forma que aquí no se entiende. Comprímalo de nuevo como un "
        "archivo zip normal.",
    ),
    "file_closed": Both(
        "{file} may not be read. Allow it, then import again.",
        "No hay permiso para leer {file}. Concédalo e importe de nuevo.",
    ),
    "file_unsafe": Both(
        "{file} declares a document type or entities near line {line}. Such a file is never read; "
        "export it without.",
        "{file} declara un tipo de documento o entidades cerca de la línea {line}. Un archivo así "
        "nunca se lee; expórtelo sin ello.",
    ),
    "zero_bytes": Both(
        "{file} holds zero bytes, so it is no text.",
        "{file} contiene bytes nulos, así que no es texto.",
    ).then(_AGAIN),
    "web_page": Both(
        "{file} is a web page, not a table. Was the sign-in page saved in its place? Export it "
        "again.",
        "{file} es una página web, no una tabla. ¿Se guardó en su lugar la página de inicio de "
        "sesión? Expórtelo de nuevo.",
    ),
    "line_too_long": Both(
        "{file} has a line of more than {most} MB. It is no table, or a line end or quotation "
        "mark is missing; export it again.",
        "{file} tiene una línea de más de {most} MB. No es una tabla, o falta un fin de línea o "
        "unas comillas; expórtelo de nuevo.",
    ),
    "field_too_long": Both(
        "Line {line} of {file} has a field of more than {most} MB. Is a quotation mark not closed "
        "there? Correct it, then import again.",
        "La línea {line} de {file} tiene un campo de más de {most} MB. ¿Hay unas comillas sin "
        "cerrar? Corríjalo e importe de nuevo.",
    ),
    "quotes_broken": Both(
        "Line {line} of {file} has a quotation mark that is not closed, or one inside quotes that "
        'is not doubled (""). Correct it, then import again.',
        "La línea {line} de {file} tiene unas comillas sin cerrar, o unas dentro de comillas que "
        'no están duplicadas (""). Corríjalo e importe de nuevo.',
    ),
    "not_utf8": Both(
        "{file} is not UTF-8: line {line} has the byte {byte} ({sign} in Windows-1252).",
        "{file} no es UTF-8: la línea {line} tiene el byte {byte} ({sign} en Windows-1252).",
    ).then(_AS_UTF8),
    "utf16": Both("{file} is UTF-16 text.", "{file} es texto UTF-16.").then(_AS_UTF8),
    "columns_unseparated": Both(
        "The columns of {file} are not separated by comma, semicolon, tab or | ({start}).",
        "Las columnas de {file} no están separadas por coma, punto y coma, tabulador o | "
        "({start}).",
    ).then(_AS_UTF8),
    "wrong_delimiter": Both(
        "The rows of {file} are not separated like its header.",
        "Las filas de {file} no están separadas igual que su encabezado.",
    ).then(_AS_UTF8),
    "column_twice": Both(
        "{file} has two columns named {column}. Rename or remove one of them.",
        "{file} tiene dos columnas llamadas {column}. Cambie el nombre de una o quítela.",
    ),
    "zip_broken": Both(
        "{file} is no whole zip archive ({fault}).", "{file} no es un archivo zip completo."
    ).then(_AGAIN),
    "zip_too_many": Both(
        "{file} holds {count} files; an archive may hold {most}. Pack only the files of the "
        "export.",
        "{file} contiene {count} archivos; un zip puede contener {most}. Comprima solo los "
        "archivos de la exportación.",
    ),
    "zip_encrypted": Both(
        "{file} is protected by a password ({entry}). Pack it without one.",
        "{file} está protegido con contraseña ({entry}). Comprímalo sin ella.",
    ),
    "zip_bomb": Both(
        "{entry} in {file} unpacks to more than {most} times its size, as no export does. It was "
        "not opened; export it again.",
        "{entry} en {file} se descomprime a más de {most} veces su tamaño, como ninguna "
        "exportación. No se abrió; expórtelo de nuevo.",
    ),
    "packed_bomb": Both(
        "{file} unpacks to more than {most} times its size, as no export does. It was not opened; "
        "export it again.",
        "{file} se descomprime a más de {most} veces su tamaño, como ninguna exportación. No se "
        "abrió; expórtelo de nuevo.",
    ),
    "zip_too_large": Both(
        "{file} and what was read before it unpack to more than {most} GB. Split the export into "
        "several imports.",
        "{file} y lo leído antes se descomprimen a más de {most} GB. Divida la exportación en "
        "varias importaciones.",
    ),
    "zip_nested": Both(
        "{file} is an archive inside an archive inside an archive. Unpack it once.",
        "{file} es un zip dentro de un zip dentro de un zip. Descomprímalo una vez.",
    ),
    "workbook_too_large": Both(
        "{file} is too large for a workbook. Save each sheet as CSV UTF-8 and import those.",
        "{file} es demasiado grande para un libro de Excel. Guarde cada hoja como CSV UTF-8 e "
        "importe esas.",
    ),
    "workbook_not": Both(
        "{file} is called an Excel workbook and is none inside. Open it where it comes from, save "
        "it as .xlsx or as CSV UTF-8, and import that.",
        "{file} se llama libro de Excel y por dentro no lo es. Ábralo donde se creó, guárdelo "
        "como .xlsx o como CSV UTF-8, e importe ese.",
    ),
    "workbook_empty": Both(
        "{file} has no filled sheet.", "{file} no tiene ninguna hoja con datos."
    ).then(_AGAIN),
    "workbook_hidden": Both(
        "Every sheet of {file} that holds anything is hidden. Show them, save it and import it "
        "again.",
        "Todas las hojas de {file} con datos están ocultas. Muéstrelas, guárdelo e impórtelo de "
        "nuevo.",
    ),
    "workbook_encrypted": Both(
        "{file} is protected by a password. Save it without one.",
        "{file} está protegido con contraseña. Guárdelo sin ella.",
    ),
    "workbook_old": Both(
        "{file} is a workbook of the old kind (.xls). Save it as .xlsx or as CSV UTF-8.",
        "{file} es un libro de Excel antiguo (.xls). Guárdelo como .xlsx o como CSV UTF-8.",
    ),
    "sheet_too_large": Both(
        "{file} has more rows or columns than Excel allows. Save it again.",
        "{file} tiene más filas o columnas de las que permite Excel. Guárdelo de nuevo.",
    ),
    "formula_cell": Both(
        "Cell {cell} of {file} holds a formula without a value. Formulas are never computed here: "
        "open the workbook, let it compute, save it; or paste the values.",
        "La celda {cell} de {file} contiene una fórmula sin valor. Aquí nunca se calculan "
        "fórmulas: abra el libro, deje que calcule y guárdelo; o pegue los valores.",
    ),
}
"""By code, or by a word of its own."""
