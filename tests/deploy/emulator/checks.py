"""What ECR checks beyond its service model, and the pages that it answers in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ministack.core.arn import ArnParseError, parse_arn
from ministack.core.responses import get_account_id
from ministack.services import iam, kms, secretsmanager
from tests.deploy.emulator.service_model import ApiError

_DEFAULT_PAGE: Final = 100
_WITH_EXCLUSION: Final = "_WITH_EXCLUSION"


def require_role(arn: str | None) -> None:
    """Refuse the ARN of a role that this account does not have; no ARN passes."""
    if not arn:
        return
    try:
        role = parse_arn(arn)
    except ArnParseError:
        raise _invalid(f"'{arn}' is not the ARN of a role") from None
    name = role.resource.rpartition("/")[2]
    if role.account_id != get_account_id() or name not in iam._roles:
        raise _invalid(f"The role '{arn}' does not exist in this account")


def require_secret(arn: str | None) -> None:
    """Refuse the ARN of a secret that this account and Region do not have; no ARN passes."""
    if arn and secretsmanager._resolve(arn)[1] is None:
        raise ApiError("SecretNotFoundException", f"The secret '{arn}' does not exist")


def require_key(key: str | None) -> None:
    """Refuse a KMS key, by id, ARN or alias, that is not there; no key passes."""
    if key and kms._resolve_key(key) is None:
        raise ApiError("KmsException", f"The key '{key}' does not exist")


def require_document(text: str, member: str, root: str) -> None:
    """Refuse a text that is no JSON object with the member ``root``.

    That is all: a statement or a lifecycle rule that ECR refuses passes.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError:
        document = None
    if not isinstance(document, dict) or root not in document:
        raise _invalid(
            f"Invalid parameter at '{member}' failed to satisfy constraint: "
            f"'Invalid policy provided'"
        )


def require_filters(mutability: str, filters: Sequence[Mapping[str, str]] | None) -> None:
    """Refuse exclusion filters without the mode that has them, and the mode without filters."""
    if mutability.endswith(_WITH_EXCLUSION) and not filters:
        raise _invalid(f"{mutability} needs imageTagMutabilityExclusionFilters")
    if filters and not mutability.endswith(_WITH_EXCLUSION):
        raise _invalid(f"{mutability} takes no imageTagMutabilityExclusionFilters")


def tag_is_immutable(mutability: str, filters: Sequence[Mapping[str, str]], tag: str) -> bool:
    """Tell whether a tag that is taken may not be moved."""
    excluded = any(
        re.fullmatch(".*".join(map(re.escape, each["filter"].split("*"))), tag) for each in filters
    )
    return mutability.startswith("IMMUTABLE") != (excluded and mutability.endswith(_WITH_EXCLUSION))


def page(request: Mapping[str, Any], member: str, items: Sequence[Any]) -> dict[str, Any]:
    """Return the page of ``items`` that ``request`` asks for, and the token of the next."""
    start = int(request.get("nextToken", "0"))
    end = start + request.get("maxResults", _DEFAULT_PAGE)
    answer: dict[str, Any] = {member: list(items[start:end])}
    if end < len(items):
        answer["nextToken"] = str(end)
    return answer


def without(value: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return ``value`` without the members ``names``."""
    return {name: member for name, member in value.items() if name not in names}


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidParameterException", message)
