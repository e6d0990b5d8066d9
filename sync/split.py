"""Cuts a request into envelope and mutations when a decoder refuses the whole for one of them.

Half a surrogate pair, a raw control character or deep nesting inside one mutation makes every
JSON decoder give up on the request. Its neighbours must not wait for it: here only quotes,
brackets and commas are read, so whatever a mutation holds stays inside it.
"""

import re

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|(?P<open>))|[\[\]{},:]', re.DOTALL)
"""A text without its end is a token, too: looking for that end again from every quote inside it
would take the square of its length. Nothing is ever given back, so nothing is remembered."""
_OPENERS, _CLOSERS = frozenset({b"[", b"{"}), frozenset({b"]", b"}"})
_LISTS = {b'"muts"': "muts", b'"sealed"': "sealed"}


def split(body: bytes) -> tuple[bytes, dict[str, list[bytes]]] | None:
    """Return the request with its lists emptied, and the raw items of each list by its name.

    None when the brackets do not match, or a text has no end: then it is no request at all.
    """
    cut = _Cut(body)
    for token in _TOKEN.finditer(body):
        if token["open"] is not None:
            return None
        if not cut.read(token.group(), token.start(), token.end()):
            return None
    return cut.result() if not cut.closers and cut.items else None


def is_deeper(text: bytes, most: int) -> bool:
    """Tell whether lists and objects lie in one another more than ``most`` deep."""
    if text.count(b"[") + text.count(b"{") <= most:
        return False
    depth = 0
    for token in _TOKEN.finditer(text):
        mark = token.group()
        depth += (mark in _OPENERS) - (mark in _CLOSERS)
        if depth > most:
            return True
    return False


class _Cut:
    """Reads tokens; remembers where lists and their items begin and end."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.closers: list[bytes] = []
        self.items: dict[str, list[bytes]] = {}
        self._kept: list[bytes] = []
        self._from = 0
        self._key = b""
        self._list = ""
        self._item_from = 0

    def read(self, token: bytes, start: int, end: int) -> bool:
        """Take in one token; False when it closes what was not open."""
        if token in {b"{", b"["}:
            self._open(token, end)
        elif token in {b"}", b"]"}:
            if not self.closers or self.closers.pop() != token:
                return False
            self._close(start)
        elif token == b",":
            self._next(start, end)
        elif token != b":" and len(self.closers) == 1:
            self._key = token
        return True

    def result(self) -> tuple[bytes, dict[str, list[bytes]]]:
        """Return the envelope and the items."""
        return b"".join([*self._kept, self.body[self._from :]]), self.items

    def _open(self, token: bytes, end: int) -> None:
        self.closers.append(b"}" if token == b"{" else b"]")
        if len(self.closers) == 2 and token == b"[" and self._key in _LISTS:  # noqa: PLR2004  (inside the envelope, inside a list of it)
            self._list = _LISTS[self._key]
            self.items[self._list] = []
            self._kept.append(self.body[self._from : end])
            self._item_from = end

    def _close(self, start: int) -> None:
        if self._list and len(self.closers) == 1:
            self._take(start)
            self._from = start
            self._list = ""

    def _next(self, start: int, end: int) -> None:
        if self._list and len(self.closers) == 2:  # noqa: PLR2004  (inside the envelope, inside a list of it)
            self._take(start)
            self._item_from = end

    def _take(self, end: int) -> None:
        item = self.body[self._item_from : end].strip()
        if item:
            self.items[self._list].append(item)
