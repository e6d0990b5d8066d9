"""Decodes request bodies strictly. Litestar's own decoding is lax in four ways (trust.md 3).

A handler takes ``sent: Sent`` and calls ``sent.to(SomeStruct)``. Whatever is wrong becomes a
refusal that names the field; no body, however odd, is answered with a fault of ours.
"""

import re
from collections.abc import Generator
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

import msgspec

from server.problems import Invalid, Problem

T = TypeVar("T")
Tree: TypeAlias = "str | int | float | bool | list[Tree] | dict[str, Tree] | None"

MAX_BYTES = 1024 * 1024
"""Longest body taken in; longer ones are answered 413 before they are read to the end."""

_DECODERS: dict[type[Any], msgspec.json.Decoder[Any]] = {}
"""Made once for each shape of the wire; there are only so many."""
_FIELD = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)
_NAMED = re.compile(r"field `(?P<name>[^`]*)`")


class NotJson(Problem):
    """The body is not declared as JSON: a form of another site could have sent it."""

    status = 415
    code = "not_json"


class TooLong(Problem):
    """The body is longer than the server takes."""

    status = 413
    code = "too_long"


class JsonBody(msgspec.Struct, frozen=True):
    """A body as it came."""

    raw: bytes
    content_type: str

    def to(self, shape: type[T]) -> T:
        """Return the body as ``shape``, or refuse it."""
        return decode(self.raw, self.content_type, shape)


def decode(body: bytes, content_type: str, shape: type[T]) -> T:
    """Return ``body`` as ``shape``.

    Raises ``NotJson`` (415), ``TooLong`` (413) or ``Invalid`` (400, with the field at fault).
    No type is coerced, and no text may hold a NUL: PostgreSQL could not keep it.
    """
    check_type(content_type)
    if len(body) > MAX_BYTES:
        raise TooLong("The message is longer than 1 MiB.")
    try:
        value: T = _decoder(shape).decode(body)
        if rb"\u0000" in body:
            _refuse_nul(value)
    except msgspec.ValidationError as error:
        raise _misfit(str(error)) from None
    except UnicodeError:
        raise Invalid("The message is not valid UTF-8.", code="not_utf8") from None
    except msgspec.DecodeError:
        raise Invalid("The message is not valid JSON.", code="bad_json") from None
    except RecursionError:
        raise Invalid("The message is nested too deeply.", code="too_deep") from None
    return value


def check_type(content_type: str) -> None:
    """Raise ``NotJson`` unless the content type is JSON (in UTF-8, if it says so)."""
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charsets = {part.removeprefix("charset=").strip('"') for part in parameters if part}
    if kind != "application/json" or charsets - {"utf-8"}:
        raise NotJson("Send the message as application/json.")


def _decoder(shape: type[T]) -> msgspec.json.Decoder[T]:
    known = _DECODERS.get(shape)
    if known is None:
        known = _DECODERS[shape] = msgspec.json.Decoder(shape, strict=True)
    return known


def _misfit(message: str) -> Invalid:
    found = _FIELD.match(message)
    what, path = (found["what"], found["path"] or "") if found else (message, "")
    named = _NAMED.search(what)
    field = ".".join(part for part in (path.lstrip("."), named["name"] if named else "") if part)
    return Invalid(
        f"The message does not fit: {what}" + (f" ({field})." if field else "."),
        faults=((field, what),),
    )


def _refuse_nul(value: object) -> None:
    for path, text in _texts(msgspec.to_builtins(value), ""):
        if "\x00" in text:
            raise Invalid(
                f"{path or 'The message'} holds a NUL character, which cannot be kept.",
                faults=((path, "Holds a NUL character."),),
            )


def _texts(value: Tree, path: str) -> Generator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield path, key
            yield from _texts(part, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _texts(part, f"{path}[{place}]")


def moment(text: str, name: str) -> datetime | None:
    """Return the time that a query names, with its zone; None: it names none."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Invalid(
            f"{name} must be a time with its zone, like 2022-03-01T08:00:00Z.",
            faults=((name, "Not a time with a zone."),),
        )
    return found
