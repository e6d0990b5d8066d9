"""Ed-Fi XML as invented offices write it: elements, descriptors, interchanges."""

from collections.abc import Iterable
from xml.sax.saxutils import escape

_NAMESPACE = "http://ed-fi.org/5.2.0"


def element(name: str, *inside: str, attributes: str = "") -> str:
    """Return an element around what is inside it."""
    return f"<{name}{attributes}>{''.join(inside)}</{name}>"


def text(name: str, value: object) -> str:
    """Return an element that holds a value; nothing where there is none."""
    return element(name, escape(str(value))) if value not in {"", None} else ""


def word(name: str, descriptor: str, value: str) -> str:
    """Return an element that names one of Ed-Fi's own words."""
    return text(name, f"uri://ed-fi.org/{descriptor}Descriptor#{value}")


def is_true(name: str, *, value: bool) -> str:
    """Return an element that says yes or no."""
    return text(name, str(value).lower())


def interchange(name: str, records: Iterable[str]) -> str:
    """Return a whole file."""
    tag = f"Interchange{name}"
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{tag} xmlns="{_NAMESPACE}">']
    return "\n".join([*lines, *records, f"</{tag}>", ""])
