"""The files of an invented district are written while those of the weeks before are loaded."""

from multiprocessing import active_children
from pathlib import Path

import pytest

from server.demo.scale import ahead, files, writing
from server.demo.scale.invent import invent
from server.demo.scale.service import AS_OF


def test_what_another_process_writes_is_what_this_one_would(tmp_path: Path) -> None:
    district = invent("small", 4, AS_OF)
    files.write(district, tmp_path / "here")
    with ahead.written(invent("small", 4, AS_OF), tmp_path / "there", tmp_path) as writer:
        writer.wait_for_all()
    assert _texts(tmp_path / "there") == _texts(tmp_path / "here")


def test_a_delivery_that_was_waited_for_lies_there_whole_with_its_faults(tmp_path: Path) -> None:
    district = invent("small", 4, AS_OF)
    files.write(district, tmp_path / "here")
    with ahead.written(invent("small", 4, AS_OF), tmp_path / "there", tmp_path) as writer:
        for delivery in district.deliveries:
            writer.wait(delivery.number)
            there = writing.folder_of(tmp_path / "there", delivery)
            assert _texts(there) == _texts(writing.folder_of(tmp_path / "here", delivery))


def test_what_stops_the_writing_is_heard_by_who_waits(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("a file where a folder should be", encoding="utf-8")
    with (
        ahead.written(invent("small", 4, AS_OF), tmp_path / "there", tmp_path) as writer,
        pytest.raises(OSError, match="there"),
    ):
        writer.wait(0)


def test_a_writer_that_is_killed_leaves_nobody_waiting(tmp_path: Path) -> None:
    with ahead.written(invent("small", 4, AS_OF), tmp_path / "there", tmp_path) as writer:
        [process] = active_children()
        process.kill()
        with pytest.raises(ahead.CutOff):
            writer.wait_for_all()


def _texts(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
