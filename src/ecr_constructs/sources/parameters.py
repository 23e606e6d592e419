"""The values of a template's parameters, and of those that every template has.

Layer: sources; imports ``model`` only.

Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecr_constructs.model.unresolved import Text
from ecr_constructs.sources.text import as_text, fill, plus

if TYPE_CHECKING:
    from ecr_constructs.sources.stack import Stack


def parameter(stack: Stack, name: str) -> Any:
    """Return the value of a parameter that a template declares.

    What is given counts, else the default. A parameter without either is not
    known, nor is one that is only the name of a value in the SSM parameter
    store, nor a secret (``NoEcho``), which must not end in a report.
    """
    declared = stack.parameters[name]
    if not isinstance(declared, dict):
        declared = {}
    kind = declared.get("Type")
    is_elsewhere = isinstance(kind, str) and kind.startswith("AWS::SSM::Parameter::Value<")
    is_secret = declared.get("NoEcho") in (True, "true")
    if stack.given is None or is_elsewhere or is_secret:
        return stack.unknown(name)
    value = declared.get("Default")
    if name in stack.given:
        given = stack.given[name]
        value = given if stack.parent is None else stack.parent.resolve(given)
    is_list = isinstance(kind, str) and kind.startswith(("CommaDelimitedList", "List<"))
    if is_list and isinstance(value, list) and all(as_text(entry) is not None for entry in value):
        return value
    text = as_text(value)
    if isinstance(text, str) and is_list:
        return [entry.strip() for entry in text.split(",")]
    return stack.unknown(name) if text is None or is_list else text


def pseudo_parameters(stack: Stack) -> dict[str, Text]:
    """Return the values of the parameters that every template has; others are not known."""
    environment, name = stack.environment, _stack_name(stack)
    return {
        "AWS::AccountId": environment.account,
        "AWS::Partition": environment.partition,
        "AWS::Region": environment.region,
        "AWS::StackId": fill(
            "arn:{partition}:cloudformation:{region}:{account}:stack/{name}/{id}",
            partition=environment.partition,
            region=environment.region,
            account=environment.account,
            name=name,
            id=stack.unknown("AWS::StackId"),
        ),
        "AWS::StackName": name,
        "AWS::URLSuffix": environment.url_suffix,
    }


def _stack_name(stack: Stack) -> Text:
    if stack.place.is_named:
        return stack.place.name
    end = stack.unknown("AWS::StackName")
    return end if stack.parent is None else plus([f"{stack.place.name}-", end])
