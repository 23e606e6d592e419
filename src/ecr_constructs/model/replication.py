"""Where a registry's images are copied to: rules, destinations and filters.

Layer: model; imports ``errors`` and ``service`` only.

Sources: the schema of ``AWS::ECR::ReplicationConfiguration`` in the CloudFormation registry,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ecr_constructs.model.codec import Fields
from ecr_constructs.model.problem import Problem, Severity, problem_at
from ecr_constructs.model.replication_merge import merge
from ecr_constructs.model.replication_rule import Destination, ReplicationRule
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.repository_filter import (
    FilterType,
    filters_from_api,
    filters_from_cfn,
    filters_to_cfn,
)
from ecr_constructs.model.statement import SortKey
from ecr_constructs.model.unresolved import Text, is_known
from ecr_constructs.service import limits
from ecr_constructs.service.partitions import partition_of

__all__ = ["Destination", "Replication", "ReplicationRule", "merge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replication:
    """The replication configuration of a registry.

    What is pushed or restored after it is set is copied once, under the same
    name; what arrived by replication is not copied on. Removing it deletes no
    image.

    Attributes:
        rules: At most 25, of which 10 are sure to be accepted.
        origin: Where it was read from; no part of its value.

    Example:
        >>> backup = Destination("eu-central-1", "222222222222")
        >>> Replication.of(ReplicationRule.to(backup, ["payments/"])).problems()
        []
    """

    rules: tuple[ReplicationRule, ...] = ()
    origin: Origin | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", tuple(self.rules))

    @classmethod
    def of(cls, *rules: ReplicationRule) -> Replication:
        """Return a configuration of these rules."""
        return cls(rules=rules)

    @property
    def destinations(self) -> tuple[Destination, ...]:
        """All destinations, each once, in the order of the rules."""
        return tuple(dict.fromkeys(d for rule in self.rules for d in rule.destinations))

    def problems(
        self,
        *,
        account: Text | None = None,
        region: Text | None = None,
        repository_names: Iterable[Text | None] = (),
    ) -> list[Problem]:
        """Return what ECR or CloudFormation would refuse, and what surprises people.

        Args:
            account: The registry's account. Default: not known.
            region: The registry's Region. Default: not known.
            repository_names: The repositories of the registry, to warn of
                prefixes that take more than meant.
        """
        names = [n for n in repository_names if isinstance(n, str) and is_known(n)]
        problems = list(self._whole_problems())
        for index, rule in enumerate(self.rules):
            found = [*rule.problems(), *rule.prefix_problems(names)]
            for position, destination in enumerate(rule.destinations):
                found += (
                    p.below(f"destinations[{position}]")
                    for p in _place_problems(destination, account, region)
                )
            problems += (p.below(f"rules[{index}]") for p in found)
        return problems

    def normalise(self, *, key: SortKey = str) -> Replication:
        """Return the one form of its meaning, which :func:`merge` makes; idempotent."""
        return replace(self, rules=merge(self.rules, key=key))

    def to_cfn(self) -> dict[str, Any]:
        """Return the ``Properties`` of ``AWS::ECR::ReplicationConfiguration``.

        A rule without filters is written without the list, as the API refuses
        an empty one.
        """
        return {"ReplicationConfiguration": {"Rules": [_rule_to_cfn(rule) for rule in self.rules]}}

    @classmethod
    def from_cfn(
        cls, resource: Mapping[str, Any], origin: Origin
    ) -> tuple[Replication, list[Problem]]:
        """Read a resource of a template whose intrinsics are resolved as far as they go.

        Args:
            resource: The resource's ``Properties``.
            origin: Where it stands.

        Returns:
            The configuration, and what is malformed: such a value is left unknown.
        """
        fields = Fields(resource.get("Properties"))
        name = "ReplicationConfiguration"
        rules = tuple(
            ReplicationRule(
                destinations=tuple(
                    Destination(to.text("Region") or "", to.text("RegistryId") or "")
                    for to in each.each("Destinations")
                ),
                repository_filters=filters_from_cfn(
                    FilterType.PREFIX_MATCH, each, f"Properties.{name}.Rules[{index}]"
                ),
                delete_replication=each.below("DeleteReplication").boolean("Enabled"),
            )
            for index, each in enumerate(fields.below(name).each("Rules"))
        )
        return cls(rules=rules, origin=origin), fields.problems

    @classmethod
    def from_api(cls, described: Mapping[str, Any]) -> Replication:
        """Read a live registry.

        Args:
            described: ``replicationConfiguration`` of ``DescribeRegistry``.
        """
        return cls(
            rules=tuple(
                ReplicationRule(
                    destinations=tuple(
                        Destination(to["region"], to["registryId"]) for to in each["destinations"]
                    ),
                    repository_filters=filters_from_api(each),
                    delete_replication=each.get("deleteReplication", {}).get("enabled", False),
                )
                for each in described.get("rules", ())
            )
        )

    def _whole_problems(self) -> Iterator[Problem]:
        count, quota = len(self.rules), limits.REPLICATION_RULES_QUOTA
        if count > limits.REPLICATION_RULES:
            yield problem_at(
                "rules",
                f"a replication configuration must have at most {limits.REPLICATION_RULES} rules,"
                f" got {count}",
                "give several destinations the same filters, so that they share a rule",
            )
        elif count > quota:
            yield problem_at(
                "rules",
                f"a replication configuration is sure to be accepted up to {quota} rules, as the"
                f" quotas say {quota} and the API {limits.REPLICATION_RULES}, got {count}",
                "give several destinations the same filters, or look at the account's quota",
                severity=Severity.WARNING,
            )
        unique = len(self.destinations)
        if unique > limits.REPLICATION_DESTINATIONS:
            yield problem_at(
                "rules",
                "a replication configuration must have at most"
                f" {limits.REPLICATION_DESTINATIONS} different destinations in all its rules, got"
                f" {unique}",
                "drop some",
            )


def _place_problems(
    destination: Destination, account: Text | None, region: Text | None
) -> Iterator[Problem]:
    """Yield what is wrong with a destination of a registry in this account and Region."""
    if not isinstance(region, str) or not is_known(region):
        return
    if not isinstance(destination.region, str) or not is_known(destination.region):
        return
    theirs, ours = partition_of(destination.region), partition_of(region)
    if theirs != ours:
        yield problem_at(
            "region",
            f"a destination must be in the partition {ours!r} of the registry, got"
            f" {destination.region!r} in {theirs!r}",
            f"write a Region of {ours!r}: replication does not cross partitions",
        )
    if destination.region == region and destination.registry_id == account and is_known(account):
        yield problem_at(
            "registry_id",
            "a destination must be another registry, got the registry's own account and Region"
            f" {destination.sentence!r}",
            "write another Region or another account",
        )


def _rule_to_cfn(rule: ReplicationRule) -> dict[str, Any]:
    document: dict[str, Any] = {
        "Destinations": [
            {"Region": to.region, "RegistryId": to.registry_id} for to in rule.destinations
        ]
    }
    if rule.repository_filters:
        document["RepositoryFilters"] = filters_to_cfn(
            FilterType.PREFIX_MATCH, rule.repository_filters
        )
    if rule.delete_replication is not False:
        document["DeleteReplication"] = {"Enabled": rule.delete_replication}
    return document
