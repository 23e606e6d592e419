"""How ECR encrypts images.

Layer: model; imports ``errors`` and ``service`` only.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ecr_constructs.model.problem import Problem, Severity, problem_at
from ecr_constructs.model.unresolved import Text, is_known
from ecr_constructs.service import limits

#: The one partition that offers KMS_DSSE.
_GOVCLOUD = "aws-us-gov"
_SHOWN: Final = 40


class EncryptionType(StrEnum):
    """How ECR encrypts the images of a repository."""

    AES256 = "AES256"
    KMS = "KMS"
    KMS_DSSE = "KMS_DSSE"


@dataclass(frozen=True, slots=True)
class Encryption:
    """How a repository is encrypted. Fixed when it is created: a change replaces it.

    Attributes:
        type: One of :class:`EncryptionType`, or what a template says instead.
        kms_key: A key's ARN, id or alias; None for ``aws/ecr``.
    """

    type: Text = EncryptionType.AES256
    kms_key: Text | None = None

    def problems(self, *, partition: str = "aws") -> Iterator[Problem]:
        """Yield what is wrong in a repository of ``partition``."""
        if is_known(self.type) and self.type not in tuple(EncryptionType):
            yield problem_at(
                "encryption",
                f"encryption must be one of {', '.join(EncryptionType)}, got {str(self.type)!r}",
                "write EncryptionType.AES256",
            )
        if isinstance(self.kms_key, str) and is_known(self.kms_key):
            yield from _key_problems(self.kms_key)
        if self.type == EncryptionType.AES256 and self.kms_key is not None:
            yield problem_at(
                "encryption",
                f"encryption_key is set, so encryption must be KMS, got {str(self.type)!r}",
                "drop one of the two",
            )
        if self.type == EncryptionType.KMS_DSSE and partition != _GOVCLOUD:
            if is_known(partition):
                yield problem_at(
                    "encryption",
                    "encryption KMS_DSSE exists in the AWS GovCloud (US) Regions only, got"
                    f" partition {partition!r}",
                    "write EncryptionType.KMS",
                )
            else:
                yield problem_at(
                    "encryption",
                    "encryption KMS_DSSE exists in the AWS GovCloud (US) Regions only, got a stack"
                    " without a concrete Region",
                    "give the stack an env, or write EncryptionType.KMS",
                    severity=Severity.WARNING,
                )

    def to_cfn(self) -> dict[str, Any]:
        """Return the property ``EncryptionConfiguration``."""
        document: dict[str, Any] = {"EncryptionType": str(self.type)}
        if self.kms_key is not None:
            document["KmsKey"] = self.kms_key
        return document


def _key_problems(key: str) -> Iterator[Problem]:
    if not 1 <= len(key) <= limits.KMS_KEY_MAX:
        shown = repr(key) if len(key) < _SHOWN else f"{key[:_SHOWN]!r}... with {len(key):,}"
        yield problem_at(
            "encryption_key",
            f"encryption_key must be 1 to {limits.KMS_KEY_MAX:,} characters, got {shown}",
            "write the key's ARN",
        )


AES256: Final = Encryption()
