"""Grants to identities, statements for everybody else, and denies."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from tests.synthesis import (
    ACCOUNT,
    ENVIRONMENT,
    ORGANIZATION,
    OTHER_ACCOUNT,
    OTHER_ENVIRONMENT,
    new_app,
    new_stack,
    properties_of,
    statements_of,
    synthesise,
    template_of,
    warnings_of,
)

from ecr_constructs import Baseline, ConfigurationError, GovernedRepository, Principals
from ecr_constructs.service import actions

PULL = sorted(actions.PULL)
PUSH = sorted(actions.PUSH)
PULL_PUSH = sorted(actions.PULL_PUSH)
READ = sorted(actions.READ)

GRANTS = [
    ("grant_pull", PULL, True),
    ("grant_push", PUSH, True),
    ("grant_pull_push", PULL_PUSH, True),
    ("grant_read", READ, False),
]
ALLOWS = [
    ("allow_pull", PULL),
    ("allow_push", PUSH),
    ("allow_pull_push", PULL_PUSH),
    ("allow_read", READ),
]


def repository_in(stack: cdk.Stack, **parameters: Any) -> GovernedRepository:
    return GovernedRepository(stack, "Api", repository_name="payments/api", **parameters)


def role_in(stack: cdk.Stack, construct_id: str = "Role", **parameters: Any) -> iam.Role:
    return iam.Role(stack, construct_id, assumed_by=iam.AccountRootPrincipal(), **parameters)


def identity_statements(template: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the statements of all identity policies, with actions and resources as lists."""

    def listed(value: Any) -> list[Any]:
        return value if isinstance(value, list) else [value]

    return [
        {
            "Action": sorted(listed(statement["Action"])),
            "Resource": listed(statement["Resource"]),
        }
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::IAM::Policy"
        for statement in resource["Properties"]["PolicyDocument"]["Statement"]
    ]


# Identities: their own policy says it


@pytest.mark.parametrize(("method", "wanted", "logs_in"), GRANTS)
@pytest.mark.parametrize("kind", ["role", "user", "group"])
def test_a_grant_to_an_identity_of_the_account_is_in_its_own_policy(
    stack: cdk.Stack, method: str, wanted: list[str], kind: str, *, logs_in: bool
) -> None:
    identities: dict[str, Callable[[], iam.IGrantable]] = {
        "role": lambda: role_in(stack),
        "user": lambda: iam.User(stack, "User"),
        "group": lambda: iam.Group(stack, "Group"),
    }
    grant = getattr(repository_in(stack), method)(identities[kind]())
    assert grant.success
    template = template_of(stack)
    found = identity_statements(template)
    assert {"Action": wanted, "Resource": [{"Fn::GetAtt": ["ApiF70053CD", "Arn"]}]} in found
    assert ({"Action": ["ecr:GetAuthorizationToken"], "Resource": ["*"]} in found) is logs_in
    assert len(found) == 1 + logs_in
    repository = template["Resources"]["ApiF70053CD"]["Properties"]
    assert "RepositoryPolicyText" not in repository


def test_any_actions_can_be_granted(stack: cdk.Stack) -> None:
    repository_in(stack).grant(role_in(stack), "ecr:ListImages")
    (statement,) = identity_statements(template_of(stack))
    assert statement["Action"] == ["ecr:ListImages"]


@pytest.mark.parametrize(("method", "wanted", "logs_in"), GRANTS)
def test_a_grant_to_a_role_of_another_account_is_on_both_sides(
    app: cdk.App, method: str, wanted: list[str], *, logs_in: bool
) -> None:
    stack, other = new_stack(app), new_stack(app, "Other", env=OTHER_ENVIRONMENT)
    grant = getattr(repository_in(stack), method)(role_in(other))
    assert grant.success
    templates = synthesise(app)
    found = identity_statements(templates["Other"])
    arn = f":ecr:eu-west-1:{ACCOUNT}:repository/payments/api"
    (statement,) = [each for each in found if each["Action"] == wanted]
    assert arn in str(statement["Resource"])
    assert len(found) == 1 + logs_in
    policy = templates["Stack"]["Resources"]["ApiF70053CD"]["Properties"]["RepositoryPolicyText"]
    (named,) = policy["Statement"]
    assert named["Principal"] == {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}
    assert named["Action"] == wanted
    # CDK does not name a role that may not exist yet: it tags the role, and asks for the tag.
    ((key, tag),) = named["Condition"]["StringEquals"].items()
    assert key == "aws:PrincipalTag/aws-cdk:id"
    role = templates["Other"]["Resources"]["Role1ABCC5F0"]["Properties"]
    assert {"Key": "aws-cdk:id", "Value": tag} in role["Tags"]


