"""A repository that the app does not own: identities are granted, the rest is handed over."""

from __future__ import annotations

import json
import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from tests.synthesis import (
    ACCOUNT,
    ORGANIZATION,
    OTHER_ACCOUNT,
    new_app,
    new_stack,
    synthesise,
    template_of,
    warnings_of,
)

from ecr_constructs import (
    Baseline,
    ConfigurationError,
    GovernedRepository,
    HandOver,
    Policy,
    Principals,
    ReferencedRepository,
)
from ecr_constructs.service import actions

OWNER = "444444444444"
ARN = f"arn:aws:ecr:eu-central-1:{OWNER}:repository/their/app"
PULL = sorted(actions.PULL)


def by_name(stack: cdk.Stack) -> ReferencedRepository:
    return GovernedRepository.from_repository_name(stack, "Theirs", "their/app")


def by_arn(stack: cdk.Stack, arn: str = ARN) -> ReferencedRepository:
    return GovernedRepository.from_repository_arn(stack, "Theirs", arn)


def statements_to_hand_over(repository: ReferencedRepository) -> list[dict[str, Any]]:
    assert repository.hand_over is not None
    statements: list[dict[str, Any]] = repository.hand_over.policy.to_document()["Statement"]
    return statements


def identity_statements(template: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        statement
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::IAM::Policy"
        for statement in resource["Properties"]["PolicyDocument"]["Statement"]
    ]


# What it is called


def test_a_name_alone_means_this_account_and_region() -> None:
    stack = new_stack()
    repository = by_name(stack)
    assert repository.repository_name == "their/app"
    arn = f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/their/app"
    assert stack.resolve(repository.repository_arn) == arn
    uri = json.dumps(stack.resolve(repository.repository_uri_for_tag("v1")))
    assert "their/app:v1" in uri


def test_a_name_in_a_stack_without_environment_is_completed_at_deployment() -> None:
    stack = new_stack(env=None)
    resolved = json.dumps(stack.resolve(by_name(stack).repository_arn))
    for pseudo in ("AWS::Partition", "AWS::Region", "AWS::AccountId"):
        assert pseudo in resolved


def test_an_arn_says_all() -> None:
    repository = by_arn(new_stack())
    assert repository.repository_name == "their/app"
    assert repository.repository_arn == ARN
    assert (repository.env.account, repository.env.region) == (OWNER, "eu-central-1")


def test_attributes_may_be_known_at_deployment_only() -> None:
    stack = new_stack()
    repository = GovernedRepository.from_repository_attributes(
        stack,
        "Theirs",
        repository_arn=cdk.Fn.import_value("Arn"),
        repository_name=cdk.Fn.import_value("Name"),
    )
    assert stack.resolve(repository.repository_arn) == {"Fn::ImportValue": "Arn"}
    assert stack.resolve(repository.repository_name) == {"Fn::ImportValue": "Name"}


@pytest.mark.parametrize(
    ("arn", "sentence"),
    [
        ("", "must be the ARN of a repository, got ''; write for example 'arn:aws:ecr:"),
        ("their/app", "must be the ARN of a repository, got 'their/app'; write for example"),
        ("arn:aws:s3:::bucket", "must be the ARN of a repository, got 'arn:aws:s3:::bucket'"),
        (f"arn:aws:ecr:eu-west-1:{OWNER}:repository/", "must be the ARN of a repository, got"),
        ("arn:aws:ecr:eu-west-1:44:repository/app", "must be the ARN of a repository, got"),
        (
            f"arn:aws:ecr:eu-west-1:{OWNER}:repository/Their/App",
            "repository_name must be 2 to 256 lower-case letters and digits",
        ),
    ],
)
def test_refuses_what_is_no_repositorys_arn(refusing: cdk.Stack, arn: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(sentence)) as caught:
        by_arn(refusing, arn)
    assert caught.value.path == "Stack/Theirs"


def test_refuses_a_token_where_the_name_is_read_from_the_arn(refusing: cdk.Stack) -> None:
    sentence = r"must be known at synthesis, got a token; use from_repository_attributes\(reposito"
    with pytest.raises(ConfigurationError, match=sentence):
        by_arn(refusing, cdk.Fn.import_value("Arn"))


def test_refuses_a_name_that_no_repository_can_have(refusing: cdk.Stack) -> None:
    with pytest.raises(ConfigurationError, match="got 'Their/App'; write 'their/app'"):
        GovernedRepository.from_repository_name(refusing, "Theirs", "Their/App")


