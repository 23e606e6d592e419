"""Whom to ask for when the question is who can do something.

Layer: access; imports ``model`` and ``service`` only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from ecr_constructs.access.answer import Answer, Decision, PlacedStatement, Side, Source
from ecr_constructs.access.caller import Caller
from ecr_constructs.access.context import Values
from ecr_constructs.access.directory import Directory
from ecr_constructs.access.evaluate import evaluate
from ecr_constructs.access.named import Kind, named_by
from ecr_constructs.access.operators import operator_of
from ecr_constructs.access.request import request_of
from ecr_constructs.access.sides import repository_entries, repository_source
from ecr_constructs.access.statements import about_action
from ecr_constructs.access.target import Target
from ecr_constructs.model.statement import ANYONE, Effect, Statement
from ecr_constructs.model.unresolved import Text

#: Whoever stands for many.
_WIDE: Final = frozenset({Kind.ANYONE, Kind.ACCOUNT})
#: Conditions that single out principals whom the ``Principal`` element does not name.
_SINGLING_OUT: Final = ("aws:principalarn", "aws:principaltag/", "aws:userid", "aws:username")


@dataclass(frozen=True, slots=True)
class Access:
    """What one principal can do with a repository.

    Attributes:
        principal: An ARN, a service's name or ``*``.
        decision: Allow, or conditional on what is not known.
        statements: What decided.
        caller: Who it is, and what the assembly knows of it.
        explain: Returns the whole answer.
    """

    principal: Text
    decision: Decision
    statements: tuple[PlacedStatement, ...]
    caller: Caller = field(compare=False, repr=False)
    explain: Callable[[], Answer] = field(compare=False, repr=False)

    @property
    def answer(self) -> Answer:
        """The decision with unmet conditions and assumptions, as for :func:`can`."""
        return self.explain()

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "principal": str(self.principal),
            "decision": str(self.decision),
            "statements": [placed.to_document() for placed in self.statements],
        }


class _Named(NamedTuple):
    """Whom the policies of a repository name.

    Attributes:
        rows: Who of those that are not in the assembly can, and by what.
        identities: Who of them is in the assembly.
        all_identities: Whether a condition may mean any identity.
    """

    rows: tuple[tuple[Caller, Decision, tuple[PlacedStatement, ...]], ...]
    identities: tuple[Caller, ...]
    all_identities: bool


class Lists:
    """Lists who can do something.

    Repositories with the same policy have the same list but for the identities
    of the assembly, whose policies speak of single repositories: it is made once.

    Args:
        directory: The identities of the assembly.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._policies: dict[object, int] = {}
        self._made: dict[object, _Named] = {}

    def who_can(self, action: str, target: Target, given: Values) -> tuple[Access, ...]:
        """Return who can, in the order of their names.

        Args:
            action: One action.
            target: The repository.
            given: What is known of the requests.
        """
        named = self._named(action, target, given)
        own = target.once(repository_source)

        def access(
            caller: Caller, decision: Decision, statements: tuple[PlacedStatement, ...]
        ) -> Access:
            def explain() -> Answer:
                return evaluate(request_of(caller, action, target, given)).answer()

            shown = caller.shown(target.partition)
            return Access(shown, decision, statements, caller, explain)

        rows = [
            access(caller, decision, _placed_in(own, statements))
            for caller, decision, statements in named.rows
        ]
        identities = self._directory.may(action, target.arn)
        if named.all_identities:
            identities = self._directory.callers
        for caller in {id(c): c for c in (*named.identities, *identities)}.values():
            verdict = evaluate(request_of(caller, action, target, given))
            if verdict.decision is not Decision.DENY:
                rows.append(access(caller, verdict.decision, verdict.statements))
        return tuple(sorted(_standing_out(rows), key=lambda row: str(row.principal)))

    def _named(self, action: str, target: Target, given: Values) -> _Named:
        if not target.once(_is_about_itself_alone):
            return self._make(action, target, given)
        key = (target.once(self._shape), action, tuple(given.items()))
        if key not in self._made:
            self._made[key] = self._make(action, target, given)
        return self._made[key]

    def _shape(self, target: Target) -> tuple[object, ...]:
        """Return what repositories with the same list have in common."""
        policy, registry = target.repository.repository_policy, target.registry
        number = self._policies.setdefault(policy, len(self._policies))
        return number, target.repository.tags, id(registry)

    def _make(self, action: str, target: Target, given: Values) -> _Named:
        rows, identities, asked, all_identities = [], [], set(), False
        for entry in target.once(repository_entries):
            if entry.statement is None:
                # Nobody knows whom it names: it may be anybody.
                callers: Iterable[Caller] = (self._directory.caller(ANYONE.value),)
                all_identities = True
            elif about_action(entry.statement, action):
                callers = _named_by(entry.statement, self._directory)
                all_identities = all_identities or _singles_out(entry.statement)
            else:
                continue
            for caller in callers:
                shown = caller.shown(target.partition)
                if shown in asked:
                    continue
                asked.add(shown)
                if caller.identity is not None:
                    identities.append(caller)
                    continue
                verdict = evaluate(request_of(caller, action, target, given))
                if verdict.decision is not Decision.DENY:
                    rows.append((caller, verdict.decision, verdict.statements))
        return _Named(tuple(rows), tuple(identities), all_identities)


