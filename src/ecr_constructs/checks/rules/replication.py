"""Rules about ``AWS::ECR::ReplicationConfiguration`` by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ecr_constructs.checks.facts import Facts, owners
from ecr_constructs.checks.rule import Rule, violation
from ecr_constructs.checks.settings import noted_for
from ecr_constructs.checks.sources import GUIDE, ROADMAP
from ecr_constructs.model.problem import Problem, Severity
from ecr_constructs.model.registry import Located, Registry
from ecr_constructs.model.replication import Destination, Replication
from ecr_constructs.model.unresolved import Text, Unresolved, is_known

_PATH: Final = "ReplicationConfiguration"


def _destination(facts: Facts) -> Iterator[Located]:
    yield from noted_for("ReplicationDestination")(facts)
    for registry in facts.deployment.registries:
        for problem in _unknown_destinations(registry):
            yield from (Located(origin, problem) for origin in owners(registry, "replication"))


def _unknown_destinations(registry: Registry) -> Iterator[Problem]:
    replication = registry.replication
    if isinstance(replication, Unresolved):
        yield _unknown("where images are replicated to", str(replication), _PATH)
    if not isinstance(replication, Replication):
        return
    for index, rule in enumerate(replication.rules):
        for position, destination in enumerate(rule.destinations):
            path = f"{_PATH}.Rules[{index}].Destinations[{position}]"
            answer = _is_itself(registry, destination)
            # Where both are known the values themselves say so.
            if answer and not (is_known(destination.region) and is_known(destination.registry_id)):
                yield violation(
                    "a destination must be another registry, got the registry's own account and"
                    f" Region, whatever they are: {destination.sentence}",
                    "write another Region or another account",
                    path=path,
                )
            elif answer is None:
                yield _unknown(
                    "whether the registry replicates to itself", destination.sentence, path
                )


def _is_itself(registry: Registry, destination: Destination) -> bool | None:
    """Tell whether a destination is the registry that replicates to it; None if it may be."""
    answers = [
        _same(destination.region, registry.region),
        _same(destination.registry_id, registry.account),
    ]
    return False if False in answers else None if None in answers else True


def _same(one: Text, other: Text) -> bool | None:
    if one == other:
        return True
    return False if is_known(one) and is_known(other) else None


def _unknown(what: str, given: str, path: str) -> Problem:
    return violation(
        f"{what} cannot be told: it is {given}",
        "write account and Region in the template, give the stack an env, or say them of a lone"
        " template with --account and --region",
        path=path,
        unknown=True,
    )


RULES: Final = (
    Rule(
        id="EcrGovernance-ReplicationDestination",
        severity=Severity.ERROR,
        title="Images are replicated to another registry that can be reached",
        explanation="Amazon ECR refuses to replicate to the registry itself and across partitions;"
        " the first is what a stack that is deployed to every Region does in one of them.",
        remediation="registry.replicate_to(other). In CloudFormation: Destinations with another"
        " Region or another RegistryId, of the same partition.",
        source=f"{GUIDE}/replication.html",
        check=_destination,
    ),
    Rule(
        id="EcrGovernance-ReplicationPrefix",
        severity=Severity.WARNING,
        title="A replication filter takes what is meant and no more",
        explanation="A filter is a prefix of names: prod takes production/api too. What it takes"
        " beside is copied, billed, and readable in the other account.",
        remediation="repository_filters=['prod/']. In CloudFormation: Filter: prod/.",
        source=f"{ROADMAP}/2129",
        check=noted_for("ReplicationPrefix"),
    ),
)
