"""One owner for an account and Region: names, baselines, what waits and what comes too late."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from constructs import Construct, IConstruct
from tests.synthesis import (
    ACCOUNT,
    ENVIRONMENT,
    OTHER_ACCOUNT,
    OTHER_ENVIRONMENT,
    REGION,
    new_app,
    new_stack,
    synthesise,
)

from ecr_constructs import (
    Baseline,
    ConfigurationError,
    Control,
    Exemption,
    GovernedRepository,
    Principals,
)
from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.model.registry_reference import RegistryReference
from ecr_constructs.model.scanning import Scanning
from ecr_constructs.model.upstream import Upstream

PULL = ["ecr:BatchGetImage"]
ELSEWHERE = cdk.Environment(account=ACCOUNT, region="eu-central-1")
BASELINE = Baseline(organization_id="o-a1b2c3d4e5")


def allow(registry: Any, account: str = OTHER_ACCOUNT) -> None:
    registry.allow(Principals.account(account), actions=PULL)


# Owners


def test_refuses_a_second_owner_and_names_both(app: cdk.App) -> None:
    GovernedRegistry(new_stack(app, "One"), "Registry")
    two = new_stack(app, "Two")
    with pytest.raises(
        ConfigurationError,
        match=f"the registry of account {ACCOUNT} in {REGION} must have one owner, got a second"
        r" one: One/Registry owns it; use GovernedRegistry.of\(scope\).*\[Two/Registry\]",
    ):
        GovernedRegistry(two, "Registry")
    assert two.node.try_find_child("Registry") is None


def test_refuses_a_second_owner_in_another_stage(app: cdk.App) -> None:
    one = cdk.Stage(app, "One", env=ENVIRONMENT)
    two = cdk.Stage(app, "Two", env=ENVIRONMENT)
    GovernedRegistry(new_stack(one, "Main", env=None), "Registry")
    with pytest.raises(ConfigurationError, match=r"One/Main/Registry owns it.*\[Two/Main/Registry"):
        GovernedRegistry(new_stack(two, "Main", env=None), "Registry")


@pytest.mark.parametrize("env", [OTHER_ENVIRONMENT, ELSEWHERE])
def test_each_account_and_region_has_an_owner_of_its_own(env: cdk.Environment) -> None:
    app = new_app(validate=False)
    GovernedRegistry(new_stack(app, "One"), "Registry")
    GovernedRegistry(new_stack(app, "Two", env=env), "Registry")


def test_environment_agnostic_stacks_have_a_registry_each() -> None:
    """All of them carry the same account token, and two of them are no clash."""
    app = new_app()
    registries = [
        GovernedRegistry(new_stack(app, name, env=None), "Registry") for name in ("One", "Two")
    ]
    for number, registry in enumerate(registries):
        registry.add_repository("Api", repository_name="payments/api")
        allow(registry, f"{number + 2}" * 12)
    found = synthesise(app)
    for number, name in enumerate(("One", "Two")):
        (policy,) = (
            each["Properties"]["PolicyText"]
            for each in found[name]["Resources"].values()
            if each["Type"] == "AWS::ECR::RegistryPolicy"
        )
        assert f"{number + 2}" * 12 in str(policy)
        (statement,) = policy["Statement"]
        assert statement["Resource"] == {
            "Fn::Join": [
                "",
                [
                    "arn:",
                    {"Ref": "AWS::Partition"},
                    ":ecr:",
                    {"Ref": "AWS::Region"},
                    ":",
                    {"Ref": "AWS::AccountId"},
                    ":repository/*",
                ],
            ]
        }


def test_an_exemption_lets_two_own_one_registry_and_both_tell_it() -> None:
    app = new_app()
    first = GovernedRegistry(
        new_stack(app, "One"), "Registry", scanning=Scanning.basic(on_push=["*"])
    )
    second = GovernedRegistry(
        new_stack(app, "Two"),
        "Registry",
        scanning=Scanning.basic(on_push=["web/*"]),
        exemptions=[Exemption(Control.SINGLE_OWNER, "moves to the other stack this week")],
    )
    allow(first, "3" * 12)
    allow(second, "4" * 12)
    second.replicate_to(GovernedRegistry(new_stack(app, "Away", env=ELSEWHERE), "Registry"))
    templates = synthesise(app)
    told = {
        name: sorted(
            each["Type"]
            for each in templates[name]["Resources"].values()
            if "EcrConstructs" in each.get("Metadata", {})
        )
        for name in ("One", "Two")
    }
    assert told == {
        "One": [],
        "Two": [
            "AWS::ECR::RegistryPolicy",
            "AWS::ECR::RegistryScanningConfiguration",
            "AWS::ECR::ReplicationConfiguration",
        ],
    }
    assert "3" * 12 not in str(templates["Two"])
    assert "4" * 12 not in str(templates["One"])


def test_who_contributes_through_the_scope_reaches_the_first_of_two_owners() -> None:
    app = new_app(validate=False)
    one, two = new_stack(app, "One"), new_stack(app, "Two")
    GovernedRegistry(one, "Registry")
    GovernedRegistry(two, "Registry", exemptions=[Exemption(Control.SINGLE_OWNER, "for a week")])
    allow(GovernedRegistry.of(two))
    templates = synthesise(app, lint=False)
    assert OTHER_ACCOUNT in str(templates["One"])
    assert OTHER_ACCOUNT not in str(templates["Two"])


# Names


@pytest.mark.parametrize("in_stages", [False, True])
def test_refuses_a_name_that_another_stack_of_the_environment_has(*, in_stages: bool) -> None:
    app = new_app(validate=False)
    scopes = [
        cdk.Stage(app, name, env=ENVIRONMENT) if in_stages else app for name in ("First", "Second")
    ]
    one, two = (new_stack(scope, f"S{number}") for number, scope in enumerate(scopes))
    GovernedRepository(one, "Api", repository_name="payments/api")
    with pytest.raises(
        ConfigurationError,
        match=r"repository_name must be unique in the registry of account 1{12} in eu-west-1, got"
        r" 'payments/api' a second time: .*S0/Api defines it; choose another name \[.*S1/Other\]",
    ):
        GovernedRepository(two, "Other", repository_name="payments/api")


def test_one_name_may_be_taken_in_each_registry() -> None:
    app = new_app(validate=False)
    for number, env in enumerate((ENVIRONMENT, ELSEWHERE, OTHER_ENVIRONMENT, None, None)):
        GovernedRepository(
            new_stack(app, f"S{number}", env=env), "Api", repository_name="payments/api"
        )


def test_a_handle_knows_the_registry_before_it_has_an_owner() -> None:
    handle = GovernedRegistry.of(Construct(new_stack(), "Service"))
    assert (handle.account, handle.region) == (ACCOUNT, REGION)
    assert handle.contributor.node.path == "Stack/Service"


# Baselines


def test_repositories_take_the_baseline_of_the_owner() -> None:
    app = new_app(validate=False)
    GovernedRegistry(new_stack(app, "Main"), "Registry", baseline=Baseline(namespaces=["web"]))
    with pytest.raises(ConfigurationError, match="must lie in one of the namespaces"):
        GovernedRepository(new_stack(app, "Service"), "Api", repository_name="payments/api")


def test_refuses_an_owner_whose_baseline_differs_from_what_was_taken() -> None:
    app = new_app(validate=False)
    GovernedRepository(new_stack(app, "Service"), "Api", repository_name="payments/api")
    main = new_stack(app, "Main")
    with pytest.raises(
        ConfigurationError,
        match=r"the baseline of the registry of account 1{12} in eu-west-1 must be known before its"
        r" repositories, got one that differs from what Service/Api took; define the registry first"
        r".*\[Main/Registry\]",
    ):
        GovernedRegistry(main, "Registry", baseline=Baseline(namespaces=["payments"]))


def test_a_repository_with_a_baseline_of_its_own_assumes_nothing() -> None:
    app = new_app(validate=False)
    GovernedRepository(new_stack(app, "Service"), "Api", baseline=Baseline())
    GovernedRegistry(new_stack(app, "Main"), "Registry", baseline=BASELINE)


# What waits, and what comes too late


def test_what_is_contributed_before_the_owner_waits_for_it() -> None:
    app = new_app(validate=False)
    service, main = new_stack(app, "Service"), new_stack(app, "Main")
    allow(GovernedRegistry.of(service))
    GovernedRegistry(main, "Registry")
    templates = synthesise(app, lint=False)
    assert OTHER_ACCOUNT in str(templates["Main"])
    assert templates["Service"].get("Resources", {}) == {}


def test_an_owner_in_another_stage_takes_what_waits() -> None:
    app = new_app(validate=False)
    service = cdk.Stage(app, "Service", env=ENVIRONMENT)
    platform = cdk.Stage(app, "Platform", env=ENVIRONMENT)
    allow(GovernedRegistry.of(new_stack(service, "Api", env=None)))
    GovernedRegistry(new_stack(platform, "Main", env=None), "Registry")
    (template,) = (
        each for name, each in synthesise(app, lint=False).items() if "assembly-Platform" in name
    )
    assert OTHER_ACCOUNT in str(template)


def test_refuses_at_validation_what_finds_no_owner_and_names_each_contributor() -> None:
    app = new_app(validate=False)
    stack = new_stack(app)
    allow(GovernedRegistry.of(stack))
    GovernedRegistry.of(Construct(stack, "Service")).add_pull_through_cache(Upstream.quay())
    with pytest.raises(RuntimeError) as error:
        app.synth()
    needs = (
        f"needs an owner of the registry of account {ACCOUNT} in {REGION}, got none; define"
        " GovernedRegistry(stack, 'Registry') in a stack of that account and Region"
    )
    said = str(error.value)
    assert f"allow(...) {needs} [Stack]" in said
    assert f"add_pull_through_cache(...) {needs} [Stack/Service]" in said


def test_what_may_be_handed_over_instead_hides_no_missing_owner() -> None:
    """A reference to the registry needs no owner here; what comes after it does."""
    app = new_app(validate=False)
    main = new_stack(app, "Main")
    GovernedRegistry(main, "Registry")
    GovernedRegistry.of(main).replicate_to(RegistryReference(OTHER_ACCOUNT, REGION))
    allow(GovernedRegistry.of(new_stack(app, "Other", env=OTHER_ENVIRONMENT)), ACCOUNT)
    with pytest.raises(RuntimeError) as error:
        app.synth()
    assert f"allow(...) needs an owner of the registry of account {OTHER_ACCOUNT}" in str(
        error.value
    )
    assert "replication from" not in str(error.value)


def test_an_agnostic_stack_has_no_owner_but_its_own() -> None:
    app = new_app(validate=False)
    GovernedRegistry(new_stack(app, "Main", env=None), "Registry")
    allow(GovernedRegistry.of(new_stack(app, "Service", env=None)))
    with pytest.raises(RuntimeError, match="the registry of this environment-agnostic stack"):
        app.synth()


def test_what_is_refused_of_what_waited_names_the_contributor() -> None:
    app = new_app(validate=False)
    service = new_stack(app, "Service")
    GovernedRegistry.of(service).deny_outside_organization()
    with pytest.raises(ConfigurationError, match=r"an organisation must be named .*\[Service\]"):
        GovernedRegistry(new_stack(app, "Main"), "Registry")


@pytest.mark.parametrize("through_a_handle", [False, True])
def test_refuses_what_comes_after_synthesis(*, through_a_handle: bool) -> None:
    """What is set then would be ignored in silence."""
    app = new_app(validate=False)
    stack = new_stack(app)
    registry = GovernedRegistry(stack, "Registry")
    app.synth()
    late = GovernedRegistry.of(stack) if through_a_handle else registry
    with pytest.raises(
        ConfigurationError,
        match=f"the registry of account {ACCOUNT} in {REGION} has been synthesised already, so"
        r" allow\(\.\.\.\) comes too late; contribute before Stage.synth\(\) or the end of the app",
    ):
        allow(late)


def test_refuses_what_comes_from_a_stage_after_the_owners() -> None:
    app = new_app(validate=False)
    platform = cdk.Stage(app, "Platform", env=ENVIRONMENT)
    GovernedRegistry(new_stack(platform, "Main", env=None), "Registry")
    platform.synth()
    with pytest.raises(ConfigurationError, match=r"comes too late.*\[Service\]"):
        allow(GovernedRegistry.of(new_stack(app, "Service")))


@jsii.implements(cdk.IAspect)
class Contributes:
    """Contributes when it is called for one construct."""

    def __init__(self, path: str) -> None:
        self._path = path

    def visit(self, node: IConstruct) -> None:
        """Contribute if it is the one."""
        if node.node.path == self._path:
            allow(GovernedRegistry.of(node))


@pytest.mark.parametrize("path", ["Main", "Service"])
@pytest.mark.parametrize("priority", [0, 500, 900])
def test_an_aspect_may_still_contribute(path: str, priority: int) -> None:
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app, "Main"), "Registry")
    allow(registry, "3" * 12)
    new_stack(app, "Service")
    cdk.Aspects.of(app).add(Contributes(path), priority=priority)
    policy = str(synthesise(app, lint=False)["Main"])
    assert OTHER_ACCOUNT in policy
    assert "3" * 12 in policy
