"""Whatever somebody changes by hand is told, from what is declared and back to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from tests.review.every_property import FULL, keeping
from tests.review.live_registry import read
from tests.review.templates import NOW, OTHER, account, policy, statement, write
from tests.sources.aws.fake_ecr import ACCOUNT, REGION, FakeEcr

from ecr_constructs.review.change.compare import compare
from ecr_constructs.review.change.difference import Difference
from ecr_constructs.review.live import beside
from ecr_constructs.sources.assembly import read_assembly

KEY: Final = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/Images"
PROFILE: Final = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/Images"
SECRET: Final = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:ecr-pullthroughcache/a"
ELSEWHERE: Final = json.dumps(policy(statement(account("333333333333"))))
#: What stays is told of, too, where it is to be retained.
KEPT: Final = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}


def declared() -> dict[str, Any]:
    """One resource of each type, as the account of the live registry has it."""
    resources: dict[str, Any] = {
        kind: {"Type": f"AWS::ECR::{kind}", "Properties": dict(properties)} | KEPT
        for kind, properties in FULL.items()
        if kind != "PublicRepository"
    }
    resources["Repository"]["Properties"]["EncryptionConfiguration"] = {
        "EncryptionType": "KMS",
        "KmsKey": KEY,
    }
    template = resources["RepositoryCreationTemplate"]["Properties"]
    template["EncryptionConfiguration"] = {"EncryptionType": "KMS", "KmsKey": KEY}
    template["CustomRoleArn"] = ROLE
    resources["PullThroughCacheRule"]["Properties"] |= {
        "CustomRoleArn": ROLE,
        "CredentialArn": SECRET,
    }
    resources["PullTimeUpdateExclusion"]["Properties"] = {"PrincipalArn": ROLE}
    resources["PullTimeUpdateExclusion"]["Metadata"] = {"EcrConstructs": {"reason": "a scanner"}}
    rule = resources["SigningConfiguration"]["Properties"]["Rules"][0]
    resources["SigningConfiguration"]["Properties"] = {
        "Rules": [rule | {"SigningProfileArn": PROFILE}]
    }
    return resources


def as_declared() -> FakeEcr:
    """A registry in which everything is as it is declared."""
    shared = json.dumps(policy(statement(account(OTHER))))
    latest = [{"filterType": "WILDCARD", "filter": "latest"}]
    kms = {"encryptionType": "KMS", "kmsKey": KEY}
    ecr = FakeEcr()
    ecr.add(
        "payments/api",
        imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=latest,
        encryptionConfiguration=kms,
    )
    ecr.repository_policies["payments/api"] = shared
    ecr.lifecycle_policies["payments/api"] = keeping(50)
    ecr.tags["payments/api"] = {"team": "payments"}
    ecr.registry_policy = shared
    ecr.scanning = {
        "scanType": "ENHANCED",
        "rules": [
            {
                "scanFrequency": "SCAN_ON_PUSH",
                "repositoryFilters": [{"filter": "pay", "filterType": "WILDCARD"}],
            }
        ],
    }
    ecr.replication = {
        "rules": [
            {
                "destinations": [{"region": "eu-central-1", "registryId": OTHER}],
                "repositoryFilters": [{"filter": "pay", "filterType": "PREFIX_MATCH"}],
            }
        ]
    }
    ecr.signing = {
        "rules": [
            {
                "signingProfileArn": PROFILE,
                "repositoryFilters": [{"filter": "pay*", "filterType": "WILDCARD_MATCH"}],
            }
        ]
    }
    ecr.cache_rules = [
        {
            "ecrRepositoryPrefix": "hub",
            "upstreamRegistryUrl": "registry-1.docker.io",
            "upstreamRegistry": "docker-hub",
            "upstreamRepositoryPrefix": "org",
            "credentialArn": SECRET,
            "customRoleArn": ROLE,
        }
    ]
    ecr.templates = [
        {
            "prefix": "hub",
            "appliedFor": ["PULL_THROUGH_CACHE"],
            "description": "images of others",
            "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
            "imageTagMutabilityExclusionFilters": latest,
            "encryptionConfiguration": kms,
            "lifecyclePolicy": keeping(50),
            "repositoryPolicy": shared,
            "resourceTags": [{"Key": "team", "Value": "payments"}],
            "customRoleArn": ROLE,
        }
    ]
    ecr.exclusions = [ROLE]
    return ecr


def rule_of(document: dict[str, Any] | None) -> Any:
    assert document is not None
    return document["rules"][0]


#: What somebody does by hand.
EDITS: Final[dict[str, Callable[[FakeEcr], object]]] = {
    "mutability": lambda e: e.repositories["payments/api"].update(imageTagMutability="MUTABLE"),
    "tag filter": lambda e: e.repositories["payments/api"].update(
        imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "dev-*"}]
    ),
    "scan flag": lambda e: e.repositories["payments/api"].update(
        imageScanningConfiguration={"scanOnPush": False}
    ),
    "another key": lambda e: e.repositories["payments/api"].update(
        encryptionConfiguration={"encryptionType": "KMS", "kmsKey": f"{KEY}2"}
    ),
    "no key": lambda e: e.repositories["payments/api"].update(
        encryptionConfiguration={"encryptionType": "AES256"}
    ),
    "policy": lambda e: e.repository_policies.update({"payments/api": ELSEWHERE}),
    "no policy": lambda e: e.repository_policies.clear(),
    "no policy that can be read": lambda e: e.repository_policies.update({"payments/api": "{"}),
    "lifecycle policy": lambda e: e.lifecycle_policies.update({"payments/api": keeping(5)}),
    "no lifecycle policy": lambda e: e.lifecycle_policies.clear(),
    "tags": lambda e: e.tags.update({"payments/api": {"team": "web"}}),
    "no tags": lambda e: e.tags.clear(),
    "no repository": lambda e: e.repositories.clear(),
    "registry policy": lambda e: setattr(e, "registry_policy", ELSEWHERE),
    "no registry policy": lambda e: setattr(e, "registry_policy", None),
    "no registry policy that can be read": lambda e: setattr(e, "registry_policy", "{"),
    "basic scanning": lambda e: setattr(e, "scanning", {"scanType": "BASIC", "rules": []}),
    "scanning type": lambda e: e.scanning.update(scanType="BASIC"),
    "scanning filter": lambda e: rule_of(e.scanning)["repositoryFilters"].append(
        {"filter": "web", "filterType": "WILDCARD"}
    ),
    "scanning frequency": lambda e: rule_of(e.scanning).update(scanFrequency="CONTINUOUS_SCAN"),
    "no replication": lambda e: setattr(e, "replication", {"rules": []}),
    "replication's Region": lambda e: rule_of(e.replication)["destinations"][0].update(
        region="eu-west-2"
    ),
    "replication's account": lambda e: rule_of(e.replication)["destinations"][0].update(
        registryId="333333333333"
    ),
    "replication of all": lambda e: rule_of(e.replication).pop("repositoryFilters"),
    "replication of deletions": lambda e: rule_of(e.replication).update(
        deleteReplication={"enabled": True}
    ),
    "no signing": lambda e: setattr(e, "signing", None),
    "signing profile": lambda e: rule_of(e.signing).update(signingProfileArn=f"{PROFILE}2"),
    "signing filter": lambda e: rule_of(e.signing)["repositoryFilters"].append(
        {"filter": "web", "filterType": "WILDCARD_MATCH"}
    ),
    "no cache": lambda e: e.cache_rules.clear(),
    "cache upstream": lambda e: e.cache_rules[0].update(
        upstreamRegistry="quay", upstreamRegistryUrl="quay.io"
    ),
    "cache upstream prefix": lambda e: e.cache_rules[0].update(upstreamRepositoryPrefix="web"),
    "cache secret": lambda e: e.cache_rules[0].update(credentialArn=f"{SECRET}2"),
    "cache role": lambda e: e.cache_rules[0].update(customRoleArn=f"{ROLE}2"),
    "no template": lambda e: e.templates.clear(),
    "template purposes": lambda e: e.templates[0].update(appliedFor=["REPLICATION"]),
    "template description": lambda e: e.templates[0].update(description="others"),
    "template mutability": lambda e: e.templates[0].update(imageTagMutability="MUTABLE"),
    "template tag filter": lambda e: e.templates[0].update(
        imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "dev-*"}]
    ),
    "template key": lambda e: e.templates[0].update(
        encryptionConfiguration={"encryptionType": "AES256"}
    ),
    "template lifecycle policy": lambda e: e.templates[0].update(lifecyclePolicy=keeping(5)),
    "no template lifecycle policy": lambda e: e.templates[0].update(lifecyclePolicy=""),
    "template policy": lambda e: e.templates[0].update(repositoryPolicy=ELSEWHERE),
    "no template policy": lambda e: e.templates[0].update(repositoryPolicy=""),
    "template tags": lambda e: e.templates[0].update(resourceTags=[]),
    "template role": lambda e: e.templates[0].update(customRoleArn=f"{ROLE}2"),
    "no template role": lambda e: e.templates[0].pop("customRoleArn"),
    "no exclusion": lambda e: e.exclusions.clear(),
}
#: What the review says of what an assembly does, and is not true of what is there already.
OF_DEPLOYMENTS: Final = (
    "CloudFormation",
    "leaves its stack",
    "logical id",
    "resource is gone",
    "replaced",
)


def told(
    tmp_path: Path, ecr: FakeEcr, resources: dict[str, Any]
) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
    """Return what is told of what is there against an assembly, and the other way round."""
    file = write(tmp_path / "Main.template.json", resources)
    sides = beside(read(ecr), read_assembly(file, account=ACCOUNT, region=REGION))
    there = compare(sides.made, sides.there, now=NOW)
    return there.differences, compare(sides.there, sides.made, now=NOW).differences


def test_nothing_is_told_of_what_is_as_it_is_declared(tmp_path: Path) -> None:
    assert told(tmp_path, as_declared(), declared()) == ((), ())


@pytest.mark.parametrize("name", EDITS)
def test_nothing_that_is_done_by_hand_goes_untold(tmp_path: Path, name: str) -> None:
    ecr = as_declared()
    EDITS[name](ecr)
    by_hand, by_deployment = told(tmp_path, ecr, declared())
    assert by_hand
    assert by_deployment
    said = " ".join(f"{each.sentence} {each.cause}" for each in by_hand)
    assert not [words for words in OF_DEPLOYMENTS if words in said]


def test_policy_that_was_opened_to_everybody_is_not_taken_for_what_was_meant(
    tmp_path: Path,
) -> None:
    """A principal that is known at deployment alone may be anybody, but not everybody."""
    ecr, resources = as_declared(), declared()
    ecr.repository_policies["payments/api"] = json.dumps(policy(statement("*")))
    unknown = policy(statement({"AWS": {"Fn::ImportValue": "Puller"}}))
    resources["Repository"]["Properties"]["RepositoryPolicyText"] = unknown
    (opened, *_), (closed, *_) = told(tmp_path, ecr, resources)
    assert opened.kind == "widened"
    assert "anyone in any AWS account" in opened.sentence
    assert closed.kind in {"widened", "narrowed"}
