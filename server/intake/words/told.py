"""What an import tells the person who started it on the command line."""

from collections.abc import Iterable, Mapping

from server.intake.words.saying import Both
from server.languages import Language, Told, in_language

TOLD: Mapping[str, Both] = {
    "done": Both("Imported.", "Importado."),
    "nothing_to_do": Both(
        "Everything in these files was known already: nothing was changed.",
        "Todo lo de estos archivos ya se conocía: no se cambió nada.",
    ),
    "nothing_of_use": Both(
        "Nothing in these files is of use to Presente: nothing was changed.",
        "Nada de estos archivos le sirve a Presente: no se cambió nada.",
    ),
    "dry_run": Both(
        "A dry run: nothing was changed. This is what would be:",
        "Un ensayo: no se cambió nada. Esto es lo que pasaría:",
    ),
    "nothing_taken": Both(
        "Nothing could be taken: every line is in quarantine.",
        "No se pudo tomar nada: todas las líneas están en cuarentena.",
    ),
    "file": Both(
        "{file}: {read} read, {added} added, {changed} changed, {unchanged} unchanged{older}, "
        "{quarantined} quarantined",
        "{file}: {read} leídas, {added} añadidas, {changed} cambiadas, {unchanged} sin "
        "cambios{older}, {quarantined} en cuarentena",
    ),
    "older": Both(", {count} older than what is known", ", {count} más antiguas que lo conocido"),
    "skipped": Both("{file}: not read. {en}", "{file}: no se leyó. {es}"),
    "school": Both(
        "{name}, {first} to {last}: {scope}; {opened} new facts, {corrected} corrected, "
        "{dropped} dropped",
        "{name}, del {first} al {last}: {scope}; {opened} hechos nuevos, {corrected} "
        "corregidos, {dropped} retirados",
    ),
    "full": Both("read as everything about these dates", "leído como todo lo de estas fechas"),
    "partial": Both(
        "read as corrections: only the student-days it names were replaced",
        "leído como correcciones: solo se reemplazaron los días de estudiantes que nombra",
    ),
    "delta": Both(
        "read as changes: only the records it names were replaced",
        "leído como cambios: solo se reemplazaron los registros que nombra",
    ),
    "unseen": Both(
        "{name}: {count} records known on these dates are not in the file; import it with "
        "--replace-window if they are wrong",
        "{name}: {count} registros conocidos de estas fechas no están en el archivo; impórtelo "
        "con --replace-window si son erróneos",
    ),
    "missing": Both(
        "{name}: {count} enrolled students are not in the file's roster; they stay enrolled "
        "({some} ...)",
        "{name}: {count} estudiantes inscritos no están en la lista del archivo; siguen inscritos "
        "({some} ...)",
    ),
    "cases": Both(
        "Cases: {opened} opened, {met_again} met again, {no_longer_met} no longer met, {left} "
        "left; {told} alerts.",
        "Casos: {opened} abiertos, {met_again} cumplidos de nuevo, {no_longer_met} ya no "
        "cumplidos, {left} de quienes se fueron; {told} avisos.",
    ),
    "deleted_unknown": Both(
        "{count} lines delete something nobody knew here; they are among the notes.",
        "{count} líneas eliminan algo que aquí nadie conocía; están entre las notas.",
    ),
    "conflicts": Both(
        "{count} numbers that a person corrected differ from the file: kept, and shown as "
        "conflicts.",
        "{count} números que una persona corrigió difieren del archivo: se conservan y se muestran "
        "como conflictos.",
    ),
    "quarantined": Both("Quarantined: {count}", "En cuarentena: {count}"),
    "noted": Both("Noted: {count}", "Notas: {count}"),
    "fault": Both(
        "  {file}, line {line}, {element}, {field} {value}: {en}",
        "  {file}, línea {line}, {element}, {field} {value}: {es}",
    ),
    "more": Both("  and {count} more (--json tells more)", "  y {count} más (--json dice más)"),
    "records_would_vanish": Both(
        "{name}: {dropped} of {known} attendance records would vanish, the first of them:",
        "{name}: desaparecerían {dropped} de {known} registros de asistencia, los primeros:",
    ),
    "students_would_vanish": Both(
        "{name}: {missing} of {enrolled} enrolled students are not in the file's roster: {some}",
        "{name}: {missing} de {enrolled} estudiantes inscritos no están en la lista del archivo: "
        "{some}",
    ),
    "codes_draft": Both(
        "A draft of codes.csv, to be filled in:\n\n{draft}",
        "Un borrador de codes.csv, para completar:\n\n{draft}",
    ),
    "reading": Both("Reading {count} files", "Leyendo {count} archivos"),
    "checking": Both("Checking", "Comprobando"),
    "read_tenth": Both("Read {percent} % of {size} MB", "Leído el {percent} % de {size} MB"),
    "compared": Both("Compared {done} of {total} schools", "Comparadas {done} de {total} escuelas"),
    "families_done": Both("Families: part {count} done", "Familias: parte {count} hecha"),
    "school_done": Both("School {done} of {total} done", "Escuela {done} de {total} hecha"),
    "cut_off": Both(
        "Import {run} was cut off and is not done: see `presente import runs`",
        "La importación {run} se cortó y no ha terminado: vea `presente import runs`",
    ),
    "template": Both("Written to {folder}: {names}.", "Escrito en {folder}: {names}."),
    "lines_written": Both(
        "{count} lines written to {file}. Mend them there and import the file.",
        "{count} líneas escritas en {file}. Corríjalas ahí e importe el archivo.",
    ),
    "dismissed": Both("{file}, line {line}: dismissed.", "{file}, línea {line}: queda fuera."),
    "codes_kept": Both(
        "Attendance taken in before keeps its meaning: import its file again to change it.",
        "La asistencia ya incorporada conserva su significado: importe de nuevo su archivo para "
        "cambiarlo.",
    ),
    "no_codes": Both(
        "No codes are set: only the formats' own are known.",
        "No hay códigos fijados: solo se conocen los propios de los formatos.",
    ),
    "no_quarantine": Both("Nothing is in quarantine.", "No hay nada en cuarentena."),
    "in_quarantine": Both("In quarantine: {count}", "En cuarentena: {count}"),
    "held": Both(
        "{id}  {file}, line {line}, {field} {value}: {en}",
        "{id}  {file}, línea {line}, {field} {value}: {es}",
    ),
    "more_held": Both(
        "and {count} more (--csv FILE or --json tells all)",
        "y {count} más (--csv ARCHIVO o --json lo dice todo)",
    ),
    "no_runs": Both("Nothing was imported yet.", "Todavía no se ha importado nada."),
    "run_files": Both(" and {count} more", " y {count} más"),
    "run_counts": Both(
        "{read} read, {added} added, {changed} changed{held}",
        "{read} leídas, {added} añadidas, {changed} cambiadas{held}",
    ),
    "run_held": Both(", {count} in quarantine", ", {count} en cuarentena"),
    "state_done": Both("done", "hecha"),
    "state_failed": Both("failed", "fallida"),
    "state_running": Both("running", "en curso"),
    "state_undoing": Both("undoing", "deshaciéndose"),
    "state_undone": Both("undone", "deshecha"),
    "undo_cut_off": Both(
        "Taking it back was cut off. To go on: {undo}",
        "Deshacerla quedó a medias. Para seguir: {undo}",
    ),
    "run_cut_off": Both(
        "It was cut off {where}{since}; what it took in is whole, school by school.",
        "Se cortó {where}{since}; lo que incorporó está entero, escuela por escuela.",
    ),
    "after_school": Both(
        "after {school} ({done} of {total} schools)",
        "después de {school} ({done} de {total} escuelas)",
    ),
    "before_schools": Both("before the first school", "antes de la primera escuela"),
    "others_since": Both(
        ", and other files were imported since", ", y después se importaron otros archivos"
    ),
    "run_go_on": Both(
        "To go on: import the same files again. To take it back: {undo}",
        "Para seguir: importe los mismos archivos de nuevo. Para deshacerla: {undo}",
    ),
    "taken_back": Both("Import {run} was taken back.", "La importación {run} se deshizo."),
    "facts_back": Both(
        "Attendance: {closed} records taken back, {reopened} known again.",
        "Asistencia: {closed} registros retirados, {reopened} conocidos de nuevo.",
    ),
    "facts_stay": Both(
        "{count} records stay: a later import told them or newer ones.",
        "{count} registros se quedan: una importación posterior los dijo, o dijo otros más nuevos.",
    ),
    "fields_back": Both(
        "People, schools and calendars: {count} fields as before.",
        "Personas, escuelas y calendarios: {count} campos como antes.",
    ),
    "fields_stay": Both(
        "{count} fields stay: they were changed since.",
        "{count} campos se quedan: se cambiaron después.",
    ),
    "told_again_perhaps": Both(
        "Later imports that hold: {count}. If they told any of what was removed here too, import "
        "the newest of them once more: what a file tells again unchanged is not remembered.",
        "Importaciones posteriores que siguen en pie: {count}. Si también dijeron algo de lo que "
        "se quitó aquí, importe otra vez la más reciente: lo que un archivo repite sin cambios "
        "no se recuerda.",
    ),
    "date_orders_back": Both(
        "Files of which it was said how to read dates that can be read in two ways: {count}. That "
        "holds no more. What was said before holds again, or you are asked.",
        "Archivos de los que se dijo cómo leer fechas que se pueden leer de dos maneras: {count}. "
        "Eso ya no vale. Vuelve a valer lo dicho antes, o se le preguntará.",
    ),
    "removed": Both("Removed again: {count} {what}.", "Se quitaron de nuevo: {count} {what}."),
    "rows_stay": Both(
        "{count} {what} stay, because something else refers to them: {names}{more}.",
        "{count} {what} se quedan, porque otra cosa se refiere a ellos: {names}{more}.",
    ),
    "cases_back": Both(
        "Cases: {opened} opened, {met_again} met again, {no_longer_met} no longer met.",
        "Casos: {opened} abiertos, {met_again} cumplidos de nuevo, {no_longer_met} ya no "
        "cumplidos.",
    ),
    "parts_back": Both(
        "People and calendars: {done} of {total} parts taken back",
        "Personas y calendarios: {done} de {total} partes deshechas",
    ),
    "school_back": Both(
        "School {done} of {total} taken back", "Escuela {done} de {total} deshecha"
    ),
}
"""By code."""

