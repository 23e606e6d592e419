"""The IAM actions of Amazon ECR, by what they act on and what they allow.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
"""

from __future__ import annotations

import difflib
import functools
from typing import Final

# Purposes. https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html
PULL: Final = frozenset(
    {"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
)
PUSH: Final = frozenset(
    {
        "ecr:BatchCheckLayerAvailability",
        "ecr:CompleteLayerUpload",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
    }
)
PULL_PUSH: Final = PULL | PUSH
READ: Final = frozenset({"ecr:DescribeImages", "ecr:DescribeRepositories"})

# Actions that act on one repository, by what they allow. One list names each action once.
_READ: Final = frozenset(
    {
        "ecr:BatchGetRepositoryScanningConfiguration",
        "ecr:DescribeImageReplicationStatus",
        "ecr:DescribeImages",
        "ecr:DescribeImageScanFindings",
        "ecr:DescribeImageSigningStatus",
        "ecr:DescribeRepositories",
        "ecr:GetImageCopyStatus",
        "ecr:GetLifecyclePolicy",
        "ecr:GetLifecyclePolicyPreview",
        "ecr:GetRepositoryPolicy",
        "ecr:ListImages",
        "ecr:ListTagsForResource",
    }
)
_WRITE: Final = frozenset({"ecr:BatchImportUpstreamImage", "ecr:ReplicateImage"})
DELETE: Final = frozenset({"ecr:BatchDeleteImage", "ecr:DeleteRepository"})
#: What changes how a repository is governed, and so is never for another account.
ADMINISTER: Final = DELETE | frozenset(
    {
        "ecr:CreateRepository",
        "ecr:DeleteLifecyclePolicy",
        "ecr:DeleteRepositoryPolicy",
        "ecr:PutImageScanningConfiguration",
        "ecr:PutImageTagMutability",
        "ecr:PutLifecyclePolicy",
        "ecr:SetRepositoryPolicy",
        "ecr:StartImageScan",
        "ecr:StartLifecyclePolicyPreview",
        "ecr:TagResource",
        "ecr:UntagResource",
        "ecr:UpdateImageStorageClass",
    }
)
#: Every action that may stand in a repository policy.
REPOSITORY: Final = PULL_PUSH | _READ | _WRITE | ADMINISTER

#: Actions without a repository; they can only come from an identity policy.
REGISTRY: Final = frozenset(
    {
        "ecr:CreatePullThroughCacheRule",
        "ecr:CreateRepositoryCreationTemplate",
        "ecr:DeletePullThroughCacheRule",
        "ecr:DeleteRegistryPolicy",
        "ecr:DeleteRepositoryCreationTemplate",
        "ecr:DeleteSigningConfiguration",
        "ecr:DeregisterPullTimeUpdateExclusion",
        "ecr:DescribePullThroughCacheRules",
        "ecr:DescribeRegistry",
        "ecr:DescribeReplicationBackfillResults",
        "ecr:DescribeRepositoryCreationTemplates",
        "ecr:GetAccountSetting",
        "ecr:GetAuthorizationToken",
        "ecr:GetRegistryPolicy",
        "ecr:GetRegistryScanningConfiguration",
        "ecr:GetSigningConfiguration",
        "ecr:ListPullTimeUpdateExclusions",
        "ecr:ListReplicationBackfills",
        "ecr:PutAccountSetting",
        "ecr:PutRegistryPolicy",
        "ecr:PutRegistryScanningConfiguration",
        "ecr:PutReplicationConfiguration",
        "ecr:PutSigningConfiguration",
        "ecr:RegisterPullTimeUpdateExclusion",
        "ecr:StartReplicationBackfill",
        "ecr:StopReplicationBackfill",
        "ecr:UpdatePullThroughCacheRule",
        "ecr:UpdateRepositoryCreationTemplate",
        "ecr:ValidatePullThroughCacheRule",
    }
)


def expand(pattern: str, among: frozenset[str] = REPOSITORY) -> frozenset[str]:
    """Return the actions that ``pattern`` covers, as IAM matches them.

    Names are not case-sensitive; ``*`` and ``?`` are wildcards.

    Args:
        pattern: Such as ``"ecr:Batch*"``.
        among: Which actions there are. Default: those on a repository.

    >>> sorted(expand("ecr:Get*Url*"))
    ['ecr:GetDownloadUrlForLayer']
    """
    return _expand(pattern, among)


@functools.lru_cache(maxsize=1024)
def covered(patterns: tuple[object, ...], among: frozenset[str] = REPOSITORY) -> frozenset[str]:
    """Return the actions that any of some patterns covers; what is no string covers none.

    Args:
        patterns: The patterns of a statement.
        among: Which actions there are. Default: those on a repository.
    """
    return frozenset(
        action
        for pattern in patterns
        if isinstance(pattern, str)
        for action in _expand(pattern, among)
    )


def nearest(name: str, among: frozenset[str] = REPOSITORY | REGISTRY) -> str | None:
    """Return the action whose name is closest to a misspelt one, or None.

    Args:
        name: The name.
        among: Which actions there are. Default: all of Amazon ECR.
    """
    everything = {action.lower(): action for action in among}
    close = difflib.get_close_matches(name.lower(), everything, n=1, cutoff=0.8)
    return everything[close[0]] if close else None


@functools.lru_cache(maxsize=1024)
def _expand(pattern: str, among: frozenset[str]) -> frozenset[str]:
    wanted = pattern.lower()
    return frozenset(action for action in among if _matches(wanted, action.lower()))


def _matches(pattern: str, text: str) -> bool:
    """Match in time that grows with the product of the lengths; a regular expression may not end.

    A star takes as little as it can, and one character more where the rest then fails.
    """
    star, taken = -1, 0
    p = t = 0
    while t < len(text):
        if pattern[p : p + 1] == "*":
            star, taken = p, t
            p += 1
        elif pattern[p : p + 1] in {"?", text[t]}:
            p, t = p + 1, t + 1
        elif star >= 0:
            taken += 1
            p, t = star + 1, taken
        else:
            return False
    return not pattern[p:].strip("*")
