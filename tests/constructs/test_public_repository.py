"""Public repositories: what is written, who may push, what is refused."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from hypothesis import HealthCheck, Phase, given, settings
from tests.model.registry_strategies import public_repositories
from tests.profiles import examples
from tests.synthesis import (
    ACCOUNT,
    ORGANIZATION,
    OTHER_ACCOUNT,
    lint_errors,
    new_app,
    new_stack,
    synthesise,
    template_of,
    warnings_of,
)

from ecr_constructs import (
    Baseline,
    CatalogData,
    ConfigurationError,
    Control,
    EcrGovernanceValidation,
    Exemption,
    GovernedPublicRepository,
    GovernedRegistry,
    GovernedRepository,
    Policy,
    Principal,
    Principals,
    Statement,
)
from ecr_constructs.model.public_repository import PublicRepository
from ecr_constructs.sources.assembly import read_assembly

VIRGINIA: Final = cdk.Environment(account=ACCOUNT, region="us-east-1")
PUBLIC: Final = Exemption(Control.PUBLIC_ACCESS, "our customers pull it")
PUSH: Final = [
    "ecr-public:BatchCheckLayerAvailability",
    "ecr-public:CompleteLayerUpload",
    "ecr-public:InitiateLayerUpload",
    "ecr-public:PutImage",
    "ecr-public:UploadLayerPart",
]


def virginia(app: cdk.App | None = None, construct_id: str = "Stack") -> cdk.Stack:
    return new_stack(app or new_app(validate=False), construct_id, env=VIRGINIA)


def written(stack: cdk.Stack) -> dict[str, Any]:
    (found,) = (
        each
        for each in template_of(stack, region="us-east-1")["Resources"].values()
        if each["Type"] == "AWS::ECR::PublicRepository"
    )
    found["Metadata"].pop("aws:cdk:path", None)
    resource: dict[str, Any] = found
    return resource


def statements_of(stack: cdk.Stack) -> list[dict[str, Any]]:
    policy = written(stack).get("Properties", {}).get("RepositoryPolicyText", {})
    statements: list[dict[str, Any]] = policy.get("Statement", [])
    return statements


# What is written


def test_everything_that_is_given_arrives(flags: dict[str, Any]) -> None:
    stack = virginia(new_app(flags))
    GovernedPublicRepository(
        stack,
        "Tools",
        repository_name="tools/app",
        catalog_data=CatalogData(
            repository_description="Our tools",
            about_text="# About",
            usage_text="docker pull",
            architectures=["x86-64", "ARM 64"],
            operating_systems=["Linux"],
        ),
        repository_policy=Policy.of(
            Statement(principals=(Principal("AWS", OTHER_ACCOUNT),), actions=tuple(PUSH[:1]))
        ),
        tags={"team": "tools"},
        exemptions=[PUBLIC],
    )
    assert written(stack) == {
        "Type": "AWS::ECR::PublicRepository",
        "Properties": {
            "RepositoryName": "tools/app",
            "RepositoryCatalogData": {
                "RepositoryDescription": "Our tools",
                "AboutText": "# About",
                "UsageText": "docker pull",
                "Architectures": ["ARM 64", "x86-64"],
                "OperatingSystems": ["Linux"],
            },
            "RepositoryPolicyText": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"},
                        "Action": PUSH[0],
                    }
                ],
            },
            "Tags": [{"Key": "team", "Value": "tools"}],
        },
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Metadata": {"EcrConstructs": {"exemptions": [PUBLIC.to_metadata()]}},
    }


def test_nothing_more_is_written_than_is_given() -> None:
    stack = virginia()
    repository = GovernedPublicRepository(stack, "Tools", exemptions=[PUBLIC])
    assert written(stack).get("Properties", {}) == {}
    assert repository.node.default_child is repository.node.find_child("Resource")


def test_the_logical_id_is_that_of_the_construct() -> None:
    stack = virginia()
    GovernedPublicRepository(stack, "Tools", repository_name="tools/app", exemptions=[PUBLIC])
    assert list(template_of(stack, region="us-east-1")["Resources"]) == ["Tools14E15C69"]


def test_name_and_arn_are_written_out_for_other_stacks() -> None:
    app = new_app(validate=False)
    repository = GovernedPublicRepository(
        virginia(app), "Tools", repository_name="tools/app", exemptions=[PUBLIC]
    )
    other = new_stack(app, "Other")
    cdk.CfnOutput(other, "Name", value=repository.repository_name)
    cdk.CfnOutput(other, "Arn", value=repository.repository_arn)
    outputs = synthesise(app, lint=False)["Other"]["Outputs"]
    assert outputs["Name"]["Value"] == "tools/app"
    assert "repository/tools/app" in json.dumps(outputs["Arn"]["Value"])


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
@given(public_repositories())
def test_what_is_written_is_read_back(value: PublicRepository) -> None:
    app = new_app(validate=False)
    policy = value.repository_policy
    assert policy is None or isinstance(policy, Policy)
    GovernedPublicRepository(
        virginia(app),
        "Tools",
        repository_name=None if value.repository_name is None else str(value.repository_name),
        catalog_data=value.catalog_data,
        repository_policy=policy,
        tags={str(key): str(text) for key, text in value.tags},
        exemptions=[PUBLIC],
    )
    for template in synthesise(app, lint=False).values():
        assert lint_errors(template, "us-east-1") == []
    deployment = read_assembly(Path(app.outdir))
    assert deployment.malformed == ()
    (read,) = deployment.public_repositories
    expected = replace(
        value,
        deletion_policy="Retain",
        update_replace_policy="Retain",
        exemptions=(PUBLIC,),
        account=ACCOUNT,
        region="us-east-1",
    )
    assert read == expected.normalise()


# Who may push


def test_an_identity_is_granted_pushing_and_logging_in() -> None:
    stack = virginia()
    role = iam.Role(stack, "Role", assumed_by=iam.AccountRootPrincipal())
    GovernedPublicRepository(stack, "Tools", exemptions=[PUBLIC]).grant_push(role)
    template = template_of(stack, region="us-east-1")
    (policy,) = (e for e in template["Resources"].values() if e["Type"] == "AWS::IAM::Policy")
    assert policy["Properties"]["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"],
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Action": PUSH,
            "Resource": {"Fn::GetAtt": ["Tools14E15C69", "Arn"]},
        },
    ]
    assert statements_of(stack) == []


def test_a_role_of_another_account_is_named_on_both_sides() -> None:
    app = new_app(validate=False)
    stack = virginia(app)
    away = new_stack(app, "Away", env=cdk.Environment(account=OTHER_ACCOUNT, region="eu-west-1"))
    role = iam.Role(away, "Role", assumed_by=iam.AccountRootPrincipal(), role_name="deploy")
    GovernedPublicRepository(
        stack, "Tools", repository_name="tools/app", exemptions=[PUBLIC]
    ).grant_push(role)
    (statement,) = statements_of(stack)
    assert statement["Action"] == PUSH
    assert ":role/deploy" in json.dumps(statement["Principal"])
    assert "Resource" not in statement
    assert "repository/tools/app" in json.dumps(synthesise(app, lint=False)["Away"])


def test_any_order_of_grants_gives_one_policy() -> None:
    policies = set()
    for order in itertools.permutations(range(3)):
        stack = virginia()
        repository = GovernedPublicRepository(
            stack, "Tools", baseline=Baseline(organization_id=ORGANIZATION), exemptions=[PUBLIC]
        )
        calls: list[Callable[[GovernedPublicRepository], object]] = [
            lambda r: r.allow_push(Principals.account(OTHER_ACCOUNT), Principals.organization()),
            lambda r: r.grant_push(iam.AccountPrincipal("333333333333")),
            lambda r: r.allow(
                Principals.account("333333333333"), actions=["ecr-public:DescribeImages"]
            ),
        ]
        for index in order:
            calls[index](repository)
        policies.add(json.dumps(statements_of(stack)))
    assert len(policies) == 1
    assert ORGANIZATION in policies.pop()


def test_a_token_as_a_principal_is_kept() -> None:
    stack = virginia()
    account = cdk.CfnParameter(stack, "Given", default=OTHER_ACCOUNT).value_as_string
    repository = GovernedPublicRepository(stack, "Tools", exemptions=[PUBLIC])
    repository.allow_push(Principals.account(account))
    (statement,) = statements_of(stack)
    assert statement["Principal"] == {
        "AWS": {"Fn::Join": ["", ["arn:aws:iam::", {"Ref": "Given"}, ":root"]]}
    }


def test_anybody_may_read_what_everybody_can_pull() -> None:
    stack = virginia()
    repository = GovernedPublicRepository(stack, "Tools", exemptions=[PUBLIC])
    repository.add_to_resource_policy(
        iam.PolicyStatement(actions=["ecr-public:DescribeImages"], principals=[iam.AnyPrincipal()])
    )
    (statement,) = statements_of(stack)
    assert statement["Action"] == "ecr-public:DescribeImages"


@pytest.mark.parametrize("action", ["ecr-public:PutImage", "ecr-public:*", "ecr-public:Delete*"])
def test_refuses_anybody_who_changes_it_whatever_lets_it_be_public(action: str) -> None:
    repository = GovernedPublicRepository(virginia(), "Tools", exemptions=[PUBLIC])
    statement = iam.PolicyStatement(actions=[action], principals=[iam.AnyPrincipal()])
    with pytest.raises(
        ConfigurationError,
        match=r"must not let anybody change it, .* got ecr-public:\w+.* for anybody; name accounts,"
        r" or use Principals\.organization\(\): everybody may pull already",
    ):
        repository.add_to_resource_policy(statement)


def test_refuses_another_account_that_administers_it() -> None:
    repository = GovernedPublicRepository(virginia(), "Tools", exemptions=[PUBLIC])
    with pytest.raises(ConfigurationError, match=r"administer .*; allow push only: allow_push"):
        repository.allow(Principals.account(OTHER_ACCOUNT), actions=["ecr-public:DeleteRepository"])


def test_refuses_actions_of_private_repositories() -> None:
    repository = GovernedPublicRepository(virginia(), "Tools", exemptions=[PUBLIC])
    with pytest.raises(
        ConfigurationError, match="must be one that Amazon ECR Public has, got 'ecr:PutImage'"
    ):
        repository.allow(Principals.account(OTHER_ACCOUNT), actions=["ecr:PutImage"])


# What is refused


def test_refuses_a_public_repository_without_a_reason() -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"a repository must not be open to anybody, got a public one, from which everybody"
        r" may pull without an account; use GovernedRepository, which is private, or pass"
        r" exemptions=\[Exemption\(Control\.PUBLIC_ACCESS, '<why>'\)\] \[Stack/Tools\]",
    ):
        GovernedPublicRepository(virginia(), "Tools")


def test_the_reason_may_be_the_baselines() -> None:
    stack = virginia()
    GovernedPublicRepository(stack, "Tools", baseline=Baseline(exemptions=[PUBLIC]))
    assert written(stack)["Metadata"]["EcrConstructs"] == {"exemptions": [PUBLIC.to_metadata()]}


def test_refuses_an_owner_whose_baseline_is_another_one() -> None:
    """As a repository does: it would have been defined differently had the owner come first."""
    stack = virginia()
    GovernedPublicRepository(stack, "Tools", exemptions=[PUBLIC])
    with pytest.raises(
        ConfigurationError, match="got one that differs from what Stack/Tools took; define the"
    ):
        GovernedRegistry(stack, "Registry", baseline=Baseline(organization_id=ORGANIZATION))


def test_labels_that_are_known_at_deployment_stand_in_one_order() -> None:
    written_labels = []
    for order in (["B", "A"], ["A", "B"]):
        stack = virginia()
        labels = {each: cdk.CfnParameter(stack, each, default="x86") for each in order}
        GovernedPublicRepository(
            stack,
            "Tools",
            catalog_data=CatalogData(architectures=[p.value_as_string for p in labels.values()]),
            exemptions=[PUBLIC],
        )
        written_labels.append(written(stack)["Properties"]["RepositoryCatalogData"])
    assert written_labels == [{"Architectures": [{"Ref": "A"}, {"Ref": "B"}]}] * 2


def test_the_checks_find_nothing_in_it() -> None:
    """The exemption acknowledges the rule that no repository is public."""
    app = new_app(validate=False)
    GovernedPublicRepository(virginia(app), "Tools", tags={"team": "web"}, exemptions=[PUBLIC])
    cdk.Validations.of(app).add_plugins(EcrGovernanceValidation())
    synthesise(app, lint=False)


def test_refuses_another_region(refusing: cdk.Stack) -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"a public repository must be declared in 'us-east-1', got 'eu-west-1'; put it in a"
        r" stack with env=Environment\(region='us-east-1'\) \[Stack/Tools\]",
    ):
        GovernedPublicRepository(refusing, "Tools", exemptions=[PUBLIC])


def test_warns_where_the_region_is_not_known() -> None:
    app = new_app(validate=False)
    GovernedPublicRepository(new_stack(app, env=None), "Tools", exemptions=[PUBLIC])
    (warning,) = warnings_of(app)["Stack/Tools"]
    assert warning.startswith(
        "region: a public repository must be declared in 'us-east-1', got a stack without a Region;"
        " give it env=Environment(region='us-east-1')"
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"repository_name": "Tools/App"}, "got 'Tools/App'; write 'tools/app'"),
        ({"repository_name": "a"}, "2 to 205 lower-case letters .* got 'a'; write for example"),
        ({"repository_name": "t" * 206}, "2 to 205 lower-case letters .* got 'ttt.*; write"),
        (
            {"catalog_data": CatalogData(repository_description="d" * 1025)},
            "repository_description must be at most 1,024 characters, got 1,025; shorten it",
        ),
        (
            {"catalog_data": CatalogData(about_text="d" * 10_241)},
            "about_text must be at most 10,240 characters, got 10,241; shorten it",
        ),
        (
            {"catalog_data": CatalogData(usage_text="d" * 10_241)},
            "usage_text must be at most 10,240 characters, got 10,241; shorten it",
        ),
        (
            {"catalog_data": CatalogData(architectures=[f"a{n}" for n in range(51)])},
            "architectures must be at most 50, got 51; drop some",
        ),
        (
            {"catalog_data": CatalogData(operating_systems=["o" * 51])},
            "operating_systems must be 1 to 50 characters each, got 'o+'; write for example 'Linux",
        ),
        ({"catalog_data": {"about_text": "x"}}, "must be a CatalogData, got {.*}; write Catalog"),
        ({"tags": {f"t{n}": "x" for n in range(51)}}, "must have at most 50 tags, got 51"),
        ({"tags": ["team"]}, r"tags must be a mapping of keys to values, got \['team'\]; write"),
        ({"repository_policy": "{}"}, r"repository_policy must be a Policy, got '{}'; write"),
        (
            {"removal_policy": cdk.RemovalPolicy.SNAPSHOT},
            "removal_policy must be RETAIN, .* or DESTROY, got .*SNAPSHOT",
        ),
        (
            {"removal_policy": cdk.RemovalPolicy.DESTROY},
            r"removal_policy must keep the repository, got DESTROY; leave it out: RETAIN is",
        ),
    ],
)
def test_refuses_what_cloudformation_would_refuse(given: dict[str, Any], said: str) -> None:
    stack = virginia()
    before = [each.node.path for each in stack.node.find_all()]
    with pytest.raises(ConfigurationError, match=rf"(?s){said}.*\[Stack/Tools\]"):
        GovernedPublicRepository(stack, "Tools", **{"exemptions": [PUBLIC], **given})
    assert [each.node.path for each in stack.node.find_all()] == before


def test_refuses_a_name_that_is_a_token() -> None:
    stack = virginia()
    name = cdk.CfnParameter(stack, "Given").value_as_string
    with pytest.raises(ConfigurationError, match="must be known at synthesis, got a token; write"):
        GovernedPublicRepository(stack, "Tools", repository_name=name, exemptions=[PUBLIC])


def test_refuses_a_name_twice_in_an_account() -> None:
    """A private repository of the same name is another one."""
    app = new_app(validate=False)
    GovernedRepository(virginia(app), "Private", repository_name="tools/app")
    GovernedPublicRepository(
        virginia(app, "A"), "Tools", repository_name="tools/app", exemptions=[PUBLIC]
    )
    with pytest.raises(
        ConfigurationError,
        match=r"unique among the public repositories of an account, got 'tools/app' a second time:"
        r" A/Tools defines it; choose another name \[B/Tools\]",
    ):
        GovernedPublicRepository(
            virginia(app, "B"), "Tools", repository_name="tools/app", exemptions=[PUBLIC]
        )


# What leaves its stack


def test_deleting_it_takes_a_reason_at_any_time() -> None:
    stack = virginia()
    scratch = Exemption(Control.RETAIN_ON_DELETE, "built anew each night")
    repository = GovernedPublicRepository(stack, "Tools", exemptions=[PUBLIC])
    with pytest.raises(ConfigurationError, match="removal_policy must keep the repository"):
        repository.apply_removal_policy(cdk.RemovalPolicy.DESTROY)
    exempt = GovernedPublicRepository(virginia(), "Tools", exemptions=[PUBLIC, scratch])
    exempt.apply_removal_policy(cdk.RemovalPolicy.DESTROY)
    found = written(exempt.stack)
    assert (found["DeletionPolicy"], found["UpdateReplacePolicy"]) == ("Delete", "Delete")
    assert len(found["Metadata"]["EcrConstructs"]["exemptions"]) == 2
