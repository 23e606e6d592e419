"""The review in a terminal: each fact of a registry, in plain words, and no markup of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.checks.deployments import write_assembly
from tests.review.render.worlds import accounts, world
from tests.review.templates import (
    ACCOUNT,
    NOW,
    OTHER,
    expiring,
    repository,
    reviewed,
    rule,
    shared,
    statement,
)

from ecr_constructs.lifecycle.images import Image
from ecr_constructs.review import NamedInventory, review
from ecr_constructs.review.render.terminal import MOST, to_text

SIGNER = f"arn:aws:signer:eu-west-1:{ACCOUNT}"


def text(*arguments: Any, **options: Any) -> str:
    """A review as text, in one line."""
    return " ".join(to_text(reviewed(*arguments, **options), width=100).split())


def registry() -> dict[str, Any]:
    """The resources of a registry with all that it may have."""
    web = [{"Filter": "web/*", "FilterType": "WILDCARD"}]
    destination = {"Region": "eu-central-1", "RegistryId": OTHER}
    kinds: dict[str, dict[str, Any]] = {
        "RegistryScanningConfiguration": {
            "ScanType": "BASIC",
            "Rules": [{"ScanFrequency": "SCAN_ON_PUSH", "RepositoryFilters": web}],
        },
        "RegistryPolicy": {
            "PolicyText": {
                "Version": "2012-10-17",
                "Statement": [
                    statement(
                        {"AWS": f"arn:aws:iam::{OTHER}:root"},
                        "ecr:ReplicateImage",
                        Resource=f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/*",
                    )
                ],
            }
        },
        "ReplicationConfiguration": {
            "ReplicationConfiguration": {"Rules": [{"Destinations": [destination]}]}
        },
        "PullThroughCacheRule": {"EcrRepositoryPrefix": "quay", "UpstreamRegistryUrl": "quay.io"},
        "RepositoryCreationTemplate": {"Prefix": "quay", "AppliedFor": ["PULL_THROUGH_CACHE"]},
        "SigningConfiguration": {
            "Rules": [{"SigningProfileArn": f"{SIGNER}:/signing-profiles/Images"}],
        },
        "PullTimeUpdateExclusion": {"PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/Scanner"},
    }
    flagged = repository("data/x", ImageScanningConfiguration={"ScanOnPush": False})
    return {
        "Api": repository(),
        "Data": flagged,
        **{kind: {"Type": f"AWS::ECR::{kind}", "Properties": p} for kind, p in kinds.items()},
    }


@pytest.mark.parametrize(
    "fact",
    [
        f"Registry of account {ACCOUNT} in eu-west-1 2 repositories",
        (
            "scanning basic scanning on push: web/* 1 repository not scanned on push"
            " of 1 repository it cannot be told"
        ),
        f"policy allows account {OTHER} to do ecr:ReplicateImage",
        f"replication all repositories to {OTHER} in eu-central-1",
        "caches quay: Quay (quay.io)",
        "templates quay: PULL_THROUGH_CACHE",
        "signing all repositories with arn:aws:signer:eu-west-1",
        f"not counted pulls of arn:aws:iam::{ACCOUNT}:role/Scanner",
        "bills each image that is replicated is stored a second time",
    ],
)
def test_registry_is_told_in_words(tmp_path: Path, fact: str) -> None:
    assert fact in text(tmp_path, None, registry())


def test_access_that_is_alike_is_told_together(tmp_path: Path) -> None:
    who = {"AWS": f"arn:aws:iam::{OTHER}:root"}
    condition = {"StringEquals": {"aws:SourceVpce": "vpce-1a2b"}}
    resources = shared(
        statement(who),
        statement(who, "ecr:DescribeImages", condition),
        statement(who, "ecr:PutImage"),
    )
    assert f"access account {OTHER}: pull" in text(tmp_path, None, resources)


def test_images_that_are_held_are_counted(tmp_path: Path) -> None:
    held = NamedInventory(
        file="images.json",
        repository="payments/api",
        images=tuple(Image(f"sha256:{n:064x}", NOW, (f"v{n}",)) for n in range(5)),
    )
    shown = text(tmp_path, None, expiring(rule(1, count=2, tags=["v*"])), images=[held])
    assert "held 3 expire, 2 retain" in shown


def test_what_is_loosened_is_told_with_its_reason_and_end(tmp_path: Path) -> None:
    over = {"control": "tag-immutability", "reason": "nightly", "expires": "2026-05-31"}
    shown = text(tmp_path, None, {"Api": repository(exemptions=[over])})
    assert (
        "Exemptions payments/api: tag-immutability until 2026-05-31 (expired) because nightly"
        in shown
    )


def test_what_two_registries_have_alike_is_told_with_its_registry(tmp_path: Path) -> None:
    over = {"control": "tag-immutability", "reason": "nightly"}
    places = {"One": f"aws://{ACCOUNT}/eu-west-1", "Two": f"aws://{OTHER}/eu-west-1"}

    def fleet(name: str, **properties: Any) -> Path:
        api = repository(exemptions=[over], **properties)
        lone = repository("lone/api", exemptions=[over])
        stacks = {
            "One": {"Resources": {"Api": api, "Lone": lone}},
            "Two": {"Resources": {"Api": api}},
        }
        return write_assembly(tmp_path / name, stacks, environments=places)

    new = fleet("new", ImageTagMutability="MUTABLE")
    shown = " ".join(to_text(review(new, against=fleet("old"), now=NOW), width=100).split())
    for account in (ACCOUNT, OTHER):
        assert f"as its tag mutability changes in the registry of {account} in eu-west-1" in shown
        assert f" payments/api of {account} in eu-west-1: tag-immutability because" in shown
    assert " lone/api: tag-immutability because" in shown


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    broken = {"Type": "AWS::ECR::Repository", "Properties": {"Tags": "x"}}
    shown = text(tmp_path, None, {"Api": broken})
    assert "1 value cannot be read" in shown


def test_private_repository_is_its_own_accounts_alone(tmp_path: Path) -> None:
    assert "access its own account alone" in text(tmp_path, None, shared())


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ({"Fn::ImportValue": "P"}, "cannot be told before deployment: ${Main"),
        ("{", "the policy is malformed, and Amazon ECR refuses it"),
    ],
)
def test_policy_that_cannot_be_read_leaves_nobody_out(
    policy: object, words: str, tmp_path: Path
) -> None:
    shown = text(tmp_path, None, {"Api": repository(RepositoryPolicyText=policy)})
    assert f"access repository policy: {words}" in shown
    assert "its own account alone" not in shown


def test_doubt_is_said_once(tmp_path: Path) -> None:
    unknown = {"Api": repository(RepositoryPolicyText={"Fn::ImportValue": "P"})}
    shown = text(tmp_path, shared(), unknown)
    assert "1 widened ▲ Access widened whether access to payments/api widens cannot" in shown


def test_doubt_that_a_sentence_hides_is_said_before_it(tmp_path: Path) -> None:
    flagged, plain = registry(), registry()
    plain["Api"] = repository(ImageScanningConfiguration={"ScanOnPush": False})
    shown = text(tmp_path, flagged, plain)
    assert "Scanned less cannot tell: payments/api is scanned only when somebody asks" in shown


def test_long_lists_are_cut_and_the_page_is_named(tmp_path: Path) -> None:
    found = world(tmp_path, accounts(1, "eu-west-1"), namespaces=MOST + 7)
    shown = to_text(found)
    assert shown.count("tags immutable") == MOST
    assert "and 7 repositories more; -o review.html shows all" in shown


def test_markup_of_the_terminal_in_a_name_stays_text(tmp_path: Path) -> None:
    shown = text(tmp_path, None, {"Api": repository("[bold red]x[/]")})
    assert "[bold red]x[/] tags immutable" in shown
