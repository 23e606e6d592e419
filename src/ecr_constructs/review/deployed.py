"""What CloudFormation deployed last, beside an assembly and what is there.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias

from ecr_constructs.model.registry import Deployment
from ecr_constructs.model.repository import Origin, Repository
from ecr_constructs.review.change.difference import Change, Place

#: The template of a stack, as a path below the assembly, and a logical id in it.
ResourceKey: TypeAlias = tuple[str, str]

_BY_HAND: Final = (
    "somebody changed it by hand, as the template that is deployed says what the assembly says, so"
    " that a deployment leaves it alone"
)


def with_names(assembly: Deployment, names: Mapping[ResourceKey, str]) -> Deployment:
    """Return an assembly in which repositories have the names that CloudFormation gave them.

    Args:
        assembly: What was read of it.
        names: The physical ids of resources, by template and logical id.
    """
    return replace(
        assembly,
        registries=tuple(
            replace(
                registry,
                repositories=tuple(
                    each
                    if isinstance(each.repository_name, str)
                    or (name := names.get(_resource(each.origin))) is None
                    else replace(each, repository_name=name)
                    for each in registry.repositories
                ),
            )
            for registry in assembly.registries
        ),
    )


def as_written(there: Deployment, deployed: Mapping[ResourceKey, Mapping[str, Any]]) -> Deployment:
    """Return what is there, with what the templates that are deployed write out.

    Writing a default out, or no longer, replaces a repository, and no registry
    tells which of the two was deployed.

    Args:
        there: The live registries beside an assembly.
        deployed: The properties of resources that are otherwise in the assembly.
    """

    def written(each: Repository) -> Repository:
        properties = deployed.get(_resource(each.origin))
        if properties is None:
            return each
        return replace(each, writes_encryption="EncryptionConfiguration" in properties)

    return replace(
        there,
        registries=tuple(
            replace(registry, repositories=tuple(map(written, registry.repositories)))
            for registry in there.registries
        ),
    )


def told_by_hand(change: Change, newer: Deployment, unchanged: frozenset[ResourceKey]) -> Change:
    """Return a change in which is told what somebody changed by hand.

    CloudFormation writes a resource only where its template has changed. A
    difference is told so where neither the resources that it comes from nor those
    that set what their registry has once are otherwise than they were deployed.

    Args:
        change: What differs between what is there and what an assembly makes of it.
        newer: The newer side.
        unchanged: The resources whose properties are as they were deployed last.
    """
    is_set = {
        Place(str(registry.account), str(registry.region)): all(
            _resource(each.origin) in unchanged for each in registry.declarations
        )
        for registry in newer.registries
    }
    return Change(
        tuple(
            replace(
                each,
                sentence=each.left_alone or each.sentence,
                cause=f"{each.cause}; {_BY_HAND}" if each.cause else _BY_HAND,
            )
            if each.origins
            and each.place in is_set
            and is_set[each.place]
            and all(_resource(origin) in unchanged for origin in each.origins)
            else each
            for each in change.differences
        )
    )


def _resource(origin: Origin | None) -> ResourceKey:
    return ("", "") if origin is None else (origin.template, origin.logical_id)
