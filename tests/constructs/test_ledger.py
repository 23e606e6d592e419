"""Policies are written once, at synthesis; nothing that anybody adds is ever lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import assertions
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct
from tests.synthesis import (
    ACCOUNT,
    ENVIRONMENT,
    OTHER_ACCOUNT,
    new_app,
    new_stack,
    recommended_flags,
    repositories_in,
    synthesise,
)

from ecr_constructs import GovernedRepository, Policy, Principal, Principals, Statement
from ecr_constructs.constructs.ledger import ledger_of

#: Whether CDK calls aspects that other aspects attach; apps of another age have it off.
STABILISATION = "@aws-cdk/core:aspectStabilization"
ROOT = f"arn:aws:iam::{OTHER_ACCOUNT}:root"


@pytest.fixture(params=["bare", "recommended", "unstabilised"])
def flags(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The flags of other tests, and those of an app whose aspects are called in one round."""
    if request.param == "recommended":
        return recommended_flags()
    return {} if request.param == "bare" else {STABILISATION: False}


@jsii.implements(cdk.IAspect)
class At:
    """An aspect that acts once, when one construct is visited."""

    def __init__(self, path: str, act: Callable[[], object]) -> None:
        self._path = path
        self._act: Callable[[], object] | None = act

    def visit(self, node: IConstruct) -> None:
        """Act, if this is the construct and it is the first visit."""
        if self._act is not None and node.node.path == self._path:
            act, self._act = self._act, None
            act()


def accounts_in(resource: dict[str, Any]) -> set[str]:
    """Return the accounts that a repository's policy names."""
    policy = resource["Properties"].get("RepositoryPolicyText", {"Statement": []})
    found: set[str] = set()
    for statement in policy["Statement"]:
        named = statement["Principal"]["AWS"]
        found |= {each.split(":")[4] for each in ([named] if isinstance(named, str) else named)}
    return found


def accounts_of(template: Mapping[str, Any]) -> set[str]:
    (resource,) = repositories_in(template).values()
    return accounts_in(resource)


def by_name(templates: dict[str, Any]) -> dict[str, set[str]]:
    """Return the accounts that each repository's policy names, by the repositories' names."""
    return {
        resource["Properties"]["RepositoryName"]: accounts_in(resource)
        for template in templates.values()
        for resource in repositories_in(template).values()
    }


def allow(repository: GovernedRepository, account: str = OTHER_ACCOUNT) -> None:
    repository.allow_pull(Principals.account(account))


def test_statements_are_written_at_synthesis(stack: cdk.Stack, app: cdk.App) -> None:
    repository = GovernedRepository(stack, "Api")
    allow(repository)
    allow(repository, "333333333333")
    assert accounts_of(synthesise(app)["Stack"]) == {OTHER_ACCOUNT, "333333333333"}


def test_statements_that_were_given_stay_when_others_come(stack: cdk.Stack, app: cdk.App) -> None:
    given = Statement(principals=(Principal("AWS", OTHER_ACCOUNT),), actions=("ecr:PutImage",))
    repository = GovernedRepository(stack, "Api", repository_policy=Policy.of(given))
    allow(repository, "333333333333")
    assert accounts_of(synthesise(app)["Stack"]) == {OTHER_ACCOUNT, "333333333333"}


@pytest.mark.parametrize(
    "path",
    ["", "Stack", "Stack/Before", "Stack/Api", "Stack/Api/Resource", "Stack/After", "Later"],
)
def test_the_first_statement_may_come_from_an_aspect(app: cdk.App, path: str) -> None:
    stack = new_stack(app)
    Construct(stack, "Before")
    repository = GovernedRepository(stack, "Api")
    Construct(stack, "After")
    Construct(app, "Later")
    cdk.Aspects.of(app).add(At(path, lambda: allow(repository)))
    assert accounts_of(synthesise(app)["Stack"]) == {OTHER_ACCOUNT}


