"""What is said of a mapping profile, and in a draft of one."""

from collections.abc import Mapping

from server.intake.words.saying import Both
from server.languages import Told

PROFILES: Mapping[str, Both] = {
    "no_text": Both("{file} is no UTF-8 text.", "{file} no es texto UTF-8."),
    "no_such": Both(
        "There is no file and no profile {name}. Presente brings: {known}.",
        "No hay archivo ni perfil {name}. Presente trae: {known}.",
    ),
    "no_toml": Both("{file} is no TOML: {fault}.", "{file} no es TOML: {fault}."),
    "faults": Both("{file} has {count} faults:{listed}", "{file} tiene {count} fallos:{listed}"),
    "misfit": Both("{fault} Found: {found}.{mend}", "El valor no encaja. Hay: {found}.{mend}"),
    "one_of": Both(" Write one of: {words}.", " Escriba uno de: {words}."),
    "key_unknown": Both("This key is not known. {mend}", "Esta clave no se conoce. {mend}"),
    "field_unknown": Both(
        "{record} has no such field. {mend}", "{record} no tiene ese campo. {mend}"
    ),
    "near": Both("Did you mean {near}?", "¿Quiso decir {near}?"),
    "known": Both("Known are: {known}.", "Se conocen: {known}."),
    "missing": Both("It is missing.", "Falta."),
    "no_table": Both(
        "It has no table. Add [[table]].", "No tiene ninguna tabla. Agregue [[table]]."
    ),
    "no_share": Both(
        "{portion} is no share of a day. Write 0 to 1.",
        "{portion} no es una parte de un día. Escriba de 0 a 1.",
    ),
    "no_match": Both(
        "Name the columns by which the table is recognised.",
        "Nombre las columnas por las que se reconoce la tabla.",
    ),
    "lookup_match": Both(
        "It must name the columns of key and value.",
        "Debe nombrar las columnas de key y value.",
    ),
    "events_elsewhere": Both(
        "Only attendance has events.", "Solo la asistencia (attendance) tiene eventos."
    ),
    "names_elsewhere": Both(
        "Only students and guardians have names of their own.",
        "Solo estudiantes y tutores (students, guardians) tienen nombres propios.",
    ),
    "across_elsewhere": Both(
        "Only attendance has a column for each date.",
        "Solo la asistencia (attendance) tiene una columna por fecha.",
    ),
    "across_told": Both(
        "Its columns tell date and code: leave out day and events.",
        "Sus columnas dicen fecha y código: quite day y events.",
    ),
    "column_empty": Both(
        "It is empty: say which column it is.", "Está vacío: diga qué columna es."
    ),
    "constant_empty": Both(
        "It is empty: say what it is in every row.", "Está vacío: diga qué vale en todas las filas."
    ),
    "column_missing": Both("It is missing: say which column it is.", "Falta: diga qué columna es."),
    "code_twice": Both(
        "Say either code (a column) or code_is (the code itself).",
        "Diga code (una columna) o code_is (el código mismo), uno de los dos.",
    ),
    "no_condition": Both(
        "Say {words}, or a list of texts such as [{text}].",
        "Diga {words}, o una lista de textos como [{text}].",
    ),
    "nothing_drafted": Both(
        "# Nothing here needs a profile.", "# Nada de esto necesita un perfil."
    ),
    "draft_head": Both(
        '# Drafted from {file}. Fill in what is empty (""), correct what is wrong, then:',
        '# Borrador hecho de {file}. Complete lo vacío (""), corrija lo que esté mal y luego:',
    ),
    "draft_try": Both(
        "#   presente import --dry-run --profile THIS-FILE {file}",
        "#   presente import --dry-run --profile ESTE-ARCHIVO {file}",
    ),
    "read_already": Both("# {reader} reads this table already.", "# {reader} ya lee esta tabla."),
    "reader_own": Both(
        "Presente itself (its own table {table})", "Presente mismo (su propia tabla {table})"
    ),
    "reader_format": Both("Presente (as {format})", "Presente (como {format})"),
    "reader_profile": Both("The profile {key}", "El perfil {key}"),
    "no_header": Both(
        "# It has no line with the names of its columns: put one above.",
        "# No tiene una línea con los nombres de sus columnas: póngala arriba.",
    ),
    "is_grid": Both(
        "a column for each date, named by it, with codes in its fields",
        "una columna por fecha, que es su nombre, con códigos en sus campos",
    ),
    "is_full_name": Both("Last, First Middle", "Apellidos, Nombre"),
    "say_year": Both(
        "as 2024-25; or name its column below, in place of this",
        "como 2024-25; o en su lugar nombre su columna abajo",
    ),
    "say_column": Both("which column? ({says})", "¿qué columna? ({says})"),
    "unused": Both("# Not used: {names}", "# Sin usar: {names}"),
    "say_years": Both(
        "begin or end: which year of the two is {text}?",
        "begin o end: ¿cuál de los dos años es {text}?",
    ),
    "say_dates": Both(
        "mdy or dmy? Line {line}: {written} can be both, and nothing in the file tells",
        "¿mdy o dmy? Línea {line}: {written} puede ser ambas, y nada del archivo lo dice",
    ),
    "dates_both": Both(
        "# Its dates have the month first and the day first: mend them at the source.",
        "# Sus fechas llevan primero el mes y primero el día: corríjalas en el origen.",
    ),
    "codes_head": Both(
        "# What each code means. Kinds: {kinds}.", "# Qué significa cada código. Clases: {kinds}."
    ),
    "codes_part": Both("# A part of a day: {example}", "# Una parte de un día: {example}"),
    "times": Both("{count} times", "{count} veces"),
    "a_column": Both("a column", "una columna"),
    "say_code": Both("{times}: say what this means", "{times}: diga qué significa"),
    "by_name": Both("{times}; by its name", "{times}; por su nombre"),
}
"""By code."""


def of_profile(code: str, **parts: object) -> Told:
    """Return a text in both languages; a part that is in both is put into both."""
    both = PROFILES[code]
    en = {name: str(part) for name, part in parts.items()}
    es = {name: part.es if isinstance(part, Told) else str(part) for name, part in parts.items()}
    return Told(both.en.format_map(en), both.es.format_map(es))
