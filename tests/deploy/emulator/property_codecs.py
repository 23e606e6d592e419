"""Translate between the properties of a template and the members of the API."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

_TAG_MEMBERS: Final = frozenset({"Key", "Value"})
_FILTERS: Final = "ImageTagMutabilityExclusionFilters"
_FILTER_TYPE: Final = "ImageTagMutabilityExclusionFilterType"
_FILTER_VALUE: Final = "ImageTagMutabilityExclusionFilterValue"


def to_api(value: Any) -> Any:
    """Return properties as the API spells them: ``ScanType`` is ``scanType``.

    The exclusion filters have other names in the two, and tags the same.
    """
    if isinstance(value, Mapping):
        if value.keys() <= _TAG_MEMBERS:
            return dict(value)
        if _FILTER_VALUE in value:
            return {"filterType": value.get(_FILTER_TYPE), "filter": value[_FILTER_VALUE]}
        return {name[0].lower() + name[1:]: to_api(member) for name, member in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [to_api(item) for item in value]
    return value


def to_properties(value: Any) -> Any:
    """Return what the API answered as a template spells it: the inverse of :func:`to_api`."""
    if isinstance(value, Mapping):
        if value.keys() <= _TAG_MEMBERS:
            return dict(value)
        return {
            (property_name := name[0].upper() + name[1:]): [
                {_FILTER_TYPE: each["filterType"], _FILTER_VALUE: each["filter"]} for each in member
            ]
            if property_name == _FILTERS
            else to_properties(member)
            for name, member in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [to_properties(item) for item in value]
    return value


def policy_text(policy: Any) -> Any:
    """Return a policy property, which is an object or a text, as a text."""
    return policy if isinstance(policy, str) else json.dumps(policy)


def policy_like(expected: Any, text: str) -> Any:
    """Return a policy's text in the form that the template uses: as it is, or parsed."""
    return text if isinstance(expected, str) else json.loads(text)
