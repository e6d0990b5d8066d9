"""Every refusal over HTTP has this one shape (RFC 9457, ``application/problem+json``)."""

from schemas.base import Row


class Fault(Row, frozen=True, kw_only=True):
    """One thing wrong with a request, and where."""

    field: str
    message: str


class Problem(Row, frozen=True, kw_only=True):
    """A refusal. ``code`` is stable, part of the API; ``detail`` is one sentence for a person."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    detail_es: str = ""
    """The same in Spanish; empty: the app has words of its own for the code."""
    faults: list[Fault] = []
    trace_id: str = ""
    """Found in the server's log, when the fault was ours."""