@pytest.mark.parametrize("path", ["Stack", "Stack/Api", "Stack/After"])
@pytest.mark.parametrize("priority", [1, 10, 200, 900])
def test_aspects_of_any_priority_may_add_statements(app: cdk.App, path: str, priority: int) -> None:
    stack = new_stack(app)
    repository = GovernedRepository(stack, "Api")
    Construct(stack, "After")
    allow(repository, "333333333333")
    cdk.Aspects.of(app).add(At(path, lambda: allow(repository)), priority=priority)
    assert accounts_of(synthesise(app)["Stack"]) == {OTHER_ACCOUNT, "333333333333"}


def test_a_grant_of_an_aspect_through_cdk_is_written(app: cdk.App) -> None:
    stack = new_stack(app)
    repository = GovernedRepository(stack, "Api")
    Construct(stack, "After")
    role = iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{OTHER_ACCOUNT}:role/R")
    cdk.Aspects.of(app).add(At("Stack/After", lambda: repository.grant_pull(role)))
    assert accounts_of(synthesise(app)["Stack"]) == {OTHER_ACCOUNT}


@pytest.mark.parametrize("path", ["Stack", "Stack/Before"])
def test_a_repository_that_an_aspect_defines_keeps_its_policy_or_fails(
    app: cdk.App, flags: dict[str, Any], path: str
) -> None:
    stack = new_stack(app)
    Construct(stack, "Before")
    cdk.Aspects.of(app).add(At(path, lambda: allow(GovernedRepository(stack, "Api"))))
    if flags.get(STABILISATION, True) or path == "Stack":
        assert accounts_of(synthesise(app)["Stack"]) == {OTHER_ACCOUNT}
    else:
        sentence = r"\[Stack\] the policy of Stack/Api was not written, .*; define one before"
        with pytest.raises(RuntimeError, match=sentence):
            app.synth()


def test_other_policies_stay_when_a_repository_is_removed(app: cdk.App) -> None:
    stack = new_stack(app)
    first, second = GovernedRepository(stack, "First"), GovernedRepository(stack, "Second")
    allow(first)
    allow(second, "333333333333")
    assert stack.node.try_remove_child("First")
    assert accounts_of(synthesise(app)["Stack"]) == {"333333333333"}


def test_each_stack_has_its_own(app: cdk.App) -> None:
    repositories = [
        GovernedRepository(new_stack(app, name), "Api", repository_name=f"{name.lower()}/api")
        for name in ("First", "Second")
    ]
    for repository, account in zip(repositories, (OTHER_ACCOUNT, "333333333333"), strict=True):
        allow(repository, account)
    templates = synthesise(app)
    assert accounts_of(templates["First"]) == {OTHER_ACCOUNT}
    assert accounts_of(templates["Second"]) == {"333333333333"}


def test_nested_stacks_are_written(app: cdk.App) -> None:
    parent = new_stack(app)
    outer = GovernedRepository(parent, "Api", repository_name="outer/api")
    nested = cdk.NestedStack(parent, "Nested")
    inner = GovernedRepository(nested, "Api", repository_name="inner/api")
    innermost = GovernedRepository(
        cdk.NestedStack(nested, "Deeper"), "Api", repository_name="innermost/api"
    )
    for repository, account in (
        (innermost, "444444444444"),
        (outer, OTHER_ACCOUNT),
        (inner, "333333333333"),
    ):
        allow(repository, account)
    assert by_name(synthesise(app)) == {
        "outer/api": {OTHER_ACCOUNT},
        "inner/api": {"333333333333"},
        "innermost/api": {"444444444444"},
    }


def test_a_nested_stack_may_name_a_role_of_its_parent(app: cdk.App) -> None:
    parent = new_stack(app)
    role = iam.Role(parent, "Role", assumed_by=iam.AccountRootPrincipal())
    repository = GovernedRepository(cdk.NestedStack(parent, "Nested"), "Api")
    repository.allow_pull(Principals.role(role))
    (nested,) = [each for each in synthesise(app).values() if repositories_in(each)]
    (resource,) = repositories_in(nested).values()
    (statement,) = resource["Properties"]["RepositoryPolicyText"]["Statement"]
    assert list(statement["Principal"]["AWS"]) == ["Ref"]  # a parameter of the nested stack


