"""Ids are part of the API: another logical id replaces a repository and loses its images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from constructs import Construct
from tests.synthesis import (
    ENVIRONMENT,
    OTHER_ACCOUNT,
    new_app,
    new_stack,
    repositories_in,
    synthesise,
)

from ecr_constructs import GovernedRepository, Principals

Define: TypeAlias = Callable[[Construct, str], Any]


def directly(stack: cdk.Stack, define: Define) -> None:
    define(stack, "Api")


def with_another_id(stack: cdk.Stack, define: Define) -> None:
    define(stack, "Payments-Api_2")


def below_a_construct(stack: cdk.Stack, define: Define) -> None:
    define(Construct(Construct(stack, "Team"), "Service"), "Api")


def under_the_id_resource(stack: cdk.Stack, define: Define) -> None:
    define(Construct(stack, "Api"), "Resource")


def under_the_id_default(stack: cdk.Stack, define: Define) -> None:
    define(Construct(stack, "Api"), "Default")


def twice(stack: cdk.Stack, define: Define) -> None:
    define(stack, "Api")
    define(stack, "Web")


@pytest.mark.parametrize(
    ("layout", "golden"),
    [
        (directly, ["ApiF70053CD"]),
        (with_another_id, ["PaymentsApi2BE15D423"]),
        (below_a_construct, ["TeamServiceApiFA79EF53"]),
        (under_the_id_resource, ["Api9AF3637B"]),
        (under_the_id_default, ["ApiF70053CD"]),
        (twice, ["ApiF70053CD", "Web3C8945DB"]),
    ],
)
def test_the_logical_id_is_that_of_a_bare_repository(
    layout: Callable[[cdk.Stack, Define], None], golden: list[str]
) -> None:
    ids = []
    for define in (GovernedRepository, ecr.Repository):
        app = new_app(validate=False)
        layout(new_stack(app), define)
        (template,) = synthesise(app).values()
        ids.append(list(repositories_in(template)))
    assert ids == [golden, golden]


def test_the_logical_id_in_a_nested_stack_is_that_of_a_bare_repository() -> None:
    ids = []
    for define in (GovernedRepository, ecr.Repository):
        app = new_app(validate=False)
        define(cdk.NestedStack(new_stack(app), "Nested"), "Api")
        ids.append([list(repositories_in(each)) for each in synthesise(app).values()])
    assert ids[0] == ids[1]
    assert ["ApiF70053CD"] in ids[0]


def test_the_primary_child_has_the_id_resource() -> None:
    repository = GovernedRepository(new_stack(), "Api")
    assert repository.node.default_child is repository.node.find_child("Resource")
    assert [child.node.id for child in repository.node.children] == ["Resource"]


def test_what_a_stack_holds_besides_is_no_resource() -> None:
    app = new_app()
    stack = new_stack(app)
    repository = GovernedRepository(stack, "Api", repository_name="payments/api")
    repository.allow_pull(Principals.account(OTHER_ACCOUNT))
    GovernedRepository.from_repository_name(stack, "Theirs", "their/app")
    assert [child.node.id for child in stack.node.children] == [
        "EcrConstructsPolicies",
        "Api",
        "Theirs",
    ]
    (template,) = synthesise(app).values()
    assert list(template["Resources"]) == ["ApiF70053CD"]
    assert "Outputs" not in template


def test_the_id_depends_on_neither_the_name_nor_the_order() -> None:
    app = new_app()
    first, second = new_stack(app, "First"), new_stack(app, "Second")
    GovernedRepository(first, "Web", repository_name="a/web")
    GovernedRepository(first, "Api", repository_name="a/api")
    GovernedRepository(second, "Api", repository_name="b/api")
    GovernedRepository(second, "Web", repository_name="b/web")
    templates = synthesise(app)
    assert set(repositories_in(templates["First"])) == {"ApiF70053CD", "Web3C8945DB"}
    assert set(repositories_in(templates["Second"])) == {"ApiF70053CD", "Web3C8945DB"}


def test_stages_do_not_change_the_id() -> None:
    app = new_app()
    stage = cdk.Stage(app, "Prod", env=ENVIRONMENT)
    GovernedRepository(new_stack(stage), "Api")
    (template,) = synthesise(app).values()
    assert list(repositories_in(template)) == ["ApiF70053CD"]
