"""Long lists are cut into what one query takes."""

from itertools import count

from server.db.parts import parts


def test_every_value_comes_once_in_its_order_and_no_part_is_too_long() -> None:
    assert list(parts(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert not list(parts(range(0), 3))


def test_no_more_is_read_than_was_asked_for() -> None:
    endless = count()
    assert next(parts(endless, 2)) == [0, 1]
    assert next(endless) == 2
