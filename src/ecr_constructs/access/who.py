"""Whom to ask for when the question is who can do something.

Layer: access; imports ``model`` and ``service`` only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from ecr_constructs.access.answer import Answer, Decision, PlacedStatement, Side
from ecr_constructs.access.caller import Caller
from ecr_constructs.access.directory import Directory
from ecr_constructs.access.evaluate import Verdict
from ecr_constructs.access.named import Kind, named_by
from ecr_constructs.access.operators import operator_of
from ecr_constructs.access.sides import repository_entries
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
        verdict: The decision, never a deny, and what it came out of.
    """

    principal: Text
    verdict: Verdict

    @property
    def caller(self) -> Caller:
        """Who it is, and what the assembly knows of it."""
        return self.verdict.request.caller

    @property
    def decision(self) -> Decision:
        """Allow, or conditional on what is not known."""
        return self.verdict.decision

    @property
    def statements(self) -> tuple[PlacedStatement, ...]:
        """What decided."""
        return self.verdict.statements

    @property
    def answer(self) -> Answer:
        """The decision with unmet conditions and assumptions, as for :func:`can`."""
        return self.verdict.answer()

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "principal": str(self.principal),
            "decision": str(self.decision),
            "statements": [placed.to_document() for placed in self.statements],
        }


def candidates(action: str, target: Target, directory: Directory) -> Iterator[Caller]:
    """Yield who may be allowed an action: whom policies name, and identities of the assembly.

    An exception from a deny names somebody, too, and so does a condition on
    ``aws:PrincipalArn``.
    """
    singled_out = False
    for entry in target.once(repository_entries):
        statement = entry.statement
        if statement is None:
            singled_out = True
        elif about_action(statement, action):
            yield from _named(statement, directory)
            singled_out = singled_out or _singles_out(statement)
    yield from directory.callers if singled_out else directory.may(action)


def standing_out(found: Iterable[Access]) -> list[Access]:
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


def _named(statement: Statement, directory: Directory) -> Iterator[Caller]:
    """Yield whom an allow names, or a deny excepts."""
    allows = statement.effect is Effect.ALLOW
    for principal in statement.principals or (ANYONE,) if allows else statement.not_principals:
        if principal.type == "AWS":
            yield directory.caller(principal.value)
        elif principal.type == "Service":
            yield Caller(named_by(principal))
    for condition in statement.conditions:
        operator = operator_of(condition.operator)
        if condition.key.lower() == "aws:principalarn" and operator and operator.negated != allows:
            callers = map(directory.caller, condition.values)
            yield from (c for c in callers if c.kind in (Kind.ROLE, Kind.USER))
