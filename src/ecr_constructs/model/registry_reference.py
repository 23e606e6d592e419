"""A registry that another app or another account owns.

Layer: model; imports ``errors`` and ``service`` only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast, final

from ecr_constructs.model.given_text import account_fix, account_sentence, fits
from ecr_constructs.model.problem import Problem, problem_at
from ecr_constructs.model.replication_rule import Destination
from ecr_constructs.model.unresolved import is_known
from ecr_constructs.service import patterns


@final
@dataclass(frozen=True, slots=True)
class RegistryReference:
    """The registry of one account in one Region, by name alone.

    Attributes:
        account: 12 digits; known at synthesis.
        region: The Region; known at synthesis.

    Example:
        >>> RegistryReference("222222222222", "eu-central-1").title
        'the registry of account 222222222222 in eu-central-1'
    """

    account: str
    region: str

    @property
    def title(self) -> str:
        """The registry in words."""
        return f"the registry of account {self.account} in {self.region}"

    @property
    def destination(self) -> Destination:
        """The registry as replication names it."""
        return Destination(self.region, self.account)

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong: a token, no account, no Region, a Region of no known partition."""
        for name, value in (("account", self.account), ("region", self.region)):
            if not is_known(value):
                yield problem_at(
                    name,
                    f"{name} of a RegistryReference must be known at synthesis, got a token",
                    "write it out",
                )
        # What a caller gave whom no type checker told.
        account, region = cast("object", self.account), cast("object", self.region)
        if not fits(account, patterns.ACCOUNT_ID):
            yield problem_at("account", account_sentence("account", account), account_fix(account))
        if isinstance(region, str):
            yield from (each for each in self.destination.problems() if each.path == "region")
        else:
            yield problem_at(
                "region",
                f"region must be a Region of AWS, got {region!r}",
                "write for example 'eu-central-1'",
            )
