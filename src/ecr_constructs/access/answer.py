"""What comes out of an evaluation: a decision, what decided, what is missing, what was assumed.

Layer: access; imports ``model`` only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ecr_constructs.access.words import describe_condition, describe_statement
from ecr_constructs.model.problem import Status
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.statement import Condition, Statement
from ecr_constructs.model.unresolved import Text


class Decision(StrEnum):
    """Whether a request would be allowed."""

    ALLOW = "allow"
    DENY = "deny"
    CONDITIONAL = "conditional"  # it depends on what is not known


class Side(StrEnum):
    """Which kind of policy a statement stands in."""

    REPOSITORY = "repository policy"
    REGISTRY = "registry policy"
    IDENTITY = "identity policy"
    BOUNDARY = "permissions boundary"


@dataclass(frozen=True, slots=True)
class Source:
    """A policy, for people.

    Attributes:
        side: What kind of policy it is.
        name: The repository's name, ``account/Region`` of the registry, or the
            name of an identity's policy.
        origin: The resource that holds it, where that is known.
    """

    side: Side
    name: Text
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class PlacedStatement:
    """A statement and where it stands.

    Attributes:
        source: The policy.
        index: Its place in the policy, from 0; None where the policy is not known.
        statement: What it says; None where the policy is not known.
    """

    source: Source
    index: int | None = None
    statement: Statement | None = None

    @property
    def description(self) -> str:
        """What it says, in words."""
        if self.statement is None:
            return "is not known before deployment"
        return describe_statement(self.statement)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON."""
        origin, statement = self.source.origin, self.statement
        return {
            "source": str(self.source.side),
            "name": str(self.source.name),
            "resource": None if origin is None else origin.construct_path,
            "logical_id": None if origin is None else origin.logical_id,
            "stack": None if origin is None else origin.stack,
            "index": self.index,
            "sid": None if statement is None or statement.sid is None else str(statement.sid),
            "effect": None if statement is None else str(statement.effect),
            "description": self.description,
        }


@dataclass(frozen=True, slots=True)
class UnmetCondition:
    """Something that keeps an allow from holding, or a deny from being ruled out.

    Attributes:
        status: ``fail`` where it is known not to hold, ``unknown`` where that
            cannot be told.
        placed: The statement that it belongs to; None where a whole policy is missing.
        condition: The condition; None for something else, such as an unresolved
            principal.
        missing: What would have to be known, in words: a condition key, a policy.
    """

    status: Status
    placed: PlacedStatement | None
    condition: Condition | None
    missing: str

    @property
    def description(self) -> str:
        """What has to hold, in words."""
        return self.missing if self.condition is None else describe_condition(self.condition)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON."""
        condition, placed = self.condition, self.placed
        return {
            "status": str(self.status),
            "operator": None if condition is None else condition.operator,
            "key": None if condition is None else condition.key,
            "values": [] if condition is None else [str(value) for value in condition.values],
            "missing": self.missing,
            "description": self.description,
            "statement": None if placed is None else placed.to_document(),
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a principal can do something, and why.

    Attributes:
        decision: Allow, deny, or conditional on what is not known.
        statements: What decided: the denies, or the allows of each side; for a
            conditional decision all that may.
        unmet_conditions: What does not hold, or cannot be told.
        assumptions: What was taken for granted, in words.
        reason: The decision in one sentence.
    """

    decision: Decision
    statements: tuple[PlacedStatement, ...] = ()
    unmet_conditions: tuple[UnmetCondition, ...] = ()
    assumptions: tuple[str, ...] = ()
    reason: str = ""

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "decision": str(self.decision),
            "statements": [placed.to_document() for placed in self.statements],
            "unmet_conditions": [unmet.to_document() for unmet in self.unmet_conditions],
            "assumptions": list(self.assumptions),
        }
