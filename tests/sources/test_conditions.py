from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.templates import stack_of

PARAMETERS = {
    "Stage": {"Type": "String", "Default": "dev"},
    "Team": {"Type": "String"},
}
EQUAL, DIFFERENT = {"Fn::Equals": [1, "1"]}, {"Fn::Equals": [1, 2]}
OPEN = {"Fn::Equals": [{"Ref": "Team"}, "a"]}


def _is(expression: Any, **conditions: Any) -> bool | None:
    stack = stack_of(Parameters=PARAMETERS, Conditions={"It": expression, **conditions})
    return stack.condition("It", None)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ({"Fn::Equals": [{"Ref": "Stage"}, "dev"]}, True),
        ({"Fn::Equals": [{"Ref": "Stage"}, "prod"]}, False),
        ({"Fn::Equals": [True, "true"]}, True),
        ({"Fn::Equals": [{"Ref": "Team"}, "a"]}, None),
        ({"Fn::Equals": [{"Ref": "Team"}, {"Ref": "Team"}]}, True),
        ({"Fn::Equals": [{"Fn::Sub": "prod-${Team}"}, "dev"]}, False),
        ({"Fn::Equals": ["dev", {"Fn::Sub": "prod-${Team}"}]}, False),
        ({"Fn::Equals": [{"Fn::Sub": "prod-${Team}"}, "prod-x"]}, None),
        ({"Fn::Equals": [["a"], ["a"]]}, True),
        ({"Fn::Equals": [["a"], [{"Ref": "Team"}]]}, None),
        ({"Fn::Equals": [{"Ref": "AWS::NoValue"}, {"Ref": "AWS::NoValue"}]}, None),
        ({"Fn::Equals": ["a"]}, None),
        ({"Fn::Not": [EQUAL]}, False),
        ({"Fn::Not": [OPEN]}, None),
        ({"Fn::Not": EQUAL}, None),
        ({"Fn::And": [EQUAL, EQUAL]}, True),
        ({"Fn::And": [EQUAL, OPEN]}, None),
        ({"Fn::And": [OPEN, DIFFERENT]}, False),
        ({"Fn::Or": [DIFFERENT, DIFFERENT]}, False),
        ({"Fn::Or": [DIFFERENT, OPEN]}, None),
        ({"Fn::Or": [OPEN, EQUAL]}, True),
        ({"Fn::Or": []}, None),
        ({"Condition": "Other"}, False),
        ({"Condition": ["Other"]}, None),
        ({"Fn::Contains": [["a"], "a"]}, None),
        ({"Fn::Equals": [1, 1], "Fn::Not": [EQUAL]}, None),
        ("IsDev", None),
        (True, None),
    ],
)
def test_evaluates_in_three_values(expression: Any, *, expected: bool | None) -> None:
    assert _is(expression, Other=DIFFERENT) is expected


def test_a_circle_of_conditions_cannot_be_told() -> None:
    assert _is({"Condition": "Other"}, Other={"Condition": "It"}) is None
    assert _is({"Fn::Not": [{"Condition": "It"}]}) is None


def test_conditions_that_nest_too_deep_cannot_be_told() -> None:
    expression: Any = EQUAL
    for _ in range(500):
        expression = {"Fn::Not": [expression]}
    assert _is(expression) is None


def test_a_value_that_is_given_decides() -> None:
    stack = stack_of(
        Parameters=PARAMETERS, Conditions={"It": OPEN}, given={"Team": "a", "Stage": "x"}
    )
    assert stack.condition("It", None) is True


EXPRESSIONS = st.recursive(
    st.sampled_from([EQUAL, DIFFERENT, OPEN]),
    lambda inner: st.builds(
        lambda name, parts: {name: parts[:1] if name == "Fn::Not" else parts},
        st.sampled_from(["Fn::And", "Fn::Or", "Fn::Not"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS, st.sampled_from(["a", "b"]))
def test_an_answer_holds_whatever_the_unknown_value_turns_out_to_be(
    expression: Any, team: str
) -> None:
    stack = stack_of(Parameters=PARAMETERS, Conditions={"It": expression})
    known = stack_of(Parameters=PARAMETERS, Conditions={"It": expression}, given={"Team": team})
    early, late = stack.condition("It", None), known.condition("It", None)
    assert late is not None
    assert early in (None, late)
