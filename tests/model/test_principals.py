"""Whom a repository policy can name, and what a policy then has to hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ecr_constructs.model.exposure import Exposure, exposure
from ecr_constructs.model.place import Place
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.principal_kinds import PolicyPrincipal, Subject
from ecr_constructs.model.principals import Principals
from ecr_constructs.model.statement import ANYONE, Condition, Principal, Statement
from ecr_constructs.service import actions

OWNER = "111111111111"
OTHER = "222222222222"
ORGANIZATION = "o-a1b2c3d4e5"
PLACE = Place(account=OWNER, region="eu-west-1", partition="aws", organization_id=ORGANIZATION)


def subjects(principal: PolicyPrincipal, place: Place = PLACE) -> tuple[Subject, ...]:
    assert list(principal.problems(place)) == []
    return principal.subjects(place)


def sentences(principal: PolicyPrincipal, place: Place = PLACE) -> list[str]:
    return [problem.sentence for problem in principal.problems(place)]


def root(account: str, partition: str = "aws") -> Principal:
    return Principal("AWS", f"arn:{partition}:iam::{account}:root")


class HasRoleArn:
    """What a construct of a role looks like to the model."""

    role_arn = f"arn:aws:iam::{OWNER}:role/Deploy"


class HasUserArn:
    """What a construct of a user looks like to the model."""

    user_arn = f"arn:aws:iam::{OWNER}:user/eva"


def test_an_account_is_named_by_its_root() -> None:
    assert subjects(Principals.account(OTHER)) == (Subject((root(OTHER),)),)


def test_the_partition_is_that_of_the_repository() -> None:
    china = replace(PLACE, region="cn-north-1", partition="aws-cn")
    assert subjects(Principals.account(OTHER), china) == (Subject((root(OTHER, "aws-cn"),)),)


def test_an_organization_is_anyone_bound_by_its_id() -> None:
    bound = Condition("StringEquals", "aws:PrincipalOrgID", (ORGANIZATION,))
    assert subjects(Principals.organization()) == (Subject((ANYONE,), (bound,)),)


def test_a_given_organization_goes_before_the_baselines() -> None:
    (subject,) = subjects(Principals.organization("o-zzzzzzzzzz"))
    assert subject.conditions[0].values == ("o-zzzzzzzzzz",)


@pytest.mark.parametrize("ending", ["", "/", "/*"])
def test_a_unit_takes_in_all_below_it(ending: str) -> None:
    path = f"{ORGANIZATION}/r-ab12/ou-ab12-11111111"
    bound = Condition("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", (f"{path}/*",))
    assert subjects(Principals.organizational_unit(path + ending)) == (
        Subject((ANYONE,), (bound,)),
    )


@pytest.mark.parametrize(
    ("principal", "arn"),
    [
        (Principals.role(HasRoleArn.role_arn), HasRoleArn.role_arn),
        (Principals.role(HasRoleArn()), HasRoleArn.role_arn),
        (Principals.user(HasUserArn.user_arn), HasUserArn.user_arn),
        (Principals.user(HasUserArn()), HasUserArn.user_arn),
        (Principals.role("${Token[TOKEN.9]}"), "${Token[TOKEN.9]}"),
    ],
)
def test_an_identity_of_the_same_account_is_named_itself(
    principal: PolicyPrincipal, arn: str
) -> None:
    assert subjects(principal) == (Subject((Principal("AWS", arn),)),)


def test_a_role_of_another_account_is_its_account_bound_by_its_arn() -> None:
    arn = f"arn:aws:iam::{OTHER}:role/ci/Deploy"
    bound = Condition("ArnEquals", "aws:PrincipalArn", (arn,))
    assert subjects(Principals.role(arn)) == (Subject((root(OTHER),), (bound,)),)


def test_lambda_functions_of_the_same_account_need_one_statement() -> None:
    source = f"arn:aws:lambda:eu-west-1:{OWNER}:function:*"
    assert subjects(Principals.lambda_functions()) == (
        Subject(
            (Principal("Service", "lambda.amazonaws.com"),),
            (Condition("ArnLike", "aws:SourceArn", (source,)),),
        ),
    )


def test_lambda_functions_of_another_account_need_two_statements() -> None:
    """The account creates the functions, the service fetches the image again later."""
    source = f"arn:aws:lambda:eu-west-1:{OTHER}:function:resize-*"
    found = subjects(Principals.lambda_functions(account=OTHER, function_name="resize-*"))
    assert found == (
        Subject((root(OTHER),)),
        Subject(
            (Principal("Service", "lambda.amazonaws.com"),),
            (Condition("ArnLike", "aws:SourceArn", (source,)),),
        ),
    )


def test_codebuild_projects_are_bound_by_source_and_account() -> None:
    """https://docs.aws.amazon.com/codebuild/latest/userguide/sample-ecr.html shows both."""
    source = f"arn:aws:codebuild:eu-west-1:{OTHER}:project/release"
    assert subjects(Principals.codebuild_projects(account=OTHER, project_name="release")) == (
        Subject(
            (Principal("Service", "codebuild.amazonaws.com"),),
            (
                Condition("ArnLike", "aws:SourceArn", (source,)),
                Condition("StringEquals", "aws:SourceAccount", (OTHER,)),
            ),
        ),
    )


def test_a_service_is_bound_by_the_repositorys_account_by_itself() -> None:
    assert subjects(Principals.service("ecs-tasks.amazonaws.com")) == (
        Subject(
            (Principal("Service", "ecs-tasks.amazonaws.com"),),
            (Condition("StringEquals", "aws:SourceAccount", (OWNER,)),),
        ),
    )


