"""The statements by which many rows are published together, made once."""

from typing import cast

from sqlalchemy import Table, bindparam, insert, select, update

from server.db.among import among
from server.db.prepared import Many
from server.db.tables.syncing import LinkRow, PublishedRow, RowVersionRow

HELD = (
    select(PublishedRow.key, PublishedRow.ver, PublishedRow.data, PublishedRow.gone)
    .where(
        PublishedRow.ent == bindparam("of_ent"),
        among(PublishedRow.key, "keys"),
    )
    .order_by(PublishedRow.key)
    .with_for_update()
)
"""In the order of keys, so that two who hold the same rows wait for each other only once."""
ROOTS = select(LinkRow.key, LinkRow.root).where(
    LinkRow.ent == bindparam("of_ent"), among(LinkRow.key, "keys")
)
_PUBLISHED = cast("Table", PublishedRow.__table__)
ADD = Many(insert(_PUBLISHED), "ent", "key", "ver", "data", "gone")
CHANGE = Many(
    update(_PUBLISHED)
    .where(_PUBLISHED.c.ent == bindparam("of_ent"), _PUBLISHED.c.key == bindparam("of_key"))
    .values(ver=bindparam("new"), data=bindparam("text"), gone=False),
    *("of_ent", "of_key", "new", "text"),
)
REMEMBER = Many(
    insert(RowVersionRow),
    *("ent", "key", "ver", "data", "at", "by_user_id", "mutation_id"),
)
LINK = Many(insert(LinkRow), "ent", "key", "root")
