from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from ecr_constructs.collector import paused_collector


@pytest.fixture(autouse=True)
def _enabled() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def test_pauses_may_lie_in_one_another() -> None:
    with paused_collector():
        with paused_collector():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_goes_on_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), paused_collector():
        _ = 1 // 0
    assert gc.isenabled()


def test_what_was_paused_by_somebody_else_stays_so() -> None:
    gc.disable()
    with paused_collector():
        pass
    assert not gc.isenabled()


def test_functions_are_paused_too() -> None:
    assert paused_collector()(gc.isenabled)() is False
    assert gc.isenabled()
