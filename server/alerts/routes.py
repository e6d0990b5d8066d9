"""HTTP for alerts: which device is pushed to."""

from http import HTTPStatus
from uuid import UUID

from litestar import Router, delete, put
from litestar.params import FromQuery

from schemas.alerts import PushSubscription
from server.alerts import service
from server.web.inject import Caller, Config, Db, Now, Sent


@put("/subscription", status_code=HTTPStatus.NO_CONTENT, sync_to_thread=True)
def subscribe(sent: Sent, db: Db, now: Now, caller: Caller, settings: Config) -> None:
    """Push to this device from now on. A second call replaces the first."""
    wanted = sent.to(PushSubscription)
    with db.write(now()) as tx:
        service.subscribe(tx, wanted, user_id=caller.user_id, test_origin=settings.push_test_origin)


@delete("/subscription", status_code=HTTPStatus.NO_CONTENT, sync_to_thread=True)
def unsubscribe(device: FromQuery[UUID], db: Db, now: Now, caller: Caller) -> None:
    """Push to this device no more."""
    with db.write(now()) as tx:
        service.unsubscribe(tx, device, user_id=caller.user_id)


ROUTER = Router("/api/push", route_handlers=[subscribe, unsubscribe])
