"""Each type of Amazon ECR with all its properties, and another value for each of them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from tests.model.aws_models import schema
from tests.review.resources import KEY, PROFILE
from tests.review.templates import ACCOUNT, OTHER, account, policy, rule, statement

#: Where a property stands: names, and an index for the entry of a list.
Path: TypeAlias = tuple[str | int, ...]

ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/Images"
SECRET: Final = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:ecr-pullthroughcache/a"
SHARED: Final = policy(statement(account(OTHER)))
ELSEWHERE: Final = policy(statement(account("333333333333")))
TAGS: Final = [{"Key": "team", "Value": "payments"}]
KMS: Final = {"EncryptionType": "KMS", "KmsKey": KEY}
TAG_FILTERS: Final = [
    {
        "ImageTagMutabilityExclusionFilterType": "WILDCARD",
        "ImageTagMutabilityExclusionFilterValue": "latest",
    }
]


def keeping(count: int) -> str:
    return json.dumps({"rules": [rule(1, count=count)]})


def filters(value: str, kind: str) -> list[dict[str, str]]:
    return [{"Filter": value, "FilterType": kind}]


#: A type, and a resource of it that sets whatever a template can.
FULL: Final[dict[str, dict[str, Any]]] = {
    "Repository": {
        "RepositoryName": "payments/api",
        "ImageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
        "ImageTagMutabilityExclusionFilters": TAG_FILTERS,
        "ImageScanningConfiguration": {"ScanOnPush": True},
        "EncryptionConfiguration": KMS,
        "LifecyclePolicy": {"LifecyclePolicyText": keeping(50), "RegistryId": ACCOUNT},
        "RepositoryPolicyText": SHARED,
        "Tags": TAGS,
        "EmptyOnDelete": True,
    },
    "RegistryPolicy": {"PolicyText": SHARED},
    "RegistryScanningConfiguration": {
        "ScanType": "ENHANCED",
        "Rules": [
            {"ScanFrequency": "SCAN_ON_PUSH", "RepositoryFilters": filters("pay", "WILDCARD")}
        ],
    },
    "ReplicationConfiguration": {
        "ReplicationConfiguration": {
            "Rules": [
                {
                    "Destinations": [{"Region": "eu-central-1", "RegistryId": OTHER}],
                    "RepositoryFilters": filters("pay", "PREFIX_MATCH"),
                }
            ]
        }
    },
    "SigningConfiguration": {
        "Rules": [
            {"SigningProfileArn": PROFILE, "RepositoryFilters": filters("pay*", "WILDCARD_MATCH")}
        ]
    },
    "PullThroughCacheRule": {
        "EcrRepositoryPrefix": "hub",
        "UpstreamRegistryUrl": "registry-1.docker.io",
        "UpstreamRegistry": "docker-hub",
        "UpstreamRepositoryPrefix": "org",
        "CredentialArn": SECRET,
        "CustomRoleArn": ROLE,
    },
    "RepositoryCreationTemplate": {
        "Prefix": "hub",
        "AppliedFor": ["PULL_THROUGH_CACHE"],
        "Description": "images of others",
        "ImageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
        "ImageTagMutabilityExclusionFilters": TAG_FILTERS,
        "EncryptionConfiguration": KMS,
        "LifecyclePolicy": keeping(50),
        "RepositoryPolicy": json.dumps(SHARED),
        "ResourceTags": TAGS,
        "CustomRoleArn": ROLE,
    },
    "PullTimeUpdateExclusion": {"PrincipalArn": ROLE},
    "PublicRepository": {
        "RepositoryName": "tools/app",
        "RepositoryPolicyText": SHARED,
        "Tags": TAGS,
        "RepositoryCatalogData": {
            "AboutText": "what it does",
            "Architectures": ["ARM"],
            "OperatingSystems": ["Linux"],
            "RepositoryDescription": "a tool",
            "UsageText": "how to use it",
        },
    },
}
#: Another value, by the last name of a path; a text that is none of these gets a letter more.
OTHERS: Final[dict[str, Any]] = {
    "AppliedFor": "REPLICATION",
    "EmptyOnDelete": False,
    "EncryptionType": "AES256",
    "ImageTagMutability": "MUTABLE_WITH_EXCLUSION",
    "LifecyclePolicy": keeping(5),
    "LifecyclePolicyText": keeping(5),
    "PolicyText": ELSEWHERE,
    "Region": "eu-west-2",
    "RegistryId": "333333333333",
    "RepositoryPolicy": json.dumps(ELSEWHERE),
    "RepositoryPolicyText": ELSEWHERE,
    "ScanFrequency": "CONTINUOUS_SCAN",
    "ScanOnPush": False,
    "ScanType": "BASIC",
    "UpstreamRegistry": "quay",
    "UpstreamRegistryUrl": "quay.io",
}
#: What is told of no change, and why that hides nothing.
HARMLESS: Final = {
    (
        "Repository",
        "LifecyclePolicy.RegistryId",
    ): "the account of the stack, as the policy is of its repository",
}


def is_document(value: object, path: Path) -> bool:
    """Whether a value is a policy, which is one property whatever is in it."""
    return isinstance(value, Mapping) and "Statement" in value and bool(path)


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every property, and every entry of a list, of properties."""
    if path:
        yield path
    if isinstance(value, Mapping) and not is_document(value, path):
        for name, each in value.items():
            yield from paths(each, (*path, name))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from paths(each, (*path, index))


def name_of(path: Path) -> str:
    """A path as a schema has it: without the places in lists."""
    return ".".join(each for each in path if isinstance(each, str))


def at(value: Any, path: Path) -> Any:
    for each in path:
        value = value[each]
    return value


def without(properties: dict[str, Any], path: Path) -> dict[str, Any]:
    changed = copy.deepcopy(properties)
    del at(changed, path[:-1])[path[-1]]
    return changed


def having(properties: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(properties)
    at(changed, path[:-1])[path[-1]] = value
    return changed


def other(properties: dict[str, Any], path: Path) -> Any:
    """Another value for a property that holds no others."""
    last = name_of(path).rpartition(".")[2]
    return OTHERS[last] if last in OTHERS else f"{at(properties, path)}x"


def has_others(value: Any, path: Path) -> bool:
    """Whether a value holds properties or entries of its own."""
    return isinstance(value, list | Mapping) and not is_document(value, path)


def settable(kind: str) -> dict[str, dict[str, Any]]:
    """The properties that a schema has and a template can set, by their names."""
    whole = schema(kind)
    read_only = {each.rpartition("/")[2] for each in whole.get("readOnlyProperties", ())}
    found: dict[str, dict[str, Any]] = {}

    def walk(part: dict[str, Any], name: str, *, required: bool) -> None:
        while "$ref" in part:
            part = whole["definitions"][part["$ref"].rpartition("/")[2]]
        if name:
            found[name] = part | {"required_": required}
        while "items" in part:
            part = part["items"]
            while "$ref" in part:
                part = whole["definitions"][part["$ref"].rpartition("/")[2]]
        for each, member in part.get("properties", {}).items():
            if name or each not in read_only:
                walk(
                    member,
                    f"{name}.{each}" if name else each,
                    required=each in part.get("required", ()),
                )

    walk(whole, "", required=True)
    return found
