"""Looking for garbage while an import is in hand."""

import gc

import pytest

from server.memory import never_searched, seldom_searched


def _fail() -> None:
    assert gc.get_freeze_count() > 0
    with seldom_searched():
        raise RuntimeError


def test_garbage_is_looked_for_as_ever_once_an_import_has_ended_however_it_ended() -> None:
    before = gc.get_threshold()
    with seldom_searched():
        assert gc.get_threshold()[0] > before[0]
        with pytest.raises(RuntimeError):
            _fail()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def _fail_to_load() -> None:
    with never_searched():
        assert not gc.isenabled()
        raise RuntimeError


def test_garbage_is_looked_for_again_once_loading_has_failed() -> None:
    with pytest.raises(RuntimeError):
        _fail_to_load()
    assert gc.isenabled()
