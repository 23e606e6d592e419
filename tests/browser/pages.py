"""Pages to drive: a fleet of a thousand repositories with a change, and hostile text."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any, Final

from tests.review.templates import ACCOUNT, NOW, OTHER, REGION, policy, rule, statement, write

from ecr_constructs.lifecycle.images import Image
from ecr_constructs.review import NamedInventory, review
from ecr_constructs.review.render.html import to_html

#: Markup that must stay text, wherever it comes from.
HOSTILE: Final = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}</title>'
_ORGANIZATION: Final = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}


def fleet(count: int, *, changed: bool) -> dict[str, Any]:
    """The resources of many repositories with five statements each; some are changed."""
    resources: dict[str, Any] = {}
    for n in range(count):
        statements = [
            statement({"AWS": f"arn:aws:iam::{100000000000 + n % 90 + i}:root"}) for i in range(3)
        ]
        statements.append(statement({"AWS": f"arn:aws:iam::{ACCOUNT}:role/deploy-{n % 50}"}))
        statements.append(statement("*", condition=_ORGANIZATION))
        if changed and n % 100 == 0:
            statements.append(statement({"AWS": f"arn:aws:iam::{OTHER}:root"}))
        rules = [
            rule(1, count=7, days=True, status="untagged"),
            rule(2, count=20 if changed and n % 100 == 1 else 50, tags=["v*"]),
        ]
        resources[f"R{n}"] = {
            "Type": "AWS::ECR::Repository",
            "Properties": {
                "RepositoryName": f"team{n % 40}/service-{n}",
                "ImageTagMutability": "MUTABLE" if changed and n % 100 == 2 else "IMMUTABLE",
                "ImageScanningConfiguration": {"ScanOnPush": n % 7 != 0},
                "EncryptionConfiguration": {"EncryptionType": "AES256"},
                "RepositoryPolicyText": policy(*statements),
                "LifecyclePolicy": {"LifecyclePolicyText": json.dumps({"rules": rules})},
            },
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Metadata": {"aws:cdk:path": f"Fleet/R{n}/Resource"},
        }
    destinations = [
        {"Region": "eu-central-1", "RegistryId": ACCOUNT},
        {"Region": "eu-central-1", "RegistryId": OTHER},
    ]
    filters = [{"Filter": "team1", "FilterType": "PREFIX_MATCH"}]
    rules = [{"Destinations": destinations, "RepositoryFilters": filters}]
    resources["Replication"] = {
        "Type": "AWS::ECR::ReplicationConfiguration",
        "Properties": {"ReplicationConfiguration": {"Rules": rules}},
    }
    cache = {"EcrRepositoryPrefix": "quay", "UpstreamRegistryUrl": "quay.io"}
    resources["Quay"] = {"Type": "AWS::ECR::PullThroughCacheRule", "Properties": cache}
    return resources


def images(count: int) -> tuple[Image, ...]:
    """Images of a repository, pushed a day after another; each fifth is untagged."""
    return tuple(
        Image(
            f"sha256:{hashlib.sha256(str(n).encode()).hexdigest()}",
            NOW - dt.timedelta(days=n, hours=1),
            () if n % 5 == 0 else (f"v1.{n}.0",),
        )
        for n in range(count)
    )


def fleet_page(folder: Path, count: int = 1000, held: int = 90) -> Path:
    """Write the page of a fleet against what it was."""
    new = write(folder / "new" / "Fleet.template.json", fleet(count, changed=True))
    old = write(folder / "old" / "Fleet.template.json", fleet(count, changed=False))
    inventory = NamedInventory(file="images", repository="team1/service-1", images=images(held))
    found = review(new, against=old, now=NOW, account=ACCOUNT, region=REGION, images=[inventory])
    page = folder / "fleet.html"
    page.write_text(to_html(found), encoding="utf-8")
    return page


def hostile_page(folder: Path) -> Path:
    """Write a page of templates in which every text is markup."""

    def resources(*, changed: bool) -> dict[str, Any]:
        exemption = {"control": "tag-immutability", "reason": HOSTILE}
        theirs = statement({"AWS": HOSTILE}, Sid=HOSTILE)
        lifecycle = {"rules": [rule(1, count=5 + changed, tags=["v*"], description=HOSTILE)]}
        return {
            "Api": {
                "Type": "AWS::ECR::Repository",
                "Properties": {
                    "RepositoryName": HOSTILE,
                    "ImageTagMutability": HOSTILE if changed else "MUTABLE",
                    "RepositoryPolicyText": policy(theirs, *([statement("*")] if changed else [])),
                    "LifecyclePolicy": {"LifecyclePolicyText": json.dumps(lifecycle)},
                    "EncryptionConfiguration": {"EncryptionType": "KMS", "KmsKey": HOSTILE},
                    "Tags": [{"Key": HOSTILE, "Value": HOSTILE + str(changed)}],
                },
                "DeletionPolicy": HOSTILE,
                "Metadata": {
                    "aws:cdk:path": HOSTILE,
                    "EcrConstructs": {"exemptions": [exemption]},
                },
            },
            "Public": {
                "Type": "AWS::ECR::PublicRepository",
                "Properties": {
                    "RepositoryName": HOSTILE,
                    "RepositoryCatalogData": {"RepositoryDescription": HOSTILE},
                },
            },
            "Replication": {
                "Type": "AWS::ECR::ReplicationConfiguration",
                "Properties": {
                    "ReplicationConfiguration": {
                        "Rules": [
                            {
                                "Destinations": [{"Region": HOSTILE, "RegistryId": HOSTILE}],
                                "RepositoryFilters": [
                                    {"Filter": HOSTILE, "FilterType": "PREFIX_MATCH"}
                                ],
                            }
                        ]
                    }
                },
            },
            "Cache": {
                "Type": "AWS::ECR::PullThroughCacheRule",
                "Properties": {
                    "EcrRepositoryPrefix": HOSTILE,
                    "UpstreamRegistryUrl": HOSTILE,
                    "CredentialArn": HOSTILE,
                },
            },
            "Broken": {"Type": "AWS::ECR::Repository", "Properties": {"Tags": HOSTILE}},
            "Unknown": {
                "Type": "AWS::ECR::Repository",
                "Properties": {"RepositoryPolicyText": {"Fn::ImportValue": HOSTILE}},
            },
        }

    new = write(folder / "new" / "H.template.json", resources(changed=True))
    old = write(folder / "old" / "H.template.json", resources(changed=False))
    held = NamedInventory(
        file="images",
        repository=HOSTILE,
        images=(Image(f"sha256:{'0' * 64}", NOW - dt.timedelta(days=1), (HOSTILE,)),),
    )
    found = review(new, against=old, now=NOW, images=[held])
    page = folder / "hostile.html"
    page.write_text(to_html(found), encoding="utf-8")
    return page
