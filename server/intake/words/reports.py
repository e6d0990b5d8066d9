"""What is said of staff, of contacts and of lines that lay in quarantine before."""

from collections.abc import Mapping

from server.intake.words.saying import Both, Remark

_NOTHING = Both("Nothing is to be done.", "No hay nada que hacer.")

REPORTS: Mapping[str, Remark] = {
    "invited_already": Remark(
        Both(
            "This person was invited already and stays as he is.",
            "Esta persona ya fue invitada y queda como está.",
        ),
        Both(
            "Change name, role or schools in Presente.",
            "Cambie el nombre, la función o las escuelas en Presente.",
        ),
    ),
    "staff_school_unknown": Remark(
        Both(
            "No school has this identifier: the person was taken without it.",
            "Ninguna escuela tiene este identificador: se tomó a la persona sin ella.",
        ),
        Both(
            "Import the schools too, or correct the identifier.",
            "Importe también las escuelas o corrija el identificador.",
        ),
    ),
    "role_needs_school": Remark(
        Both(
            "A person with the role {role} sees nothing without a school.",
            "Una persona con la función {role} no ve nada si no tiene escuela.",
        ),
        Both(
            "Fill in the schools, with ; between them.",
            "Escriba las escuelas, separadas por punto y coma.",
        ),
    ),
    "author_unknown": Remark(
        Both(
            "Nobody has this login: a person of this name was made, who cannot sign in.",
            "Nadie tiene este usuario: se creó una persona con este nombre que no puede entrar.",
        ),
        Both(
            "Name him in staff.csv, with name, role and schools.",
            "Inclúyala en staff.csv, con nombre, función y escuelas.",
        ),
    ),
    "contact_changed": Remark(
        Both(
            "Somebody changed this contact in Presente: that stays.",
            "Alguien cambió este contacto en Presente: eso se queda.",
        ),
        Both(
            "Change it in Presente if the file is right.",
            "Cámbielo en Presente si el archivo tiene razón.",
        ),
    ),
    "classes_unknown": Remark(
        Both(
            "{school} has records by class, and how many classes a day has is not known: they "
            "count for no day yet.",
            "{school} tiene registros por clase y no se sabe cuántas clases tiene un día: todavía "
            "no cuentan para ningún día.",
        ),
        Both(
            "Say how many classes a day has: periods_per_day in schools.csv, or periods in "
            "calendar.csv or enrollments.csv.",
            "Diga cuántas clases tiene un día: periods_per_day en schools.csv, o periods en "
            "calendar.csv o enrollments.csv.",
        ),
    ),
    "deletes_unknown": Remark(
        Both("It deletes something nobody knew here.", "Elimina algo que aquí nadie conocía."),
        Both(
            "Nothing is to be done, unless an earlier file was never imported: then import that.",
            "No hay nada que hacer, salvo que falte importar un archivo anterior: impórtelo.",
        ),
    ),
    "mended_before": Remark(
        Both("This line is mended already.", "Esta línea ya está corregida."), _NOTHING
    ),
    "dismissed_before": Remark(
        Both("This line is dismissed already.", "Esta línea ya se dejó fuera."), _NOTHING
    ),
    "element_of_xml": Remark(
        Both(
            "It is an element of XML, not a line of a table.",
            "Es un elemento de XML, no una línea de una tabla.",
        ),
        Both(
            "Correct it at its source and export again.",
            "Corríjalo en su origen y exporte de nuevo.",
        ),
    ),
}
"""By code."""