@pytest.mark.parametrize("account", [ACCOUNT, OTHER_ACCOUNT])
def test_a_grant_to_an_imported_role_is_where_it_can_be_written(
    stack: cdk.Stack, account: str
) -> None:
    arn = f"arn:aws:iam::{account}:role/Deploy"
    role = iam.Role.from_role_arn(stack, "Role", arn)
    assert repository_in(stack).grant_pull(role).success
    found = identity_statements(template_of(stack))
    if account == ACCOUNT:
        assert statements_of(stack) == []
        assert len(found) == 2
    else:
        (statement,) = statements_of(stack)
        assert statement["Principal"] == {"AWS": arn}
        assert statement["Action"] == PULL
        assert found == []


# Principals that only a resource policy can name

NAMED: list[tuple[str, Callable[[], iam.IPrincipal], Any, Any]] = [
    (
        "account",
        lambda: iam.AccountPrincipal(OTHER_ACCOUNT),
        {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"},
        None,
    ),
    ("own account", iam.AccountRootPrincipal, {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, None),
    (
        "organisation",
        lambda: iam.OrganizationPrincipal(ORGANIZATION),
        "*",
        {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}},
    ),
    (
        "lambda",
        lambda: iam.ServicePrincipal("lambda.amazonaws.com"),
        {"Service": "lambda.amazonaws.com"},
        {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    ),
    (
        "codebuild",
        lambda: iam.ServicePrincipal("codebuild.amazonaws.com"),
        {"Service": "codebuild.amazonaws.com"},
        {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    ),
    (
        "service with a condition",
        lambda: iam.ServicePrincipal(
            "lambda.amazonaws.com",
            conditions={"ArnLike": {"aws:SourceArn": "arn:aws:lambda:*:222222222222:function:*"}},
        ),
        {"Service": "lambda.amazonaws.com"},
        {"ArnLike": {"aws:SourceArn": "arn:aws:lambda:*:222222222222:function:*"}},
    ),
    (
        "role by its ARN",
        lambda: iam.ArnPrincipal(f"arn:aws:iam::{OTHER_ACCOUNT}:role/Deploy"),
        {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:role/Deploy"},
        None,
    ),
    (
        "account with a condition",
        lambda: iam.AccountPrincipal(OTHER_ACCOUNT).with_conditions(
            {"StringEquals": {"aws:PrincipalTag/team": "web"}}
        ),
        {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"},
        {"StringEquals": {"aws:PrincipalTag/team": "web"}},
    ),
]


@pytest.mark.parametrize(
    ("principal", "written", "condition"),
    [case[1:] for case in NAMED],
    ids=[case[0] for case in NAMED],
)
def test_a_grant_to_another_principal_is_in_the_repository_policy(
    principal: Callable[[], iam.IPrincipal], written: Any, condition: Any
) -> None:
    stack = new_stack()
    repository_in(stack).grant_pull(principal())
    expected = {"Effect": "Allow", "Principal": written, "Action": PULL}
    if condition is not None:
        expected["Condition"] = condition
    assert statements_of(stack) == [expected]
    assert identity_statements(template_of(stack)) == []


@pytest.mark.parametrize(("method", "wanted", "logs_in"), GRANTS)
@pytest.mark.parametrize("is_conditional", [False, True])
def test_each_grant_names_its_actions(
    method: str, wanted: list[str], *, logs_in: bool, is_conditional: bool
) -> None:
    principal: iam.IPrincipal = iam.AccountPrincipal(OTHER_ACCOUNT)
    if is_conditional:  # then CDK's code calls the gate
        conditions = {"StringEquals": {"aws:PrincipalTag/team": "web"}}
        principal = iam.PrincipalWithConditions(principal, conditions)
    stack = new_stack()
    getattr(repository_in(stack), method)(principal)
    (statement,) = statements_of(stack)
    assert sorted(statement["Action"]) == wanted


def test_a_composite_principal_is_written_whole(stack: cdk.Stack) -> None:
    both = iam.CompositePrincipal(
        iam.AccountPrincipal(OTHER_ACCOUNT), iam.AccountPrincipal("333333333333")
    )
    repository_in(stack).grant_pull(both)
    (statement,) = statements_of(stack)
    assert statement["Principal"]["AWS"] == [
        f"arn:aws:iam::{account}:root" for account in (OTHER_ACCOUNT, "333333333333")
    ]


def test_the_service_of_another_region_keeps_its_name(stack: cdk.Stack) -> None:
    repository_in(stack).grant_pull(
        iam.ServicePrincipal(
            "ecs-tasks.amazonaws.com",
            region="eu-central-1",
            conditions={"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        )
    )
    (statement,) = statements_of(stack)
    assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}


def test_an_account_in_a_stack_without_one_is_written_with_the_partition() -> None:
    stack = new_stack(env=None)
    repository_in(stack).grant_pull(iam.AccountPrincipal(OTHER_ACCOUNT))
    (statement,) = statements_of(stack)
    assert statement["Principal"] == {
        "AWS": {
            "Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":iam::{OTHER_ACCOUNT}:root"]]
        }
    }


def test_the_own_account_is_written_as_its_root_where_it_is_not_known() -> None:
    stack = new_stack(env=None)
    repository_in(stack).grant_pull(iam.AccountRootPrincipal())
    (statement,) = statements_of(stack)
    parts = ["arn:", {"Ref": "AWS::Partition"}, ":iam::", {"Ref": "AWS::AccountId"}, ":root"]
    assert statement["Principal"] == {"AWS": {"Fn::Join": ["", parts]}}


@pytest.mark.parametrize(
    ("region", "partition"), [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")]
)
def test_an_account_of_another_partition_is_written_in_it(region: str, partition: str) -> None:
    stack = new_stack(env=cdk.Environment(account=ACCOUNT, region=region))
    repository = repository_in(stack)
    repository.grant_pull(iam.AccountPrincipal(OTHER_ACCOUNT))
    repository.allow_push(Principals.account(OTHER_ACCOUNT))
    written = {str(each["Principal"]) for each in statements_of(stack, region=region)}
    assert written == {str({"AWS": f"arn:{partition}:iam::{OTHER_ACCOUNT}:root"})}


@pytest.mark.parametrize(
    "principal", [iam.StarPrincipal, iam.AnyPrincipal], ids=["StarPrincipal", "AnyPrincipal"]
)
def test_refuses_a_grant_to_anybody(principal: Callable[[], iam.IPrincipal]) -> None:
    repository = repository_in(new_stack())
    # CDK's own code called the gate, so the exception crossed jsii: its text is all that is left.
    sentence = r"open the repository to anybody, got '\*' without a condition; name accounts.*\["
    with pytest.raises(RuntimeError, match=sentence):
        repository.grant_pull(principal())


def test_refuses_an_account_that_is_none() -> None:
    repository = repository_in(new_stack())
    with pytest.raises(ConfigurationError, match=r"an AWS principal must be .* got '22'; write"):
        repository.grant_pull(iam.AccountPrincipal("22"))


def test_refuses_administration_for_another_account() -> None:
    repository = repository_in(new_stack())
    sentence = "administer the repository, got ecr:DeleteRepository for .*; allow pull and push"
    with pytest.raises(RuntimeError, match=sentence):
        repository.grant(iam.AccountPrincipal(OTHER_ACCOUNT), "ecr:DeleteRepository")


def test_refuses_administration_for_a_role_of_another_account() -> None:
    app = new_app()
    role = role_in(new_stack(app, "Other", env=OTHER_ENVIRONMENT))
    with pytest.raises(RuntimeError, match="administer the repository, got ecr:DeleteRepository"):
        repository_in(new_stack(app)).grant(role, "ecr:DeleteRepository")


def test_administration_for_the_own_account_is_granted(stack: cdk.Stack) -> None:
    repository_in(stack).grant(iam.AccountPrincipal(ACCOUNT), "ecr:DeleteRepository")
    (statement,) = statements_of(stack)
    assert statement["Action"] == "ecr:DeleteRepository"


# The grant that comes back


def test_the_grant_of_a_resource_policy_answers_as_cdks_does(stack: cdk.Stack) -> None:
    repository = repository_in(stack)
    grant = repository.grant_pull(iam.AccountPrincipal(OTHER_ACCOUNT))
    assert isinstance(grant, iam.Grant)
    assert grant.success
    grant.assert_success()
    assert grant.principal_statement is None
    assert grant.resource_statement is not None
    assert sorted(grant.resource_statement.actions) == PULL
    assert len(statements_of(stack)) == 1


def test_grants_can_be_combined_in_both_orders(stack: cdk.Stack) -> None:
    repository, role = repository_in(stack), role_in(stack)
    deferred = repository.grant_pull(iam.AccountPrincipal(OTHER_ACCOUNT))
    real = repository.grant_pull(role)
    for combined in (deferred.combine(real), real.combine(deferred)):
        assert combined.success
        assert len(combined.resource_statements) == 1
        assert len(combined.principal_statements) == 1
    assert len(statements_of(stack)) == 1


def test_a_resource_can_wait_for_a_grant(stack: cdk.Stack) -> None:
    repository = repository_in(stack)
    later = cdk.CfnResource(stack, "Later", type="AWS::CloudFormation::WaitConditionHandle")
    repository.grant_pull(iam.AccountPrincipal(OTHER_ACCOUNT)).apply_before(later)
    waiting = template_of(stack)["Resources"]["Later"]
    assert waiting["DependsOn"] == ["ApiF70053CD"]


def test_a_grant_that_nobody_looks_at_is_never_made() -> None:
    made = []
    repository = repository_in(new_stack())
    original = iam.Grant.add_to_principal_or_resource

    def spy(**options: Any) -> iam.Grant:
        made.append(options)
        return original(**options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(iam.Grant, "add_to_principal_or_resource", spy)
        grant = repository.grant_pull(iam.AccountPrincipal(OTHER_ACCOUNT))
        assert made == []
        assert grant.success
        assert grant.resource_statement is not None
        assert len(made) == 1


# allow_...: everybody whom Principals names

FUNCTIONS = "arn:aws:lambda:eu-west-1:{}:function:*"
PROJECTS = "arn:aws:codebuild:eu-west-1:{}:project/*"
PRINCIPALS: list[tuple[str, Any, list[tuple[Any, Any]]]] = [
    (
        "account",
        Principals.account(OTHER_ACCOUNT),
        [({"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}, None)],
    ),
    (
        "organisation of the baseline",
        Principals.organization(),
        [("*", {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}})],
    ),
    (
        "another organisation",
        Principals.organization("o-zzzzzzzzzz"),
        [("*", {"StringEquals": {"aws:PrincipalOrgID": "o-zzzzzzzzzz"}})],
    ),
    (
        "organisational unit",
        Principals.organizational_unit("o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"),
        [
            (
                "*",
                {
                    "ForAnyValue:StringLike": {
                        "aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"
                    }
                },
            )
        ],
    ),
    (
        "role of the account",
        Principals.role(f"arn:aws:iam::{ACCOUNT}:role/Deploy"),
        [({"AWS": f"arn:aws:iam::{ACCOUNT}:role/Deploy"}, None)],
    ),
    (
        "role of another account",
        Principals.role(f"arn:aws:iam::{OTHER_ACCOUNT}:role/Deploy"),
        [
            (
                {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"},
                {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER_ACCOUNT}:role/Deploy"}},
            )
        ],
    ),
    (
        "user of another account",
        Principals.user(f"arn:aws:iam::{OTHER_ACCOUNT}:user/ci"),
        [
            (
                {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"},
                {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER_ACCOUNT}:user/ci"}},
            )
        ],
    ),
    (
        "functions of the account",
        Principals.lambda_functions(),
        [
            (
                {"Service": "lambda.amazonaws.com"},
                {"ArnLike": {"aws:SourceArn": FUNCTIONS.format(ACCOUNT)}},
            )
        ],
    ),
    (
        "functions of another account",
        Principals.lambda_functions(account=OTHER_ACCOUNT),
        [
            ({"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}, None),
            (
                {"Service": "lambda.amazonaws.com"},
                {"ArnLike": {"aws:SourceArn": FUNCTIONS.format(OTHER_ACCOUNT)}},
            ),
        ],
    ),
    (
        "projects of another account",
        Principals.codebuild_projects(account=OTHER_ACCOUNT),
        [
            (
                {"Service": "codebuild.amazonaws.com"},
                {
                    "ArnLike": {"aws:SourceArn": PROJECTS.format(OTHER_ACCOUNT)},
                    "StringEquals": {"aws:SourceAccount": OTHER_ACCOUNT},
                },
            )
        ],
    ),
    (
        "a service",
        Principals.service("ecs-tasks.amazonaws.com"),
        [
            (
                {"Service": "ecs-tasks.amazonaws.com"},
                {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
            )
        ],
    ),
    (
        "a service for one resource",
        Principals.service("states.amazonaws.com", source_arn="arn:aws:states:*:1:x"),
        [
            (
                {"Service": "states.amazonaws.com"},
                {
                    "ArnLike": {"aws:SourceArn": "arn:aws:states:*:1:x"},
                    "StringEquals": {"aws:SourceAccount": ACCOUNT},
                },
            )
        ],
    ),
]


@pytest.mark.parametrize(
    ("principal", "subjects"), [case[1:] for case in PRINCIPALS], ids=[c[0] for c in PRINCIPALS]
)
def test_everybody_can_be_allowed(principal: Any, subjects: list[tuple[Any, Any]]) -> None:
    stack = new_stack()
    repository = repository_in(stack, baseline=Baseline(organization_id=ORGANIZATION))
    repository.allow_pull(principal)
    expected = [
        {"Effect": "Allow", "Principal": who, "Action": PULL}
        | ({} if condition is None else {"Condition": condition})
        for who, condition in subjects
    ]
    assert statements_of(stack) == expected


@pytest.mark.parametrize(("method", "wanted"), ALLOWS)
def test_each_allow_names_its_actions(method: str, wanted: list[str]) -> None:
    stack = new_stack()
    getattr(repository_in(stack), method)(Principals.account(OTHER_ACCOUNT))
    (statement,) = statements_of(stack)
    assert statement["Action"] == wanted


def test_several_are_allowed_in_one_call(stack: cdk.Stack) -> None:
    repository = repository_in(stack)
    repository.allow_pull(Principals.account("333333333333"), Principals.account(OTHER_ACCOUNT))
    (statement,) = statements_of(stack)
    assert statement["Principal"]["AWS"] == [
        f"arn:aws:iam::{account}:root" for account in (OTHER_ACCOUNT, "333333333333")
    ]


def test_a_role_of_the_app_can_be_allowed_by_itself(stack: cdk.Stack) -> None:
    repository_in(stack).allow_pull(Principals.role(role_in(stack)))
    (statement,) = statements_of(stack)
    assert statement["Principal"] == {"AWS": {"Fn::GetAtt": ["Role1ABCC5F0", "Arn"]}}


def test_any_actions_can_be_allowed(stack: cdk.Stack) -> None:
    repository_in(stack).allow(
        Principals.account(OTHER_ACCOUNT), actions=["ecr:ListImages", "ecr:DescribeImages"]
    )
    (statement,) = statements_of(stack)
    assert statement["Action"] == ["ecr:DescribeImages", "ecr:ListImages"]


@pytest.mark.parametrize(
    ("principals", "sentence"),
    [
        ([], "somebody must be named, got nobody; write Principals.account(...)"),
        ([Principals.account("22")], "12 digits, got '22'; write for example '111122223333'"),
        (
            [Principals.organization()],
            "an organisation must be named where the baseline has none, got none; write its id",
        ),
        ([Principals.organization("o-1")], "got 'o-1'; copy it from"),
        ([Principals.organizational_unit("ou-ab12-1")], "got 'ou-ab12-1'; write for example 'o-"),
        ([Principals.role("Deploy")], "a role must be given by its ARN, got 'Deploy'; write"),
        (
            [Principals.user("arn:aws:iam::111111111111:role/R")],
            "a user must be given by its ARN, got 'arn:aws:iam::111111111111:role/R'; write",
        ),
        ([Principals.service("ecs-tasks")], "got 'ecs-tasks'; write for example 'codebuild."),
        ([Principals.lambda_functions(account="x")], "an account must be 12 digits, got 'x'"),
        ([OTHER_ACCOUNT], "named by Principals, got '222222222222'; write Principals.account("),
        (
            [Principals.account("22"), Principals.account("33")],
            "2 problems\n  - an account must be 12 digits, got '22'",
        ),
    ],
)
def test_refuses_who_is_not_well_named(principals: list[Any], sentence: str) -> None:
    stack = new_stack()
    repository = repository_in(stack)
    with pytest.raises(ConfigurationError, match=re.escape(sentence)) as caught:
        repository.allow_pull(*principals)
    assert caught.value.path == "Stack/Api"
    assert statements_of(stack) == []


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ([], "a statement must name actions, got none; write 'Action': ['ecr:...']"),
        (["ecr:BatchGetImagee"], "got 'ecr:BatchGetImagee'; did you mean 'ecr:BatchGetImage'"),
        (["ecr:DescribeImage"], "got 'ecr:DescribeImage'; did you mean 'ecr:DescribeImages'"),
        (["s3:GetObject"], "must be one that Amazon ECR has, got 's3:GetObject'; write 'ecr:..."),
        (
            ["ecr:GetAuthorizationToken"],
            "got 'ecr:GetAuthorizationToken', which acts on the account; allow it in the princip",
        ),
        (
            ["ecr:PutRegistryPolicy"],
            "got 'ecr:PutRegistryPolicy', which acts on the account; allow it in the principal's",
        ),
        ("ecr:PutImage", "actions must be a list, got 'ecr:PutImage'; write ['ecr:PutImage']"),
        (["ecr:DeleteRepository"], "administer the repository, got ecr:DeleteRepository for"),
        (["ecr:*"], "got ecr:BatchDeleteImage, ecr:CreateRepository, ecr:DeleteLifecyclePolicy"),
    ],
)
def test_refuses_actions_that_have_no_place_there(wanted: Any, sentence: str) -> None:
    stack = new_stack()
    repository = repository_in(stack)
    with pytest.raises(ConfigurationError, match=re.escape(sentence)):
        repository.allow(Principals.account(OTHER_ACCOUNT), actions=wanted)
    assert statements_of(stack) == []


# Denies

DENIED = sorted({*PULL_PUSH, *READ, "ecr:BatchDeleteImage", "ecr:ListImages"})


def test_what_is_outside_of_the_organisation_is_denied(stack: cdk.Stack) -> None:
    repository = repository_in(stack, baseline=Baseline(organization_id=ORGANIZATION))
    repository.deny_outside_organization()
    assert statements_of(stack) == [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": DENIED,
            "Condition": {
                "StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION},
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            },
        }
    ]


def test_another_organisation_can_be_named(stack: cdk.Stack) -> None:
    repository_in(stack).deny_outside_organization("o-zzzzzzzzzz")
    (statement,) = statements_of(stack)
    assert statement["Condition"]["StringNotEquals"] == {"aws:PrincipalOrgID": "o-zzzzzzzzzz"}


def test_what_comes_by_another_way_than_the_endpoints_is_denied(stack: cdk.Stack) -> None:
    repository_in(stack).deny_outside_vpc_endpoint("vpce-1a2b3c4d", "vpce-0a2b3c4d5e6f70819")
    (statement,) = statements_of(stack)
    assert statement["Effect"] == "Deny"
    assert statement["Action"] == DENIED
    assert statement["Condition"] == {
        "StringNotEquals": {"aws:SourceVpce": ["vpce-0a2b3c4d5e6f70819", "vpce-1a2b3c4d"]},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }


def test_a_deny_locks_nobody_out_of_the_policy() -> None:
    assert not {"ecr:SetRepositoryPolicy", "ecr:DeleteRepositoryPolicy"} & set(DENIED)


@pytest.mark.parametrize(
    ("organization", "sentence"),
    [
        (None, "got none; write its id, 'o-...', or Baseline(organization_id='o-...')"),
        ("payments", "got 'payments'; copy it from `aws organizations describe-organization`"),
    ],
)
def test_refuses_to_deny_outside_of_no_organisation(
    organization: str | None, sentence: str
) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(sentence)):
        repository_in(new_stack()).deny_outside_organization(organization)


@pytest.mark.parametrize(
    ("endpoints", "got"), [((), "none"), (("vpc-1a2b3c4d",), "'vpc-1a2b3c4d'"), (("*",), "'\\*'")]
)
def test_refuses_to_deny_outside_of_no_endpoint(endpoints: tuple[str, ...], got: str) -> None:
    sentence = f"hexadecimal digits, got {got}; write for example 'vpce-1a2b3c4d'"
    with pytest.raises(ConfigurationError, match=sentence):
        repository_in(new_stack()).deny_outside_vpc_endpoint(*endpoints)


# What ECR takes and should not


def test_warns_once_of_a_service_that_may_act_for_anybody() -> None:
    app = new_app()
    repository = repository_in(new_stack(app))
    for _ in range(2):
        repository.grant_pull(iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    found = warnings_of(app)
    assert list(found) == ["Stack/Api"]
    (warning,) = found["Stack/Api"]
    assert "must be bound to its source, got 'ecs-tasks.amazonaws.com' without" in warning
    assert "use Principals.service('ecs-tasks.amazonaws.com', source_account=...)" in warning
    assert "[ack: ecr-constructs:policy-confused-deputy]" in warning


def test_a_warning_can_be_acknowledged() -> None:
    app = new_app()
    repository = repository_in(new_stack(app))
    repository.grant_pull(iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    cdk.Annotations.of(repository).acknowledge_warning("ecr-constructs:policy-confused-deputy")
    assert warnings_of(app) == {}


# One policy out of all


def test_everything_comes_together_in_one_policy(stack: cdk.Stack) -> None:
    repository = repository_in(stack, baseline=Baseline(organization_id=ORGANIZATION))
    repository.grant_pull(iam.AccountPrincipal(OTHER_ACCOUNT))
    repository.allow_pull(Principals.account("333333333333"), Principals.organization())
    repository.deny_outside_organization()
    repository.add_to_resource_policy(
        iam.PolicyStatement(
            sid="Own", actions=["ecr:PutImage"], principals=[iam.AccountPrincipal(ACCOUNT)]
        )
    )
    policy = properties_of(stack)["RepositoryPolicyText"]
    assert policy["Version"] == "2012-10-17"
    assert [(each["Effect"], each.get("Sid")) for each in policy["Statement"]] == [
        ("Allow", None),
        ("Allow", None),
        ("Allow", "Own"),
        ("Deny", None),
    ]
    accounts = [each["Principal"] for each in policy["Statement"] if each["Principal"] != "*"]
    assert {
        "AWS": [f"arn:aws:iam::{account}:root" for account in (OTHER_ACCOUNT, "333333333333")]
    } in accounts


def test_environments_of_the_tests_differ() -> None:
    assert ENVIRONMENT.account != OTHER_ENVIRONMENT.account
