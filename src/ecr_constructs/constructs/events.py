"""The EventBridge rules that wait for what happens to images.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_events as events
from constructs import Construct

from ecr_constructs.constructs.ledger import ledger_of
from ecr_constructs.model.event_pattern import EventPattern, FindingSeverity, StorageClass
from ecr_constructs.model.place import Place
from ecr_constructs.model.problem import Problem, Severity, problem_at, refuse
from ecr_constructs.model.unresolved import is_token
from ecr_constructs.service import limits

#: What people hand over without the target around it -> that target, by the classes' names: a
#: look at the classes themselves would load four more modules of CDK.
_TARGETS: Final = {
    "FunctionBase": "LambdaFunction",
    "QueueBase": "SqsQueue",
    "EventBus": "EventBus",
    "StateMachine": "SfnStateMachine",
    "LogGroup": "CloudWatchLogGroup",
}


def define_rule(
    scope: Construct,
    construct_id: str,
    pattern: EventPattern,
    place: Place,
    *,
    target: events.IRuleTarget | None = None,
    description: str | None = None,
    rule_name: str | None = None,
    event_pattern: events.EventPattern | None = None,
) -> events.Rule:
    """Define a rule of the default event bus, to which AWS services send.

    Args:
        scope: Where to define it.
        construct_id: Id in ``scope``.
        pattern: What it waits for.
        place: Where that happens.
        target: What is told of it. Default: nothing, until ``add_target``.
        description: What people read. Default: none.
        rule_name: Its name. Default: CloudFormation makes one up.
        event_pattern: What events have to be beside. Default: nothing.

    Raises:
        ConfigurationError: If no event can be like that, EventBridge would refuse
            the pattern, or the events arrive in another account or Region.
    """
    ledger = ledger_of(scope)
    path = f"{scope.node.path}/{construct_id}".lstrip("/")
    misfits = [
        *_member_problems(pattern),
        *_description_problems(description),
        *_place_problems(scope, place),
        *_target_problems(target),
    ]
    refuse(misfits, path=path)
    given = _typed(pattern).normalise()
    problems = given.problems()
    refuse(problems, path=path)
    written = given.to_cfn(place)
    rule = events.Rule(
        scope,
        construct_id,
        description=description,
        rule_name=rule_name,
        event_pattern=event_pattern,
        targets=None if target is None else [target],
    )
    rule.add_event_pattern(
        source=written["source"],
        detail_type=written["detail-type"],
        resources=_resources(written),
        detail=written["detail"],
    )
    if target is None:
        # Known at the end alone, as it may get one yet.
        ledger.open()
        ledger.at_validation(lambda: _warn(rule, _untold_problems(rule)))
    _warn(rule, problems)
    return rule


def _warn(rule: events.Rule, problems: Iterable[Problem]) -> None:
    for problem in problems:
        if problem.severity is Severity.WARNING:
            cdk.Annotations.of(rule).add_warning_v2(
                f"ecr-constructs:{problem.id}", problem.sentence
            )


def _untold_problems(rule: events.Rule) -> Iterator[Problem]:
    resource = rule.node.default_child
    if isinstance(resource, events.CfnRule) and not rule.stack.resolve(resource.targets):
        yield problem_at(
            "target",
            "target must be given for somebody to be told, got a rule without any",
            "write target=targets.SnsTopic(topic), or call add_target(...) of the rule",
            severity=Severity.WARNING,
        )


def _target_problems(target: object) -> Iterator[Problem]:
    # Of the class, as asking the object itself costs a round trip.
    if target is None or hasattr(type(target), "bind"):
        return
    bases = {base.__name__ for base in type(target).__mro__}
    wrapper = next((each for base, each in _TARGETS.items() if base in bases), "SnsTopic")
    yield problem_at(
        "target",
        f"target must be one of aws_cdk.aws_events_targets, got {_shown(target)}",
        f"write targets.{wrapper}(...)",
    )


def _shown(value: object) -> str:
    return repr(value) if isinstance(value, str) else f"a {type(value).__name__}"


def texts(values: Iterable[str]) -> tuple[str, ...]:
    """Return texts as a tuple; one alone, not in a list, is one text and no list of letters."""
    return (values,) if isinstance(values, str) else tuple(values)


def _resources(written: Mapping[str, Any]) -> list[str] | None:
    """Return what a pattern says of resources, for which jsii takes texts alone."""
    resources = written.get("resources")
    if resources is None or isinstance(resources[0], str):
        return resources
    return events.Match.any_of(*(events.Match.prefix(each["prefix"]) for each in resources))


def _member_problems(pattern: EventPattern) -> Iterator[Problem]:
    for name, value, kind, fix in (
        ("severity", pattern.severity, FindingSeverity, FindingSeverity.HIGH),
        ("storage_class", pattern.storage_class, StorageClass, StorageClass.ARCHIVE),
    ):
        if value is not None and value not in tuple(kind):
            yield problem_at(
                name,
                f"{name} must be one of {', '.join(kind)}, got {value!r}",
                f"write {kind.__name__}.{fix}",
            )


def _description_problems(description: str | None) -> Iterator[Problem]:
    most = limits.EVENT_RULE_DESCRIPTION_MAX
    if description is not None and not is_token(description) and len(description) > most:
        yield problem_at(
            "description",
            f"description must have at most {most} characters, got {len(description)}",
            "shorten it",
        )


def _typed(pattern: EventPattern) -> EventPattern:
    """Return a pattern whose words are members of their enums, as people may write the text."""
    return replace(
        pattern,
        severity=None if pattern.severity is None else FindingSeverity(pattern.severity),
        storage_class=None
        if pattern.storage_class is None
        else StorageClass(pattern.storage_class),
    )


def _place_problems(scope: Construct, place: Place) -> Iterator[Problem]:
    here = ledger_of(scope).place
    for one, other in ((here.account, place.account), (here.region, place.region)):
        if one != other and not is_token(one) and not is_token(other):
            yield problem_at(
                "scope",
                "a rule must lie where the events arrive, in account"
                f" {place.account} and {place.region}, got one in account {here.account} and"
                f" {here.region}",
                "define it there, and let it send to an event bus here",
            )
            return
