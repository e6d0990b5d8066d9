"""Checked access to one element's fields, whichever version of the standard wrote them.

Names are with a parent or without one, references are nested, flattened or by ``ref``, and
descriptors are URIs, ``CodeValue`` elements or plain enumerations.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from xml.etree.ElementTree import Element

from server.intake.files.elements import Item, word_of
from server.intake.records import Fault, Origin
from server.intake.words.saying import Why, why
from server.people.rules import written

Identity = Mapping[str, str]
"""What a reference or an element says of who it is: ``StudentUniqueId`` -> "604821"."""

STUDENT = ("StudentUniqueId", "StudentUniqueStateId")
SCHOOL = ("SchoolId", "EducationOrganizationId", "StateOrganizationId")
CONTACT = ("ContactUniqueId", "ParentUniqueId")
SECTION = ("SectionIdentifier", "UniqueSectionCode")
PERIOD = ("ClassPeriodName",)
_NAMED = frozenset(
    {*STUDENT, *SCHOOL, *CONTACT, *SECTION, *PERIOD, "SchoolYear", "SessionName", "CalendarCode"}
)

SCHOOL_REFERENCES = (
    "SchoolReference",
    "EducationOrganizationReference",
    "EducationalOrgReference",
    "EducationOrgReference",
)


class NotUnderstood(Exception):
    """An element cannot be taken; it carries the fault for the report."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


class NotYet(Exception):
    """An element refers by ``ref`` to one that was not read yet."""


class Reading:
    """One element being read: its place, and checked access to its fields."""

    def __init__(self, item: Item, file: str, ids: Mapping[str, Identity], *, last: bool) -> None:
        self.item = item
        self.element = item.element
        self.origin = Origin(file=file, line=item.line, element=f"{item.name} {item.number}")
        self._ids = ids
        self._last = last

    def refuse(self, field: str, value: str, because: Why) -> NotUnderstood:
        """Return what to raise about a field."""
        return NotUnderstood(self.origin.fault(field, value, because))

    def text(self, *paths: str) -> str:
        """Return the first of these fields that says anything."""
        found = (self.item.text(path) for path in paths)
        return next((written(text) for text in found if text), "")

    def word(self, *paths: str) -> str:
        """Return the first code value at these paths."""
        found = (self.item.word(path) for path in paths)
        return next((word for word in found if word), "")

    def need(self, *paths: str) -> str:
        """Return a field that must be there."""
        text = self.text(*paths)
        if not text:
            raise self._missing(paths[0])
        return text

    def need_date(self, *paths: str) -> date:
        """Return a date that must be there."""
        return self._date(paths[0], self.need(*paths))

    def find_date(self, *paths: str) -> date | None:
        """Return a date, if there is one."""
        text = self.text(*paths)
        return self._date(paths[0], text) if text else None

    def is_true(self, path: str) -> bool:
        """Return a yes or no; nothing means no."""
        return self.item.text(path).casefold() in {"true", "1"}

    def named(self, references: Sequence[str], names: Sequence[str]) -> str:
        """Return how a reference names what it refers to; empty when it does not.

        The name stands anywhere inside the first of these references that is there, or bare in
        the element. Raises ``NotYet`` when it is a ``ref`` to something that may still come.
        """
        reference = self.reference(references)
        if reference is None:
            return self.text(*names)
        identity = identity_of(reference, self._ids)
        found = next((identity[name] for name in names if name in identity), "")
        if not found and reference.get("ref") and not self._last:
            raise NotYet
        return found

    def need_named(self, references: Sequence[str], names: Sequence[str]) -> str:
        """Return how a reference names what it refers to. It must."""
        found = self.named(references, names)
        if not found:
            reference = self.reference(references)
            ref = "" if reference is None else reference.get("ref", "")
            if ref:
                raise self.refuse(references[0], ref, why("id_unknown"))
            raise self._missing(names[0])
        return found

    def reference(self, references: Sequence[str]) -> Element | None:
        """Return the first of these references that the element has."""
        found = (self.element.find(name) for name in references)
        return next((one for one in found if one is not None), None)

    def student(self) -> str:
        """Return the number of the student whom the element is about."""
        return self.need_named(("StudentReference",), STUDENT)

    def school(self) -> str:
        """Return the code of the school that the element is about."""
        return self.need_named(SCHOOL_REFERENCES, SCHOOL)

    def identities(self, reference: str) -> list[Identity]:
        """Return who each of several references of one name means."""
        return [identity_of(one, self._ids) for one in self.element.findall(reference)]

    def _missing(self, field: str) -> NotUnderstood:
        return self.refuse(field, "", why("missing_at_source"))

    def _date(self, path: str, text: str) -> date:
        try:
            return date.fromisoformat(text[:10])
        except ValueError as fault:
            raise self.refuse(path, text, why("no_date")) from fault


def identity_of(element: Element, ids: Mapping[str, Identity]) -> dict[str, str]:
    """Return the names inside an element, following ``ref``. The first name of a kind holds."""
    found: dict[str, str] = {}
    for one in element.iter():
        name = one.tag.rpartition("}")[2]
        if name in _NAMED and name not in found:
            text = written((one.text or "").strip())
            if text:
                found[name] = text
    for one in element.iter():
        ref = one.get("ref")
        if ref:
            for name, text in ids.get(ref, {}).items():
                found.setdefault(name, text)
    return found


def inner(element: Element, name: str) -> str:
    """Return the text of a child, as people write."""
    return written((element.findtext(name) or "").strip())


def inner_word(element: Element, name: str) -> str:
    """Return the code value of a child."""
    return word_of(element.find(name))
