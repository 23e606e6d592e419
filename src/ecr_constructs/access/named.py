"""An entry of a ``Principal`` element, taken apart.

Layer: access; imports ``model`` and ``service`` only.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

import functools
import re
from enum import StrEnum
from typing import Final, NamedTuple

from ecr_constructs.access.text import arn_fields
from ecr_constructs.model.statement import Principal
from ecr_constructs.model.unresolved import Text, is_known
from ecr_constructs.service import patterns


class Kind(StrEnum):
    """What a principal is."""

    ANYONE = "anyone"
    ACCOUNT = "account"
    ROLE = "role"
    USER = "user"
    SESSION = "role session"
    FEDERATED_USER = "federated user"
    SERVICE = "service"
    PATTERN = "pattern"  # an ARN with wildcards, which IAM refuses
    OTHER = "other"  # nobody who calls Amazon ECR
    UNKNOWN = "unknown"  # known at deployment


#: The beginning of an ARN's last field, and what it names.
_RESOURCES: Final = {
    "role/": Kind.ROLE,
    "user/": Kind.USER,
    "assumed-role/": Kind.SESSION,
    "federated-user/": Kind.FEDERATED_USER,
}


class Named(NamedTuple):
    """A principal, taken apart.

    Attributes:
        kind: What it is.
        value: The text as it stands in the policy or was asked for.
        account: Its account; None for anyone and for services.
        resource: The last field of its ARN: ``role/path/Deploy``.
        name: The name of a role or user; of a session, that of its role.
    """

    kind: Kind
    value: Text
    account: Text | None = None
    resource: Text | None = None
    name: Text | None = None


@functools.lru_cache(maxsize=8192)
def named_by(principal: Principal) -> Named:
    """Take an entry of a ``Principal`` element apart."""
    value = principal.value
    if principal.type == "Service":
        return Named(Kind.SERVICE if is_known(value) else Kind.UNKNOWN, value)
    if principal.type != "AWS":
        # Federated principals stand in trust policies, canonical users in those of Amazon S3.
        return Named(Kind.OTHER, value)
    if value == "*":
        return Named(Kind.ANYONE, value)
    if isinstance(value, str) and patterns.ACCOUNT_ID.fullmatch(value):
        return Named(Kind.ACCOUNT, value, value)
    return _named_by_arn(value)


def _named_by_arn(value: Text) -> Named:
    rest = Kind.OTHER if is_known(value) else Kind.UNKNOWN
    fields = arn_fields(value)
    if fields is None:
        return Named(rest, value)
    account, resource = fields[4], fields[5]
    if resource == "root":
        return Named(Kind.ACCOUNT, value, account)
    if isinstance(value, str) and re.search(r"[*?]", value):
        return Named(Kind.PATTERN, value, account, resource)
    kind = next((k for start, k in _RESOURCES.items() if str(resource).startswith(start)), None)
    if kind is None:
        return Named(rest, value, account, resource)
    # A path may stand before a name, a session stands behind the name of its role.
    name = resource.split("/")[1 if kind is Kind.SESSION else -1]
    return Named(kind, value, account, resource, name)
