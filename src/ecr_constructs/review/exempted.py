"""Acknowledgements that an exemption brings along: one cause, which is told once.

Layer: review. A construct writes its exemptions down as acknowledgements too,
lest CDK's own report counts what they loosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ecr_constructs.checks.acknowledgements import rule_of
from ecr_constructs.checks.rules import CATALOGUE
from ecr_constructs.model.acknowledgement import Acknowledgement
from ecr_constructs.model.baseline import Control, Exemption
from ecr_constructs.model.registry import Deployment
from ecr_constructs.model.repository import Origin

#: The control that a rule judges, by the rule's id.
_CONTROLS: Final = {rule.id: rule.control for rule in CATALOGUE if rule.control is not None}
#: The controls that a rule of cdk-nag judges, by its id.
_THEIRS: Final = {
    each: {rule.control for rule in CATALOGUE if each in rule.elsewhere.get("cdk-nag", "")}
    for rule in CATALOGUE
    for each in rule.elsewhere.get("cdk-nag", "").split(", ")
    if each
}


def own_acknowledgements(deployment: Deployment) -> Iterator[Acknowledgement]:
    """Yield the acknowledgements that somebody has said, and no exemption."""
    exempted = list(_exempted(deployment))
    for each in deployment.acknowledgements:
        controls = _controls(each.id)
        if not any(
            exemption.control in controls
            and exemption.reason == each.reason
            and each.construct_path.removesuffix("/Resource") == path
            for path, exemption in exempted
        ):
            yield each


def _controls(acknowledged: str) -> set[Control | None]:
    rule = rule_of(acknowledged)
    if rule is not None:
        return {_CONTROLS.get(rule)}
    return _THEIRS.get(acknowledged.rpartition("::")[2], set())


def _exempted(deployment: Deployment) -> Iterator[tuple[str, Exemption]]:
    """Yield the exemptions, each with a construct that acknowledges it."""
    holders: list[tuple[Origin | None, Iterable[Exemption]]] = [
        (each.origin, each.exemptions) for each in deployment.public_repositories
    ]
    for registry in deployment.registries:
        holders += ((each.origin, each.exemptions) for each in registry.repositories)
        holders += ((each.origin, each.exemptions) for each in registry.creation_templates)
        holders += ((each.origin, each.exemptions) for each in registry.declarations)
        for declaration in registry.declarations:
            # What a registry has once is acknowledged by the registry itself.
            above = (declaration.origin.construct_path or "").rpartition("/")[0]
            yield from ((above, exemption) for exemption in declaration.exemptions if above)
    for origin, exemptions in holders:
        if origin is not None and origin.construct_path:
            path = origin.construct_path.removesuffix("/Resource")
            yield from ((path, exemption) for exemption in exemptions)
