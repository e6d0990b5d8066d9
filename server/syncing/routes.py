"""HTTP for syncing. One transaction for each mutation, then one snapshot for the answer."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, post

from schemas.base import DeviceId
from schemas.sync import PROTO, Pull, Receipt, SyncReq, SyncRes
from server.clock import Clock
from server.db.database import Database
from server.db.failures import is_unavailable
from server.problems import Forbidden
from server.settings import Settings
from server.syncing import pulling, receiving, service, store
from server.syncing.rules import Item, Person, Taken, Visit
from server.web.body import check_type
from server.web.guards import DELIVERY
from server.web.inject import AnyRequest, Caller, Config, Db, Now
from server.web.sessions import Signed

