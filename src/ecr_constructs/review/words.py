"""Repositories and their policies in words.

Layer: review.
"""

from __future__ import annotations

from ecr_constructs.lifecycle.words import describe
from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.problem import Malformed
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.unresolved import Unresolved


def name_of(repository: Repository) -> str:
    """Return a repository's name, or where it stands if CloudFormation makes one up."""
    if repository.repository_name is not None:
        return str(repository.repository_name)
    origin = repository.origin
    if origin is None:
        return "(named by CloudFormation)"
    return origin.construct_path or f"{origin.stack}/{origin.logical_id}"


def resource_id(repository: Repository) -> tuple[str, str] | None:
    """Return the resource of a repository, as CloudFormation knows it; None for what is live."""
    origin = repository.origin
    return None if origin is None else (origin.stack, origin.logical_id)


def describe_lifecycle(policy: LifecyclePolicy | Malformed | Unresolved | None) -> tuple[str, ...]:
    """Say what a lifecycle policy does, a line for each rule in the order of priority."""
    if policy is None:
        return ("images are kept for ever",)
    if isinstance(policy, Malformed):
        return ("Amazon ECR refuses the policy",)
    if isinstance(policy, Unresolved):
        return (f"cannot be told before deployment: {policy.text}",)
    return tuple(describe(rule) for rule in policy.normalise().rules)
