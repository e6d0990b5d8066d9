"""Who holds a call, and until when: only the server's clock is asked, and nothing need run."""

from datetime import timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from schemas.tasks import TaskStatus
from sync.leases import (
    LASTS,
    Completed,
    Denied,
    Granted,
    Lease,
    claim,
    complete,
    holder_at,
    release,
)
from tests.conftest import MONDAY

ANA, BEN = uuid4(), uuid4()
HELD = Lease(holder_id=ANA, until=MONDAY + LASTS, token=1)


def test_whoever_asks_first_gets_a_free_call_for_four_hours() -> None:
    assert claim(Lease(), ANA, at=MONDAY) == Granted(MONDAY + timedelta(hours=4), 1)


def test_nobody_else_gets_it_until_the_last_moment_is_over() -> None:
    over = MONDAY + LASTS

    assert claim(HELD, BEN, at=over - timedelta(microseconds=1)) == Denied("taken")
    assert claim(HELD, BEN, at=over) == Granted(over + LASTS, 2)


def test_its_holder_gets_more_time_under_the_same_token() -> None:
    later = MONDAY + timedelta(hours=1)

    assert claim(HELD, ANA, at=later) == Granted(later + LASTS, 1)


def test_only_the_holder_gives_it_back_and_only_the_lease_he_means() -> None:
    assert release(HELD, ANA, fence=1, at=MONDAY) is None
    assert release(HELD, ANA, fence=0, at=MONDAY) is None
    assert release(HELD, ANA, fence=9, at=MONDAY) == Denied("lease_over")
    assert release(HELD, BEN, fence=1, at=MONDAY) == Denied("lease_over")
    assert release(HELD, ANA, fence=1, at=MONDAY + LASTS) == Denied("lease_over")


def test_work_that_was_done_is_always_taken() -> None:
    done = Lease(status=TaskStatus.DONE, token=1)

    assert complete(HELD, ANA, fence=1, at=MONDAY) == Completed(is_first=True, is_late=False)
    assert complete(HELD, BEN, fence=0, at=MONDAY) == Completed(is_first=True, is_late=True)
    assert complete(done, BEN, fence=1, at=MONDAY) == Completed(is_first=False, is_late=True)


def test_what_is_not_open_is_nobodys() -> None:
    for status in (TaskStatus.DONE, TaskStatus.CANCELLED):
        lease = Lease(status=status, holder_id=ANA, until=MONDAY + LASTS, token=1)
        assert holder_at(lease, MONDAY) is None
        assert claim(lease, BEN, at=MONDAY) == Denied("not_open")
        assert release(lease, ANA, fence=1, at=MONDAY) == Denied("not_open")


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([ANA, BEN]), st.integers(0, 300))))
def test_i10_a_call_never_has_two_holders_and_its_token_never_goes_back(
    steps: list[tuple[bool, object, int]],
) -> None:
    lease, at = Lease(), MONDAY
    for is_claim, who, minutes in steps:
        at += timedelta(minutes=minutes)
        before = holder_at(lease, at)
        if is_claim:
            met = claim(lease, who, at=at)  # type: ignore[arg-type]  # hypothesis says object
            if isinstance(met, Granted):
                assert before in {None, who}
                assert met.token == lease.token + (before is None)
                lease = Lease(holder_id=who, until=met.until, token=met.token)  # type: ignore[arg-type]  # the same
        elif release(lease, who, fence=0, at=at) is None:  # type: ignore[arg-type]  # the same
            assert before == who
            lease = Lease(token=lease.token)
