"""What AWS switches off when a registry's setting leaves the app, and what stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from tests.review.templates import (
    ACCOUNT,
    REGION,
    account,
    change,
    repository,
    reviewed,
    shared,
    statement,
    told,
)

PROFILE: Final = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/Images"
WHERE: Final = f"the registry of account {ACCOUNT} in {REGION}"
API: Final = {"Api": repository()}
SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "signing": {
        "Type": "AWS::ECR::SigningConfiguration",
        "Properties": {"Rules": [{"SigningProfileArn": PROFILE}]},
    },
    "scanning": {
        "Type": "AWS::ECR::RegistryScanningConfiguration",
        "Properties": {
            "ScanType": "ENHANCED",
            "Rules": [
                {
                    "ScanFrequency": "CONTINUOUS_SCAN",
                    "RepositoryFilters": [{"Filter": "*", "FilterType": "WILDCARD"}],
                }
            ],
        },
    },
    "replication": {
        "Type": "AWS::ECR::ReplicationConfiguration",
        "Properties": {
            "ReplicationConfiguration": {
                "Rules": [
                    {"Destinations": [{"Region": "eu-central-1", "RegistryId": ACCOUNT}]},
                ]
            }
        },
    },
}


def setting(name: str, policy: str | None = None, **properties: Any) -> dict[str, Any]:
    resource = {**SETTINGS[name]}
    resource["Properties"] = {**resource["Properties"], **properties}
    return {"Setting": {**resource, **({"DeletionPolicy": policy} if policy else {})}}


@pytest.mark.parametrize("beside", [{}, API], ids=["alone", "with a repository"])
def test_signing_is_switched_off_with_its_resource(tmp_path: Path, beside: dict[str, Any]) -> None:
    """Also where the app has no repository that it could be told by."""
    found = told(change(tmp_path, setting("signing") | beside, beside))
    assert (
        "weakened",
        (
            f"signing is switched off for {WHERE}: nothing that is pushed is signed any more,"
            f" where before it was with {PROFILE}; signatures that are there stay"
        ),
    ) in found


def test_enhanced_scanning_is_switched_off_with_its_resource(tmp_path: Path) -> None:
    ((kind, sentence),) = told(change(tmp_path, setting("scanning"), {}))
    assert (kind, sentence) == (
        "unscanned",
        (
            f"enhanced scanning by Amazon Inspector is switched off for {WHERE}: basic scanning"
            " is left, and each repository's own scan_on_push decides"
        ),
    )


def test_what_each_repository_loses_is_told_beside_it(tmp_path: Path) -> None:
    found = told(change(tmp_path, setting("scanning") | API, API))
    assert [kind for kind, _ in found] == ["unscanned", "unscanned"]
    assert any(
        sentence.startswith("payments/api is scanned on push, where") for _, sentence in found
    )


def test_rules_of_basic_scanning_are_switched_off(tmp_path: Path) -> None:
    before = setting("scanning", ScanType="BASIC")
    ((kind, sentence),) = told(change(tmp_path, before, {}))
    assert kind == "unscanned"
    assert sentence.startswith(f"the scanning rules of {WHERE} are switched off: basic scanning")


def test_what_was_set_to_nothing_switches_nothing_off(tmp_path: Path) -> None:
    basic = setting("scanning", ScanType="BASIC", Rules=[])
    assert told(change(tmp_path, basic, {})) == []
    assert told(change(tmp_path, setting("signing", Rules=[]), {})) == []


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_what_is_retained_stays_on_with_nobody_to_govern_it(
    tmp_path: Path, name: str, policy: str
) -> None:
    """So that no repository is told to lose what it keeps."""
    ((kind, sentence),) = told(change(tmp_path, setting(name, policy) | API, API))
    assert (kind, sentence) == (
        "weakened",
        (
            f"the {name} configuration of {WHERE} leaves its stack and stays as it is,"
            " governed by nobody"
        ),
    )


POLICY: Final[dict[str, Any]] = {
    "Type": "AWS::ECR::RegistryPolicy",
    "Properties": {
        "PolicyText": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": "arn:aws:iam::222222222222:root"},
                    "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                    "Resource": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/payments/*",
                }
            ],
        }
    },
}


def test_registry_policy_that_is_retained_takes_nobodys_access(tmp_path: Path) -> None:
    """Without being retained it does."""
    kept = {"Policy": POLICY | {"DeletionPolicy": "Retain"}}
    ((kind, sentence),) = told(change(tmp_path, kept | API, API))
    assert kind == "weakened"
    assert sentence == (
        f"the registry policy of {WHERE} leaves its stack and stays as it is, governed by nobody"
    )
    found = told(change(tmp_path, {"Policy": POLICY} | API, API))
    assert {kind for kind, _ in found} == {"narrowed"}


def test_report_beside_it_is_of_what_the_app_declares(tmp_path: Path) -> None:
    kept = {"Policy": POLICY | {"DeletionPolicy": "Retain"}}
    # Its own policy changes too, so that the access to it is looked at on both sides.
    newer = shared(statement(account("333333333333")))
    with_change = reviewed(tmp_path, kept | API, newer).report
    alone = reviewed(tmp_path, newer, newer).report
    assert with_change.registries == alone.registries


ENTRIES: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "template": (
        {
            "Type": "AWS::ECR::RepositoryCreationTemplate",
            "Properties": {"Prefix": "hub", "AppliedFor": ["PULL_THROUGH_CACHE"]},
        },
        "the creation template hub",
    ),
    "cache": (
        {
            "Type": "AWS::ECR::PullThroughCacheRule",
            "Properties": {"EcrRepositoryPrefix": "quay", "UpstreamRegistryUrl": "quay.io"},
        },
        "the pull through cache rule quay",
    ),
    "exclusion": (
        {
            "Type": "AWS::ECR::PullTimeUpdateExclusion",
            "Properties": {"PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/Scanner"},
        },
        f"the pull time update exclusion of arn:aws:iam::{ACCOUNT}:role/Scanner",
    ),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_what_a_registry_has_several_of_stays_too(tmp_path: Path, name: str) -> None:
    """Each by itself; without being retained it is gone, and what it did with it."""
    resource, what = ENTRIES[name]
    kept = {"Entry": resource | {"DeletionPolicy": "Retain"}}
    ((kind, sentence),) = told(change(tmp_path, kept | API, API))
    assert (kind, sentence) == (
        "weakened",
        f"{what} in {WHERE} leaves its stack and stays as it is, governed by nobody",
    )
    gone = told(change(tmp_path, {"Entry": resource} | API, API))
    assert len(gone) == 1
    assert "governed by nobody" not in gone[0][1]
