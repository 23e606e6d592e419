"""What is asked about: repositories with what decides about them, and principals.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ecr_constructs.access.answer import PlacedStatement
from ecr_constructs.access.caller import Caller
from ecr_constructs.access.named import Kind
from ecr_constructs.access.target import Target
from ecr_constructs.access.text import equals
from ecr_constructs.access.truth import Truth
from ecr_constructs.model.statement import Principal
from ecr_constructs.model.unresolved import Text
from ecr_constructs.review.access.form import Form
from ecr_constructs.review.access.statements import Prepared


@dataclass(frozen=True, slots=True)
class Permission:
    """What somebody can do with a repository under the same conditions.

    Attributes:
        actions: The actions.
        form: What has to hold.
        statements: What allows it, and what may refuse it.
    """

    actions: frozenset[str]
    form: Form
    statements: tuple[PlacedStatement, ...]


@dataclass(slots=True)
class Subject:
    """A repository, and what decides about it.

    Attributes:
        target: The repository.
        statements: Those of its policy and of the registry's that are about it.
        is_plain: Whether callers whom they name alike can do the same.
        principals: Who is named by its policies, or has a policy that is about
            it, and whether by an allow.
        held: What principals can do, as far as it was asked.
    """

    target: Target
    statements: Sequence[Prepared]
    is_plain: bool
    principals: dict[Principal, bool] = field(default_factory=dict)
    held: dict[Principal, tuple[Permission, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Asked:
    """A principal that is asked about.

    Attributes:
        caller: Who it is.
        number: Stands for it.
        scope: The account or service that it is of; None where it may be of any.
    """

    caller: Caller
    number: int
    scope: str | None
    _same: dict[Text, Truth] = field(default_factory=dict)

    def is_of(self, account: Text) -> Truth:
        """Tell whether it is of an account."""
        known = self._same.get(account)
        if known is None:
            own = self.caller.account
            if own is None:
                known = Truth.UNKNOWN if self.caller.kind is Kind.UNKNOWN else Truth.NO
            else:
                known = equals(own, account)
            self._same[account] = known
        return known
