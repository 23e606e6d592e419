"""Templates as both sides of a change."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from ecr_constructs.review import Change, NamedInventory, Review, review

ACCOUNT: Final = "111111111111"
OTHER: Final = "222222222222"
REGION: Final = "eu-west-1"
NOW: Final = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
ORGANIZATION: Final = "o-a1b2c3d4e5"
PULL: Final = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
PUSH: Final = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
]


def repository(name: str | None = "payments/api", **properties: Any) -> dict[str, Any]:
    """A repository that is kept; what begins with a capital is a property."""
    given = {
        "RepositoryName": name,
        "ImageTagMutability": "IMMUTABLE",
        "ImageScanningConfiguration": {"ScanOnPush": True},
        "EncryptionConfiguration": {"EncryptionType": "AES256"},
    }
    given |= {key: value for key, value in properties.items() if key[0].isupper()}
    attributes = {"deletion": "Retain", "replacement": "Retain"}
    attributes |= {k: v for k, v in properties.items() if k in attributes}
    resource: dict[str, Any] = {
        "Type": "AWS::ECR::Repository",
        "Properties": {key: value for key, value in given.items() if value is not None},
        "DeletionPolicy": attributes["deletion"],
        "UpdateReplacePolicy": attributes["replacement"],
    }
    if "exemptions" in properties:
        resource["Metadata"] = {"EcrConstructs": {"exemptions": properties["exemptions"]}}
    return resource


def statement(principal: Any, action: Any = PULL, condition: Any = None, **more: Any) -> Any:
    """An allow, unless ``more`` says otherwise."""
    said = {"Effect": "Allow", "Principal": principal, "Action": action}
    return said | ({"Condition": condition} if condition else {}) | more


def policy(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def shared(*statements: Any, **properties: Any) -> dict[str, Any]:
    """The resources of a template with one repository that has a policy."""
    document = policy(*statements) if statements else None
    return {"Api": repository(RepositoryPolicyText=document, **properties)}


def account(number: str) -> dict[str, str]:
    return {"AWS": f"arn:aws:iam::{number}:root"}


def rule(priority: int, *, count: int, tags: list[str] | None = None, **more: Any) -> Any:
    """A lifecycle rule: by count, or by age with ``days=True``."""
    days = more.pop("days", False)
    selection: dict[str, Any] = {
        "tagStatus": "tagged" if tags else more.pop("status", "any"),
        "countType": "sinceImagePushed" if days else "imageCountMoreThan",
        "countNumber": count,
    }
    if tags:
        selection["tagPatternList"] = tags
    if days:
        selection["countUnit"] = "days"
    return {
        "rulePriority": priority,
        "selection": selection,
        "action": {"type": "expire"},
    } | more


def expiring(*rules: Any, **properties: Any) -> dict[str, Any]:
    """The resources of a template with one repository that has a lifecycle policy."""
    text = json.dumps({"rules": list(rules)})
    document = {"LifecyclePolicyText": text} if rules else None
    return {"Api": repository(LifecyclePolicy=document, **properties)}


def write(path: Path, resources: dict[str, Any], **sections: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"Resources": resources, **sections}), encoding="utf-8")
    return path


def reviewed(
    tmp_path: Path,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    *,
    images: Iterable[NamedInventory] = (),
    sections: tuple[dict[str, Any], dict[str, Any]] = ({}, {}),
) -> Review:
    """Review one template against another."""
    newer = write(tmp_path / "new" / "Main.template.json", after, **sections[1])
    older = None
    if before is not None:
        older = write(tmp_path / "old" / "Main.template.json", before, **sections[0])
    return review(newer, against=older, now=NOW, images=images, account=ACCOUNT, region=REGION)


def change(tmp_path: Path, before: dict[str, Any], after: dict[str, Any], **options: Any) -> Change:
    """Return what changes from one template to another."""
    found = reviewed(tmp_path, before, after, **options).change
    assert found is not None
    return found


def told(found: Change) -> list[tuple[str, str]]:
    """The differences, by class and sentence."""
    return [(str(each.kind), each.sentence) for each in found.differences]


def moved_into_parameters(resources: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same resources, each text of a property in a parameter; and the parameters."""
    parameters: dict[str, Any] = {}
    moved = {
        key: resource | {"Properties": _referring(resource["Properties"], parameters)}
        for key, resource in resources.items()
    }
    return moved, {"Parameters": parameters}


def _referring(value: Any, parameters: dict[str, Any]) -> Any:
    if isinstance(value, str):
        name = f"P{len(parameters)}"
        parameters[name] = {"Type": "String", "Default": value}
        return {"Ref": name}
    if isinstance(value, list):
        return [_referring(each, parameters) for each in value]
    if isinstance(value, dict) and "Ref" not in value:
        return {key: _referring(each, parameters) for key, each in value.items()}
    return value