@pytest.mark.parametrize("arn", ["arn:aws:events:*:111111111111:rule/x", "arn:aws:s3:::a{}b"])
def test_a_service_can_be_bound_by_any_source(arn: str) -> None:
    service = Principals.service("events.amazonaws.com", source_arn=arn)
    (subject,) = subjects(service)
    assert subject.conditions[0] == Condition("ArnLike", "aws:SourceArn", (arn,))


@pytest.mark.parametrize(
    ("principal", "sentence"),
    [
        (
            Principals.account("1234"),
            "an account must be 12 digits, got '1234'; write for example '111122223333'",
        ),
        (
            Principals.lambda_functions(account="acme"),
            "an account must be 12 digits, got 'acme'; write for example '111122223333'",
        ),
        (
            Principals.organization("O-A1B2C3D4E5"),
            (
                "organization_id: an organisation must be 'o-' and 10 to 32 lower-case letters or"
                " digits, got 'O-A1B2C3D4E5'; copy it from `aws organizations"
                " describe-organization`"
            ),
        ),
        (
            Principals.organizational_unit("ou-ab12-11111111"),
            (
                "an organisational unit must be a path from the organisation down, got"
                " 'ou-ab12-11111111'; write for example 'o-a1b2c3d4e5/r-ab12/ou-ab12-11111111'"
            ),
        ),
        (
            Principals.role("Deploy"),
            (
                "a role must be given by its ARN, got 'Deploy'; write for example"
                " 'arn:aws:iam::111122223333:role/Deploy'"
            ),
        ),
        (
            Principals.role(HasUserArn.user_arn),
            (
                f"a role must be given by its ARN, got 'arn:aws:iam::{OWNER}:user/eva'; write for"
                " example 'arn:aws:iam::111122223333:role/Deploy'"
            ),
        ),
        (
            Principals.user("eva"),
            (
                "a user must be given by its ARN, got 'eva'; write for example"
                " 'arn:aws:iam::111122223333:user/Deploy'"
            ),
        ),
        (
            Principals.service("Lambda"),
            (
                "a service principal must be a service's name, got 'Lambda'; write for example"
                " 'codebuild.amazonaws.com'"
            ),
        ),
        (
            Principals.account(222222222222),
            "an account must be a string of 12 digits, got 222222222222; write '222222222222'",
        ),
        (
            Principals.account(22222222222),
            "an account must be a string of 12 digits, got 22222222222; write '022222222222'",
        ),
        (
            Principals.lambda_functions(account=True),
            "an account must be a string of 12 digits, got True; write for example '111122223333'",
        ),
        (
            Principals.organization(5),
            (
                "organization_id: an organisation must be 'o-' and 10 to 32 lower-case letters or"
                " digits, got 5; copy it from `aws organizations describe-organization`"
            ),
        ),
        (
            Principals.organizational_unit(5),
            (
                "an organisational unit must be a path from the organisation down, got 5; write for"
                " example 'o-a1b2c3d4e5/r-ab12/ou-ab12-11111111'"
            ),
        ),
        (
            Principals.role(5),
            (
                "a role must be given by its ARN, got 5; write for example"
                " 'arn:aws:iam::111122223333:role/Deploy'"
            ),
        ),
        (
            Principals.service("sns.amazonaws.com", source_arn=5),
            (
                "source_arn must be an ARN, whole or with '*', got 5; write for example"
                " 'arn:aws:ecs:eu-west-1:111122223333:cluster/*'"
            ),
        ),
    ],
)
def test_refuses_who_cannot_be_named(principal: PolicyPrincipal, sentence: str) -> None:
    assert sentences(principal) == [sentence]


def test_refuses_the_organization_of_a_baseline_without_one() -> None:
    assert sentences(Principals.organization(), replace(PLACE, organization_id=None)) == [
        (
            "an organisation must be named where the baseline has none, got none; write its"
            " id, 'o-...', or Baseline(organization_id='o-...')"
        )
    ]


TOKEN = "${Token[TOKEN.5]}"


@pytest.mark.parametrize(
    "principal",
    [
        Principals.account(TOKEN),
        Principals.organization(TOKEN),
        Principals.organizational_unit(f"{TOKEN}/r-ab12"),
        Principals.role(TOKEN),
        Principals.user(TOKEN),
        Principals.lambda_functions(account=TOKEN),
        Principals.service(TOKEN),
    ],
)
def test_a_token_is_not_looked_into(principal: PolicyPrincipal) -> None:
    assert sentences(principal) == []


@pytest.mark.parametrize(
    "principal",
    [
        Principals.account(OTHER),
        Principals.organization(),
        Principals.organizational_unit(f"{ORGANIZATION}/r-ab12"),
        Principals.role(f"arn:aws:iam::{OTHER}:role/Deploy"),
        Principals.user(f"arn:aws:iam::{OTHER}:user/eva"),
        Principals.lambda_functions(account=OTHER),
        Principals.codebuild_projects(),
        Principals.service("ecs-tasks.amazonaws.com"),
    ],
)
def test_what_principals_write_is_neither_public_nor_refused(principal: PolicyPrincipal) -> None:
    """Nobody gets a public repository, or a policy that ECR refuses, out of these words."""
    statements = [
        Statement(
            principals=subject.principals,
            conditions=subject.conditions,
            actions=tuple(sorted(actions.PULL)),
        )
        for subject in subjects(principal)
    ]
    assert {exposure(statement) for statement in statements} == {Exposure.NAMED}
    assert Policy.of(*statements).problems() == []


def test_a_principal_is_a_value() -> None:
    pairs: list[tuple[Any, Any]] = [
        (Principals.account(OTHER), Principals.account(OTHER)),
        (Principals.lambda_functions(), Principals.lambda_functions()),
    ]
    assert all(left == right and hash(left) == hash(right) for left, right in pairs)
