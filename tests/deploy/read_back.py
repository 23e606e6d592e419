"""Read what was deployed back into the model, through the API."""

from __future__ import annotations

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
