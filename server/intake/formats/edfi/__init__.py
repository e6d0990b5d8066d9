"""Ed-Fi bulk XML of the data standards 2 to 5: interchanges, recognised by their root element."""

from collections.abc import Sequence

from server.intake.files import elements
from server.intake.formats import Reader, Source
from server.intake.formats.edfi.reader import EdFiReader, Interchange

__all__ = ["find"]


def find(sources: Sequence[Source]) -> list[Reader]:
    """Claim the interchanges among these sources; all of them are read as one export."""
    found: list[Interchange] = []
    for source in sources:
        if source.kind != "xml":
            continue
        with source.open() as content:
            root = elements.root_of(source.name, content)
        if root.startswith("Interchange"):
            found.append(Interchange(root=root, source=source))
    return [EdFiReader(found)] if found else []
