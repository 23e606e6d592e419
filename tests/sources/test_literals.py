from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecr_constructs.sources.environment import Environment
from ecr_constructs.sources.links import Links
from ecr_constructs.sources.literals import is_literal, marshalled
from ecr_constructs.sources.reading import MAX_DEPTH, Reading
from ecr_constructs.sources.stack import Place, Stack

TEXTS = st.sampled_from(["Ref", "Fn::Sub", "Fn::If", "{{resolve:ssm:x}}", "${A}", "", "é", "AWS"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def resolved(value: Any) -> Any:
    place = Place(name="Main", label="Main", template="Main.template.json")
    stack = Stack(place, {}, Environment.of(None, None), given={}, reading=Reading(), links=Links())
    return stack.resolve(value)


@given(VALUES)
def test_a_literal_is_what_it_resolves_to(value: Any) -> None:
    assert not is_literal(marshalled(value)) or resolved(value) == value


@pytest.mark.parametrize("value", [{"Effect": "Allow", "Action": ["ecr:*"]}, "${A}", [], True])
def test_what_is_written_out_is_a_literal(value: Any) -> None:
    assert is_literal(marshalled(value))


@pytest.mark.parametrize(
    "value", [{"Ref": "A"}, {"a": {"Fn::Sub": "b"}}, ["{{resolve:ssm:x}}"], {"a": {"Fn::New": 1}}]
)
def test_what_is_to_be_resolved_is_none(value: Any) -> None:
    assert not is_literal(marshalled(value))


def test_what_may_nest_too_deep_is_none() -> None:
    value: list[Any] = []
    for _ in range(MAX_DEPTH - 1):
        value = [value]
    assert is_literal(marshalled(value))
    assert not is_literal(marshalled(value), 1)
    for _ in range(5000):
        value = [value]
    assert marshalled(value) == b""
    assert not is_literal(b"")
