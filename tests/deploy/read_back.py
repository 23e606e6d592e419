"""Read what was deployed back into the model, through the API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ecr_constructs.model.repository import Repository

#: What CloudFormation sets on its own; ECR keeps it, a template does not hold it.
_SYSTEM_TAGS = "aws:"
#: What the CDK itself bootstraps with.
_BOOTSTRAP = "cdk-"


def live_repositories(api: Any) -> dict[str, Repository]:
    """Return the repositories that a boto3 client sees, by name, without the CDK's own."""
    described = api.describe_repositories()["repositories"]
    return {
        each["repositoryName"]: _read(api, each)
        for each in described
        if not each["repositoryName"].startswith(_BOOTSTRAP)
    }


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


def _read(api: Any, described: dict[str, Any]) -> Repository:
    name = described["repositoryName"]
    try:
        lifecycle = api.get_lifecycle_policy(repositoryName=name)["lifecyclePolicyText"]
    except api.exceptions.LifecyclePolicyNotFoundException:
        lifecycle = None
    try:
        policy = api.get_repository_policy(repositoryName=name)["policyText"]
    except api.exceptions.RepositoryPolicyNotFoundException:
        policy = None
    tags = api.list_tags_for_resource(resourceArn=described["repositoryArn"])["tags"]
    return Repository.from_api(
        described,
        lifecycle_policy_text=lifecycle,
        policy_text=policy,
        tags=[tag for tag in tags if not tag["Key"].startswith(_SYSTEM_TAGS)],
    ).normalise()
