"""The policy of a registry: what it holds, what it refuses, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.profiles import examples
from tests.synthesis import (
    ACCOUNT,
    ENVIRONMENT,
    ORGANIZATION,
    OTHER_ACCOUNT,
    REGION,
    new_app,
    new_stack,
    synthesise,
    template_of,
    warnings_of,
)

from ecr_constructs import (
    Baseline,
    ConfigurationError,
    Control,
    Exemption,
    Principal,
    Principals,
    Statement,
)
from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.model.creation_template import AppliedFor
from ecr_constructs.model.upstream import Upstream

REPOSITORY: Final = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/"
PULL: Final = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
ROOT: Final = f"arn:aws:iam::{OTHER_ACCOUNT}:root"
BASELINE: Final = Baseline(organization_id=ORGANIZATION)


def policy_of(template: dict[str, Any]) -> dict[str, Any]:
    (found,) = (
        each["Properties"]["PolicyText"]
        for each in template["Resources"].values()
        if each["Type"] == "AWS::ECR::RegistryPolicy"
    )
    policy: dict[str, Any] = found
    return policy


def statements_of(stack: cdk.Stack) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = policy_of(template_of(stack))["Statement"]
    return statements


@pytest.fixture(name="registry")
def _registry(stack: cdk.Stack) -> GovernedRegistry:
    return GovernedRegistry(stack, "Registry", baseline=BASELINE)


# What is allowed


def test_an_allow_is_for_every_repository(stack: cdk.Stack, registry: GovernedRegistry) -> None:
    registry.allow(Principals.account(OTHER_ACCOUNT), actions=PULL)
    assert policy_of(template_of(stack)) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": ROOT},
                "Action": PULL,
                "Resource": f"{REPOSITORY}*",
            }
        ],
    }


def test_an_allow_can_be_for_prefixes_of_names(
    stack: cdk.Stack, registry: GovernedRegistry
) -> None:
    registry.allow(
        Principals.account(OTHER_ACCOUNT), actions=PULL, repository_prefixes=["web/", "pay"]
    )
    (statement,) = statements_of(stack)
    assert statement["Resource"] == [f"{REPOSITORY}pay*", f"{REPOSITORY}web/*"]


def test_one_prefix_is_no_list_of_letters(stack: cdk.Stack, registry: GovernedRegistry) -> None:
    registry.allow(Principals.account(OTHER_ACCOUNT), actions=PULL, repository_prefixes="web/")
    (statement,) = statements_of(stack)
    assert statement["Resource"] == f"{REPOSITORY}web/*"


def test_accounts_that_may_do_the_same_are_one_statement(
    stack: cdk.Stack, registry: GovernedRegistry
) -> None:
    for account in ("3" * 12, OTHER_ACCOUNT):
        GovernedRegistry.of(stack).allow(Principals.account(account), actions=iter(PULL))
    (statement,) = statements_of(stack)
    assert statement["Principal"]["AWS"] == [ROOT, f"arn:aws:iam::{'3' * 12}:root"]


def test_the_organisation_is_that_of_the_owners_baseline() -> None:
    """Whoever contributes need not know it, and may do so before there is an owner."""
    app = new_app()
    stack = new_stack(app)
    GovernedRegistry.of(stack).allow(Principals.organization(), actions=PULL)
    GovernedRegistry(stack, "Registry", baseline=BASELINE)
    (statement,) = statements_of(stack)
    assert statement["Principal"] == "*"
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}


def test_actions_of_the_registry_itself_may_stand_in_its_policy(
    stack: cdk.Stack, registry: GovernedRegistry
) -> None:
    """Under scope V2, and to read them is no administration."""
    registry.allow(Principals.account(OTHER_ACCOUNT), actions=["ecr:DescribeRegistry"])
    assert len(statements_of(stack)) == 1


# What is denied

DENIED: Final = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchDeleteImage",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:DescribeImages",
    "ecr:DescribeRepositories",
    "ecr:GetDownloadUrlForLayer",
    "ecr:InitiateLayerUpload",
    "ecr:ListImages",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
]


def test_whoever_is_outside_the_organisation_can_be_denied(
    stack: cdk.Stack, registry: GovernedRegistry
) -> None:
    registry.deny_outside_organization()
    assert statements_of(stack) == [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": DENIED,
            "Resource": f"{REPOSITORY}*",
            "Condition": {
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                "StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION},
            },
        }
    ]


def test_other_ways_than_vpc_endpoints_can_be_denied(
    stack: cdk.Stack, registry: GovernedRegistry
) -> None:
    """But not to Amazon ECR, which fills caches as a role of the account."""
    registry.deny_outside_vpc_endpoint("vpce-1a2b3c4d", "vpce-0a2b3c4d")
    (statement,) = statements_of(stack)
    assert (statement["Action"], statement["Resource"]) == (DENIED, f"{REPOSITORY}*")
    assert statement["Condition"] == {
        "ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/*"},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        "StringNotEquals": {"aws:SourceVpce": ["vpce-0a2b3c4d", "vpce-1a2b3c4d"]},
    }


# What is refused

ANYBODY: Final = Principals.organizational_unit(f"{ORGANIZATION}/r-ab12")
Act = Callable[[GovernedRegistry], object]


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda r: r.allow(actions=PULL), "somebody must be named, got nobody"),
        (
            lambda r: r.allow("123456789012", actions=PULL),
            "somebody must be named by Principals, got '123456789012'",
        ),
        (
            lambda r: r.allow(Principals.account("12"), actions=PULL),
            "an account must be 12 digits, got '12'",
        ),
        (
            lambda r: r.allow(Principals.account(OTHER_ACCOUNT), actions="ecr:PutImage"),
            r"actions must be a list, got 'ecr:PutImage'; write \['ecr:PutImage'\]",
        ),
        (
            lambda r: r.allow(Principals.account(OTHER_ACCOUNT), actions=["ecr:PutImages"]),
            "got 'ecr:PutImages'; did you mean 'ecr:PutImage'",
        ),
        (
            lambda r: r.allow(Principals.account(OTHER_ACCOUNT), actions=[]),
            "a statement must name actions, got none",
        ),
        (
            lambda r: r.allow(
                Principals.account(OTHER_ACCOUNT), actions=PULL, repository_prefixes=["Web/*"]
            ),
            r"repository_prefixes\[0\]: a repository prefix must be .*got 'Web/\*'; write 'web/'",
        ),
        (
            lambda r: r.allow(
                Principals.account(OTHER_ACCOUNT), actions=PULL, repository_prefixes=[None]
            ),
            r"a repository prefix must be .*got None; write for example 'payments/'",
        ),
        (
            lambda r: r.allow(Principals.account(OTHER_ACCOUNT), actions=["ecr:PutRegistryPolicy"]),
            "administer the registry, got ecr:PutRegistryPolicy for .*; allow pull and push only",
        ),
        (
            lambda r: r.allow(Principals.account(OTHER_ACCOUNT), actions=["ecr:CreateRepository"]),
            "must not let other accounts administer the registry, got ecr:CreateRepository",
        ),
        (
            lambda r: r.allow(Principals.account(OTHER_ACCOUNT), actions=["ecr:*"]),
            "must not let other accounts administer the registry, got ecr:BatchDeleteImage",
        ),
        (lambda r: r.deny_outside_organization("acme"), "an organisation must be .*got 'acme'"),
        (lambda r: r.deny_outside_vpc_endpoint(), "a VPC endpoint must be .*got none"),
        (lambda r: r.deny_outside_vpc_endpoint("vpc-1"), "a VPC endpoint must be .*got 'vpc-1'"),
    ],
)
def test_refuses_what_ecr_or_the_baseline_refuses(act: Act, said: str) -> None:
    registry = GovernedRegistry(new_stack(new_app(validate=False)), "Registry", baseline=BASELINE)
    with pytest.raises(ConfigurationError, match=rf"(?s){said}.*\[Stack/Registry\]"):
        act(registry)


def test_refuses_an_organisation_where_the_baseline_has_none() -> None:
    registry = GovernedRegistry(new_stack(), "Registry")
    with pytest.raises(ConfigurationError, match=r"an organisation must be named .*, got none"):
        registry.deny_outside_organization()


@pytest.mark.parametrize("action", ["ecr:ReplicateImage", "ecr:BatchImportUpstreamImage"])
def test_creating_and_tagging_what_is_brought_is_no_administration(action: str) -> None:
    stack = new_stack()
    GovernedRegistry(stack, "Registry").allow(
        Principals.account(OTHER_ACCOUNT),
        actions=[action, "ecr:CreateRepository", "ecr:TagResource"],
    )
    assert len(statements_of(stack)) == 1


def test_an_exemption_lets_another_account_administer() -> None:
    stack = new_stack()
    registry = GovernedRegistry(
        stack,
        "Registry",
        exemptions=[Exemption(Control.ADMINISTRATIVE_ACCESS, "the operators' account")],
    )
    registry.allow(Principals.account(OTHER_ACCOUNT), actions=["ecr:DeleteRepository"])
    (resource,) = template_of(stack)["Resources"].values()
    assert resource["Metadata"]["EcrConstructs"]["exemptions"] == [
        {"control": "administrative-access", "reason": "the operators' account"}
    ]


def test_an_own_principal_may_administer(stack: cdk.Stack, registry: GovernedRegistry) -> None:
    registry.allow(Principals.account(ACCOUNT), actions=["ecr:*"])
    (statement,) = statements_of(stack)
    assert statement["Action"] == "ecr:*"


def test_refuses_a_policy_that_gets_too_long_and_keeps_what_was_there() -> None:
    app = new_app(validate=False)
    stack = new_stack(app)
    registry = GovernedRegistry(stack, "Registry")
    many = [f"{number:012}" for number in range(1, 170)]
    registry.allow(*map(Principals.account, many), actions=PULL)
    with pytest.raises(
        ConfigurationError,
        match=r"a registry policy must be at most 10,240 characters, got 1\d,\d{3} \(338 accounts"
        r" in 1 statements\); fold the accounts into one statement with.*\[Service\]",
    ):
        GovernedRegistry.of(new_stack(app, "Service")).allow(
            *(Principals.account(f"9{account[1:]}") for account in many), actions=PULL
        )
    (statement,) = policy_of(synthesise(app, lint=False)["Stack"])["Statement"]
    assert len(statement["Principal"]["AWS"]) == len(many)


@pytest.mark.parametrize("replicated_first", [False, True])
def test_refuses_what_gets_too_long_with_what_is_replicated(*, replicated_first: bool) -> None:
    """Whichever comes second is refused, when it comes, and is not kept."""
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry")
    source = GovernedRegistry.of(
        new_stack(app, "Source", env=cdk.Environment(account=OTHER_ACCOUNT, region=REGION))
    )
    GovernedRegistry(source.contributor, "Registry")

    def replicate() -> None:
        filters = [f"team-{number:02}/" for number in range(90)]
        source.replicate_to(registry, repository_filters=filters)

    def allow() -> None:
        accounts = [f"{number:012}" for number in range(1, 170)]
        registry.allow(*map(Principals.account, accounts), actions=PULL)

    first, second = (replicate, allow) if replicated_first else (allow, replicate)
    first()
    with pytest.raises(
        ConfigurationError, match="a registry policy must be at most 10,240 characters"
    ):
        second()
    policy = policy_of(synthesise(app, lint=False)["Stack"])
    kept = "ecr:ReplicateImage" if replicated_first else "ecr:BatchGetImage"
    assert [kept in each["Action"] for each in policy["Statement"]] == [True]


def test_a_warning_stands_on_the_owner() -> None:
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry")
    anyone = Statement(
        principals=(Principal("Service", "ecs.amazonaws.com"),),
        actions=("ecr:BatchGetImage",),
        resources=(f"{REPOSITORY}*",),
    )
    registry.contribute("a statement", lambda each: each.policy.add(anyone, by="Stack/Registry"))
    ((path, (warning,)),) = warnings_of(app).items()
    assert path == "Stack/Registry"
    assert "a service principal must be bound to its source, got 'ecs.amazonaws.com'" in warning


# Principals of other stacks


def role(stack: cdk.Stack, **options: Any) -> iam.Role:
    return iam.Role(stack, "Role", assumed_by=iam.AccountRootPrincipal(), **options)


def test_a_role_of_the_owners_own_stack_is_named(
    stack: cdk.Stack, registry: GovernedRegistry
) -> None:
    registry.allow(Principals.role(role(stack)), actions=PULL)
    (statement,) = statements_of(stack)
    assert statement["Principal"] == {"AWS": {"Fn::GetAtt": ["Role1ABCC5F0", "Arn"]}}


@pytest.mark.parametrize("account", [ACCOUNT, OTHER_ACCOUNT])
@pytest.mark.parametrize("joined", [False, True])
def test_refuses_a_role_of_another_stack(*, account: str, joined: bool) -> None:
    """Naming it makes the two stacks wait for each other, or a template that never deploys."""
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry")
    other = new_stack(app, "Service", env=cdk.Environment(account=account, region=REGION))
    arn = role(other).role_arn
    named = Principals.role(cdk.Fn.join("", [arn, ""]) if joined else arn)
    with pytest.raises(
        ConfigurationError,
        match=r"a registry policy must not name a construct of another stack, as the two stacks"
        r" would wait for each other, got Service/Role; give it a name and write its ARN out:"
        r" Principals\.role\('arn:aws:iam::.*'\), or grant it the permission where it is defined",
    ):
        registry.allow(named, actions=PULL)


def test_a_role_of_another_account_is_written_as_the_account_and_its_arn(
    stack: cdk.Stack, registry: GovernedRegistry
) -> None:
    arn = f"arn:aws:iam::{OTHER_ACCOUNT}:role/Deploy"
    registry.allow(Principals.role(arn), actions=PULL)
    (statement,) = statements_of(stack)
    assert statement["Principal"] == {"AWS": ROOT}
    assert statement["Condition"] == {"ArnEquals": {"aws:PrincipalArn": arn}}


# Order

Call = Callable[[GovernedRegistry], object]
CALLS: Final[Sequence[Call]] = (
    lambda r: r.allow(Principals.account(OTHER_ACCOUNT), actions=PULL),
    lambda r: r.allow(Principals.account("3" * 12), actions=reversed(PULL)),
    lambda r: r.allow(
        Principals.account("3" * 12), actions=PULL, repository_prefixes=["web/", "app/"]
    ),
    lambda r: r.allow(
        Principals.account("3" * 12), actions=PULL, repository_prefixes=["app/", "web/"]
    ),
    lambda r: r.allow(Principals.organization(), actions=PULL),
    lambda r: r.deny_outside_organization(),
    lambda r: r.deny_outside_vpc_endpoint("vpce-1a2b3c4d", "vpce-0a2b3c4d"),
    lambda r: r.deny_outside_vpc_endpoint("vpce-0a2b3c4d", "vpce-1a2b3c4d"),
    lambda r: r.add_pull_through_cache(Upstream.quay()).allow_pull_through(
        Principals.account("4" * 12)
    ),
    lambda r: r.add_creation_template(
        "quay", applied_for=[AppliedFor.PULL_THROUGH_CACHE], resource_tags={"from": "quay"}
    ),
)


def built(order: Sequence[int], *, owner_first: bool) -> dict[str, Any]:
    app = new_app(validate=False)
    stack = new_stack(app)
    if owner_first:
        GovernedRegistry(stack, "Registry", baseline=BASELINE)
    for number in order:
        CALLS[number](GovernedRegistry.of(stack))  # type: ignore[arg-type]
    if not owner_first:
        GovernedRegistry(stack, "Registry", baseline=BASELINE)
    return synthesise(app, lint=False)["Stack"]


@settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(range(len(CALLS))), owner_first=st.booleans())
def test_any_order_of_calls_gives_the_same_template(*, order: list[int], owner_first: bool) -> None:
    assert built(order, owner_first=owner_first) == built(range(len(CALLS)), owner_first=True)


def test_roles_stand_in_the_order_of_what_they_are_and_not_of_when_they_were_asked() -> None:
    """A token has a number, which tells the order in which tokens were made."""
    built_policies = []
    for names in (("A", "B"), ("B", "A")):
        app = new_app(validate=False)
        stack = new_stack(app)
        registry = GovernedRegistry(stack, "Registry")
        for name in names:
            made = iam.Role(stack, name, assumed_by=iam.AccountRootPrincipal())
            registry.allow(Principals.role(made), actions=PULL)
        built_policies.append(policy_of(synthesise(app, lint=False)["Stack"]))
    assert built_policies[0] == built_policies[1]


def test_a_call_made_twice_changes_nothing() -> None:
    everything = range(len(CALLS))
    assert built([*everything, *everything], owner_first=True) == built(
        everything, owner_first=True
    )


def test_the_policy_names_the_partition_of_the_region() -> None:
    app = new_app()
    china = new_stack(app, "China", env=cdk.Environment(account=ACCOUNT, region="cn-north-1"))
    GovernedRegistry(china, "Registry").allow(Principals.account(OTHER_ACCOUNT), actions=PULL)
    (statement,) = policy_of(template_of(china, region="cn-north-1"))["Statement"]
    assert statement["Principal"]["AWS"] == f"arn:aws-cn:iam::{OTHER_ACCOUNT}:root"
    assert statement["Resource"] == f"arn:aws-cn:ecr:cn-north-1:{ACCOUNT}:repository/*"


def test_a_nested_stack_contributes_to_the_registry_of_its_parent() -> None:
    app = new_app()
    stack = new_stack(app, env=ENVIRONMENT)
    GovernedRegistry(stack, "Registry")
    nested = cdk.NestedStack(stack, "Nested")
    GovernedRegistry.of(nested).allow(Principals.account(OTHER_ACCOUNT), actions=PULL)
    iam.ManagedPolicy(
        nested,
        "Any",
        statements=[iam.PolicyStatement(actions=["ecr:DescribeRegistry"], resources=["*"])],
    )
    (statement,) = statements_of(stack)
    assert statement["Principal"] == {"AWS": ROOT}