def _is_about_itself_alone(target: Target) -> bool:
    """Tell whether no policy of a repository or its registry names single repositories."""
    return all(
        entry.statement is None
        or (entry.statement.resources in ((), ("*",)) and not entry.statement.not_resources)
        for entry in target.once(repository_entries)
    )


def _placed_in(own: Source, statements: tuple[PlacedStatement, ...]) -> tuple[PlacedStatement, ...]:
    """Return statements of a policy like the repository's as the repository's own."""
    return tuple(
        PlacedStatement(own, placed.index, placed.statement)
        if placed.source.side is Side.REPOSITORY
        else placed
        for placed in statements
    )


def _standing_out(found: Iterable[Access]) -> list[Access]:
    """Return whoever has access by more than a statement for everybody like it.

    Where a deny has exceptions, those who are excepted have more than everybody.
    """
    rows = list(found)
    wide = [row for row in rows if row.caller.kind in _WIDE]
    return [
        row
        for row in rows
        if row.caller.kind in _WIDE
        or _is_meant(row.statements)
        or not any(_has_as_much(everybody, row) for everybody in wide)
    ]


def _has_as_much(everybody: Access, row: Access) -> bool:
    stands_for = (
        everybody.caller.kind is Kind.ANYONE or everybody.caller.account == row.caller.account
    )
    return stands_for and everybody.decision in (Decision.ALLOW, row.decision)


def _is_meant(statements: Iterable[PlacedStatement]) -> bool:
    """Tell whether one of the statements is about fewer than everybody, or an account."""
    for placed in statements:
        statement = placed.statement
        if statement is None or placed.source.side is Side.IDENTITY:
            return True
        wide = (named_by(principal).kind in _WIDE for principal in statement.principals)
        if not all(wide) or _singles_out(statement):
            return True
    return False


def _singles_out(statement: Statement) -> bool:
    return any(c.key.lower().startswith(_SINGLING_OUT) for c in statement.conditions)


def _named_by(statement: Statement, directory: Directory) -> Iterator[Caller]:
    """Yield whom an allow names, or a deny excepts."""
    allows = statement.effect is Effect.ALLOW
    for principal in statement.principals or (ANYONE,) if allows else statement.not_principals:
        if principal.type == "AWS":
            yield directory.caller(principal.value)
        elif principal.type == "Service":
            yield directory.service(principal.value)
    for condition in statement.conditions:
        operator = operator_of(condition.operator)
        if condition.key.lower() == "aws:principalarn" and operator and operator.negated != allows:
            callers = map(directory.caller, condition.values)
            yield from (c for c in callers if c.kind in (Kind.ROLE, Kind.USER))
