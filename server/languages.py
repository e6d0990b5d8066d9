"""The two languages that Presente speaks, and a text that knows both."""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["en", "es"]
LANGUAGES: tuple[Language, Language] = ("en", "es")

_NAMES = ("PRESENTE_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
"""Where a machine says which language it is to speak, the first one that is set first."""


class Told(str):
    """A text in English that knows its Spanish, for whoever chooses later."""

    __slots__ = ("es",)
    es: str

    def __new__(cls, en: str, es: str) -> "Told":
        """Return a text in both."""
        text = super().__new__(cls, en)
        text.es = es
        return text

    def in_language(self, language: Language) -> str:
        """Return it in one of the two."""
        return self.es if language == "es" else str(self)


def in_language(text: str, language: Language) -> str:
    """Return a text in a language, as far as it knows it."""
    return text.in_language(language) if isinstance(text, Told) else text


def joined(parts: Iterable[str], between: str = "\n") -> Told:
    """Return texts as one, in both languages; what is no ``Told`` reads the same in both."""
    told = list(parts)
    return Told(between.join(told), between.join(in_language(one, "es") for one in told))


def of_machine(environment: Mapping[str, str]) -> Language:
    """Return the language that the environment asks for: Spanish where it says so, else English."""
    named = next((environment[name] for name in _NAMES if environment.get(name)), "")
    return "es" if named.casefold().partition(".")[0].partition("_")[0] == "es" else "en"
