"""SIGKILL of the server at any moment: while it starts, reads, writes, commits, answers."""

from collections import Counter
from pathlib import Path

from tests.faults import district
from tests.faults.cluster import cluster
from tests.faults.field import Field, folder_in
from tests.faults.serving import Served

_WITH_ITS_DATABASE = 5
"""Each so manieth time PostgreSQL is killed too, under a server that lives on."""


def on_sqlite(folder: Path, *, rounds: int, seed: int) -> Counter[str]:
    """Kill the server so often, while devices go on; return what became of their work."""
    data = folder_in(folder, "data")
    with Served(data) as server:
        field = Field(district.sqlite_of(data), server.port, seed)
        with field.at_work() as crowd:
            for _ in range(rounds):
                server.start(waits=False)
                field.live(crowd)
                server.kill()
                field.counts["kills"] += 1
                field.look()
            server.start()
        field.settle()
    return field.counts


def on_postgres(folder: Path, *, rounds: int, seed: int) -> Counter[str]:
    """The same on PostgreSQL, which is itself killed at times: then it is away, and comes back."""
    with (
        cluster(folder_in(folder, "pg")) as database,
        Served(folder_in(folder, "data"), database_url=database.url) as server,
    ):
        field = Field(database.url, server.port, seed)
        with field.at_work() as crowd:
            for number in range(rounds):
                server.start(waits=False)
                field.live(crowd)
                if number % _WITH_ITS_DATABASE == 0:
                    database.kill()
                    database.start()
                    field.live(crowd, revive=server.revive)
                    field.counts["kills of PostgreSQL"] += 1
                server.kill()
                field.counts["kills"] += 1
                field.look()
            server.start()
        field.settle()
    return field.counts
