"""The database as the rest of the server sees it: something that begins transactions."""

import fcntl
import logging
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from sqlalchemy import Connection, CursorResult, Engine, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import Executable

from server.clock import Clock
from server.db import engines
from server.db.failures import Unreachable, is_unavailable
from server.db.turns import FairLock, Job, Joint, Shared

T = TypeVar("T")

logger = logging.getLogger(__name__)

_SHARE_A_COMMIT = 32
"""Pushes that wait for the writer and are committed together at most."""


class Transaction:
    """What services pass on to stores: a session, the moment, and what must happen last."""

    def __init__(self, session: Session | Connection, at: datetime) -> None:
        self._own = session if isinstance(session, Session) else None
        self._connection = None if isinstance(session, Session) else session
        self.at = at
        self.memo: dict[str, Any] = {}
        """What a layer gathers until the end of the transaction (the feed's touched rows)."""
        self._last: list[Callable[[Transaction], None]] = []

    @property
    def session(self) -> Session:
        """The session; made when first asked for, where statements past it are all that is due."""
        if self._own is None:
            self._own = Session(self._connection, expire_on_commit=False)
        return self._own

    def last(self, action: Callable[["Transaction"], None]) -> None:
        """Run ``action`` just before the commit: the feed takes the counter row then."""
        self._last.append(action)

    def run(
        self, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] = ()
    ) -> CursorResult[*tuple[Any, ...]]:
        """Carry out a statement past the session, in rows; what the session still holds goes first.

        Half the price of the same through the session, and with a statement that is made once, as
        those of stores are, a fifth.
        """
        if self._own is None and self._connection is not None:
            return self._connection.execute(statement, values or None)
        self.session.flush()
        return self.session.connection().execute(statement, values or None)

    def close(self) -> None:
        """Let go of what was read. The connection is its owner's."""
        if self._own is not None:
            self._own.close()

    def forget(self) -> None:
        """Read again what was read before a lock was taken: somebody may have been first."""
        self.session.flush()
        self.session.expire_all()

    @contextmanager
    def savepoint(self) -> Generator[None]:
        """Undo what happens inside when it raises: in the database and in what was gathered."""
        memo = {name: _copy(gathered) for name, gathered in self.memo.items()}
        last = list(self._last)
        try:
            with self.session.begin_nested():
                yield
                self.session.flush()
        except BaseException:
            self.memo, self._last = memo, last
            raise

    @contextmanager
    def part(self) -> Generator["Transaction"]:
        """Open a transaction inside this one: undone alone when it raises, sealed at its end.

        It knows nothing of what earlier parts gathered or read. It becomes durable with the whole.
        """
        self.session.flush()
        self.session.expunge_all()
        with self.session.begin_nested():
            inner = Transaction(self.session, self.at)
            yield inner
            inner.seal()

    def seal(self) -> None:
        """Run what must happen last, once. Nothing but the commit may follow for shared rows."""
        self.session.flush()
        actions, self._last = self._last, []
        for action in actions:
            action(self)
        self.session.flush()


