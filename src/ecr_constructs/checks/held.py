"""Policies as rules look at them: each once, with all that have it.

Layer: checks; imports ``model``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.policy import Policy, PolicyKind
from ecr_constructs.model.problem import Malformed, Problem
from ecr_constructs.model.registry import Located
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.statement import Statement
from ecr_constructs.model.unresolved import Text, Unresolved

#: What stands for a policy in the model.
Document: TypeAlias = Policy | LifecyclePolicy | Malformed | Unresolved | None


@dataclass(slots=True, eq=False)
class Held:
    """A policy, what it is attached to, and the resources that have this very one.

    The repositories of a fleet share a few policies, which the reader parses
    once each: what is wrong with one is worked out once, too.

    Attributes:
        what: The words for it: ``the repository policy``.
        path: Its property, below ``Properties``.
        document: The policy, or what stands for it; None for none.
        account: The account of the images that it is about.
        region: Their Region.
        kind: What a resource policy is attached to.
        is_cache: Whether it is about images that a cache pulls again when they
            are asked for.
        origins: The resources that have it.
    """

    what: str
    path: str
    document: Document
    account: Text
    region: Text
    kind: PolicyKind = PolicyKind.REPOSITORY
    is_cache: bool = False
    origins: list[Origin] = field(default_factory=list)

    def at_each(self, problem: Problem) -> Iterator[Located]:
        """Yield a problem with the policy at every resource that has it."""
        for origin in self.origins:
            yield Located(origin, problem)


class HeldStatement(NamedTuple):
    """A statement of a resource policy.

    Attributes:
        held: The policy.
        statement: The statement.
        name: What to call it: ``statement 2 of the repository policy``.
        path: Its property, below ``Properties``.
    """

    held: Held
    statement: Statement
    name: str
    path: str
