"""Power cuts under the database file: SQLite, and PostgreSQL with its log."""

import os
from collections import Counter
from pathlib import Path

from tests.faults import district
from tests.faults.cluster import cluster
from tests.faults.disk import disk
from tests.faults.field import Field, folder_in
from tests.faults.serving import Served

_MEGABYTES = {"sqlite": 256, "postgres": 640}


def on_sqlite(folder: Path, *, rounds: int, seed: int, synchronous: str = "") -> Counter[str]:
    """Cut the power so often under SQLite; careless, end at the first loss."""
    with disk(folder, megabytes=_MEGABYTES["sqlite"]) as plug:
        data = folder_in(plug.folder, "data")
        with Served(data, log=folder / "server.log", synchronous=synchronous) as server:
            field = Field(district.sqlite_of(data), server.port, seed)
            os.sync()
            with field.at_work() as crowd:
                for _ in range(rounds):
                    server.start(waits=False)
                    field.live(crowd)
                    plug.cut()
                    server.kill()
                    plug.unplug()
                    plug.plug_in()
                    field.counts["cuts"] += 1
                    if field.look() and synchronous:
                        return field.counts
                server.start()
            field.settle()
            server.kill()
    return field.counts


def on_postgres(
    folder: Path, *, rounds: int, seed: int, synchronous_commit: str = "on"
) -> Counter[str]:
    """Cut the power so often under PostgreSQL; careless, end at the first loss."""
    with (
        disk(folder, megabytes=_MEGABYTES["postgres"]) as plug,
        cluster(plug.folder / "pg", synchronous_commit=synchronous_commit) as database,
        Served(folder_in(folder, "data"), database_url=database.url) as server,
    ):
        field = Field(database.url, server.port, seed)
        os.sync()
        with field.at_work() as crowd:
            for _ in range(rounds):
                server.start(waits=False)
                field.live(crowd)
                plug.cut()
                server.kill()
                database.kill()
                plug.unplug()
                plug.plug_in()
                database.start()
                field.counts["cuts"] += 1
                if field.look() and synchronous_commit != "on":
                    return field.counts
            server.start()
        field.settle()
    return field.counts


def on_careless_sqlite(folder: Path, *, rounds: int, seed: int) -> Counter[str]:
    """The same where SQLite does not wait for the disk: something must be lost."""
    return on_sqlite(folder, rounds=rounds, seed=seed, synchronous="OFF")


def on_careless_postgres(folder: Path, *, rounds: int, seed: int) -> Counter[str]:
    """The same where PostgreSQL answers before its log is on the disk."""
    return on_postgres(folder, rounds=rounds, seed=seed, synchronous_commit="off")
