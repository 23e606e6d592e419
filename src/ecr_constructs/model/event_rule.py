"""EventBridge rules, as far as they wait for events of Amazon ECR.

Layer: model; imports ``errors`` only.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ecr_constructs.model.problem import Problem
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.unresolved import Text, Unresolved


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRule:
    """An EventBridge rule.

    Attributes:
        sources: The services whose events it takes, such as ``aws.ecr``; None
            where its pattern does not say, or in other words than a list.
        detail_types: The kinds of events likewise, such as ``ECR Image Scan``.
        resources: What the ARNs are, or begin with, that it asks of events; none
            where its pattern asks for none, or in other words.
        account: The account that it is in; None where it is not known.
        region: Its Region; None where it is not known.
        origin: Where it was read from; no part of its value.
    """

    sources: tuple[Text, ...] | None = None
    detail_types: tuple[Text, ...] | None = None
    resources: tuple[Text, ...] = ()
    account: Text | None = None
    region: Text | None = None
    origin: Origin | None = field(default=None, compare=False)

    @classmethod
    def from_cfn(
        cls, resource: Mapping[str, Any], origin: Origin
    ) -> tuple[EventRule, list[Problem]]:
        """Read a resource of a template whose intrinsics are resolved as far as they go.

        What is no pattern is no concern of this library: nothing is malformed.

        Args:
            resource: The resource's ``Properties``.
            origin: Where it stands.

        Returns:
            The rule, and no problems.
        """
        properties = resource.get("Properties")
        pattern = properties.get("EventPattern") if isinstance(properties, Mapping) else None
        if isinstance(pattern, str):
            try:
                pattern = json.loads(pattern)
            except (ValueError, RecursionError):
                pattern = None
        members: Mapping[str, Any] = pattern if isinstance(pattern, Mapping) else {}
        rule = cls(
            sources=_texts(members.get("source")),
            detail_types=_texts(members.get("detail-type")),
            resources=_texts(_prefixes(members.get("resources"))) or (),
            origin=origin,
        )
        return rule, []


def _texts(value: object) -> tuple[Text, ...] | None:
    """Return a list of texts; None of what compares in other words, such as ``prefix``."""
    if isinstance(value, list) and all(isinstance(each, str | Unresolved) for each in value):
        return tuple(value)
    return None


def _prefixes(value: object) -> object:
    """Return a list with the text in place of what compares by ``prefix``."""
    if not isinstance(value, list):
        return value
    return [
        each["prefix"] if isinstance(each, Mapping) and list(each) == ["prefix"] else each
        for each in value
    ]
