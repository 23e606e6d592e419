"""Policies in words.

Layer: review.
"""

from __future__ import annotations

import re

from ecr_constructs.model.lifecycle import (
    ActionType,
    CountType,
    LifecyclePolicy,
    LifecycleRule,
    TagStatus,
)
from ecr_constructs.model.problem import Malformed
from ecr_constructs.model.statement import Condition, Effect, Principal, Statement
from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.service import actions

#: What a set of actions is for, widest first; the first that is covered names it.
_PURPOSES = (
    ("pull and push", actions.PULL_PUSH),
    ("pull", frozenset({"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"})),
    ("push", actions.PUSH),
    ("delete images", frozenset({"ecr:BatchDeleteImage"})),
    ("read", actions.READ | {"ecr:ListImages"}),
    ("read", actions.READ),
)
_INSIDE = {
    "aws:principalorgid": "of organisation {}",
    "aws:principalorgpaths": "below {}",
    "aws:principalarn": "as {}",
    "aws:principalaccount": "of account {}",
    "aws:sourcearn": "for {}",
    "aws:sourceaccount": "for account {}",
    "aws:sourcevpce": "through {}",
    "aws:sourcevpc": "from {}",
    "aws:sourceip": "from {}",
}
_OUTSIDE = {
    "aws:principalorgid": "outside organisation {}",
    "aws:principalorgpaths": "outside {}",
    "aws:principalaccount": "outside account {}",
    "aws:principalarn": "but {}",
    "aws:sourcevpce": "not through {}",
    "aws:sourcevpc": "not from {}",
    "aws:sourceip": "not from {}",
}


def describe_rule(rule: LifecycleRule) -> str:
    """Say what a lifecycle rule does: ``untagged: expire after 14 days``."""
    tags = rule.tag_pattern_list or tuple(f"{p}*" for p in rule.tag_prefix_list or ())
    who = " and ".join(tags) if rule.tag_status == TagStatus.TAGGED else str(rule.tag_status)
    verb = "archive" if rule.action == ActionType.TRANSITION else "expire"
    number = rule.count_number
    match rule.count_type:
        case CountType.IMAGE_COUNT_MORE_THAN:
            what = f"keep the newest {number:,}, {verb} the others"
        case CountType.SINCE_IMAGE_PULLED:
            what = f"{verb} {number:,} days after the last pull"
        case CountType.SINCE_IMAGE_TRANSITIONED:
            what = f"{verb} after {number:,} days in the archive"
        case _:
            what = f"{verb} after {number:,} days"
    return f"{who}: {what}"


def describe_lifecycle(policy: LifecyclePolicy | Malformed | Unresolved | None) -> tuple[str, ...]:
    """Say what a lifecycle policy does, a line for each rule in the order of priority."""
    if policy is None:
        return ("images are kept for ever",)
    if isinstance(policy, Malformed):
        return ("ECR refuses the policy",)
    if isinstance(policy, Unresolved):
        return (f"cannot be told: {policy.text}",)
    return tuple(describe_rule(rule) for rule in policy.normalise().rules)


def describe_statement(statement: Statement) -> str:
    """Say what a statement does: ``account 111122223333 may pull``."""
    named = statement.principals or statement.not_principals
    who = ", ".join(_principal(principal) for principal in named)
    if statement.not_principals:
        who = f"everybody but {who}"
    bounds = [_condition(condition) for condition in statement.conditions]
    if statement.has_condition("aws:SourceArn"):
        # The ARN tells the account already.
        bounds = [
            bound
            for bound, condition in zip(bounds, statement.conditions, strict=True)
            if condition.key.lower() != "aws:sourceaccount"
        ]
    verb = "may" if statement.effect is Effect.ALLOW else "must not"
    return " ".join((who, *sorted(bounds, key=_asides_last), verb, _actions(statement)))


def _asides_last(bound: str) -> bool:
    return bound.startswith(("(", "if "))


def _actions(statement: Statement) -> str:
    if statement.not_actions:
        return f"do everything but {', '.join(map(str, statement.not_actions))}"
    covered = {
        action
        for pattern in statement.actions
        if isinstance(pattern, str)
        for action in actions.expand(pattern)
    }
    if covered == actions.REPOSITORY:
        return "do everything"
    words = []
    rest = set(covered)
    for purpose, wanted in _PURPOSES:
        if wanted <= covered and rest & wanted:
            words.append(purpose)
            rest -= wanted | actions.PULL
    if not words or rest:
        words += [action.removeprefix("ecr:") for action in sorted(rest)] or map(
            str, statement.actions
        )
    return ", ".join(words)


def _principal(principal: Principal) -> str:
    if principal.is_anyone:
        return "anybody"
    value = str(principal.value)
    found = re.fullmatch(r"arn:[^:]+:iam::([0-9]{12}):root", value)
    if found:
        return f"account {found[1]}"
    return value


def _condition(condition: Condition) -> str:
    operator, key = condition.operator.lower().removeprefix("foranyvalue:"), condition.key.lower()
    values = " or ".join(map(str, condition.values))
    if (operator, key, values) == ("boolifexists", "aws:principalisawsservice", "false"):
        return "(AWS services excepted)"
    if key == "aws:sourcearn" and not operator.endswith("ifexists"):
        values = " or ".join(_source(value) for value in condition.values)
    phrases = _OUTSIDE if "not" in operator else _INSIDE
    if key not in phrases or operator.endswith("ifexists"):
        return f"if {condition.operator} {condition.key} {values}"
    return phrases[key].format(values)


def _source(arn: Text) -> str:
    fields = str(arn).split(":", 5)
    if len(fields) < 6:  # noqa: PLR2004 - fields of an ARN
        return str(arn)
    return f"{fields[5]} of account {fields[4]} in {fields[3]}"
