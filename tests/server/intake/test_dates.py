from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.intake.columns.dates import Ambiguous, Dates, NoDate, order_of, orders_in
from server.intake.columns.orders import Order
from server.intake.words import lines
from server.problems import Problem

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
SEPARATORS = st.sampled_from("/-.")
ORDERS: st.SearchStrategy[Order] = st.sampled_from(["mdy", "dmy"])


def reading(*written: str, order: Order | None = None, serials: bool = False) -> Dates:
    lines = list(enumerate(written, start=2))
    return Dates("a.csv", lambda: lines, order=order, serials=serials)


def write(day: date, order: Order, separator: str, *, padded: bool = True) -> str:
    month, number = (f"{day.month:02d}", f"{day.day:02d}") if padded else (day.month, day.day)
    first, second = (month, number) if order == "mdy" else (number, month)
    return f"{first}{separator}{second}{separator}{day.year}"


@given(DAYS)
def test_iso_dates_read_themselves(day: date) -> None:
    dates = reading()
    assert dates[day.isoformat()] == day.isoformat()
    assert dates[f"{day.isoformat()}T00:00:00Z"] == day.isoformat()
    assert dates[f"{day.year}/{day.month}/{day.day}"] == day.isoformat()


@given(DAYS, ORDERS, SEPARATORS, st.booleans())
def test_a_told_order_reads_what_was_written_in_it(
    day: date,
    order: Order,
    separator: str,
    padded: bool,  # noqa: FBT001  (hypothesis hands it over by name)
) -> None:
    text = write(day, order, separator, padded=padded)
    assert reading(order=order)[text] == day.isoformat()
    assert reading(order=order)[f"{text} 12:00:00 AM"] == day.isoformat()


@given(st.lists(DAYS, min_size=1, max_size=8), ORDERS, SEPARATORS)
def test_a_file_is_read_right_or_refused_and_never_guessed(
    days: list[date], order: Order, separator: str
) -> None:
    written = [write(day, order, separator) for day in days]
    dates = reading(*written)
    settles = any(day.day > 12 for day in days)
    is_clear = settles or all(day.day == day.month for day in days)
    if is_clear:
        assert [dates[text] for text in written] == [day.isoformat() for day in days]
        return
    unclear = next(text for text, day in zip(written, days, strict=True) if day.day != day.month)
    with pytest.raises(Problem) as caught:
        _ = [dates[text] for text in written]
    assert caught.value.code == "dates_ambiguous"
    month_first = reading(order="mdy")[unclear]
    day_first = reading(order="dmy")[unclear]
    assert month_first in caught.value.detail
    assert day_first in caught.value.detail


def test_a_file_that_uses_both_orders_is_not_read_by_either() -> None:
    dates = reading("13/02/2024", "02/13/2024", "03/04/2024")
    for text in ("13/02/2024", "02/13/2024", "03/04/2024"):
        with pytest.raises(Problem, match="mixes") as caught:
            dates[text]
        assert caught.value.code == "dates_ambiguous"
        assert "line 3: 02/13/2024" in caught.value.detail
    assert dates["2024-03-04"] == "2024-03-04"


def test_one_slip_does_not_spoil_a_file() -> None:
    good = [f"{month}/{day}/2024" for month in range(1, 13) for day in range(13, 26)]
    dates = reading(*good, "31/12/2024")
    assert dates["3/4/2024"] == "2024-03-04"
    with pytest.raises(NoDate) as caught:
        dates["31/12/2024"]
    assert "month, day, year" in lines.remark_of(caught.value.why).reason.en


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("3/14/22", "two digits"),
        ("14-MAR-22", "two digits"),
        ("", "no date"),
        ("soon", "no date"),
        ("2024-02-30", "no date"),
        ("0024-02-03", "no date"),
        ("2024-3", "no date"),
        ("44621", "counts days"),
    ],
)
def test_what_is_no_date(text: str, why: str) -> None:
    with pytest.raises(NoDate) as caught:
        reading(order="mdy")[text]
    assert why in lines.remark_of(caught.value.why).reason.en


def test_a_months_name_reads_itself() -> None:
    dates = reading()
    for text in ("14-MAR-2022", "14 March 2022", "March 14, 2022", "Mar. 14 2022", "20220314"):
        assert dates[text] == "2022-03-14"


def test_a_workbooks_number_is_a_date_only_there() -> None:
    assert reading(serials=True)["44634"] == "2022-03-14"
    assert reading(serials=True)["44634.5"] == "2022-03-14"
    assert reading(serials=True).moment("44634.736111").isoformat() == "2022-03-14T17:40:00"
    assert reading(serials=True).moment("44634").isoformat() == "2022-03-14T00:00:00"


def test_the_order_of_one_text() -> None:
    assert [order_of(text) for text in ("3/14/2022", "14/3/2022", "3/4/2022", "4/4/2022", "x")] == [
        "mdy",
        "dmy",
        "both",
        None,
        None,
    ]
    assert orders_in([(2, "2022-03-04"), (3, "3/4/2022")]) == Ambiguous((3, "3/4/2022"))
    assert orders_in([]) == "mdy"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2024-09-03 17:40", datetime(2024, 9, 3, 17, 40)),  # noqa: DTZ001  (what a file writes has no zone)
        ("9/13/2024 5:40 PM", datetime(2024, 9, 13, 17, 40)),  # noqa: DTZ001  (what a file writes has no zone)
        ("9/13/2024 12:05:30 am", datetime(2024, 9, 13, 0, 5, 30)),  # noqa: DTZ001  (what a file writes has no zone)
        ("2024-09-03", datetime(2024, 9, 3)),  # noqa: DTZ001  (what a file writes has no zone)
        ("2024-09-03T17:40:00Z", datetime(2024, 9, 3, 17, 40, tzinfo=UTC)),
        ("2024-09-03T17:40:00.123+00:00", datetime(2024, 9, 3, 17, 40, tzinfo=UTC)),
    ],
)
def test_moments(text: str, at: datetime) -> None:
    assert reading("9/13/2024").moment(text) == at


@pytest.mark.parametrize("text", ["2024-09-03 25:00", "2024-09-03 soon", "2024-09-03 13:00 PM"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(NoDate):
        reading().moment(text)
