"""What a decision hangs on, apart from the values that conditions compare to.

Layer: review. A fleet lets one function of each account pull: the decisions
differ in nothing but the function's ARN, and are evaluated once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ecr_constructs.access.answer import Decision, PlacedStatement, Side
from ecr_constructs.access.evaluate import Verdict
from ecr_constructs.access.request import Request
from ecr_constructs.model.problem import Status
from ecr_constructs.model.statement import Effect, Statement
from ecr_constructs.review.access.form import ALWAYS, OWN_POLICIES, Branch, Form, in_one_form
from ecr_constructs.review.access.terms import Term

#: One thing that has to hold: the place of a condition in its statement, or words.
Part: TypeAlias = int | str


@dataclass(frozen=True, slots=True)
class Link:
    """A statement that decides.

    Attributes:
        statement: Its place among the statements of the decision; None for
            what no statement says.
        side: The side whose allows its stands beside; one of each is needed.
        allows: Whether it may allow.
        denies: Whether it may deny.
        parts: What has to hold for it.
    """

    statement: int | None
    side: Side | None
    allows: bool
    denies: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """What a decision hangs on.

    Attributes:
        links: What decides; None for nothing, as it is allowed whatever holds.
    """

    links: tuple[Link, ...] | None

    def form(self, statements: Sequence[Statement | None]) -> Form:
        """Return what has to hold, for statements that decide alike."""
        if self.links is None:
            return ALWAYS
        sides: dict[Side | None, set[Branch]] = {}
        denies: set[Branch] = set()
        for link in self.links:
            statement = None if link.statement is None else statements[link.statement]
            terms = frozenset(_term(part, statement) for part in link.parts)
            if link.denies:
                denies.add(terms)
            if link.allows:
                sides.setdefault(link.side, set()).add(terms)
        return in_one_form(sides.values(), denies)


def outline_of(verdict: Verdict, *, same_account: bool) -> Outline | None:
    """Return what a decision hangs on; None for a deny.

    Args:
        verdict: The decision.
        same_account: Whether an allow of one side is enough.
    """
    if verdict.decision is Decision.DENY:
        return None
    if verdict.decision is Decision.ALLOW:
        return Outline(None)
    links = [
        Link(
            place,
            _group(placed.source.side, same_account=same_account),
            placed.statement is None or placed.statement.effect is Effect.ALLOW,
            placed.statement is None or placed.statement.effect is Effect.DENY,
            tuple(_parts(verdict, placed)),
        )
        for place, placed in enumerate(verdict.statements)
    ]
    gaps = [
        _general(unmet.missing, verdict.request)
        for unmet in verdict.unmet_conditions
        if unmet.placed is None
    ]
    if gaps:
        side = _group(Side.IDENTITY, same_account=same_account)
        links.append(Link(None, side, allows=True, denies=False, parts=tuple(gaps)))
    return Outline(tuple(links))


def _term(part: Part, statement: Statement | None) -> Term:
    if isinstance(part, str):
        return Term.opaque(part)
    assert statement is not None
    return Term.of(statement.conditions[part])


def _group(side: Side, *, same_account: bool) -> Side | None:
    """Return the side whose allows a statement's stands beside; one of each group is needed."""
    if side is Side.BOUNDARY:
        return side
    if same_account:
        return None
    return Side.IDENTITY if side is Side.IDENTITY else Side.REPOSITORY


def _general(words: str, request: Request) -> str:
    """Return words about a request as they are for each that is like it."""
    who = str(request.caller)
    words = words.removeprefix("whether ")
    if words.startswith("an identity policy of "):
        return OWN_POLICIES.key
    if words.startswith("NotPrincipal "):
        return "NotPrincipal means it, too"
    words = words.replace(request.action, "the action")
    return words if who == "*" else words.replace(who, "the principal")


def _parts(verdict: Verdict, placed: PlacedStatement) -> Iterator[Part]:
    for unmet in verdict.unmet_conditions:
        if unmet.placed == placed and unmet.status is Status.UNKNOWN:
            if unmet.condition is None:
                yield _general(unmet.missing, verdict.request)
            else:
                assert placed.statement is not None
                yield placed.statement.conditions.index(unmet.condition)
