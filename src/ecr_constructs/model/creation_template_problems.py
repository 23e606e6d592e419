"""What Amazon ECR refuses in a repository creation template, or takes and should not.

Layer: model; imports ``errors`` and ``service`` only.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from ecr_constructs.model.encryption import EncryptionType
from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed, Problem, Severity, problem_at
from ecr_constructs.model.repository_filter import prefix_problems
from ecr_constructs.model.tag_mutability import keeps_tags, mutability_problems
from ecr_constructs.model.tags import TagLimits, tag_problems
from ecr_constructs.model.unresolved import Text, is_known
from ecr_constructs.service import limits, patterns

if TYPE_CHECKING:
    from ecr_constructs.model.creation_template import CreationTemplate

_TAGS: Final = TagLimits(
    what="a repository creation template",
    count=limits.TEMPLATE_TAGS,
    key_max=limits.TEMPLATE_TAG_KEY_MAX,
    value_min=limits.TEMPLATE_TAG_VALUE_MIN,
    value_max=limits.TEMPLATE_TAG_VALUE_MAX,
)


class AppliedFor(StrEnum):
    """When Amazon ECR creates a repository by itself."""

    PULL_THROUGH_CACHE = "PULL_THROUGH_CACHE"  # the first pull through a cache rule
    REPLICATION = "REPLICATION"  # the first image that arrives
    CREATE_ON_PUSH = "CREATE_ON_PUSH"  # the first push; without a template it fails


def template_problems(
    template: CreationTemplate, *, account: Text | None, region: Text | None, partition: str
) -> Iterator[Problem]:
    """Yield what is wrong with one template, see :meth:`CreationTemplate.problems`."""
    yield from prefix_problems(
        "prefix",
        template.prefix,
        limits.TEMPLATE_PREFIX_MIN,
        limits.TEMPLATE_PREFIX_MAX,
        "payments",
    )
    yield from _applied_for_problems(template)
    yield from _description_problems(template.description)
    yield from mutability_problems(template.image_tag_mutability, template.exclusion_filters)
    yield from template.encryption.problems(partition=partition)
    yield from _key_problems(template.encryption.kms_key, region)
    for name, value in (
        ("repository_policy", template.repository_policy),
        ("lifecycle_policy", template.lifecycle_policy),
    ):
        if isinstance(value, Policy | LifecyclePolicy):
            yield from (p.below(name) for p in value.problems())
        elif isinstance(value, Malformed):
            yield from (p.below(name) for p in value.problems)
    yield from tag_problems(template.resource_tags, _TAGS, path="resource_tags")
    yield from _role_problems(template, account)
    for index, exemption in enumerate(template.exemptions):
        yield from (p.below(f"exemptions[{index}]") for p in exemption.problems())


def _applied_for_problems(template: CreationTemplate) -> Iterator[Problem]:
    if not template.applied_for:
        yield problem_at(
            "applied_for",
            "applied_for must name when the template is applied, got none",
            "write for example [AppliedFor.REPLICATION]",
        )
    for value, count in Counter(template.applied_for).items():
        if is_known(value) and value not in tuple(AppliedFor):
            yield problem_at(
                "applied_for",
                f"applied_for must be among {', '.join(AppliedFor)}, got {str(value)!r}",
                "write for example [AppliedFor.REPLICATION]",
            )
        if count > 1:
            yield problem_at(
                "applied_for",
                f"applied_for must name each once, got {str(value)!r} {count} times",
                "drop one",
            )
    is_cache = AppliedFor.PULL_THROUGH_CACHE in template.applied_for
    if is_cache and keeps_tags(template.image_tag_mutability, template.exclusion_filters):
        yield problem_at(
            "image_tag_mutability",
            "image_tag_mutability should be MUTABLE for what is pulled through a cache, got"
            f" {str(template.image_tag_mutability)!r}, with which a cached tag is never updated",
            "write TagMutability.MUTABLE",
            severity=Severity.WARNING,
        )


def _description_problems(description: Text | None) -> Iterator[Problem]:
    if not isinstance(description, str) or not is_known(description):
        return
    if len(description) > limits.TEMPLATE_DESCRIPTION_MAX:
        yield problem_at(
            "description",
            f"description must be at most {limits.TEMPLATE_DESCRIPTION_MAX} characters, got"
            f" {len(description)}",
            "shorten it",
        )


def _key_problems(key: Text | None, region: Text | None) -> Iterator[Problem]:
    if not isinstance(key, str) or not is_known(key):
        return
    arn = patterns.KEY_ARN.fullmatch(key)
    if arn is None:
        # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_EncryptionConfigurationForRepositoryCreationTemplate.html
        yield problem_at(
            "encryption_key",
            f"encryption_key must be the full ARN of a key in a template, got {key!r}",
            "write for example 'arn:aws:kms:eu-west-1:111122223333:key/<id>', no id and no alias",
        )
    elif isinstance(region, str) and is_known(region) and arn["region"] != region:
        yield problem_at(
            "encryption_key",
            f"encryption_key must be in the registry's Region {region!r}, got {key!r}",
            f"use a key of {region!r}, for example a replica of this one",
        )


def _role_problems(template: CreationTemplate, account: Text | None) -> Iterator[Problem]:
    role = template.custom_role_arn
    if not role:
        needs = [
            why
            for why, is_needed in (
                ("resource_tags", bool(template.resource_tags)),
                (
                    f"encryption {template.encryption.type!s}",
                    template.encryption.type in {EncryptionType.KMS, EncryptionType.KMS_DSSE},
                ),
            )
            if is_needed
        ]
        if needs:
            yield problem_at(
                "custom_role_arn",
                f"custom_role_arn must be given with {' and '.join(needs)}, or repositories are not"
                " created, got none",
                "write the ARN of a role that ecr.amazonaws.com may assume, or drop them",
            )
        return
    if not isinstance(role, str) or not is_known(role):
        return
    arn = patterns.TEMPLATE_ROLE_ARN.fullmatch(role)
    if arn is None or len(role) > limits.ROLE_ARN_MAX:
        yield problem_at(
            "custom_role_arn",
            "custom_role_arn must be the ARN of a role without a path, of at most"
            f" {limits.ROLE_ARN_MAX:,} characters, got {role!r}",
            "write for example 'arn:aws:iam::111122223333:role/EcrTemplates'",
        )
    elif isinstance(account, str) and is_known(account) and arn["account"] != account:
        yield problem_at(
            "custom_role_arn",
            f"custom_role_arn must be a role of the registry's account {account!r}, got {role!r}",
            f"use a role of {account!r}",
        )
