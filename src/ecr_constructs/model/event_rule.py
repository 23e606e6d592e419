"""EventBridge rules, as far as they wait for events of Amazon ECR.

Layer: model; imports ``errors`` only.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ecr_constructs.model.problem import Problem
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.unresolved import Text, Unresolved

_REPOSITORY: Final = ":repository/"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRule:
    """An EventBridge rule.

    Attributes:
        sources: The services whose events it takes, such as ``aws.ecr``; None
            where its pattern does not say, or in other words than a list.
        detail_types: The kinds of events likewise, such as ``ECR Image Scan``.
        resources: What the ARNs are, or begin with, that it asks of events; none
            where its pattern asks for none, or in other words.
        repositories: The names that it asks of repositories, ``payments/*`` for
            those that begin so; none where it asks for none, or in other words.
        pattern: All that it asks of events, as JSON of which the order means nothing.
        targets: The ARNs of those that are told, sorted.
        is_enabled: Whether it waits; False for ``State: DISABLED``.
        account: The account that it is in; None where it is not known.
        region: Its Region; None where it is not known.
        origin: Where it was read from; no part of its value.
    """

    sources: tuple[Text, ...] | None = None
    detail_types: tuple[Text, ...] | None = None
    resources: tuple[Text, ...] = ()
    repositories: tuple[str, ...] = ()
    pattern: str = "{}"
    targets: tuple[Text, ...] = ()
    is_enabled: bool = True
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
        given = resource.get("Properties")
        properties: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
        pattern = properties.get("EventPattern")
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
            repositories=tuple(sorted(set(_repositories(members)))),
            pattern=json.dumps(_ordered(members)),
            targets=tuple(sorted(_arns(properties.get("Targets")), key=str)),
            is_enabled=properties.get("State") != "DISABLED",
            origin=origin,
        )
        return rule, []

    @property
    def is_of_images(self) -> bool:
        """Whether it waits for events of Amazon ECR, or of Amazon Inspector on its images."""
        if "aws.ecr" in (self.sources or ()):
            return True
        types = self.detail_types or ()
        if any(str(each).startswith("ECR ") for each in types):
            return True
        return any(str(each).startswith("Inspector2 ") for each in types) and any(
            ":ecr:" in str(each) for each in self.resources
        )

    @property
    def told(self) -> tuple[str, ...]:
        """Who is told of the events: nobody while it is disabled."""
        return tuple(dict.fromkeys(map(_name, self.targets))) if self.is_enabled else ()


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


def _name(target: Text) -> str:
    """Return a target for people: what is known at deployment alone by where it comes from."""
    if isinstance(target, Unresolved) and len(target.parts) == 1:
        return target.text.removeprefix("${").removesuffix("}")
    return str(target)


def _arns(targets: object) -> Iterator[Text]:
    for each in targets if isinstance(targets, list) else ():
        arn = each.get("Arn") if isinstance(each, Mapping) else None
        if isinstance(arn, str | Unresolved):
            yield arn


def _repositories(members: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names that a pattern asks for, in the ARNs or in the detail of events."""
    detail = members.get("detail")
    names = detail.get("repository-name") if isinstance(detail, Mapping) else None
    for values, is_arn in ((members.get("resources"), True), (names, False)):
        for each in values if isinstance(values, list) else ():
            prefix = each.get("prefix") if isinstance(each, Mapping) else None
            text = str(each if prefix is None else prefix)
            if is_arn:
                _, found, text = text.partition(_REPOSITORY)
                text, image, _ = text.partition("/sha256:")
                if not found:
                    continue
                prefix = None if image else prefix
            if isinstance(each, str | Unresolved) or (prefix is None and is_arn):
                yield text
            elif prefix is not None and text:
                yield f"{text}*"


def _ordered(value: Any) -> Any:
    """Return JSON in the one order; of numbers the order means something."""
    if isinstance(value, Mapping):
        return {str(key): _ordered(value[key]) for key in sorted(value, key=str)}
    if not isinstance(value, list):
        return str(value) if isinstance(value, Unresolved) else value
    items = [_ordered(each) for each in value]
    if any(isinstance(each, int | float) for each in items):
        return items
    return sorted(items, key=json.dumps)
