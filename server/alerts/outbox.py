"""Puts the push outbox together: what alerts say, with the keys and rules of push.

Only the app imports this; whoever raises alerts needs no HTTP client.
"""

import msgspec

from server.alerts.rules import is_urgent, message_of
from server.clock import Clock
from server.db.database import Database
from server.push.keys import load_or_create
from server.push.message import VapidHeaders
from server.push.outbox import Content, Outbox
from server.push.sender import Sender
from server.push.store import Due
from server.settings import Settings


def build(settings: Settings, *, database: Database, clock: Clock) -> Outbox:
    """Return the sender of this server, for the app's lifespan to start and stop."""

    def compose(due: Due) -> Content:
        message = message_of(
            due.kind, case_id=due.case_id, language=due.language, public_url=settings.public_url
        )
        return Content(msgspec.json.encode(message), is_urgent(due.kind))

    vapid = VapidHeaders(load_or_create(settings.secrets_dir), contact=settings.push_contact)
    sender = Sender(vapid, test_origin=settings.push_test_origin)
    return Outbox(database, clock, sender, compose)
