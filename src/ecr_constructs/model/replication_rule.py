"""One rule of a replication configuration.

Layer: model; imports ``errors`` and ``service`` only.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ecr_constructs.model.problem import Problem, Severity, Status, problem_at
from ecr_constructs.model.repository_filter import FilterType, as_filters, filter_problems
from ecr_constructs.model.unresolved import Text, Unresolved, is_known
from ecr_constructs.model.words import examples
from ecr_constructs.service import patterns
from ecr_constructs.service.partitions import REGIONS

#: What ends a word in a name. A prefix that ends in one stops where a name goes on.
_SEPARATORS = frozenset("/._-")


@dataclass(frozen=True, slots=True)
class Destination:
    """The registry of one account in one Region, as replication names it.

    Attributes:
        region: The Region.
        registry_id: The account: 12 digits. The registry's own for another Region of it.
    """

    region: Text
    registry_id: Text

    @property
    def sentence(self) -> str:
        """The registry for people: ``111122223333 in eu-west-1``."""
        return f"{self.registry_id} in {self.region}"

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with the Region or the account."""
        if isinstance(self.region, str) and is_known(self.region):
            yield from _region_problems(self.region)
        account = self.registry_id
        if not isinstance(account, str) or not is_known(account):
            return
        if not patterns.ACCOUNT_ID.fullmatch(account):
            yield problem_at(
                "registry_id",
                f"registry_id must be 12 digits, got {account!r}",
                "write the account's id, for example '111122223333'",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicationRule:
    """Which repositories are copied to which registries.

    Attributes:
        destinations: At least one.
        repository_filters: At most 100 prefixes of names, 2 to 256 characters
            each: ``prod`` also takes ``production``, ``prod/`` does not. None of
            them means every repository.
        delete_replication: Whether deletions, expiry by lifecycle rules
            included, are carried out at the destinations too. The API has it;
            aws-cdk-lib has it from 2.278 on, the schema at hand has not.
    """

    destinations: tuple[Destination, ...]
    repository_filters: tuple[Text, ...] = ()
    delete_replication: bool | Unresolved = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "destinations", tuple(self.destinations))
        object.__setattr__(self, "repository_filters", as_filters(self.repository_filters))

    @classmethod
    def to(
        cls, destination: Destination, repository_filters: Iterable[Text] = ()
    ) -> ReplicationRule:
        """Return a rule with one destination.

        Args:
            destination: Where to.
            repository_filters: Prefixes of names. Default: every repository.
        """
        return cls(destinations=(destination,), repository_filters=as_filters(repository_filters))

    def problems(self) -> Iterator[Problem]:
        """Yield what ECR or CloudFormation would refuse in the rule itself."""
        if not self.destinations:
            yield problem_at(
                "destinations",
                "a replication rule must have a destination, got none",
                "write [Destination('<Region>', '<account>')], or drop the rule",
            )
        for index, destination in enumerate(self.destinations):
            yield from (p.below(f"destinations[{index}]") for p in destination.problems())
        yield from filter_problems(FilterType.PREFIX_MATCH, self.repository_filters)

    def prefix_problems(self, repository_names: Sequence[str]) -> Iterator[Problem]:
        """Yield a warning for each prefix that takes more than meant.

        That is a prefix which stops in the middle of a word of a name, or which
        is a namespace or a name, and takes others beside it.
        """
        for index, prefix in enumerate(self.repository_filters):
            if not isinstance(prefix, str) or not is_known(prefix) or prefix[-1:] in _SEPARATORS:
                continue
            taken = [name for name in repository_names if name.startswith(prefix)]
            meant = [name for name in taken if name[len(prefix) :][:1] in {"", "/"}]
            beside = [name for name in taken if name not in meant]
            split = [name for name in beside if name[len(prefix)] not in _SEPARATORS]
            more = beside if meant else split
            if more:
                yield problem_at(
                    f"repository_filters[{index}]",
                    f"a replication filter is a prefix of names, so {prefix!r} also takes"
                    f" {examples([*map(repr, sorted(more))])}",
                    _narrower(prefix, meant, more),
                    severity=Severity.WARNING,
                )


def _narrower(prefix: str, meant: list[str], more: list[str]) -> str:
    """Return what to write instead of a prefix that takes ``more`` beside what is ``meant``."""
    if prefix in meant:
        return f"rename one, as no prefix takes {prefix!r} alone"
    if meant:
        return f"write '{prefix}/' for the namespace"
    # Nothing lies in a namespace of that name: it may be cut short, or still to come.
    first = min(more)
    end = first.find("/", len(prefix)) + 1
    return f"write {first[: end or None]!r} in full, or '{prefix}/' for a namespace to come"


def _region_problems(region: str) -> Iterator[Problem]:
    if region in REGIONS:
        return
    close = difflib.get_close_matches(region, sorted(REGIONS), n=1)
    example = close[0] if close else "eu-central-1"
    if patterns.PARTITION_REGION.fullmatch(region):
        yield Problem(
            id="region",
            path="region",
            message=f"region must be a Region that is known here, got {region!r}",
            fix=f"write for example {example!r}, or pass over this if the Region is new",
            severity=Severity.WARNING,
            status=Status.UNKNOWN,
        )
        return
    if not patterns.REGION.fullmatch(region):
        yield problem_at(
            "region",
            f"region must be a Region of AWS, got {region!r}",
            f"write for example {example!r}",
        )
        return
    yield Problem(
        id="region",
        path="region",
        message="region must be in a partition that is known here, as replication does not cross"
        f" partitions, got {region!r}",
        fix="write for example 'eu-central-1', or pass over this if the Region is new",
        severity=Severity.WARNING,
        status=Status.UNKNOWN,
    )
