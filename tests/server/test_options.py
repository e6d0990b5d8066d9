"""Dates and moments on the command line."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from server import cli


def test_a_day_and_a_time_with_its_zone_are_moments() -> None:
    assert cli.a_moment("2022-03-01") == date(2022, 3, 1)
    assert cli.a_moment("2022-03-01T15:00:00+00:00") == datetime(2022, 3, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["snapshot", "--known-at", "monday"], "'monday' is no date; write it as 2022-03-01"),
        (["snapshot", "--known-at", "2022-02-30"], "'2022-02-30' is no date"),
        (["cases", "--known-at", "2022-03-01 8 am"], "is no date or time; write it as"),
        (["cases", "--known-at", "2022-03-01T08:00"], "write the zone too"),
        (
            ["ladder", "counts", "--school-year", "2021-22", "--on", "3/1/2022"],
            "'3/1/2022' is no date; write it as 2022-03-01",
        ),
    ],
)
def test_what_is_no_date_is_told_how_one_is_written(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(words)

    assert stopped.value.code == 2
    assert said in capsys.readouterr().err


def test_a_ladders_file_that_is_not_there_is_said_plainly_with_the_ladders_that_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = cli.main(["ladder", "check", str(tmp_path / "nosuch")])

    said = capsys.readouterr().err
    assert code == 1
    assert f"There is no file {tmp_path / 'nosuch'}." in said
    assert "aps-2014, ca-sarb, nm-afsa" in said
    assert "undone" not in said


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_a_command_is_found_where_the_table_says_by_its_name_alone(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["--lang", "es", name, "--help"])

    assert stopped.value.code == 0
    assert f"presente {name}" in capsys.readouterr().out


def test_every_command_stands_in_the_table_and_in_the_help(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])

    listed = re.findall(r"^    ([a-z]+) ", capsys.readouterr().out, re.MULTILINE)
    assert listed == list(cli.COMMANDS)
