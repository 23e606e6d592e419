"""Chains of replication that will not flow: what arrives by replication is not copied on.

Layer: model; imports ``errors`` and ``service`` only.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ecr_constructs.model.problem import Problem
from ecr_constructs.model.replication import Destination, Replication
from ecr_constructs.model.replication_merge import minimal_prefixes
from ecr_constructs.model.unresolved import is_known


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenChain:
    """Images that go from one registry to a second, and from there no further.

    Attributes:
        source: Where they are pushed.
        through: Where they arrive by replication.
        destination: Where the second registry sends what is pushed to it.
        prefixes: The names that both rules take and that do not arrive there;
            ``""`` for all names.
    """

    source: Destination
    through: Destination
    destination: Destination
    prefixes: tuple[str, ...]

    def to_problem(self) -> Problem:
        """Return it as the error of the source's replication configuration."""
        names = "all repositories"
        if self.prefixes != ("",):
            names = f"repositories named {', '.join(f'{prefix}*' for prefix in self.prefixes)}"
        return Problem(
            id="replication-chain",
            path="rules",
            message=f"replication must go straight to {self.destination.sentence}, got {names} from"
            f" {self.source.sentence} through {self.through.sentence}, where what arrives by"
            " replication is not replicated on",
            fix=f"replicate them from {self.source.sentence} to {self.destination.sentence} too, or"
            " narrow the filters of one of the two",
        )


def broken_chains(replications: Mapping[Destination, Replication]) -> tuple[BrokenChain, ...]:
    """Return the chains that will not flow among registries whose replication is known.

    A chain flows if its images come back to where they were pushed (two
    registries that replicate to each other), or if the source replicates them
    to the last registry itself. What is not known before deployment is passed
    over.

    Args:
        replications: The configurations by the registry that has them.
    """
    flows = {
        registry: _flows(replication)
        for registry, replication in replications.items()
        if _is_known(registry)
    }
    chains = [
        BrokenChain(
            source=source, through=through, destination=destination, prefixes=tuple(sorted(lost))
        )
        for source, first in flows.items()
        for through, arriving in first.items()
        for destination, leaving in flows.get(through, {}).items()
        if destination != source
        if (lost := _without(_common(arriving, leaving), first.get(destination, frozenset())))
    ]
    return tuple(
        sorted(
            chains, key=lambda c: (c.source.sentence, c.through.sentence, c.destination.sentence)
        )
    )


def _flows(replication: Replication) -> dict[Destination, frozenset[str]]:
    """Return the prefixes that go to each destination, as far as they are known."""
    flows: dict[Destination, set[str]] = {}
    for rule in replication.rules:
        prefixes = [p for p in rule.repository_filters if isinstance(p, str) and is_known(p)]
        for destination in filter(_is_known, rule.destinations):
            flows.setdefault(destination, set()).update(
                prefixes if rule.repository_filters else [""]
            )
    return {destination: frozenset(prefixes) for destination, prefixes in flows.items()}


def _common(one: Iterable[str], other: frozenset[str]) -> frozenset[str]:
    """Return the prefixes of the names that both take: the longer of each two that agree."""
    longer = {max(a, b, key=len) for a in one for b in other if a.startswith(b) or b.startswith(a)}
    return frozenset(str(prefix) for prefix in minimal_prefixes(longer))


def _without(prefixes: frozenset[str], taken: frozenset[str]) -> frozenset[str]:
    return frozenset(p for p in prefixes if not any(p.startswith(each) for each in taken))


def _is_known(registry: Destination) -> bool:
    return is_known(registry.region) and is_known(registry.registry_id)
