"""Both sides of a replication: the rule at the source, what it takes at the destination.

Layer: constructs.

Between registries travel strings only: account, Region and prefixes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ecr_constructs.constructs.cdk_members import DELETE_REPLICATION
from ecr_constructs.constructs.registry_settings import RegistrySettings
from ecr_constructs.model.place import Place
from ecr_constructs.model.problem import Problem, problem_at, refuse
from ecr_constructs.model.registry_needs import Replicated
from ecr_constructs.model.registry_reference import RegistryReference
from ecr_constructs.model.replication import Replication, ReplicationRule
from ecr_constructs.model.unresolved import Text, is_token

if TYPE_CHECKING:
    from ecr_constructs.constructs.contributor import RegistryContributor


def replicate(
    source: RegistryContributor,
    destination: RegistryContributor | RegistryReference,
    repository_filters: tuple[Text, ...],
    *,
    delete_replication: bool,
) -> None:
    """Contribute both sides of a replication.

    Raises:
        ConfigurationError: If one of the registries is not known by account and
            Region, or ECR would refuse it.
    """
    by, path = source.contributor, source.path
    refuse(
        [*_problems(source.place, destination), *_deletion_problems(delete_replication)], path=path
    )
    reference = _reference(destination)
    rule = replace(
        ReplicationRule.to(reference.destination, repository_filters),
        delete_replication=delete_replication,
    )
    refuse(rule_problems(rule, source.place), path=path)
    arriving = [
        Replicated(source.place.account, str(prefix)) for prefix in rule.repository_filters or ("",)
    ]

    def send(settings: RegistrySettings) -> None:
        settings.replication.add(rule, by=path)
        if isinstance(destination, RegistryReference):
            for each in arriving:
                settings.references.replicate(reference, each)

    def receive(settings: RegistrySettings) -> None:
        if source.place.account != settings.context.place.account:
            settings.policy.allow_replication(arriving, by=path)
        for each in arriving:
            settings.templates.ask(each.request(path))

    source.contribute("replicate_to(...)", send)
    what = f"replication from {source.place.account} in {source.place.region}"
    if isinstance(destination, RegistryReference):
        # Only if a construct of this app owns it after all.
        source.slot.neighbour(reference).contribute(receive, what=what, by=by, is_needed=False)
    else:
        destination.contribute(what, receive, by=by)


def rule_problems(rule: ReplicationRule, place: Place) -> Iterator[Problem]:
    """Yield what is wrong with one rule of a registry, whatever others it has."""
    for index, value in enumerate(rule.repository_filters):
        if is_token(value):
            yield problem_at(
                f"repository_filters[{index}]",
                "a replication filter must be known at synthesis, as the destination gets a"
                " template for its namespace, got a token",
                "write it out",
            )
    for problem in Replication.of(rule).problems(account=place.account, region=place.region):
        yield replace(problem, path=problem.path.removeprefix("rules[0]."))


def _reference(registry: RegistryContributor | RegistryReference) -> RegistryReference:
    if isinstance(registry, RegistryReference):
        return registry
    return RegistryReference(registry.place.account, registry.place.region)


def _problems(source: Place, destination: object) -> Iterator[Problem]:
    yield from place_problems("the registry that replicates", source)
    if isinstance(destination, RegistryReference):
        yield from (problem.below("destination") for problem in destination.problems())
        return
    place = getattr(destination, "place", None)
    if isinstance(place, Place):
        yield from place_problems("destination", place)
    else:
        yield problem_at(
            "destination",
            f"destination must be a GovernedRegistry or a RegistryReference, got {destination!r}",
            "write RegistryReference('<account>', '<Region>')",
        )


def _deletion_problems(delete_replication: object) -> Iterator[Problem]:
    if not isinstance(delete_replication, bool):
        yield problem_at(
            "delete_replication",
            f"delete_replication must be True or False, got {delete_replication!r}",
            "leave it out: nothing is deleted at the destination",
        )
    elif delete_replication:
        yield from DELETE_REPLICATION.problems("delete_replication")


def place_problems(what: str, place: Place) -> Iterator[Problem]:
    """Yield whether a registry lies in a stack without concrete account or Region."""
    for name, value in (("account", place.account), ("region", place.region)):
        if is_token(value):
            yield problem_at(
                name,
                f"{what} must lie in a stack with a concrete account and Region, as both sides name"
                f" them, got a stack without {name}",
                "give the stack env=cdk.Environment(account='111122223333', region='eu-west-1')",
            )
