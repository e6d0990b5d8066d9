"""What Presente's own tables and their columns are, in Spanish: ``columns.shapes`` has English."""

from collections.abc import Mapping

_SCHOOL = "la escuela"
_STUDENT = "el estudiante"
_DIALLED = "como se marca"
_YES_NO = "yes o no"

SPANISH: Mapping[str, Mapping[str, str]] = {
    "schools": {
        "": "Una línea por escuela.",
        "school_id": "el número que el distrito da a la escuela, igual que en los demás archivos",
        "name": "su nombre",
        "level": "elementary, middle o high",
        "mode": "cómo se toma la asistencia: daily (por día) o period (clase por clase)",
        "periods_per_day": "clases de un día entero",
        "minutes_per_day": "minutos de enseñanza de un día entero",
    },
    "calendar": {
        "": "Una línea por escuela y fecha del año escolar, también los festivos.",
        "school_id": _SCHOOL,
        "date": "la fecha",
        "event": "Instructional day, Make-up day, Student late arrival/early dismissal, Holiday, "
        "Teacher only day, Weather day, Strike, Emergency day, Non-instructional day u Other",
        "periods": "clases de ese día, si es un día corto",
        "minutes": "minutos de enseñanza de ese día, si es un día corto",
    },
    "terms": {
        "": "Una línea por semestre u otra parte del año escolar.",
        "school_id": "la escuela; vacío: todas las escuelas",
        "school_year": "como 2024-25",
        "kind": "semester, term o grading_period",
        "title": "cómo se llama",
        "begin_date": "su primer día",
        "end_date": "su último día",
    },
    "students": {
        "": "Una línea por estudiante.",
        "student_id": "el número que el distrito le da; los ceros iniciales se conservan",
        "first_name": "nombre de pila",
        "last_name": "apellido, o los dos apellidos",
        "middle_name": "segundo nombre",
        "suffix": "Jr., III",
        "preferred_name": "cómo le llaman",
        "birth_date": "fecha de nacimiento; nunca sale del servidor",
    },
    "enrollments": {
        "": "Una línea por cada estancia de un estudiante en una escuela.",
        "student_id": _STUDENT,
        "school_id": _SCHOOL,
        "school_year": "como 2024-25",
        "grade": "KG, 01 a 12",
        "entry_date": "primer día en la escuela",
        "exit_date": "último día en la escuela; vacío: sigue allí",
        "exit_reason": "por qué se fue, como Transferred",
        "periods": "clases diarias del estudiante, si son menos",
    },
    "guardians": {
        "": "Una línea por tutor y estudiante: cada hermano tiene la suya.",
        "guardian_id": "el mismo para la misma persona en todas las líneas",
        "student_id": _STUDENT,
        "first_name": "nombre de pila",
        "last_name": "apellido",
        "relation": "Mother, Father, Grandparent",
        "language": "el idioma en que hablarle: English, Spanish, o una etiqueta como es",
        "needs_interpreter": _YES_NO,
        "is_primary": "yes o no: se le llama primero",
        "is_emergency": _YES_NO,
        "lives_with": "yes o no: el estudiante vive ahí",
        "restriction": "una orden judicial u otro límite al contacto, en palabras",
        "position": "1 para quien se llama primero, luego 2, 3",
        "mobile_phone": _DIALLED,
        "home_phone": _DIALLED,
        "work_phone": _DIALLED,
        "email": "correo electrónico",
        "street": "calle y número",
        "unit": "apartamento o lote",
        "city": "ciudad",
        "state": "como NM",
        "postal_code": "código postal; los ceros iniciales se conservan",
    },
    "attendance": {
        "": "Una línea por falta, retardo u otra excepción. Los días presentes no llevan línea.",
        "student_id": _STUDENT,
        "school_id": "la escuela; vacío: la del estudiante en esa fecha",
        "date": "la fecha",
        "code": "el código de asistencia propio del distrito; codes.csv dice qué significa",
        "period": "la clase; vacío: el día entero",
        "portion": "parte del día: 1, 0.5; vacío: la que toma el código",
        "minutes": "minutos perdidos, si el distrito los cuenta",
        "reason": "el motivo dado",
        "updated_at": "cuándo se cambió la línea por última vez, como 2024-09-03T08:15:00-06:00",
    },
    "codes": {
        "": "Una línea por código de asistencia del distrito: qué significa.",
        "code": "el código, como en attendance.csv",
        "kind": "present, tardy, absent_excused, absent_unexcused, absent_unverified, "
        "activity_interscholastic, activity_school, suspension_out, suspension_in, "
        "remote_attended, not_enrolled o no_school",
        "portion": "la parte del día que toma: 1, 0.5",
        "school_id": "solo en esta escuela; vacío: en todas",
        "school_year": "solo en este año; vacío: siempre",
    },
    "submissions": {
        "": "Una línea por escuela: hasta qué día se tomó toda la asistencia.",
        "school_id": _SCHOOL,
        "through_date": "último día cuya asistencia está completa",
    },
    "staff": {
        "": "Una línea por persona del programa. Nadie puede entrar antes de ser invitado.",
        "login": "el nombre con que entra",
        "name": "nombre",
        "role": "advisor, social_worker, caller, coordinator, clerk o administrator",
        "school_ids": "las escuelas de la persona, con ; entre ellas",
    },
    "contacts": {
        "": "Una línea por llamada, visita o carta anterior a Presente, también los intentos.",
        "contact_id": "cualquier número; el mismo número otra vez es el mismo contacto",
        "student_id": _STUDENT,
        "occurred_at": "fecha y hora, como 2024-09-03 17:40",
        "by_login": "quién lo hizo, como en staff.csv",
        "method": "phone_call, home_visit, letter_mail, sms, email, school_meeting, ...",
        "outcome": "spoke_guardian, voicemail_left, no_answer, no_one_home_note_left, ...",
        "role": "la función de la persona entonces; vacío: la de ahora",
        "direction": "outbound (llamamos nosotros; también si está vacío) o inbound",
        "party": "a quién se alcanzó: guardian, student, ...; vacío: según el resultado",
        "met": "con quién se habló, en palabras",
        "note": "nota",
        "school_id": "la escuela entonces; vacío: la del estudiante ese día",
    },
}
"""By table and column; "" is the table itself."""

README_ES = """\
Presente: sus archivos
======================

Cada archivo .csv de aquí es una tabla. Complete lo que tenga y deje fuera lo demás: que falte un
archivo o una columna no es un error. Escuelas, estudiantes y matrículas van primero; la asistencia
las necesita.

- La primera línea nombra las columnas. Su orden no importa, y puede quitar toda columna que los
  comentarios del propio archivo no llamen obligatoria.
- Las líneas que empiezan con # son comentarios. No se leen.
- Las líneas debajo de los comentarios son ejemplos. Ponga las suyas en su lugar: nadie de ellas
  existe.
- Guarde como "CSV UTF-8". También se lee una hoja de un libro de Excel con las mismas columnas.
- Escriba las fechas así: 2024-09-03. Si sus archivos dicen 9/3/2024, impórtelos con --dates mdy, y
  con --dates dmy donde eso es el 9 de marzo.
- Los códigos de asistencia son los suyos. codes.csv dice qué significa cada uno; una importación a
  cuyos códigos les falta alguno se rechaza, con la lista de los que faltan.

Primero mire, luego importe:

    presente import --dry-run {folder}
    presente import {folder}

Los archivos:

"""
