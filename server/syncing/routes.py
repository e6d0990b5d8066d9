"""HTTP for syncing."""

import gzip
from http import HTTPStatus

import msgspec
from litestar import Response, Router, post

from schemas.sync import VerifyRes
from server.problems import Forbidden
from server.syncing import exchanging, receiving, verifying
from server.web.body import check_type
from server.web.guards import DELIVERY, HEADLESS, signed_of
from server.web.headers import takes_gzip
from server.web.inject import AnyRequest, Db, Given, Now, Sent


@post("/sync/v1", status_code=HTTPStatus.OK, opt={**DELIVERY, **HEADLESS}, sync_to_thread=True)
def exchange(request: AnyRequest, given: Given) -> Response[bytes]:
    """Take mutations; answer with receipts and with what changed.

    200 for every outcome of the protocol: only an envelope that cannot be read, or a phone that
    is not the caller's, is answered with a 4xx.
    """
    sent, db, now, settings = given
    caller = signed_of(request)
    check_type(sent.content_type)
    body = receiving.unpack(sent.raw, request.headers.get("content-encoding", ""))
    asked = receiving.envelope(body)
    if caller.delivers_only and asked.muts:
        raise Forbidden("A delivery token delivers sealed mutations only.", code="sealed_only")
    if not caller.session and caller.device_id != asked.device:
        raise Forbidden("This token is another phone's.", code="not_your_device")
    answer = exchanging.exchange(db, now, caller, asked, settings)
    body = msgspec.json.encode(answer)
    headers = {"vary": "accept-encoding"}
    if len(body) >= _WORTH_PACKING and takes_gzip(request):
        body = gzip.compress(body, _LEVEL, mtime=0)
        headers["content-encoding"] = "gzip"
    return Response(body, headers=headers, media_type="application/json")


_WORTH_PACKING = 1400
"""About what one packet holds."""
_LEVEL = 1
"""A fifth of the bytes for 12 ms a megabyte; the usual 9 takes ten times that for a fifth less."""


@post("/sync/v1/verify", status_code=HTTPStatus.OK, opt=dict(HEADLESS), sync_to_thread=True)
def verify(request: AnyRequest, sent: Sent, db: Db, now: Now) -> VerifyRes:
    """Answer in which roots a phone holds something else than it should."""
    caller = signed_of(request)
    check_type(sent.content_type)
    asked = receiving.verification(
        receiving.unpack(sent.raw, request.headers.get("content-encoding", ""))
    )
    if not caller.session and caller.device_id != asked.device:
        raise Forbidden("This token is another phone's.", code="not_your_device")
    with db.read(now()) as tx:
        return verifying.verify(tx, exchanging.person_of(caller), asked)


ROUTER = Router("/", route_handlers=[exchange, verify], tags=["sync"])