class Database:
    """One SQLite file or one PostgreSQL server.

    On SQLite there is one writer at a time, across threads and processes: a lock in this process
    and a lock file beside the database. SQLite 3.7.0 to 3.51.2 can damage a WAL file when two
    connections write or checkpoint at once (performance.md 5); readers here never do either.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self._lock = FairLock()
        self._shared = Shared(most=_SHARE_A_COMMIT)
        self.writer: Engine
        self.reader: Engine
        if self.is_sqlite:
            self.writer = engines.sqlite(url, pool_size=1)
            self.reader = engines.sqlite(url, pool_size=engines.READERS)
            file = self.writer.url.database
            self._lock_file = Path(f"{file}.writer") if file else None
        else:
            self.writer = engines.postgresql(url)
            self.reader = self.writer.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            self._lock_file = None

    @contextmanager
    def write(self, at: datetime) -> Generator[Transaction]:
        """Open a transaction that writes, at the moment ``at``.

        It is sealed and committed on the way out, and undone if anything is raised. On SQLite it
        holds the writer from its first statement on (BEGIN IMMEDIATE): what it read cannot have
        changed when it writes. On PostgreSQL stores lock the rows they read to change.
        """
        with (
            self._writing(),
            Session(self.writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            tx = Transaction(session, at)
            yield tx
            tx.seal()

    def together(
        self, work: Callable[[Transaction], T], now: Clock, *, joint: Joint | None = None
    ) -> T:
        """Carry out ``work`` in a transaction; return its answer once it is durable.

        On SQLite all who wait for the writer share one commit, in the order in which they came:
        each in a part of its own, so that what one raises undoes only its own. If the commit
        fails, nobody's is recorded and everybody is told. ``joint``: how neighbours who can be
        carried out as one are, with the same answers and rows; what breaks there is undone, and
        each of them is carried out by its ``work``.
        """
        if not self.is_sqlite:
            with self.write(now()) as tx:
                return work(tx)

        def carry_out(jobs: list[Job[Any]]) -> None:
            with self.write(now()) as tx:
                waiting = jobs
                while waiting:
                    count = _jointly(tx, waiting)
                    if not count:
                        _carry_out(tx, waiting[0])
                    waiting = waiting[count or 1 :]

        return self._shared.run(work, carry_out, joint)

    @contextmanager
    def read(self, at: datetime) -> Generator[Transaction]:
        """Open one read snapshot. Any number may be open at once; never writes."""
        with self.reader.connect() as connection, connection.begin():
            tx = Transaction(connection, at)
            try:
                yield tx
            finally:
                tx.close()

    @contextmanager
    def restructure(self) -> Generator[Connection]:
        """Open a transaction that may change tables: alone on SQLite, foreign keys unchecked.

        Altering a table there means copying it and dropping the old one.
        """
        with self._writing(), self.writer.connect() as connection:
            raw = connection.connection.driver_connection
            if self.is_sqlite and raw is not None:
                raw.execute("PRAGMA foreign_keys=OFF")  # ignored inside a transaction
            try:
                with connection.begin():
                    yield connection
            finally:
                if self.is_sqlite and raw is not None:
                    raw.execute("PRAGMA foreign_keys=ON")

    @contextmanager
    def filling(self) -> Generator[None]:
        """Commit without waiting for the disk: at the end all of it is put there at once.

        Only while nobody's work lies in it yet: a power cut may take back what was committed
        inside, as if it had been cut off earlier; it never leaves half a transaction. PostgreSQL
        waits as ever.
        """
        if not self.is_sqlite:
            yield
            return
        self._set(engines.FILLING)
        try:
            yield
        finally:
            # First what guards later work: the checkpoint may fail, on a full disk.
            self._set((*engines.USUAL, "wal_checkpoint(TRUNCATE)"))

    def _set(self, pragmas: Sequence[str]) -> None:
        with self._writing(), self.writer.connect() as connection:
            driver = connection.connection.cursor()
            for pragma in pragmas:
                driver.execute(f"PRAGMA {pragma}")
                driver.fetchall()
            driver.close()

    @contextmanager
    def alone(self, number: int) -> Generator[bool]:
        """Hold a number while inside; tell whether nobody else holds it, on whichever machine.

        On SQLite it is always so: there a lock beside the file has to do.
        """
        if self.is_sqlite:
            yield True
            return
        with self.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            is_ours = bool(connection.scalar(select(func.pg_try_advisory_lock(number))))
            try:
                yield is_ours
            finally:
                if is_ours:
                    connection.execute(select(func.pg_advisory_unlock(number)))

    def close(self) -> None:
        """Close every connection."""
        with self._writing():
            self.reader.dispose()
            self.writer.dispose()

    @contextmanager
    def _writing(self) -> Generator[None]:
        if not self.is_sqlite:
            yield
            return
        with self._lock:
            if self._lock_file is None:
                yield
                return
            with _opened(self._lock_file) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield


def _opened(lock_file: Path) -> BinaryIO:
    try:
        return lock_file.open("ab")
    except OSError as error:
        raise Unreachable(error.errno, error.strerror, error.filename) from error


def _jointly(tx: Transaction, jobs: Sequence[Job[Any]]) -> int:
    """Do the first of several works as one; return how many were done."""
    first = jobs[0].joint
    if first is None:
        return 0
    alike = list(takewhile(lambda job: job.joint and job.joint.carry_out == first.carry_out, jobs))
    try:
        with tx.part() as part:
            answers = first.carry_out(part, [job.joint.given for job in alike if job.joint])
    except Exception as error:
        if _fails_all(error):
            raise
        logger.warning("%s works go one by one: %s", len(alike), type(error).__name__)
        for job in alike:
            job.joint = None
        return 0
    for job, answer in zip(alike, answers, strict=False):
        job.answers.append(answer)
    return len(answers)


def _carry_out(tx: Transaction, job: Job[Any]) -> None:
    """Do one of several works that share a commit. A database that fails, fails them all."""
    try:
        with tx.part() as part:
            job.answers.append(job.work(part))
    except Exception as error:
        if _fails_all(error):
            raise
        job.answers.clear()
        job.error = error


def _fails_all(error: Exception) -> bool:
    """Tell whether the database cannot serve anybody now."""
    return is_unavailable(error) or (
        error.__context__ is not None and is_unavailable(error.__context__)
    )


def _copy(gathered: Any) -> Any:
    return dict(gathered) if isinstance(gathered, dict) else gathered  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  # JSON has no types
