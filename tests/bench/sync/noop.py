"""A floor: a Litestar that decodes the same bodies, stores nothing, and answers receipts.

Run as ``python -m tests.bench.sync.noop PORT``.
"""

import sys

import msgspec
import uvicorn
from litestar import Litestar, Response, post

from schemas.base import MutationId
from schemas.sync import Mut, Receipt, SyncReq, SyncRes
from server.clock import system_clock
from server.web.threads import size_threads

_REQUESTS = msgspec.json.Decoder(SyncReq)
_MUTATIONS = msgspec.json.Decoder(Mut)


@post("/sync/v1", status_code=200, sync_to_thread=True)
def answer(body: bytes) -> Response[bytes]:
    """Read everything, keep nothing."""
    asked = _REQUESTS.decode(body)
    muts = [_MUTATIONS.decode(raw) for raw in asked.muts]
    told = SyncRes(
        proto=1,
        epoch="none",
        device=asked.device,
        now=system_clock(),
        next_n=1,
        durable_n=0,
        receipts=[Receipt(n=mut.n, id=MutationId(mut.id), out="applied") for mut in muts],
    )
    return Response(msgspec.json.encode(told), media_type="application/json")


def main() -> None:
    """Serve until ended, as ``presente serve`` does."""
    size_threads()
    app = Litestar([answer], openapi_config=None, logging_config=None)
    uvicorn.run(app, port=int(sys.argv[1]), loop="uvloop", http="httptools", log_level="warning")


if __name__ == "__main__":
    main()