def test_a_stage_that_is_synthesised_early_does_not_close_the_others(app: cdk.App) -> None:
    stage, another = (cdk.Stage(app, name, env=ENVIRONMENT) for name in ("Early", "Late"))
    early = GovernedRepository(new_stack(stage), "Api", repository_name="early/api")
    late = GovernedRepository(new_stack(another), "Api", repository_name="late/api")
    outside = GovernedRepository(new_stack(app), "Api", repository_name="outside/api")
    allow(early)
    assert by_name(synthesise(stage)) == {"early/api": {OTHER_ACCOUNT}}
    allow(late, "333333333333")
    allow(outside, "444444444444")
    assert by_name(synthesise(app)) == {
        "early/api": {OTHER_ACCOUNT},
        "late/api": {"333333333333"},
        "outside/api": {"444444444444"},
    }


def test_a_stage_that_is_synthesised_again_has_what_came_between(app: cdk.App) -> None:
    stage = cdk.Stage(app, "Prod", env=ENVIRONMENT)
    repository = GovernedRepository(new_stack(stage), "Api")
    allow(repository)
    stage.synth()
    allow(repository, "333333333333")
    again = stage.synth(force=True).get_stack_by_name("Prod-Stack").template
    assert accounts_of(again) == {OTHER_ACCOUNT, "333333333333"}


def test_a_template_can_be_asked_for_twice(stack: cdk.Stack) -> None:
    allow(GovernedRepository(stack, "Api"))
    first = assertions.Template.from_stack(stack).to_json()
    second = assertions.Template.from_stack(stack).to_json()
    assert first == second
    assert accounts_of(first) == {OTHER_ACCOUNT}


def test_one_template_after_another_of_one_app(app: cdk.App) -> None:
    stacks = [new_stack(app, name) for name in ("First", "Second")]
    for stack in stacks:
        allow(GovernedRepository(stack, "Api"))
    for stack in reversed(stacks):
        template = assertions.Template.from_stack(stack).to_json()
        assert accounts_of(template) == {OTHER_ACCOUNT}


def test_a_repository_without_statements_has_no_policy(stack: cdk.Stack, app: cdk.App) -> None:
    allow(GovernedRepository(stack, "Web"))
    GovernedRepository(stack, "Api")
    resources = repositories_in(synthesise(app)["Stack"])
    assert "RepositoryPolicyText" not in resources["ApiF70053CD"]["Properties"]


def test_cdks_aspects_see_the_policy(app: cdk.App) -> None:
    seen: list[str] = []
    stack = new_stack(app)
    repository = GovernedRepository(stack, "Api")
    allow(repository)

    def look() -> None:
        cfn = repository.node.default_child
        seen.append(json.dumps(getattr(cfn, "repository_policy_text", None)))

    cdk.Aspects.of(app).add(At("Stack/Api/Resource", look))
    app.synth()
    assert ROOT in seen[0]


@pytest.mark.parametrize(
    ("env", "place"),
    [
        (ENVIRONMENT, (ACCOUNT, "eu-west-1", "aws")),
        (cdk.Environment(region="us-gov-west-1"), (None, "us-gov-west-1", "aws-us-gov")),
        (cdk.Environment(account=ACCOUNT), (ACCOUNT, None, None)),
        (None, (None, None, None)),
    ],
)
def test_a_ledger_knows_where_its_stack_lies(
    env: cdk.Environment | None, place: tuple[str | None, ...]
) -> None:
    known = ledger_of(new_stack(env=env)).place
    found = (known.account, known.region, known.partition)
    assert tuple(None if cdk.Token.is_unresolved(each) else each for each in found) == place


def test_one_ledger_serves_a_stack_and_what_lies_in_it() -> None:
    app = new_app()
    stack = new_stack(app)
    inner = Construct(Construct(stack, "Team"), "Service")
    nested = cdk.NestedStack(stack, "Nested")
    assert ledger_of(stack) is ledger_of(inner)
    assert ledger_of(stack) is not ledger_of(nested)
    assert ledger_of(stack) is not ledger_of(new_stack(app, "Other"))
