from __future__ import annotations

import pytest

from ecr_constructs.model.unresolved import Unresolved
from ecr_constructs.sources import reading as module
from ecr_constructs.sources.reading import MAX_TEXT, Reading, name_of, show


def test_a_text_may_be_as_long_as_a_template() -> None:
    reading = Reading()
    assert not reading.is_too_long(["x" * MAX_TEXT])
    assert reading.is_too_long(["x" * MAX_TEXT, Unresolved.of("X")])


def test_all_texts_of_an_assembly_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_TEXTS", 10)
    reading = Reading()
    assert [reading.is_too_long(["xxxx"]) for _ in range(4)] == [False, False, True, True]
    assert not reading.is_too_long(["xx"])


def test_what_was_noted_is_told_once_with_its_path() -> None:
    reading = Reading()
    wrong, elsewhere = ["wrong"], ["elsewhere"]
    reading.note("a", "must be b, got c", "write b", wrong)
    reading.note("a", "cannot be told", "say it", elsewhere, known=False)
    document = {"Properties": {"Tags": [{"Key": wrong}]}}
    first, second = reading.take(document)
    assert (first.path, first.severity, first.status) == (
        "Properties.Tags[0].Key",
        "error",
        "fail",
    )
    assert (second.path, second.severity, second.status) == ("", "warning", "unknown")
    assert reading.take(document) == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [("short", "'short'"), ({"a": 1}, "{'a': 1}"), ("x" * 100, None), (list(range(100)), None)],
)
def test_shows_a_value_in_at_most_60_characters(value: object, shown: str | None) -> None:
    assert len(show(value)) <= 60
    assert shown is None or show(value) == shown


def test_names_an_unknown_value_by_its_function_and_argument() -> None:
    assert name_of("Fn::GetAZs", "") == 'Fn::GetAZs("")'
    assert name_of("Fn::Cidr", ["10.0.0.0/8", 1]) == 'Fn::Cidr(["10.0.0.0/8",1])'
    long = name_of("Fn::Base64", "x" * 100)
    assert long.startswith('Fn::Base64("xxx')
    assert len(long) < 100
