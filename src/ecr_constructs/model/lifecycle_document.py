"""What Amazon ECR refuses in a lifecycle policy document: the one validator.

Layer: model; imports ``service``, the grammar and the problem's shape.

It works on raw JSON. A typed policy is checked on the document that it
becomes, so that the value and the document say the same things.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
and https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
"""

from __future__ import annotations

import json
from typing import Final

from ecr_constructs.model.json_shape import (
    Member,
    Problems,
    check_object,
    is_list,
    is_object,
    wrong,
)
from ecr_constructs.model.lifecycle_between import between_rules
from ecr_constructs.model.lifecycle_rule_problems import rule_problems
from ecr_constructs.model.lifecycle_sound import read_sound
from ecr_constructs.model.problem import Problem
from ecr_constructs.service import limits

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def document_problems(document: object) -> list[Problem]:
    """Return everything that Amazon ECR would refuse in a lifecycle policy document.

    A point that no source settles is a warning which says so.

    Args:
        document: The parsed JSON of a policy: ``{"rules": [...]}``.

    Returns:
        The problems with their JSON paths, such as
        ``rules[2].selection.countNumber``: first those inside a rule, in the
        order of the document, then those between rules, last the size.
    """
    return found_in(document) if read_sound(document) is None else []


def found_in(document: object) -> list[Problem]:
    """Return the problems of a document by looking at all of it; see :func:`document_problems`."""
    problems = list(check_object(_POLICY, document, ""))
    if is_object(document):
        rules = document.get("rules")
        if is_list(rules):
            problems += between_rules(rules)
        problems += _size(document, broken=bool(problems))
    return problems


def compact_json(document: object) -> str:
    """Return the JSON text of ``document`` without white space, in the order of its members."""
    return _encode(document)


def _rules(value: object, path: str) -> Problems:
    if not is_list(value):
        yield wrong("type", path, "must be a list of rules", value, "write [{...}]")
        return
    if not value:
        yield Problem(
            id="rule-count",
            message=f"{path} must hold 1 to {limits.LIFECYCLE_RULES} rules, got 0",
            fix="write a rule or leave the policy out, as a text below "
            f"{limits.LIFECYCLE_TEXT_MIN} characters is refused",
            path=path,
        )
    if len(value) > limits.LIFECYCLE_RULES:
        yield Problem(
            id="rule-count",
            message=f"{path} must hold 1 to {limits.LIFECYCLE_RULES} rules, got {len(value)}",
            fix="merge rules",
            path=path,
        )
    for index, rule in enumerate(value):
        yield from rule_problems(rule, f"{path}[{index}]")


def _size(document: object, *, broken: bool) -> Problems:
    """Check the length of the compact text, which is what reaches ECR."""
    try:
        length = len(compact_json(document))
    except (TypeError, ValueError, RecursionError):
        return  # no JSON: its type is reported where it stands
    low, high = limits.LIFECYCLE_TEXT_MIN, limits.LIFECYCLE_TEXT_MAX
    if length > high or (length < low and not broken):
        yield Problem(
            id="text-size",
            message=f"the text of the policy must have {low} to {high} characters, got {length}",
            fix="shorten the descriptions or merge rules",
        )


_POLICY: Final = {"rules": Member(_rules, required=True)}
