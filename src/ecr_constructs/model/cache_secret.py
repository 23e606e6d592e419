"""The secret of an upstream, as far as Amazon ECR has to be able to read it.

Layer: model; imports ``errors`` only.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ecr_constructs.model.problem import Problem
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.unresolved import Text, Unresolved, is_known
from ecr_constructs.service.upstreams import CREDENTIAL_PREFIX

#: The key of AWS, by which Amazon ECR reads.
_DEFAULT: Final = "alias/aws/secretsmanager"


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheSecret:
    """A secret of AWS Secrets Manager.

    Attributes:
        name: Its name; None where CloudFormation makes one up.
        kms_key: The key that encrypts it; None for the key of AWS.
        account: The account that it is in; None where it is not known.
        region: Its Region; None where it is not known.
        origin: Where it was read from; no part of its value.
    """

    name: Text | None = None
    kms_key: Text | None = None
    account: Text | None = None
    region: Text | None = None
    origin: Origin | None = field(default=None, compare=False)

    @classmethod
    def from_cfn(
        cls, resource: Mapping[str, Any], origin: Origin
    ) -> tuple[CacheSecret, list[Problem]]:
        """Read an ``AWS::SecretsManager::Secret`` whose intrinsics are resolved as far as they go.

        What else is wrong with a secret is no concern of this library: nothing is malformed.

        Args:
            resource: The resource's ``Properties``.
            origin: Where it stands.

        Returns:
            The secret, and no problems.
        """
        given = resource.get("Properties")
        properties: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
        secret = cls(
            name=_text(properties.get("Name")),
            kms_key=_text(properties.get("KmsKeyId")),
            origin=origin,
        )
        return secret, []

    @property
    def is_for_caches(self) -> bool:
        """Whether its name is one that Amazon ECR reads."""
        return isinstance(self.name, str) and self.name.startswith(CREDENTIAL_PREFIX)

    @property
    def is_readable(self) -> bool | None:
        """Whether the key is the one by which Amazon ECR reads; None where it cannot be told."""
        if self.kms_key is None:
            return True
        if isinstance(self.kms_key, str) and is_known(self.kms_key):
            return self.kms_key.endswith(_DEFAULT)
        # What is made in an app, and so not known, is a key of one's own.
        return None if _may_be_default(self.kms_key) else False


def _may_be_default(key: Text) -> bool:
    return not isinstance(key, Unresolved) or key.may_be(_DEFAULT)


def _text(value: object) -> Text | None:
    return value if isinstance(value, str | Unresolved) else None
