"""Statements of policies, prepared once so that whole registries are evaluated quickly.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from ecr_constructs.access.answer import PlacedStatement, Source
from ecr_constructs.access.named import Kind, named_by
from ecr_constructs.access.operators import operator_of
from ecr_constructs.access.text import like
from ecr_constructs.access.truth import Truth, some
from ecr_constructs.access.variables import has_variables
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.statement import Condition, Effect, Principal, Statement
from ecr_constructs.model.unresolved import Text, is_known
from ecr_constructs.service import actions

_OF_ACCOUNTS: Final = frozenset(
    {Kind.ACCOUNT, Kind.ROLE, Kind.USER, Kind.SESSION, Kind.FEDERATED_USER}
)
#: Condition keys by which the answer depends on who asks, beside what kind of principal it is.
_OF_CALLER: Final = ("aws:principal", "aws:user")
#: Those among them that no policy tells of a principal, so that all principals are alike.
_ALIKE: Final = frozenset(
    {"aws:principalorgid", "aws:principalorgpaths", "aws:principalisawsservice"}
)
#: Condition keys that a service's request carries, with what nobody knows, and no other request.
_OPEN: Final = frozenset(
    {"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"}
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
        shape: As ``frame``, without the values on which no decision depends.
        statement: The statement.
        allows: Whether it allows.
        on_caller: Whether its conditions depend on who asks.
        on_tags: Whether they depend on the repository's tags.
        principals: Stands for each of the principals that it names.
        scopes: The accounts and services that these are of; None where one may
            be of any.
    """

    placed: PlacedStatement
    actions: int
    frame: int
    shape: int
    statement: Statement
    allows: bool
    on_caller: bool
    on_tags: bool
    principals: tuple[int, ...]
    scopes: frozenset[str] | None


class _Frame(NamedTuple):
    """What statements with the same effect and conditions have in common."""

    number: int
    shape: int
    on_caller: bool
    on_tags: bool


class Frames:
    """Numbers for what statements have in common."""

    def __init__(self) -> None:
        self.principals: list[Principal] = []
        self.scopes: list[str | None] = []
        self._numbers: dict[Principal, int] = {}
        self._frames: dict[Any, _Frame] = {}
        self._shapes: dict[Any, int] = {}
        self._sets: list[frozenset[str]] = []
        self._set_numbers: dict[Any, int] = {}
        self._partitions: dict[tuple[bool, tuple[int, ...]], tuple[Group, ...]] = {}

    def prepare(self, policy: Policy, source: Source) -> Iterator[Prepared]:
        """Yield the statements of a policy."""
        for index, statement in enumerate(policy.statements):
            frame = self._frame_of(statement, policy.version)
            numbers = tuple(map(self.number, statement.principals))
            yield Prepared(
                PlacedStatement(source, index, statement),
                self._actions_of(statement),
                frame.number,
                frame.shape,
                statement,
                statement.effect is Effect.ALLOW,
                frame.on_caller,
                frame.on_tags,
                numbers,
                self._scopes_of(numbers),
            )

    def _scopes_of(self, numbers: tuple[int, ...]) -> frozenset[str] | None:
        found = [self.scopes[number] for number in numbers]
        known = frozenset(scope for scope in found if scope is not None)
        return None if not found or None in found else known

    def number(self, principal: Principal) -> int:
        """Return the number of a principal, its place in ``principals``."""
        number = self._numbers.get(principal)
        if number is None:
            number = self._numbers[principal] = len(self.principals)
            self.principals.append(principal)
            self.scopes.append(_scope(principal))
        return number

    def covers_any(self, prepared: Prepared) -> bool:
        """Tell whether a statement is about any action on a repository."""
        return bool(self._sets[prepared.actions])

    def partition(self, numbers: tuple[int, ...], *, whole: bool) -> tuple[Group, ...]:
        """Return the actions in groups, each of which the same of these statements cover.

        Args:
            numbers: The statements' ``actions``.
            whole: Whether what none of them covers is a group, too.
        """
        known = self._partitions.get((whole, numbers))
        if known is None:
            groups: dict[tuple[int, ...], set[str]] = {}
            sets = [self._sets[number] for number in numbers]
            for action in actions.REPOSITORY:
                members = tuple(i for i, each in enumerate(sets) if action in each)
                if members or whole:
                    groups.setdefault(members, set()).add(action)
            known = tuple(Group(frozenset(a), m) for m, a in sorted(groups.items()))
            self._partitions[whole, numbers] = known
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

    def _frame_of(self, statement: Statement, version: str) -> _Frame:
        key = (statement.effect, statement.conditions, version)
        frame = self._frames.get(key)
        if frame is None:
            keys = {condition.key.lower() for condition in statement.conditions} - _ALIKE
            variables = any(
                has_variables(value) for each in statement.conditions for value in each.values
            )
            shape: Any = key
            if not variables:
                shape = (statement.effect, tuple(map(_shape, statement.conditions)), version)
            frame = self._frames[key] = _Frame(
                len(self._frames),
                self._shapes.setdefault(shape, len(self._shapes)),
                variables or any(each.startswith(_OF_CALLER) for each in keys),
                variables or any(each.startswith(_OF_TAGS) for each in keys),
            )
        return frame


@dataclass(frozen=True, slots=True)
class Group:
    """Actions that the same statements cover.

    Attributes:
        actions: The actions.
        members: The places of these statements.
    """

    actions: frozenset[str]
    members: tuple[int, ...]


def _shape(condition: Condition) -> tuple[str, str, tuple[Text, ...] | None]:
    """Return what decides of a condition: of some keys nobody knows the value of any request."""
    operator = operator_of(condition.operator)
    is_open = condition.key.lower() in _OPEN and operator is not None and operator.family
    return condition.operator, condition.key, None if is_open else condition.values


def _scope(principal: Principal) -> str | None:
    """Return the account or service that a principal is of; None for what may be of any.

    A principal of one account never stands for one of another.
    """
    named = named_by(principal)
    of_account = named.kind in _OF_ACCOUNTS and is_known(named.account)
    scope = named.account if of_account else named.value if named.kind is Kind.SERVICE else None
    return scope if isinstance(scope, str) else None


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
