"""What AWS itself says of Amazon ECR: CloudFormation's schemas and botocore's service models.

Nobody here wrote either: cfn-lint ships the schemas and botocore the models.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from botocore.loaders import Loader
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from jsonschema import Draft7Validator


@functools.cache
def schema(resource_type: str) -> dict[str, Any]:
    """The schema of a resource type, in us-east-1, which has all of them."""
    return dict(
        PROVIDER_SCHEMA_MANAGER.get_resource_schema(
            "us-east-1", f"AWS::ECR::{resource_type}"
        ).schema
    )


def refused(resource_type: str, properties: Mapping[str, Any]) -> list[str]:
    """What the schema refuses in the properties of a resource."""
    return [
        f"{error.json_path}: {error.message}"
        for error in Draft7Validator(schema(resource_type)).iter_errors(dict(properties))
    ]


def definition(resource_type: str, *path: str) -> dict[str, Any]:
    """A part of a schema, references followed: ``definition(type, "Rules", "Filter")``."""
    whole = schema(resource_type)
    part = whole
    for name in path:
        part = _members(whole, part)[name]
    return _follow(whole, part)


@functools.cache
def service_model(service: str = "ecr") -> dict[str, Any]:
    """The model of a service."""
    return dict(Loader().load_service_model(service, "service-2"))


def shape(name: str, service: str = "ecr") -> dict[str, Any]:
    """A shape of the model: its ``min``, ``max``, ``pattern`` and ``enum``."""
    return dict(service_model(service)["shapes"][name])


def _follow(whole: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        part = whole["definitions"][part["$ref"].rpartition("/")[2]]
    return part


def _members(whole: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    part = _follow(whole, part)
    while "items" in part:
        part = _follow(whole, part["items"])
    return dict(part["properties"])
