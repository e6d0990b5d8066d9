"""Synergy's own attendance tables with the student's number beside them (domain.md 4.4)."""

import pytest

from server.intake.formats import profile
from tests.support.tables import MemorySource, read_all, source

DAILY = (
    "SIS_NUMBER,SCHOOL_CODE,ABS_DATE,CODE_ABS_REAS1_GU,CODE_ABS_REAS2_GU,ABS_FTE1,ABS_FTE2,NOTE,"
    "CHANGE_DATE_TIME_STAMP\n"
    "000970012,0590,2013-10-14,{one},{one},0.5,0.5,called,2013-10-15 08:00:00\n"
    "000970013,0590,2013-10-14,{one},{two},,,,\n"
    "000970014,0590,2013-10-14,,{two},,0.25,,\n"
    "000970015,0590,2013-10-14,NULL,,NULL,NULL,,\n"
)
REASONS = source("EPC_CODE_ABS_REAS.csv", "CODE_ABS_REAS_GU,ABBREVIATION\nc1,UNX\nc2,MED\n")
OF_YEAR = source(
    "EPC_CODE_ABS_REAS_SCH_YR.csv",
    "CODE_ABS_REAS_SCH_YEAR_GU,CODE_ABS_REAS_GU\nr1,c1\nr2,c2\n",
)


@pytest.mark.parametrize(
    ("one", "two", "beside"),
    [
        ("UNX", "MED", []),
        ("c1", "c2", [REASONS]),
        ("r1", "r2", [REASONS, OF_YEAR]),
    ],
    ids=["as codes", "by the reason", "by the year's reason"],
)
def test_the_daily_table_is_read_by_its_numbers_and_reasons(
    one: str, two: str, beside: list[MemorySource]
) -> None:
    daily = source("EPC_STU_ATT_DAILY.csv", DAILY.format(one=one, two=two))

    sink = read_all(profile.find([daily, *beside]))

    assert sink.faults == []
    assert [
        (line.number, line.school_code, line.code, line.units) for line in sink.events_read
    ] == [
        ("000970012", "0590", "UNX", 840),
        ("000970013", "0590", "UNX", 420),
        ("000970013", "0590", "MED", 420),
        ("000970014", "0590", "MED", 210),
    ]
    assert sink.events_read[0].reason == "called"


def test_a_morning_alone_and_a_reason_that_leads_nowhere() -> None:
    text = "SIS_NUMBER,ABS_DATE,CODE_ABS_REAS1_GU\n1,2013-10-14,c1\n2,2013-10-14,c9\n"

    sink = read_all(profile.find([source("daily.csv", text), REASONS]))

    assert [(line.number, line.code, line.units) for line in sink.events_read] == [
        ("1", "UNX", 420)
    ]
    assert [(fault.line, fault.value) for fault in sink.faults] == [(3, "c9")]


def test_the_table_by_class_is_read_in_the_same_way() -> None:
    text = "SIS_NUMBER,SCHOOL_CODE,ABS_DATE,BELL_PERIOD,CODE_ABS_REAS_GU\n1,590,2013-10-14,3,r1\n"

    sink = read_all(profile.find([source("period.csv", text), REASONS, OF_YEAR]))

    assert [(line.number, line.period, line.code) for line in sink.events_read] == [
        ("1", "3", "UNX")
    ]
