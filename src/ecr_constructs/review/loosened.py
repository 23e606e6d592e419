"""The controls that are loosened and the findings that are silenced, each with its reason.

Layer: review.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator

from ecr_constructs.checks.acknowledgements import rule_of
from ecr_constructs.checks.rule import PREFIX
from ecr_constructs.model.baseline import Exemption
from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.model.repository import Origin
from ecr_constructs.review.describe import place_of
from ecr_constructs.review.exempted import own_acknowledgements
from ecr_constructs.review.report import Loosened
from ecr_constructs.review.words import name_of


def exemptions_of(deployment: Deployment, today: dt.date) -> Iterator[Loosened]:
    """Yield the exemptions of a deployment, in the order of the model."""
    names = Counter(where for registry in deployment.registries for where in _names(registry))
    for registry in deployment.registries:
        place = f" of {registry.account} in {registry.region}"
        for where, exemptions in _exempt(registry):
            # A name that is in two registries does not tell by itself which one is meant.
            yield from _loosened(f"{where}{place * (names[where] > 1)}", exemptions, today)
        for declaration in registry.declarations:
            where = f"{declaration.member.replace('_', ' ')}{place}"
            yield from _loosened(where, declaration.exemptions, today)
    for public in deployment.public_repositories:
        yield from _loosened(place_of(public.origin), public.exemptions, today)


def _names(registry: Registry) -> Iterator[str]:
    yield from map(name_of, registry.repositories)
    yield from (_template(each.prefix) for each in registry.creation_templates)


def _exempt(registry: Registry) -> Iterator[tuple[str, Iterable[Exemption]]]:
    """Yield the repositories and creation templates of a registry with their exemptions."""
    for repository in registry.repositories:
        if repository.exemptions:
            yield name_of(repository), repository.exemptions
    for template in registry.creation_templates:
        yield _template(template.prefix), template.exemptions


def _template(prefix: object) -> str:
    return f"creation template {prefix}"


def acknowledgements_of(deployment: Deployment) -> Iterator[Loosened]:
    """Yield what is acknowledged of this library's rules, and of any rule on its resources.

    Those that an exemption brings along are no more than the exemption.
    """
    above = {
        "/".join(parts[:end])
        for origin in _origins(deployment)
        if origin.construct_path
        for parts in [origin.construct_path.split("/")]
        for end in range(1, len(parts) + 1)
    }
    for each in own_acknowledgements(deployment):
        rule = rule_of(each.id)
        ours = rule is not None and rule.startswith(PREFIX)
        if ours or each.construct_path.removesuffix("/Resource") in above:
            yield Loosened(where=each.construct_path, control=each.id, reason=each.reason)


def _origins(deployment: Deployment) -> Iterator[Origin]:
    origins: list[Origin | None] = [each.origin for each in deployment.public_repositories]
    for registry in deployment.registries:
        origins += (each.origin for each in registry.repositories)
        origins += (each.origin for each in registry.creation_templates)
        origins += (each.origin for each in registry.pull_through_cache_rules)
        origins += (each.origin for each in registry.pull_time_exclusions)
        origins += (each.origin for each in registry.declarations)
    yield from (origin for origin in origins if origin is not None)


def _loosened(where: str, exemptions: Iterable[Exemption], today: dt.date) -> Iterator[Loosened]:
    for exemption in exemptions:
        yield Loosened(
            where=where,
            control=str(exemption.control),
            reason=exemption.reason,
            expires=exemption.expires,
            expired=exemption.has_expired(today),
        )
