"""Replication, both sides: rules at the source, policy and templates at the destination."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import aws_cdk as cdk
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.profiles import examples
from tests.synthesis import (
    ACCOUNT,
    ENVIRONMENT,
    OTHER_ACCOUNT,
    REGION,
    new_app,
    new_stack,
    synthesise,
    warnings_of,
)

from ecr_constructs import Baseline, ConfigurationError, GovernedRepository
from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.model.creation_template import AppliedFor
from ecr_constructs.model.registry_reference import RegistryReference

AWAY: Final = cdk.Environment(account=ACCOUNT, region="eu-central-1")
RECOVERY: Final = cdk.Environment(account=OTHER_ACCOUNT, region="eu-central-1")
REPOSITORY: Final = f"arn:aws:ecr:eu-central-1:{OTHER_ACCOUNT}:repository/"


def owner(
    app: cdk.App, name: str, env: cdk.Environment | None = ENVIRONMENT, **options: Any
) -> GovernedRegistry:
    return GovernedRegistry(new_stack(app, name, env=env), "Registry", **options)


def properties(template: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    return [
        each["Properties"]
        for each in template.get("Resources", {}).values()
        if each["Type"] == f"AWS::ECR::{kind}"
    ]


def rules_of(template: Mapping[str, Any]) -> list[tuple[list[str], list[str]]]:
    """Return the rules as destinations and filters."""
    (found,) = properties(template, "ReplicationConfiguration")
    return [
        (
            [f"{to['RegistryId']} {to['Region']}" for to in rule["Destinations"]],
            [each["Filter"] for each in rule.get("RepositoryFilters", ())],
        )
        for rule in found["ReplicationConfiguration"]["Rules"]
    ]


# Both sides


def test_another_region_takes_a_rule_here_and_a_template_there(flags: Mapping[str, Any]) -> None:
    """Within an account replication takes no permission."""
    app = new_app(flags)
    source, destination = owner(app, "Main"), owner(app, "Away", AWAY)
    source.replicate_to(destination, repository_filters=["payments/"])
    templates = synthesise(app)
    assert rules_of(templates["Main"]) == [([f"{ACCOUNT} eu-central-1"], ["payments/"])]
    assert [each["Type"] for each in templates["Main"]["Resources"].values()] == [
        "AWS::ECR::ReplicationConfiguration"
    ]
    (template,) = properties(templates["Away"], "RepositoryCreationTemplate")
    assert (template["Prefix"], template["AppliedFor"]) == ("payments", ["REPLICATION"])
    assert template["ImageTagMutability"] == "IMMUTABLE"
    assert template["EncryptionConfiguration"] == {"EncryptionType": "AES256"}
    assert '"tagStatus":"untagged"' in template["LifecyclePolicy"]
    assert "CustomRoleArn" not in template
    assert properties(templates["Away"], "RegistryPolicy") == []


def test_another_account_takes_a_statement_in_its_registry_policy_too(
    flags: Mapping[str, Any],
) -> None:
    app = new_app(flags)
    source, destination = owner(app, "Main"), owner(app, "Recovery", RECOVERY)
    source.replicate_to(destination, repository_filters=["payments/", "web"])
    template = synthesise(app)["Recovery"]
    (policy,) = properties(template, "RegistryPolicy")
    assert policy["PolicyText"]["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": ["ecr:CreateRepository", "ecr:ReplicateImage"],
            "Resource": [f"{REPOSITORY}payments/*", f"{REPOSITORY}web*"],
        }
    ]
    # A filter that is no whole namespace takes names that no template but ROOT covers.
    assert sorted(
        each["Prefix"] for each in properties(template, "RepositoryCreationTemplate")
    ) == ["ROOT", "payments"]


def test_no_filter_replicates_everything() -> None:
    app = new_app()
    owner(app, "Main").replicate_to(owner(app, "Recovery", RECOVERY))
    templates = synthesise(app)
    assert rules_of(templates["Main"]) == [([f"{OTHER_ACCOUNT} eu-central-1"], [])]
    (policy,) = properties(templates["Recovery"], "RegistryPolicy")
    assert policy["PolicyText"]["Statement"][0]["Resource"] == f"{REPOSITORY}*"
    (template,) = properties(templates["Recovery"], "RepositoryCreationTemplate")
    assert template["Prefix"] == "ROOT"


def test_what_arrives_has_the_destinations_baseline_and_its_key() -> None:
    app = new_app()
    destination = owner(app, "Recovery", RECOVERY, baseline=Baseline(customer_managed_keys=True))
    owner(app, "Main").replicate_to(destination, repository_filters=["payments/"])
    template = synthesise(app)["Recovery"]
    (made,) = properties(template, "RepositoryCreationTemplate")
    (key,) = (k for k, each in template["Resources"].items() if each["Type"] == "AWS::KMS::Key")
    assert made["EncryptionConfiguration"] == {
        "EncryptionType": "KMS",
        "KmsKey": {"Fn::GetAtt": [key, "Arn"]},
    }
    role = template["Resources"][made["CustomRoleArn"]["Fn::GetAtt"][0]]["Properties"]
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {
        "Service": "ecr.amazonaws.com"
    }
    ((policy,),) = (role["Policies"],)
    assert policy["PolicyDocument"]["Statement"] == [
        {
            "Sid": "CreateRepositories",
            "Effect": "Allow",
            "Action": ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"],
            "Resource": f"{REPOSITORY}payments/*",
        },
        {
            "Sid": "Encrypt",
            "Effect": "Allow",
            "Action": ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"],
            "Resource": {"Fn::GetAtt": [key, "Arn"]},
        },
    ]


@pytest.mark.parametrize("tags_first", [False, True])
def test_tagging_is_allowed_where_the_template_sets_tags_and_only_there(
    *, tags_first: bool
) -> None:
    app = new_app(validate=False)
    source, destination = owner(app, "Main"), owner(app, "Recovery", RECOVERY)

    def tag() -> None:
        destination.add_creation_template(
            "payments", applied_for=[AppliedFor.REPLICATION], resource_tags={"team": "payments"}
        )

    if tags_first:
        tag()
    source.replicate_to(destination, repository_filters=["payments/", "web/"])
    if not tags_first:
        tag()
    template = synthesise(app)["Recovery"]
    (policy,) = properties(template, "RegistryPolicy")
    allowed = {
        each["Resource"].removeprefix(REPOSITORY): each["Action"]
        for each in policy["PolicyText"]["Statement"]
    }
    replicate = ["ecr:CreateRepository", "ecr:ReplicateImage"]
    assert allowed == {"payments/*": [*replicate, "ecr:TagResource"], "web/*": replicate}
    tagged = {
        each["Prefix"]: "CustomRoleArn" in each
        for each in properties(template, "RepositoryCreationTemplate")
    }
    assert tagged == {"payments": True, "web": False}


def test_two_registries_may_replicate_to_each_other() -> None:
    """Between them travel strings only, so that neither waits for the other."""
    app = new_app()
    main, recovery = owner(app, "Main"), owner(app, "Recovery", RECOVERY)
    main.replicate_to(recovery, repository_filters=["a/"])
    recovery.replicate_to(main, repository_filters=["b/"])
    templates = synthesise(app)
    assert rules_of(templates["Main"]) == [([f"{OTHER_ACCOUNT} eu-central-1"], ["a/"])]
    assert rules_of(templates["Recovery"]) == [([f"{ACCOUNT} {REGION}"], ["b/"])]
    main_stack, recovery_stack = cdk.Stack.of(main), cdk.Stack.of(recovery)
    assert list(main_stack.dependencies) == list(recovery_stack.dependencies) == []


def test_registries_of_two_stages_are_wired() -> None:
    app = new_app()
    stages = {
        name: cdk.Stage(app, name, env=env)
        for name, env in (("Main", ENVIRONMENT), ("Recovery", RECOVERY))
    }
    source = GovernedRegistry.of(new_stack(stages["Main"], "S", env=None))
    GovernedRegistry(source.contributor, "Registry")
    destination = GovernedRegistry(new_stack(stages["Recovery"], "S", env=None), "Registry")
    source.replicate_to(destination, repository_filters=["payments/"])
    templates = synthesise(app)
    (recovery,) = (each for name, each in templates.items() if "assembly-Recovery" in name)
    assert len(properties(recovery, "RegistryPolicy")) == 1
    assert len(properties(recovery, "RepositoryCreationTemplate")) == 1


# Merging


def test_what_several_ask_for_is_merged_into_as_few_rules_as_it_fits() -> None:
    app = new_app(validate=False)
    source = owner(app, "Main")
    away, recovery = owner(app, "Away", AWAY), owner(app, "Recovery", RECOVERY)
    for team in ("web", "payments"):
        stack = new_stack(app, team)
        for destination in (away, recovery):
            GovernedRegistry.of(stack).replicate_to(destination, repository_filters=[f"{team}/"])
    source.replicate_to(away, repository_filters=["payments/api/"])
    template = synthesise(app, lint=False)["Main"]
    assert rules_of(template) == [
        ([f"{ACCOUNT} eu-central-1", f"{OTHER_ACCOUNT} eu-central-1"], ["payments/", "web/"])
    ]


WANTED: Final = [
    (destination, prefix) for destination in (AWAY, RECOVERY) for prefix in ("web/", "app/", "pay")
]


@settings(max_examples=examples(15), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.permutations(WANTED))
def test_any_order_of_requests_gives_the_same_templates(
    order: list[tuple[cdk.Environment, str]],
) -> None:
    def built(requests: list[tuple[cdk.Environment, str]]) -> dict[str, Any]:
        app = new_app(validate=False)
        source = owner(app, "Main")
        registries = {env.account: owner(app, f"To{env.account}", env) for env in (AWAY, RECOVERY)}
        for destination, prefix in requests:
            source.replicate_to(registries[destination.account], repository_filters=[prefix])
        return synthesise(app, lint=False)

    assert built(order) == built(WANTED)


# What is refused


def test_refuses_the_registry_itself(refusing: cdk.Stack) -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"a destination must be another registry, got the registry's own account and Region"
        rf" '{ACCOUNT} in {REGION}'; write another Region or another account \[Stack\]",
    ):
        GovernedRegistry.of(refusing).replicate_to(GovernedRegistry.of(refusing))


@pytest.mark.parametrize("side", ["source", "destination"])
def test_refuses_a_stack_without_concrete_account_and_region(side: str) -> None:
    app = new_app(validate=False)
    agnostic = GovernedRegistry.of(new_stack(app, "Agnostic", env=None))
    concrete = GovernedRegistry.of(new_stack(app, "Main"))
    source, destination = (agnostic, concrete) if side == "source" else (concrete, agnostic)
    what = "the registry that replicates" if side == "source" else "destination"
    with pytest.raises(
        ConfigurationError,
        match=rf"(?s){what} must lie in a stack with a concrete account and Region, as both sides"
        r" name them, got a stack without account; give the stack env=cdk.Environment"
        r".*got a stack without region",
    ):
        source.replicate_to(destination)


@pytest.mark.parametrize(
    ("destination", "said"),
    [
        (
            RegistryReference("22", "eu-central-1"),
            r"destination\.account: account must be 12 digits, got '22'",
        ),
        (RegistryReference(OTHER_ACCOUNT, "Frankfurt"), "must be a Region of AWS, got 'Frankfurt'"),
        (
            RegistryReference(OTHER_ACCOUNT, "cn-north-1"),
            "must be in the partition 'aws' of the registry, got 'cn-north-1' in 'aws-cn'; write",
        ),
        (
            RegistryReference(cdk.Aws.ACCOUNT_ID, "eu-central-1"),
            "account of a RegistryReference must be known at synthesis, got a token",
        ),
        ("eu-central-1", "must be a GovernedRegistry or a RegistryReference, got 'eu-central-1'"),
    ],
)
def test_refuses_a_destination_that_is_none(
    refusing: cdk.Stack, destination: Any, said: str
) -> None:
    with pytest.raises(ConfigurationError, match=rf"{said}.*\[Stack\]"):
        GovernedRegistry.of(refusing).replicate_to(destination)


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (
            ["Prod/"],
            r"repository_filters\[0\]: a replication filter must be .*'Prod/'; write 'prod/'",
        ),
        (["web/", "prod/*"], r"repository_filters\[1\]: .*got 'prod/\*'; write 'prod/'"),
        (["p"], "a replication filter must be 2 to 256 .*got 'p'"),
        ([f"team-{n}/" for n in range(101)], "a rule must have at most 100 filters, got 101"),
        ([cdk.Aws.STACK_NAME], r"repository_filters\[0\]: .*known at synthesis.*got a token"),
    ],
)
def test_refuses_filters_that_ecr_refuses(
    refusing: cdk.Stack, filters: list[str], said: str
) -> None:
    destination = RegistryReference(OTHER_ACCOUNT, "eu-central-1")
    with pytest.raises(ConfigurationError, match=rf"{said}.*\[Stack\]"):
        GovernedRegistry.of(refusing).replicate_to(destination, repository_filters=filters)


def test_refuses_a_twenty_sixth_destination_and_keeps_the_others() -> None:
    app = new_app(validate=False)
    stack = new_stack(app)
    registry = GovernedRegistry(stack, "Registry")
    for number in range(25):
        registry.replicate_to(
            RegistryReference(f"{number + 200000000000}", REGION), repository_filters=["web/"]
        )
    with pytest.raises(
        ConfigurationError,
        match=r"must have at most 25 different destinations in all its rules, got 26; drop some",
    ):
        registry.replicate_to(RegistryReference("3" * 12, REGION), repository_filters=["web/"])
    ((destinations, _),) = rules_of(synthesise(app, lint=False)["Stack"])
    assert len(destinations) == 25


def test_refuses_more_than_twenty_five_rules() -> None:
    registry = GovernedRegistry(new_stack(new_app(validate=False)), "Registry")

    def ask(number: int) -> None:
        """What each destination gets overlaps in nothing, so that each takes a rule."""
        destination = RegistryReference(f"{number % 25 + 200000000000}", REGION)
        filters = [f"team-{number}-{n}/" for n in range(100)]
        registry.replicate_to(destination, repository_filters=filters)

    for number in range(25):
        ask(number)
    with pytest.raises(ConfigurationError, match="must have at most 25 rules, got 26"):
        ask(25)


# Warnings


def test_warns_of_a_prefix_that_takes_more_than_meant_and_of_many_rules() -> None:
    app = new_app(validate=False)
    stack = new_stack(app)
    registry = GovernedRegistry(stack, "Registry")
    for number in range(11):
        registry.replicate_to(
            RegistryReference(f"{number + 200000000000}", REGION),
            repository_filters=["prod", f"team-{number}/"],
        )
    for name in ("prod/api", "production/api"):
        registry.add_repository(name.replace("/", "-"), repository_name=name)
    told = "\n".join(warnings_of(app)["Stack/Registry"])
    assert (
        "a replication filter is a prefix of names, so 'prod' also takes 'production/api'; write"
        " 'prod/' for the namespace" in told
    )
    assert "is sure to be accepted up to 10 rules" in told


def test_warns_where_another_template_stands_before_the_one_of_replication() -> None:
    app = new_app(validate=False)
    source, destination = owner(app, "Main"), owner(app, "Recovery", RECOVERY)
    source.replicate_to(destination, repository_filters=["payments/"])
    for prefix, purposes in (
        ("payments/api", [AppliedFor.CREATE_ON_PUSH]),
        ("payments/jobs", [AppliedFor.CREATE_ON_PUSH, AppliedFor.REPLICATION]),
        ("web", [AppliedFor.CREATE_ON_PUSH]),
        ("ROOT", [AppliedFor.CREATE_ON_PUSH]),
    ):
        destination.add_creation_template(prefix, applied_for=purposes)
    (warning,) = warnings_of(app)["Main/Registry"]
    assert warning.startswith(
        "repository_filters: replication must create repositories from a template that governs"
        f" them, got the template 'payments/api' of {OTHER_ACCOUNT} in eu-central-1, which covers"
        " what is replicated there and is applied for CREATE_ON_PUSH only; apply it for"
        " AppliedFor.REPLICATION too"
    )


def test_warns_of_a_region_whose_partition_is_not_known() -> None:
    app = new_app(validate=False)
    owner(app, "Main").replicate_to(RegistryReference(OTHER_ACCOUNT, "moon-base-1"))
    assert any(
        "must be in a partition that is known here" in each and "'moon-base-1'" in each
        for each in warnings_of(app)["Main/Registry"]
    )


# Chains

THIRD: Final = cdk.Environment(account="3" * 12, region="eu-north-1")


def chain_of(app: cdk.App, scopes: tuple[Any, Any, Any]) -> list[GovernedRegistry]:
    return [
        GovernedRegistry(cdk.Stack(scope, f"S{number}", env=env), "Registry")
        for number, (scope, env) in enumerate(
            zip(scopes, (ENVIRONMENT, RECOVERY, THIRD), strict=True)
        )
    ]


def test_refuses_a_chain_that_will_not_flow() -> None:
    app = new_app(validate=False)
    first, second, third = chain_of(app, (app, app, app))
    first.replicate_to(second, repository_filters=["payments/"])
    second.replicate_to(third, repository_filters=["payments/api/"])
    with pytest.raises(RuntimeError) as error:
        app.synth()
    said = str(error.value)
    assert (
        "[S0/Registry] rules: replication must go straight to 333333333333 in eu-north-1, got"
        f" repositories named payments/api/* from {ACCOUNT} in {REGION} through {OTHER_ACCOUNT} in"
        " eu-central-1, where what arrives by replication is not replicated on; replicate them from"
        in said
    )
    assert said.count("must go straight to") == 1


def test_a_chain_whose_source_replicates_to_the_end_itself_flows() -> None:
    app = new_app(validate=False)
    first, second, third = chain_of(app, (app, app, app))
    first.replicate_to(second, repository_filters=["payments/"])
    second.replicate_to(third, repository_filters=["payments/"])
    first.replicate_to(third, repository_filters=["payments/"])
    app.synth()


def test_refuses_a_chain_across_stages() -> None:
    """Each stage is validated by itself; the chain is known from the start."""
    app = new_app(validate=False)
    stages = tuple(cdk.Stage(app, name) for name in ("A", "B", "C"))
    first, second, third = chain_of(app, (stages[0], stages[1], stages[2]))
    first.replicate_to(second)
    second.replicate_to(third)
    with pytest.raises(
        RuntimeError, match=r"\[A/S0/Registry\] rules: replication must go straight"
    ):
        app.synth()


def test_refuses_a_chain_whose_source_was_synthesised_before() -> None:
    app = new_app(validate=False)
    stages = tuple(cdk.Stage(app, name) for name in ("A", "B", "C"))
    first, second, third = chain_of(app, (stages[0], stages[1], stages[2]))
    first.replicate_to(second)
    stages[0].synth()
    second.replicate_to(third)
    with pytest.raises(
        RuntimeError, match=r"\[B/S1/Registry\] rules: replication must go straight"
    ):
        stages[1].synth()


# A registry of another app


def test_a_reference_to_a_registry_of_this_app_is_that_registry() -> None:
    """Before it is defined, or after."""
    built = []
    for reference_first in (False, True):
        app = new_app(validate=False)
        source = owner(app, "Main")
        reference = RegistryReference(OTHER_ACCOUNT, "eu-central-1")
        if not reference_first:
            owner(app, "Recovery", RECOVERY)
        source.replicate_to(reference, repository_filters=["payments/"])
        if reference_first:
            owner(app, "Recovery", RECOVERY)
        assert source.hand_overs == ()
        built.append(synthesise(app, lint=False))
    assert built[0] == built[1]
    assert len(properties(built[0]["Recovery"], "RegistryPolicy")) == 1


def test_a_reference_that_nobody_owns_is_no_error() -> None:
    app = new_app(validate=False)
    source = owner(app, "Main")
    GovernedRepository(new_stack(app, "Service"), "Api", repository_name="payments/api")
    source.replicate_to(RegistryReference(OTHER_ACCOUNT, "eu-central-1"))
    assert rules_of(synthesise(app, lint=False)["Main"]) == [
        ([f"{OTHER_ACCOUNT} eu-central-1"], [])
    ]