def test_refuses_a_name_and_an_arn_of_two_repositories(refusing: cdk.Stack) -> None:
    sentence = "must be the one in repository_arn, 'their/app', got 'other/app'; write 'their/app'"
    with pytest.raises(ConfigurationError, match=sentence):
        GovernedRepository.from_repository_attributes(
            refusing, "Theirs", repository_arn=ARN, repository_name="other/app"
        )


# Grants to identities take effect


@pytest.mark.parametrize(
    ("method", "wanted"),
    [
        ("grant_pull", actions.PULL),
        ("grant_push", actions.PUSH),
        ("grant_pull_push", actions.PULL_PUSH),
        ("grant_read", actions.READ),
    ],
)
def test_an_identity_of_the_owning_account_is_granted_by_its_own_policy(
    stack: cdk.Stack, method: str, wanted: frozenset[str]
) -> None:
    repository = by_name(stack)
    role = iam.Role(stack, "Role", assumed_by=iam.AccountRootPrincipal())
    assert getattr(repository, method)(role).success
    granted = [set(each["Action"]) for each in identity_statements(template_of(stack))]
    assert set(wanted) in granted
    assert repository.hand_over is None
    assert warnings_of(_app_of(stack)) == {}


def test_an_identity_of_another_account_needs_the_owner_too() -> None:
    stack = new_stack()
    repository = by_arn(stack)
    role = iam.Role(stack, "Role", assumed_by=iam.AccountRootPrincipal())
    assert repository.grant_pull(role).success
    resources = [each["Resource"] for each in identity_statements(template_of(stack))]
    assert ARN in resources
    (statement,) = statements_to_hand_over(repository)
    assert sorted(statement["Action"]) == PULL


def test_a_task_pulls_from_it(app: cdk.App) -> None:
    stack = new_stack(app)
    task = ecs.FargateTaskDefinition(stack, "Task")
    image = ecs.ContainerImage.from_ecr_repository(by_name(stack), "v1")
    task.add_container("web", image=image)
    granted = [set(each["Action"]) for each in identity_statements(template_of(stack))]
    assert set(PULL) in granted


# The rest is handed over, with a warning


def test_what_only_its_policy_can_say_is_handed_over() -> None:
    app = new_app(validate=False)
    stack = new_stack(app)
    repository = by_arn(stack)
    repository.allow_pull(Principals.account(OTHER_ACCOUNT))
    hand_over = repository.hand_over
    assert isinstance(hand_over, HandOver)
    assert (hand_over.repository_name, hand_over.account, hand_over.region) == (
        "their/app",
        OWNER,
        "eu-central-1",
    )
    assert statements_to_hand_over(repository) == [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"},
            "Action": PULL,
        }
    ]
    (warning,) = warnings_of(app)["Stack/Theirs"]
    assert "repository 'their/app' is not owned by this app" in warning
    assert hand_over.policy.to_json() in warning
    assert f"--registry-id {OWNER} --region eu-central-1 --repository-name their/app" in warning
    assert "[ack: ecr-constructs:hand-over]" in warning


@pytest.mark.parametrize(
    "principal",
    [
        iam.AccountPrincipal(OTHER_ACCOUNT),
        iam.OrganizationPrincipal(ORGANIZATION),
        iam.ServicePrincipal("lambda.amazonaws.com"),
        iam.ArnPrincipal(f"arn:aws:iam::{OTHER_ACCOUNT}:role/R"),
    ],
    ids=["account", "organisation", "service", "role"],
)
def test_a_grant_that_cannot_take_effect_is_never_silent(principal: iam.IPrincipal) -> None:
    app = new_app(validate=False)
    repository = by_name(new_stack(app))
    grant = repository.grant_pull(principal)
    assert grant.resource_statement is not None
    assert statements_to_hand_over(repository)[0]["Action"] == PULL
    assert list(warnings_of(app)) == ["Stack/Theirs"]


