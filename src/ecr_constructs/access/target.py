"""A repository, as policies name it, with the policies on its side.

Layer: access; imports ``model`` and ``service`` only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ecr_constructs.access.text import concat
from ecr_constructs.model.registry import Registry
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.service.partitions import partition_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Target:
    """A repository that something is asked of.

    Attributes:
        registry: The registry that it is in.
        repository: The repository.
        arn: Its ARN; a name that CloudFormation makes up is an unknown part.
        partition: Its partition, ``aws`` where that is not known.
    """

    registry: Registry
    repository: Repository
    arn: Text = field(init=False)
    partition: str = field(init=False)
    _made: dict[object, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        region, repository = self.registry.region, self.repository
        partition: Text = Unresolved.of("AWS::Partition")
        if isinstance(region, str):
            partition = partition_of(region)
        name, origin = repository.repository_name, repository.origin
        if name is None:
            # As the reader of assemblies calls it, so that a reference to it is the same.
            where = "a repository" if origin is None else f"{origin.stack}.{origin.logical_id}"
            name = Unresolved.of(where)
        arn = concat("arn:", partition, ":ecr:", region, ":", self.registry.account)
        object.__setattr__(self, "arn", concat(arn, ":repository/", name))
        object.__setattr__(self, "partition", partition if isinstance(partition, str) else "aws")

    def once(self, make: Callable[[Target], T]) -> T:
        """Return what ``make`` makes of this repository, which is asked for many times."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made
