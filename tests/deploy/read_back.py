"""Read what was deployed back into the model, as the commands read a live registry.

:func:`registry_settings` alone keeps what the API answers as it is: it is for the
tests of the emulator's own types, and for what must not have changed at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ecr_constructs.model.registry import Registry
from ecr_constructs.model.repository import Repository
from ecr_constructs.sources.aws import EcrApi, read_registry

#: What the CDK itself bootstraps with.
_BOOTSTRAP = "cdk-"


def live_registry(api: Any) -> Registry:
    """Return the registry that a boto3 client sees, without the CDK's own repositories."""
    (registry,) = read_registry(EcrApi(api)).registries
    kept = [
        each.normalise()
        for each in registry.repositories
        if not str(each.repository_name).startswith(_BOOTSTRAP)
    ]
    return replace(registry, repositories=tuple(kept))


def live_repositories(api: Any) -> dict[str, Repository]:
    """Return its repositories by name, each in its normal form."""
    return {str(each.repository_name): each for each in live_registry(api).repositories}


def registry_settings(api: Any) -> dict[str, Any]:
    """Return all settings of the registry that a boto3 client sees, without times."""
    return dict(_settings(api))


def _settings(api: Any) -> Iterator[tuple[str, Any]]:
    try:
        yield "policy", json.loads(api.get_registry_policy()["policyText"])
    except api.exceptions.RegistryPolicyNotFoundException:
        yield "policy", None
    yield "scanning", api.get_registry_scanning_configuration()["scanningConfiguration"]
    yield "replication", api.describe_registry()["replicationConfiguration"]
    try:
        yield "signing", api.get_signing_configuration()["signingConfiguration"]
    except api.exceptions.SigningConfigurationNotFoundException:
        yield "signing", None
    rules = api.describe_pull_through_cache_rules()["pullThroughCacheRules"]
    yield "rules", [_timeless(rule) for rule in rules]
    templates = api.describe_repository_creation_templates()["repositoryCreationTemplates"]
    yield "templates", [_timeless(each) for each in templates]
    yield "exclusions", api.list_pull_time_update_exclusions()["pullTimeUpdateExclusions"]


def _timeless(value: dict[str, Any]) -> dict[str, Any]:
    return {
        name: member for name, member in value.items() if name not in {"createdAt", "updatedAt"}
    }
