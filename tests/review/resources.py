"""The resources of a registry, one kind at a time, beside a repository."""

from __future__ import annotations

from typing import Any

from tests.review.templates import ACCOUNT, repository

KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/0123abcd"
KMS = {"EncryptionType": "KMS", "KmsKey": KEY}
PROFILE = f"arn:aws:signer:eu-west-1:{ACCOUNT}:/signing-profiles/Images"


def one(name: str | None = "payments/api", **properties: Any) -> dict[str, Any]:
    return {"Api": repository(name, **properties)}


def replication(*rules: tuple[str, str, list[str]]) -> dict[str, Any]:
    """A repository, and rules: Region, account, prefixes."""
    document = [
        {
            "Destinations": [{"Region": region, "RegistryId": account}],
            **(
                {
                    "RepositoryFilters": [
                        {"Filter": prefix, "FilterType": "PREFIX_MATCH"} for prefix in prefixes
                    ]
                }
                if prefixes
                else {}
            ),
        }
        for region, account, prefixes in rules
    ]
    properties = {"ReplicationConfiguration": {"Rules": document}}
    resource = {"Type": "AWS::ECR::ReplicationConfiguration", "Properties": properties}
    return {"Api": repository(), **({"Replication": resource} if rules else {})}


def cache(**properties: Any) -> dict[str, Any]:
    given = {"EcrRepositoryPrefix": "quay", "UpstreamRegistryUrl": "quay.io"} | properties
    return {"Cache": {"Type": "AWS::ECR::PullThroughCacheRule", "Properties": given}}


def scanning(kind: str, *rules: tuple[str, list[str]], **properties: Any) -> dict[str, Any]:
    document = [
        {
            "ScanFrequency": frequency,
            "RepositoryFilters": [{"Filter": f, "FilterType": "WILDCARD"} for f in filters],
        }
        for frequency, filters in rules
    ]
    resource = {
        "Type": "AWS::ECR::RegistryScanningConfiguration",
        "Properties": {"ScanType": kind, "Rules": document},
    }
    return {"Api": repository(**properties), "Scanning": resource}


def signing(*filters: str) -> dict[str, Any]:
    rules = [
        {
            "SigningProfileArn": PROFILE,
            "RepositoryFilters": [{"Filter": f, "FilterType": "WILDCARD_MATCH"} for f in filters],
        }
    ]
    resource = {"Type": "AWS::ECR::SigningConfiguration", "Properties": {"Rules": rules}}
    return {"Api": repository(), "Signing": resource}


def template(**properties: Any) -> dict[str, Any]:
    given = {"Prefix": "hub", "AppliedFor": ["PULL_THROUGH_CACHE"]} | properties
    return {"T": {"Type": "AWS::ECR::RepositoryCreationTemplate", "Properties": given}}


def exempt(reason: str, **more: Any) -> dict[str, Any]:
    return one(exemptions=[{"control": "tag-immutability", "reason": reason} | more])


MUTABLE = {"ImageTagMutability": "MUTABLE"}
NOT_ON_PUSH = {"ImageScanningConfiguration": {"ScanOnPush": False}}


def excluding(mode: str, *filters: str) -> dict[str, Any]:
    name = "ImageTagMutabilityExclusionFilter"
    entries = [{f"{name}Type": "WILDCARD", f"{name}Value": value} for value in filters]
    return {"ImageTagMutability": mode, f"{name}s": entries}