def test_cdks_own_code_hands_over_too() -> None:
    app = new_app()
    stack = new_stack(app)
    repository = by_arn(stack)
    lambda_.DockerImageFunction(
        stack, "Function", code=lambda_.DockerImageCode.from_ecr(repository)
    )
    creates, fetches = statements_to_hand_over(repository)
    # The function lies in the account of the stack, and not in that of the repository.
    assert creates["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert creates["Action"] == fetches["Action"] == PULL
    assert fetches["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert fetches["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert "Stack/Theirs" in warnings_of(app)


def test_all_that_is_handed_over_is_one_policy() -> None:
    app = new_app(validate=False)
    repository = by_arn(new_stack(app))
    repository.allow_pull(Principals.account(OTHER_ACCOUNT))
    repository.grant_pull(iam.AccountPrincipal("333333333333"))
    repository.deny_outside_organization(ORGANIZATION)
    allowed, denied = statements_to_hand_over(repository)
    assert len(allowed["Principal"]["AWS"]) == 2
    assert denied["Effect"] == "Deny"
    assert len(warnings_of(app)["Stack/Theirs"]) == 1


def test_what_is_handed_over_can_be_read_by_people_where_nothing_is_known() -> None:
    app = new_app()
    stack = new_stack(app, env=None)
    repository = by_name(stack)
    role = iam.Role(stack, "Role", assumed_by=iam.AccountRootPrincipal())
    repository.allow_pull(Principals.role(role))
    (warning,) = warnings_of(app)["Stack/Theirs"]
    assert "${Role1ABCC5F0.Arn}" in warning
    assert "--registry-id ${AWS::AccountId} --region ${AWS::Region}" in warning
    assert "Token[" not in warning


def test_the_template_holds_no_repository() -> None:
    app = new_app(validate=False)
    by_arn(new_stack(app)).allow_pull(Principals.account(OTHER_ACCOUNT))
    (template,) = synthesise(app, lint=False).values()
    assert "Resources" not in template


# The place is the repository's, and not the stack's


def test_services_are_bound_where_the_repository_lies() -> None:
    repository = by_arn(new_stack())
    repository.allow_pull(Principals.lambda_functions(), Principals.codebuild_projects())
    conditions = [each["Condition"]["ArnLike"] for each in statements_to_hand_over(repository)]
    assert {"aws:SourceArn": f"arn:aws:lambda:eu-central-1:{OWNER}:function:*"} in conditions
    assert {"aws:SourceArn": f"arn:aws:codebuild:eu-central-1:{OWNER}:project/*"} in conditions


def test_the_arn_tells_the_partition_that_the_stack_does_not_know() -> None:
    arn = ARN.replace("arn:aws:", "arn:aws-us-gov:").replace("eu-central-1", "us-gov-west-1")
    repository = by_arn(new_stack(env=None), arn)
    repository.allow_pull(Principals.account(OTHER_ACCOUNT))
    (statement,) = statements_to_hand_over(repository)
    assert statement["Principal"] == {"AWS": f"arn:aws-us-gov:iam::{OTHER_ACCOUNT}:root"}


def test_a_role_of_the_stacks_account_is_one_of_another_account_there() -> None:
    repository = by_arn(new_stack())
    repository.allow_pull(Principals.role(f"arn:aws:iam::{ACCOUNT}:role/Deploy"))
    (statement,) = statements_to_hand_over(repository)
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert statement["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/Deploy"}
    }


def test_refuses_administration_for_the_stacks_account() -> None:
    repository = by_arn(new_stack())
    with pytest.raises(ConfigurationError, match="administer the repository, got ecr:DeleteRepo"):
        repository.allow(Principals.account(ACCOUNT), actions=["ecr:DeleteRepository"])
    repository.allow(Principals.account(OWNER), actions=["ecr:DeleteRepository"])
    assert len(statements_to_hand_over(repository)) == 1


def test_the_organisation_is_that_of_the_baseline_in_force() -> None:
    app = new_app()
    Baseline(organization_id=ORGANIZATION).attach(app)
    repository = by_arn(new_stack(app))
    repository.allow_pull(Principals.organization())
    (statement,) = statements_to_hand_over(repository)
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}


# The gate holds here as well


def test_refuses_what_ecr_would_refuse() -> None:
    repository = by_arn(new_stack())
    with pytest.raises(ConfigurationError, match=r"to anybody, got '\*' without a condition; name"):
        repository.add_to_resource_policy(
            iam.PolicyStatement(actions=["ecr:BatchGetImage"], principals=[iam.StarPrincipal()])
        )
    with pytest.raises(RuntimeError, match=r"to anybody, got '\*'.* \[Stack/Theirs\]"):
        repository.grant_pull(iam.StarPrincipal())
    assert repository.hand_over is None


def test_what_is_noted_is_not_reported_as_added() -> None:
    repository = by_arn(new_stack())
    result = repository.add_to_resource_policy(
        iam.PolicyStatement(
            actions=["ecr:BatchGetImage"], principals=[iam.AccountPrincipal(OTHER_ACCOUNT)]
        )
    )
    assert result.statement_added is False


def test_a_policy_that_is_handed_over_is_one_that_ecr_takes() -> None:
    repository = by_arn(new_stack())
    repository.allow_pull(Principals.account(OTHER_ACCOUNT), Principals.lambda_functions())
    assert repository.hand_over is not None
    text = repository.hand_over.policy.to_json()
    assert Policy.from_json(text).problems() == []


def _app_of(stack: cdk.Stack) -> cdk.App:
    root = stack.node.root
    assert isinstance(root, cdk.App)
    return root
