"""Turns every refusal and every fault into one kind of answer, ``schemas.problems.Problem``.

What broke goes to the log by its trace id, without the words of the error: a database puts
people's data into its messages.
"""

import logging
import traceback
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException

from schemas.problems import Fault
from schemas.problems import Problem as ProblemBody
from server.db.failures import Unreachable, is_unavailable
from server.ids import new_id
from server.problems import Busy, Invalid, Problem, TooMany
from server.web.inject import AnyRequest

MEDIA_TYPE = "application/problem+json"

logger = logging.getLogger(__name__)

_CODES = {
    400: "invalid",
    401: "not_signed_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_long",
    415: "not_json",
    429: "too_many",
    503: "busy",
}
_DETAILS = {
    400: "The address or a parameter of the request does not fit.",
    404: "There is nothing here.",
    405: "This cannot be done here.",
    413: "The message is longer than 1 MiB.",
}


def refused(_request: AnyRequest, exc: Problem) -> Response[bytes]:
    """Answer a refusal of ours."""
    faults = exc.faults if isinstance(exc, Invalid) else ()
    headers: dict[str, str] = {}
    if isinstance(exc, TooMany | Busy):
        headers["retry-after"] = str(exc.retry_after)
    return _answer(
        ProblemBody(
            title=HTTPStatus(exc.status).phrase,
            status=exc.status,
            code=exc.code,
            detail=exc.detail,
            detail_es=exc.detail_es,
            faults=[Fault(field=field, message=message) for field, message in faults],
        ),
        headers,
    )


def declined(_request: AnyRequest, exc: HTTPException) -> Response[bytes]:
    """Answer what Litestar itself declined: no such path, too large, a parameter that misfits."""
    status = exc.status_code
    headers = {
        key.lower(): value
        for key, value in (exc.headers or {}).items()
        if key.lower() in {"allow", "retry-after"}
    }
    if status in {429, 503}:
        headers.setdefault("retry-after", "5")
    return _answer(
        ProblemBody(
            title=HTTPStatus(status).phrase,
            status=status,
            code=_CODES.get(status, "refused"),
            detail=_DETAILS.get(status, HTTPStatus(status).description or "Refused."),
        ),
        headers,
    )


def broken(request: AnyRequest, exc: Exception) -> Response[bytes]:
    """Answer a fault of ours, or a database that cannot serve now."""
    if is_unavailable(exc):
        why = str(exc) if isinstance(exc, Unreachable) else type(exc).__name__
        logger.warning("unavailable: %s", why)  # a file and the system's word, nobody's data
        return refused(request, Busy("The server cannot take this now. Send it again."))
    trace_id = new_id().hex
    scope: Any = request.scope
    logger.error(
        "fault %s: %s in %s\n%s",
        trace_id,
        type(exc).__name__,
        scope.get("path_template", ""),
        "".join(traceback.format_tb(exc.__traceback__)),
    )
    return _answer(
        ProblemBody(
            title=HTTPStatus.INTERNAL_SERVER_ERROR.phrase,
            status=500,
            code="internal",
            detail="Something broke on the server. Nothing was changed; try again later.",
            trace_id=trace_id,
        ),
        {},
    )


def _answer(problem: ProblemBody, headers: dict[str, str]) -> Response[bytes]:
    return Response(
        msgspec.json.encode(problem),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )


EXCEPTION_HANDLERS: dict[int | type[Exception], Any] = {
    Problem: refused,
    HTTPException: declined,
    Exception: broken,
}
