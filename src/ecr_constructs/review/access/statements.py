"""Statements of policies, prepared once so that whole registries are evaluated quickly.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from ecr_constructs.access.answer import PlacedStatement, Source
from ecr_constructs.access.text import like
from ecr_constructs.access.truth import Truth, some
from ecr_constructs.access.variables import has_variables
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.statement import Effect, Statement
from ecr_constructs.model.unresolved import Text
from ecr_constructs.service import actions

#: Condition keys by which the answer depends on who asks, beside what kind of principal it is.
_OF_CALLER: Final = ("aws:principal", "aws:user")
#: Those among them that no policy tells of a principal, so that all principals are alike.
_ALIKE: Final = frozenset(
    {"aws:principalorgid", "aws:principalorgpaths", "aws:principalisawsservice"}
)
#: Condition keys by which the answer depends on the tags of the repository.
_OF_TAGS: Final = ("aws:resourcetag/", "ecr:resourcetag/")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement, and what it has in common with others.

    Attributes:
        placed: The statement and where it stands.
        actions: Stands for the actions that it covers: equal where they are.
        frame: Stands for its effect and conditions: equal where they are.
        statement: The statement.
        allows: Whether it allows.
    """

    placed: PlacedStatement
    actions: int
    frame: int
    statement: Statement
    allows: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """What the answer for a statement depends on.

    Attributes:
        on_caller: On who asks.
        on_tags: On the repository's tags.
    """

    on_caller: bool
    on_tags: bool


class Frames:
    """Numbers for what statements have in common."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self._frame_numbers: dict[Any, int] = {}
        self._sets: list[frozenset[str]] = []
        self._set_numbers: dict[Any, int] = {}
        self._partitions: dict[tuple[int, ...], tuple[Group, ...]] = {}

    def prepare(self, policy: Policy, source: Source) -> Iterator[Prepared]:
        """Yield the statements of a policy."""
        for index, statement in enumerate(policy.statements):
            yield Prepared(
                PlacedStatement(source, index, statement),
                self._actions_of(statement),
                self._frame_of(statement, policy.version),
                statement,
                statement.effect is Effect.ALLOW,
            )

    def covers_any(self, prepared: Prepared) -> bool:
        """Tell whether a statement is about any action on a repository."""
        return bool(self._sets[prepared.actions])

    def partition(self, numbers: tuple[int, ...]) -> tuple[Group, ...]:
        """Return the actions in groups, each of which the same of these statements cover.

        What none of them covers is left out.

        Args:
            numbers: The statements' ``actions``.
        """
        known = self._partitions.get(numbers)
        if known is None:
            groups: dict[tuple[int, ...], set[str]] = {}
            sets = [self._sets[number] for number in numbers]
            for action in actions.REPOSITORY:
                members = tuple(i for i, each in enumerate(sets) if action in each)
                if members:
                    groups.setdefault(members, set()).add(action)
            known = tuple(Group(frozenset(a), m) for m, a in sorted(groups.items()))
            self._partitions[numbers] = known
        return known

    def _actions_of(self, statement: Statement) -> int:
        key = (statement.actions, statement.not_actions)
        number = self._set_numbers.get(key)
        if number is None:
            named = _expanded(statement.actions or statement.not_actions)
            covered = actions.REPOSITORY - named if statement.not_actions else named
            number = self._set_numbers[key] = len(self._sets)
            self._sets.append(covered)
        return number

    def _frame_of(self, statement: Statement, version: str) -> int:
        key = (statement.effect, statement.conditions, version)
        number = self._frame_numbers.get(key)
        if number is None:
            keys = {condition.key.lower() for condition in statement.conditions} - _ALIKE
            variables = any(
                has_variables(value) for each in statement.conditions for value in each.values
            )
            number = self._frame_numbers[key] = len(self.frames)
            self.frames.append(
                Frame(
                    variables or any(each.startswith(_OF_CALLER) for each in keys),
                    variables or any(each.startswith(_OF_TAGS) for each in keys),
                )
            )
        return number


@dataclass(frozen=True, slots=True)
class Group:
    """Actions that the same statements cover.

    Attributes:
        actions: The actions.
        members: The places of these statements.
    """

    actions: frozenset[str]
    members: tuple[int, ...]


def is_alike(statement: Statement) -> bool:
    """Tell whether the answers for two callers whom it names alike are alike."""
    names = (*statement.actions, *statement.not_actions)
    return not statement.not_principals and all(isinstance(name, str) for name in names)


def concerns(statement: Statement, arn: Text) -> bool | None:
    """Tell whether the resources of a statement take in a repository; None if it takes more."""
    if statement.not_resources or has_any_variables(statement.resources):
        return None
    if not statement.resources:
        return True
    found = some(
        Truth.YES if each in ("*", arn) else like(each, arn) for each in statement.resources
    )
    return None if found is Truth.UNKNOWN else found is Truth.YES


def has_any_variables(resources: Iterable[Text]) -> bool:
    """Tell whether a resource names policy variables."""
    return any(has_variables(each) for each in resources)


def _expanded(names: Iterable[Text]) -> frozenset[str]:
    """Return the actions that the names cover, all of them for one that is not known."""
    covered: frozenset[str] = frozenset()
    for name in names:
        covered |= actions.expand(name) if isinstance(name, str) else actions.REPOSITORY
    return covered
