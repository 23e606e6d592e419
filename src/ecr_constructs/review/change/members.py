"""What a registry has beside its repositories: what each is called, and what identifies one.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ecr_constructs.model.registry import Registry
from ecr_constructs.review.change.pairs import RegistryPair
from ecr_constructs.review.change.stand_ins import key_of

#: Member of a registry that it has once -> what it is called.
SETTINGS: Final = {
    "registry_policy": "the registry policy",
    "scanning": "the scanning configuration",
    "signing": "the signing configuration",
    "replication": "the replication configuration",
}
#: Member of a registry that it has several of -> what identifies one, and what one is called.
ENTRIES: Final = {
    "creation_templates": ("prefix", "the creation template"),
    "pull_through_cache_rules": ("ecr_repository_prefix", "the pull through cache rule"),
    "pull_time_exclusions": ("principal_arn", "the pull time update exclusion of"),
}
#: What becomes of an entry whose resource names another one now.
REPLACED: Final = (
    "its resource names another one now, and CloudFormation deletes the old one unless its"
    " UpdateReplacePolicy retains it"
)


def registry_of(pair: RegistryPair) -> str:
    """Return a registry in a sentence."""
    return f"the registry of account {pair.place}"


def entry_key(member: str, entry: Any) -> str:
    """Return what identifies an entry of a member."""
    return key_of(getattr(entry, ENTRIES[member][0]))


def is_replaced(entry: Any, others: Iterable[Any]) -> bool:
    """Tell whether the resource that declared an entry declares another one now.

    Args:
        entry: What is no longer declared.
        others: The entries of the newer side.
    """
    mine = entry.origin
    return mine is not None and any(
        (each.origin.stack, each.origin.logical_id) == (mine.stack, mine.logical_id)
        for each in others
        if each.origin is not None
    )


def is_retained(registry: Registry, member: str) -> bool | None:
    """Tell whether a setting outlives its resource; None where no resource declares it."""
    policies = [each.deletion_policy for each in registry.declarations if each.member == member]
    return all(each.startswith("Retain") for each in policies) if policies else None
