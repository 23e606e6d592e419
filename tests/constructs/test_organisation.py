"""A whole organisation: any order, no token between registries, everything read back."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from tests.constructs.organisation import (
    AWAY,
    BASELINE,
    HOME,
    PARTNER,
    PLATFORM,
    WORKLOADS,
    Organisation,
    build,
)
from tests.synthesis import lint_errors, new_app, synthesise

from ecr_constructs.model.creation_template import AppliedFor, CreationTemplate
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.registry import Registry
from ecr_constructs.model.replication import Destination, Replication, ReplicationRule
from ecr_constructs.model.scanning import Scanning
from ecr_constructs.model.signing import Signing
from ecr_constructs.sources.assembly import read_assembly

#: The steps forwards, backwards, and from the middle outwards.
ORDERS: Final = ((0, 1, 2, 3, 4, 5), (5, 4, 3, 2, 1, 0), (3, 4, 0, 5, 2, 1))
REGIONS: Final = {
    "Home": HOME,
    "Away": AWAY,
    "Recovery": AWAY,
    "Storefront": HOME,
    "Reports": HOME,
}


@pytest.fixture(name="registries", scope="module")
def _registries(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str], Registry]:
    """The organisation's registries as they are read back."""
    folder = tmp_path_factory.mktemp("organisation")
    app = new_app(outdir=folder)
    build(app)
    app.synth()
    deployment = read_assembly(Path(app.outdir))
    assert deployment.malformed == ()
    return {(str(each.account), str(each.region)): each for each in deployment.registries}


def test_every_template_passes_the_linter_and_strict_validation(
    flags: Mapping[str, Any],
) -> None:
    app = new_app(flags)
    build(app)
    templates = synthesise(app, lint=False)
    assert set(templates) == set(REGIONS)
    for name, template in templates.items():
        assert lint_errors(template, REGIONS[name]) == [], name


def test_three_orders_of_construction_give_one_template(flags: Mapping[str, Any]) -> None:
    """As parsed JSON, in which the order of resources means nothing."""
    built = []
    for order in ORDERS:
        app = new_app(flags, validate=False)
        build(app, order)
        built.append(synthesise(app, lint=False))
    assert built[0] == built[1]
    assert built[0] == built[2]


def references(template: Any) -> Iterator[str]:
    """Yield what a template takes from elsewhere, and what it gives."""
    match template:
        case {"Fn::ImportValue": name} | {"Fn::GetStackOutput": name}:
            yield json.dumps(name)
        case dict():
            for key, value in template.items():
                if key == "Export":
                    yield json.dumps(value)
                yield from references(value)
        case list():
            for value in template:
                yield from references(value)


def test_no_token_of_one_registry_is_in_the_template_of_another() -> None:
    """One stack alone refers to another one: the owner to the secret that a service gave it."""
    app = new_app()
    organisation = build(app)
    templates = synthesise(app, lint=False)
    found = {name: list(references(template)) for name, template in templates.items()}
    secret = "Storefront:ExportsOutputRefDockerHub84DFFEF1"
    assert {name: len(each) for name, each in found.items() if each} == {"Home": 1, "Storefront": 1}
    assert all(secret in each for each in found["Home"] + found["Storefront"])
    registries = (organisation.home, organisation.away, organisation.recovery, organisation.reports)
    for one, other in itertools.permutations(registries, 2):
        assert other not in one.dependencies


def test_where_an_app_is_built_before_its_owners_says_who_is_missing() -> None:
    """Each contribution that finds no owner is named, and so is what it needs."""
    app = new_app(validate=False)
    organisation = Organisation(app)
    organisation.replicate()
    with pytest.raises(RuntimeError) as error:
        app.synth()
    said = str(error.value)
    for title in (
        f"the registry of account {PLATFORM} in {HOME}",
        f"the registry of account {PLATFORM} in {AWAY}",
        f"the registry of account {WORKLOADS} in {AWAY}",
    ):
        assert f"needs an owner of {title}, got none; define GovernedRegistry(" in said
    assert "replicate_to(...) needs an owner" in said
    assert f"replication from {PLATFORM} in {HOME} needs an owner" in said
    assert "[Home]" in said
    assert "[Recovery]" in said


# What is read back is what was given


def template_of(registry: Registry, prefix: str) -> CreationTemplate:
    (found,) = (each for each in registry.creation_templates if each.prefix == prefix)
    return found


def test_replication_is_read_back_as_it_was_asked_for(
    registries: Mapping[tuple[str, str], Registry],
) -> None:
    away, recovery = Destination(AWAY, PLATFORM), Destination(AWAY, WORKLOADS)
    asked = Replication.of(
        ReplicationRule.to(away, ["payments/", "web/"]),
        ReplicationRule.to(recovery, ["payments/"]),
        ReplicationRule.to(Destination(HOME, PARTNER), ["web/"]),
    )
    assert registries[PLATFORM, HOME].replication == asked.normalise()
    back = Replication.of(ReplicationRule.to(Destination(HOME, PLATFORM), ["reports/"]))
    assert registries[WORKLOADS, AWAY].replication == back
    assert registries[PLATFORM, AWAY].replication is None


