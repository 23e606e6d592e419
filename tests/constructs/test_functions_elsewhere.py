"""Lambda functions of other accounts and Regions of the app, which CDK lets pull as any other."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from tests.synthesis import (
    ACCOUNT,
    ENVIRONMENT,
    OTHER_ACCOUNT,
    OTHER_ENVIRONMENT,
    REGION,
    new_app,
    new_stack,
    repositories_in,
    synthesise,
    warnings_of,
)

from ecr_constructs import GovernedRepository, Principals
from ecr_constructs.service import actions

PULL = sorted(actions.PULL)
SERVICE = {"Service": "lambda.amazonaws.com"}


def allowing(principal: dict[str, str], condition: dict[str, Any] | None = None) -> dict[str, Any]:
    bound = {} if condition is None else {"Condition": condition}
    return {"Effect": "Allow", "Principal": principal, "Action": PULL, **bound}


OWN_FUNCTIONS = allowing(SERVICE, {"StringEquals": {"aws:SourceAccount": ACCOUNT}})
OTHER_FUNCTIONS = allowing(
    SERVICE,
    {"ArnLike": {"aws:SourceArn": f"arn:aws:lambda:{REGION}:{OTHER_ACCOUNT}:function:*"}},
)
OTHERS = allowing({"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"})


def run(stack: cdk.Stack, repository: GovernedRepository, construct_id: str = "Function") -> None:
    lambda_.DockerImageFunction(
        stack, construct_id, code=lambda_.DockerImageCode.from_ecr(repository, tag_or_digest="v1")
    )


def policies_of(app: cdk.App, stack: str = "Stack") -> list[list[dict[str, Any]]]:
    repositories = repositories_in(synthesise(app)[stack]).values()
    return [each["Properties"]["RepositoryPolicyText"]["Statement"] for each in repositories]


@pytest.mark.parametrize("staged", [False, True])
def test_allows_the_account_and_the_service_for_a_function_of_another_account(
    *, staged: bool
) -> None:
    app = new_app()
    repository = GovernedRepository(new_stack(app), "Api", repository_name="payments/api")
    scope = cdk.Stage(app, "Stage") if staged else app
    run(cdk.Stack(scope, "Theirs", env=OTHER_ENVIRONMENT), repository)
    (statements,) = policies_of(app)
    assert sorted(statements, key=str) == sorted([OTHERS, OTHER_FUNCTIONS, OWN_FUNCTIONS], key=str)
    assert warnings_of(app) == {}


def test_allows_it_for_the_repository_that_the_function_runs_alone() -> None:
    app = new_app()
    stack = new_stack(app)
    theirs = new_stack(app, "Theirs", env=OTHER_ENVIRONMENT)
    ours = new_stack(app, "Ours", env=ENVIRONMENT)
    run(theirs, GovernedRepository(stack, "Api", repository_name="payments/api"))
    # A name that the other one begins with, and one that it ends with.
    run(ours, GovernedRepository(stack, "Short", repository_name="payments/ap"), "Short")
    run(ours, GovernedRepository(stack, "Bare", repository_name="api"), "Bare")
    api, short, bare = policies_of(app)
    assert OTHERS in api
    assert short == bare == [OWN_FUNCTIONS]


def test_says_it_once_where_it_is_allowed_already() -> None:
    app = new_app()
    repository = GovernedRepository(new_stack(app), "Api", repository_name="payments/api")
    repository.allow_pull(Principals.lambda_functions(account=OTHER_ACCOUNT))
    theirs = new_stack(app, "Theirs", env=OTHER_ENVIRONMENT)
    run(theirs, repository)
    run(theirs, repository, "Second")
    (statements,) = policies_of(app)
    assert [each["Principal"] for each in statements].count(OTHERS["Principal"]) == 1
    assert len(statements) == 3


@pytest.mark.parametrize("account", [ACCOUNT, OTHER_ACCOUNT])
def test_warns_of_a_function_in_another_region_and_opens_nothing_for_it(account: str) -> None:
    app = new_app()
    repository = GovernedRepository(new_stack(app), "Api", repository_name="payments/api")
    there = cdk.Environment(account=account, region="eu-central-1")
    run(new_stack(app, "Theirs", env=there), repository)
    assert policies_of(app) == [[OWN_FUNCTIONS]]
    (warning,) = warnings_of(app)["Stack/Api"]
    assert "'eu-west-1', got Theirs/Function/Resource in 'eu-central-1'; replicate" in warning


def test_warns_of_a_function_whose_account_is_not_known() -> None:
    app = new_app()
    repository = GovernedRepository(new_stack(app), "Api", repository_name="payments/api")
    run(new_stack(app, "Anywhere", env=None), repository)
    assert policies_of(app) == [[OWN_FUNCTIONS]]
    (warning,) = warnings_of(app)["Stack/Api"]
    assert "Anywhere/Function/Resource that pulls must be known, got a stack without env" in warning
    assert "allow_pull(Principals.lambda_functions(account=...))" in warning
