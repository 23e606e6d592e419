"""Values of the model in the words of the report.

Layer: review.
"""

from __future__ import annotations

from typing import Final

from ecr_constructs.model.encryption import Encryption, EncryptionType
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed
from ecr_constructs.model.repository import Origin, Repository
from ecr_constructs.model.unresolved import Text

#: How much of a policy is shown that nobody can read.
_SHOWN: Final = 80


def tags_words(mode: Text, filters: tuple[Text, ...]) -> str:
    """Return how pushed tags are kept: ``immutable except latest``."""
    word = str(mode).removesuffix("_WITH_EXCLUSION").lower()
    return f"{word} except {', '.join(map(str, filters))}" if filters else word


def encryption_words(encryption: Encryption) -> str:
    """Return how images are encrypted: ``KMS (aws/ecr)``."""
    if encryption.type == EncryptionType.AES256:
        return str(encryption.type)
    return f"{encryption.type} ({encryption.kms_key or 'aws/ecr'})"


def deletion_words(repository: Repository) -> str:
    """Return what happens when a repository leaves its stack: ``kept``."""
    if repository.origin is None:
        return "not told"
    if repository.deletion_policy.startswith("Retain"):
        return "kept"
    if repository.deletion_policy not in {"Delete", "Snapshot"}:
        return f"cannot be told ({repository.deletion_policy})"
    if repository.empty_on_delete is True:
        return "deleted with its images"
    return "deleted if empty" if repository.empty_on_delete is False else "deleted, maybe emptied"


def policy_words(policy: object, otherwise: str) -> str:
    """Return what there is to say of a policy as a whole; empty where its statements say it.

    Args:
        policy: The policy, or what stands for it.
        otherwise: What it means that there is none.
    """
    if policy is None:
        return otherwise
    if isinstance(policy, Policy):
        return "" if policy.statements else otherwise
    if isinstance(policy, Malformed):
        return "the policy is malformed, and Amazon ECR refuses it"
    text = str(policy)
    shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
    return f"cannot be told before deployment: {shown}"


def place_of(origin: Origin | None, name: str = "") -> str:
    """Return where a resource stands, for people: its construct path, else stack and id."""
    if origin is None:
        return name
    return origin.construct_path or "/".join(filter(None, (origin.stack, origin.logical_id)))
