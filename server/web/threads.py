"""Sizes the pool of threads in which handlers run."""

from concurrent.futures import ThreadPoolExecutor

from litestar.concurrency import set_asyncio_executor

HANDLERS_AT_ONCE = 20
"""Fewer than ``server.db.engines.READERS``: the rest is for imports, backups and the sender."""


def size_threads(count: int = HANDLERS_AT_ONCE) -> None:
    """Let this many handlers run at once. Call before the server starts, once a process."""
    set_asyncio_executor(ThreadPoolExecutor(count, thread_name_prefix="handler"))
