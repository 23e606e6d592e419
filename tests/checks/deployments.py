"""Deployments for tests of rules: read from templates, or from whole assemblies written here."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from ecr_constructs.checks.engine import Finding, run_checks
from ecr_constructs.checks.rules import CATALOGUE
from ecr_constructs.checks.selection import select_rules
from ecr_constructs.sources.assembly import read_assembly

ACCOUNT: Final = "111111111111"
OTHER: Final = "222222222222"
REGION: Final = "eu-west-1"
ORGANIZATION: Final = "o-a1b2c3d4e5"
TODAY: Final = dt.date(2026, 6, 15)

#: A lifecycle policy of which no rule has anything to say.
LIFECYCLE: Final = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "selection": {
                    "tagStatus": "untagged",
                    "countType": "sinceImagePushed",
                    "countUnit": "days",
                    "countNumber": 14,
                },
                "action": {"type": "expire"},
            }
        ]
    }
)


def repository(**properties: Any) -> dict[str, Any]:
    """Return a repository that meets every rule, but for the properties given.

    A property of None is left out.
    """
    whole = {
        "RepositoryName": "payments/api",
        "ImageTagMutability": "IMMUTABLE",
        "ImageScanningConfiguration": {"ScanOnPush": True},
        "EncryptionConfiguration": {
            "EncryptionType": "KMS",
            "KmsKey": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd",
        },
        "LifecyclePolicy": {"LifecyclePolicyText": LIFECYCLE},
        "Tags": [{"Key": "team", "Value": "payments"}],
        **properties,
    }
    return {
        "Type": "AWS::ECR::Repository",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {name: value for name, value in whole.items() if value is not None},
    }


def write_template(path: Path, template: Mapping[str, Any]) -> Path:
    """Write a template, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(template, indent=1), encoding="utf-8")
    return path


def write_assembly(
    root: Path,
    stacks: Mapping[str, Mapping[str, Any]],
    *,
    acknowledged: Mapping[str, Mapping[str, str]] | None = None,
    environments: Mapping[str, str] | None = None,
) -> Path:
    """Write a cloud assembly as aws-cdk-lib does, each resource at ``<stack>/<logical id>``.

    Args:
        root: Where to write it.
        stacks: The templates by the names of their stacks.
        acknowledged: What was acknowledged: ids and reasons by construct path.
        environments: ``aws://account/region`` of a stack. Default: the tests' own.
    """
    artifacts = {}
    for name, template in stacks.items():
        write_template(root / f"{name}.template.json", template)
        entries: dict[str, list[dict[str, Any]]] = {
            f"/{name}/{logical_id}": [{"type": "aws:cdk:logicalId", "data": logical_id}]
            for logical_id in template["Resources"]
        }
        for path, rules in (acknowledged or {}).items():
            if path.partition("/")[0] == name:
                entry = {"type": "aws:cdk:acknowledged-rules", "data": dict(rules)}
                entries.setdefault(f"/{path}", []).append(entry)
        write_template(root / f"{name}.metadata.json", entries)
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": (environments or {}).get(name, f"aws://{ACCOUNT}/{REGION}"),
            "properties": {"templateFile": f"{name}.template.json"},
            "displayName": name,
            "additionalMetadataFile": f"{name}.metadata.json",
        }
    write_template(root / "manifest.json", {"version": "55.0.0", "artifacts": artifacts})
    return root


def findings(
    path: Path,
    *,
    select: Iterable[str] = ("all",),
    account: str | None = ACCOUNT,
    region: str | None = REGION,
    today: dt.date = TODAY,
) -> tuple[Finding, ...]:
    """Read an assembly or a template, and return what the rules find in it."""
    deployment = read_assembly(path, account=account, region=region)
    return run_checks(deployment, select_rules(CATALOGUE, select=select), today=today)


def found(
    tmp_path: Path,
    resources: Mapping[str, Any],
    *,
    select: Iterable[str] = ("all",),
    **sections: Any,
) -> tuple[Finding, ...]:
    """Return what the rules find in a template of these resources."""
    template = {"Resources": resources, **sections}
    return findings(write_template(tmp_path / "Main.template.json", template), select=select)
