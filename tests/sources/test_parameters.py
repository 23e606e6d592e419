from __future__ import annotations

from typing import Any

import pytest
from tests.sources.templates import resolved, shown, stack_of

from ecr_constructs.model.unresolved import Unresolved


@pytest.mark.parametrize(
    ("declared", "given", "expected"),
    [
        ({"Type": "String", "Default": "dev"}, {}, "dev"),
        ({"Type": "String", "Default": "dev"}, {"P": "prod"}, "prod"),
        ({"Type": "String"}, {"P": "prod"}, "prod"),
        ({"Type": "String", "Default": True}, {}, "true"),
        ({"Type": "Number", "Default": 5}, {}, "5"),
        ({"Type": "String", "Default": ""}, {}, ""),
        ({"Type": "CommaDelimitedList", "Default": "a, b"}, {}, ["a", "b"]),
        ({"Type": "List<Number>", "Default": "1,2"}, {}, ["1", "2"]),
        ({"Type": "CommaDelimitedList"}, {"P": "x"}, ["x"]),
    ],
)
def test_has_the_value_that_is_given_or_the_default(
    declared: Any, given: dict[str, str], expected: object
) -> None:
    assert resolved({"Ref": "P"}, Parameters={"P": declared}, given=given) == expected


@pytest.mark.parametrize(
    "declared",
    [
        {"Type": "String"},
        {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/name/of/another"},
        {"Type": "String", "Default": "hunter2", "NoEcho": True},
        {"Type": "String", "Default": "hunter2", "NoEcho": "true"},
        {"Type": "String", "Default": {"not": "text"}},
        {"Type": "String", "Default": ["a"]},
        {"Type": ["odd"]},
        "odd",
    ],
)
def test_is_not_known_without_a_value_that_can_be_told(declared: Any) -> None:
    assert shown({"Ref": "P"}, Parameters={"P": declared}) == "${Main.P}"


def test_an_undeclared_parameter_is_not_there_even_if_it_is_given() -> None:
    stack = stack_of(given={"P": "x"})
    assert stack.resolve({"Ref": "P"}) == Unresolved.of("Main.P")
    assert stack.reading.take({})


def test_a_nested_stack_takes_its_values_from_its_parent() -> None:
    parent = stack_of(Parameters={"Team": {"Type": "String"}})
    child = stack_of(
        Parameters={
            "Name": {"Type": "String"},
            "Names": {"Type": "CommaDelimitedList"},
            "Open": {"Type": "CommaDelimitedList"},
        },
        given={
            "Name": {"Fn::Sub": "api-${Team}"},
            "Names": ["a", {"Ref": "Team"}],
            "Open": {"Ref": "Team"},
        },
    )
    child.parent = parent
    assert child.resolve({"Ref": "Name"}) == parent.resolve({"Fn::Sub": "api-${Team}"})
    assert child.resolve({"Ref": "Names"}) == ["a", Unresolved.of("Main.Team")]
    assert str(child.resolve({"Ref": "Open"})) == "${Main.Open}"


def test_parameters_are_unknown_where_the_parent_computes_which_ones_it_gives() -> None:
    stack = stack_of(Parameters={"P": {"Type": "String", "Default": "dev"}})
    stack.given = None
    assert stack.resolve({"Ref": "P"}) == Unresolved.of("Main.P")


def test_the_id_of_a_stack_has_its_name_and_place() -> None:
    assert shown({"Ref": "AWS::StackId"}) == (
        "arn:aws:cloudformation:eu-west-1:111122223333:stack/Main/${Main.AWS::StackId}"
    )


@pytest.mark.parametrize("name", ["AWS::NotificationARNs", "AWS::Anything"])
def test_other_pseudo_parameters_are_unknown(name: str) -> None:
    assert shown({"Ref": name}) == f"${{Main.{name}}}"
