"""Waiting for the one writer, in the order of coming; and sharing one commit with others."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

T = TypeVar("T")


class FairLock:
    """A lock that is handed to whoever has waited longest. A plain one may starve somebody."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Lock] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for it."""
        return len(self._waiting)

    def __enter__(self) -> None:
        """Wait for one's turn."""
        with self._mutex:
            if not self._held:
                self._held = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(self, *_told: object) -> None:
        """Hand the lock on."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False


class Joint(NamedTuple):
    """How several works are carried out as one, where that costs less than one after the other."""

    carry_out: Callable[[Any, Sequence[Any]], Sequence[Any]]
    """Is given a transaction and what each of them is about; answers the first of them, or none."""
    given: Any
    """What this work is about."""


class Job(Generic[T]):
    """One piece of work, and what became of it."""

    def __init__(self, work: Callable[[Any], T], joint: Joint | None = None) -> None:
        self.work = work
        self.joint = joint
        self.answers: list[T] = []
        """Its answer, once it is done."""
        self.error: BaseException | None = None
        self._called = threading.Lock()
        self._called.acquire()

    def wait(self) -> None:
        """Wait until it is done, or until it is one's turn to carry out what waits."""
        self._called.acquire()

    def call(self) -> None:
        """End the waiting."""
        self._called.release()

    @property
    def is_done(self) -> bool:
        """Tell whether it was carried out."""
        return bool(self.answers) or self.error is not None


class Shared:
    """Whoever comes while others work waits; the first who waited then works for all of them.

    There is no thread of its own: one of the callers does it.
    """

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._mutex = threading.Lock()
        self._is_busy = False
        self._waiting: deque[Job[Any]] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    def run(
        self,
        work: Callable[[Any], T],
        carry_out: Callable[[list[Job[Any]]], None],
        joint: Joint | None = None,
    ) -> T:
        """Return what ``work`` answers, or raise what it raised, after all it did is durable.

        ``carry_out`` is given jobs in the order in which they came, this one or others' with it,
        and gives each an answer or an error.
        """
        job: Job[T] = Job(work, joint)
        with self._mutex:
            leads = not self._is_busy
            self._is_busy = True
            if not leads:
                self._waiting.append(job)
        if not leads:
            job.wait()
        if not job.is_done:
            self._lead(job, carry_out)
        if job.error is not None:
            raise job.error
        return job.answers[0]

    def _lead(self, job: Job[Any], carry_out: Callable[[list[Job[Any]]], None]) -> None:
        with self._mutex:
            count = min(len(self._waiting), self._most - 1)
            others = [self._waiting.popleft() for _ in range(count)]
        jobs = [job, *others]
        try:
            carry_out(jobs)
        except BaseException as error:
            for one in jobs:
                one.answers.clear()
                one.error = error
            raise
        finally:
            with self._mutex:
                following = self._waiting.popleft() if self._waiting else None
                self._is_busy = following is not None
            if following is not None:
                following.call()
            for one in others:
                one.call()
