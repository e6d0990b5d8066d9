"""Refusals. Each has a stable code and one sentence for a person; ``web.errors`` maps them."""


class Problem(Exception):
    """Something asked for was refused, and nothing was changed."""

    status = 400
    code = "refused"
    data: object = None
    """What a program, or a screen, can make of it; for ``--json``."""

    def __init__(self, detail: str, *, code: str | None = None, detail_es: str = "") -> None:
        """``detail_es``: the sentence in Spanish, unless ``detail`` is a ``Told`` that knows it."""
        super().__init__(detail)
        self.detail = str(detail)
        self.detail_es = detail_es or getattr(detail, "es", "")
        if code is not None:
            self.code = code


class NotFound(Problem):
    """It is not there, or not for this person to see: the two are not told apart."""

    status = 404
    code = "not_found"


class NotSignedIn(Problem):
    """Nobody is signed in, or the session ended."""

    status = 401
    code = "not_signed_in"


class Forbidden(Problem):
    """The person's role does not allow this."""

    status = 403
    code = "forbidden"


class Conflicting(Problem):
    """The present state does not allow this."""

    status = 409
    code = "conflicting"


class Invalid(Problem):
    """What was sent does not fit; ``faults`` names each field."""

    status = 400
    code = "invalid"

    def __init__(
        self,
        detail: str,
        *,
        faults: tuple[tuple[str, str], ...] = (),
        code: str | None = None,
        detail_es: str = "",
    ) -> None:
        super().__init__(detail, code=code, detail_es=detail_es)
        self.faults = faults


class TooMany(Problem):
    """Too many tries. ``retry_after`` in seconds."""

    status = 429
    code = "too_many"

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Busy(Problem):
    """The database cannot take it now; nothing was changed. ``retry_after`` in seconds."""

    status = 503
    code = "busy"

    def __init__(self, detail: str, *, retry_after: int = 5) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