def test_scanning_is_read_back(registries: Mapping[tuple[str, str], Registry]) -> None:
    assert registries[PLATFORM, HOME].scanning == Scanning.basic(on_push=["*"])
    assert registries[PLATFORM, AWAY].scanning is None


def test_signing_and_exclusions_are_read_back(
    registries: Mapping[tuple[str, str], Registry],
) -> None:
    """With the profile that the owner made for a service that asked."""
    home = registries[PLATFORM, HOME]
    profile = f"arn:aws:signer:{HOME}:{PLATFORM}:/signing-profiles/Home_Registry_SigningProfile_"
    assert isinstance(home.signing, Signing)
    (rule,) = home.signing.rules
    assert str(rule.signing_profile_arn).startswith(profile)
    assert rule.repository_filters == ("web/*",)
    (excluded,) = home.pull_time_exclusions
    assert excluded.principal_arn == f"arn:aws:iam::{PLATFORM}:role/Scanner"
    assert excluded.reason == "scans every image each night"


def statements(registry: Registry) -> list[tuple[str, Any, Any, Any]]:
    policy = registry.registry_policy
    assert isinstance(policy, Policy)
    return [
        (
            str(each.effect),
            sorted(str(principal.value) for principal in each.principals),
            sorted(map(str, each.actions)),
            sorted(str(value).partition(":repository/")[2] for value in each.resources),
        )
        for each in policy.statements
    ]


def test_each_registry_allows_what_was_asked_of_it_and_no_more(
    registries: Mapping[tuple[str, str], Registry],
) -> None:
    pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    through = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
    workloads, platform = f"arn:aws:iam::{WORKLOADS}:root", f"arn:aws:iam::{PLATFORM}:root"
    reads = [
        "ecr:BatchGetImage",
        "ecr:BatchImportUpstreamImage",
        "ecr:GetDownloadUrlForLayer",
        "ecr:GetImageCopyStatus",
    ]
    allowed = [each for each in statements(registries[PLATFORM, HOME]) if each[0] == "Allow"]
    assert sorted(allowed) == sorted(
        [
            ("Allow", ["*"], ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], ["web/*"]),
            # What arrives from the other account, and what it caches and pulls through.
            ("Allow", [workloads], ["ecr:CreateRepository", "ecr:ReplicateImage"], ["reports/*"]),
            ("Allow", [workloads], reads, ["*"]),
            ("Allow", [workloads], sorted(pull + through), ["ecr-public/*"]),
            ("Allow", [workloads], sorted(pull + through), ["quay/org/tool"]),
        ]
    )
    # In the same account replication takes no permission.
    assert registries[PLATFORM, AWAY].registry_policy is None
    # The template sets a tag there.
    assert statements(registries[WORKLOADS, AWAY]) == [
        (
            "Allow",
            [platform],
            ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"],
            ["payments/*"],
        )
    ]
    # Who reads another registry needs a statement there, and none at home.
    assert registries[WORKLOADS, HOME].registry_policy is None


def test_what_arrives_is_governed_as_the_destination_is(
    registries: Mapping[tuple[str, str], Registry],
) -> None:
    for prefix in ("payments", "web"):
        away = template_of(registries[PLATFORM, AWAY], prefix)
        assert away.applied_for == (AppliedFor.REPLICATION,)
        assert (away.image_tag_mutability, away.encryption.type) == ("IMMUTABLE", "AES256")
        assert away.custom_role_arn is None
        assert away.lifecycle_policy == BASELINE.lifecycle_policy.normalise()
    recovery = template_of(registries[WORKLOADS, AWAY], "payments")
    assert recovery.applied_for == (AppliedFor.CREATE_ON_PUSH, AppliedFor.REPLICATION)
    assert recovery.resource_tags == (("from", "home"),)
    assert recovery.encryption.type == "KMS"
    assert "RegistryKey" in str(recovery.encryption.kms_key)
    assert "Role" in str(recovery.custom_role_arn)
    assert recovery.problems(account=WORKLOADS, region=AWAY) == []


def test_caches_are_read_back_each_with_a_template_whose_tags_move(
    registries: Mapping[tuple[str, str], Registry],
) -> None:
    home = registries[PLATFORM, HOME]
    rules = {str(each.ecr_repository_prefix): each for each in home.pull_through_cache_rules}
    assert set(rules) == {"docker-hub", "ecr-public", "quay"}
    assert rules["docker-hub"].credential_arn is not None
    assert rules["ecr-public"].credential_arn is None
    (platform,) = registries[WORKLOADS, HOME].pull_through_cache_rules
    assert (platform.upstream.account, platform.upstream.region) == (PLATFORM, HOME)
    assert "Role" in str(platform.custom_role_arn)
    made = [(home, prefix) for prefix in rules] + [(registries[WORKLOADS, HOME], "platform")]
    for registry, prefix in made:
        template = template_of(registry, prefix)
        assert template.applied_for == (AppliedFor.PULL_THROUGH_CACHE,)
        assert template.image_tag_mutability == "MUTABLE"
    for rule in (*rules.values(), platform):
        place = (PLATFORM, HOME) if rule is not platform else (WORKLOADS, HOME)
        assert rule.problems(account=place[0], region=place[1]) == []
