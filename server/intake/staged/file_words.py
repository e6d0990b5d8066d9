"""What each file calls Presente's own fields, so that a fault names the file's column."""

from collections.abc import Mapping

import msgspec

from server.intake.records import Fault

BETWEEN = ", "
"""Between the fields of a fault that several of them make together."""


class FileWords:
    """The columns (or elements) of every file, by Presente's words."""

    def __init__(self) -> None:
        self._names: dict[str, dict[str, str]] = {}
        self.own: set[str] = set()
        """Presente's own tables among the files."""

    def learn(self, file: str, names: Mapping[str, str], *, is_own: bool = False) -> None:
        """Take what a file calls some fields, or one value of a field (``date 2025-09-03``).

        ``is_own``: it is one of Presente's own tables.
        """
        if is_own:
            self.own.add(file)
        self._names.setdefault(file, {}).update(names)

    def has(self, file: str, field: str) -> bool:
        """Tell whether a file has a word of its own for a field."""
        return field in self._names.get(file, {})

    def put_into(self, fault: Fault) -> Fault:
        """Return a fault of a check, its field in the file's words."""
        names = self._names.get(fault.file, {})
        of_value = names.get(f"{fault.field} {fault.value}")
        if of_value:
            return msgspec.structs.replace(fault, field=of_value)
        fields = [names.get(field, field) for field in fault.field.split(BETWEEN)]
        return msgspec.structs.replace(fault, field=BETWEEN.join(fields))