ROWS: Mapping[str, Both] = {
    "school": Both("schools", "escuelas"),
    "student": Both("students", "estudiantes"),
    "guardian": Both("parents", "padres o tutores"),
    "guardianship": Both("ties to parents", "vínculos con padres o tutores"),
    "contact_point": Both("numbers", "números"),
    "address": Both("addresses", "direcciones"),
    "enrollment": Both("enrolments", "inscripciones"),
    "stay": Both("stays", "estancias"),
    "calendar_day": Both("calendar days", "días de calendario"),
    "term": Both("terms", "períodos"),
    "submission": Both("last days told", "últimos días entregados"),
    "code_map": Both("codes", "códigos"),
    "source_key": Both("keys of the source system", "claves del sistema de origen"),
    "contact": Both("contacts", "contactos"),
    "app_user": Both("people of the programme", "personas del programa"),
    "user_school": Both("people's schools", "escuelas de las personas"),
}
"""What the rows of a table are called."""


def told(code: str, **parts: object) -> Told:
    """Return a sentence in both languages; a part that is a ``Told`` or ``Both`` is in both too."""
    en, es = dict[str, str](), dict[str, str]()
    for name, part in parts.items():
        en[name] = part.en if isinstance(part, Both) else str(part)
        es[name] = part.es if isinstance(part, Both | Told) else str(part)
    return Told(TOLD[code].en.format_map(en), TOLD[code].es.format_map(es))


def lines_in(lines: Iterable[str], language: Language) -> str:
    """Return sentences as lines in a language."""
    return "\n".join(in_language(one, language) for one in lines)
