"""The account and Region that a stack is deployed to, as far as they are known.

Layer: sources; imports ``model`` and ``service`` only.
"""

from __future__ import annotations

from dataclasses import dataclass

from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.service.partitions import partition_of, url_suffix_of


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a stack is deployed; what is not known is the pseudo parameter's name.

    Attributes:
        account: 12 digits, or unresolved.
        region: A Region, or unresolved.
    """

    account: Text
    region: Text

    @classmethod
    def of(cls, account: str | None, region: str | None) -> Environment:
        """Return the environment of an account and a Region; None is not known."""
        return cls(
            Unresolved.of("AWS::AccountId") if account is None else account,
            Unresolved.of("AWS::Region") if region is None else region,
        )

    @property
    def is_known(self) -> bool:
        """Whether both are known, so that other stacks can be in the same registry."""
        return isinstance(self.account, str) and isinstance(self.region, str)

    @property
    def partition(self) -> Text:
        """The partition, told from the Region's prefix."""
        if isinstance(self.region, str):
            return partition_of(self.region)
        return Unresolved.of("AWS::Partition")

    @property
    def url_suffix(self) -> Text:
        """The domain of the Region's endpoints, told from its prefix."""
        if isinstance(self.region, str):
            return url_suffix_of(self.region)
        return Unresolved.of("AWS::URLSuffix")

    def may_be(self, other: Environment) -> bool:
        """Tell whether the two could turn out to be the same."""
        return all(
            mine == theirs or not (isinstance(mine, str) and isinstance(theirs, str))
            for mine, theirs in ((self.account, other.account), (self.region, other.region))
        )
