"""Whether a statement is about a request, and if not, what keeps it from that.

Layer: access; imports ``model`` and ``service`` only.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from ecr_constructs.access.answer import PlacedStatement, Source, UnmetCondition
from ecr_constructs.access.caller import EVERYBODY, NOBODY, Caller, Kind, Reach, named_by, reach_of
from ecr_constructs.access.conditions import holds
from ecr_constructs.access.operators import operator_of
from ecr_constructs.access.request import Request
from ecr_constructs.access.text import like, matches, pattern_of
from ecr_constructs.access.truth import Truth, negate, some
from ecr_constructs.access.variables import has_variables, substitute
from ecr_constructs.model.policy import OLD_VERSION, Policy
from ecr_constructs.model.problem import Malformed, Status
from ecr_constructs.model.statement import Effect, Statement
from ecr_constructs.model.unresolved import Text, Unresolved


@dataclass(frozen=True, slots=True)
class Hit:
    """A statement that is, or may be, about a request.

    Attributes:
        placed: The statement and where it stands.
        effect: Allow or deny; None for a policy that is not known, which may do both.
        applies: Whether action, resource and conditions are met.
        reach: How it names the caller.
        unmet: What is not met, or cannot be told.
    """

    placed: PlacedStatement
    effect: Effect | None
    applies: Truth
    reach: Reach
    unmet: tuple[UnmetCondition, ...] = ()

    @property
    def truth(self) -> Truth:
        """Whether the statement is about the request."""
        return min(self.applies, self.reach.truth)


def hits_in(
    document: Policy | Malformed | Unresolved | None, source: Source, request: Request
) -> Iterator[Hit]:
    """Yield the statements of a policy that are about a request.

    A statement whose conditions fail is among them, to tell what it would
    take; one about other principals, actions or resources is not.
    """
    if isinstance(document, Policy):
        for index, statement in enumerate(document.statements):
            hit = _hit(statement, index, source, request, variables=document.version != OLD_VERSION)
            if hit is not None:
                yield hit
    elif document is not None:
        placed = PlacedStatement(source)
        missing = f"what the {source.side} {source.name} says"
        unmet = (UnmetCondition(Status.UNKNOWN, placed, None, missing),)
        yield Hit(placed, None, Truth.UNKNOWN, EVERYBODY, unmet)


def _hit(
    statement: Statement, index: int, source: Source, request: Request, *, variables: bool
) -> Hit | None:
    action = _about_action(statement, request.action)
    if action is Truth.NO:
        return None
    reach = _reach(statement, request.caller)
    if reach.truth is Truth.NO:
        return None
    resource = _about_resource(statement, request, variables=variables)
    if resource is Truth.NO:
        return None
    placed = PlacedStatement(source, index, statement)
    unmet = [
        UnmetCondition(Status.UNKNOWN, placed, None, missing)
        for missing in _unknown_elements(statement, request, action, resource, reach)
    ]
    applies: Truth = min(action, resource)
    for condition in statement.conditions:
        truth = holds(condition, request.context, variables=variables)
        if truth is not Truth.YES:
            status = Status.FAIL if truth is Truth.NO else Status.UNKNOWN
            missing = _missing(condition.operator, condition.key, request)
            unmet.append(UnmetCondition(status, placed, condition, missing))
            applies = min(applies, truth)
    return Hit(placed, statement.effect, applies, reach, tuple(unmet))


def _about_action(statement: Statement, action: str) -> Truth:
    if statement.actions:
        return _matches_action(statement.actions, action)
    if statement.not_actions:
        return negate(_matches_action(statement.not_actions, action))
    return Truth.NO


@functools.lru_cache(maxsize=8192)
def _matches_action(names: tuple[Text, ...], action: str) -> Truth:
    return some(
        matches(pattern_of(name), action, ignore_case=True)
        if isinstance(name, Unresolved)
        else like(name.lower(), action.lower())
        for name in names
    )


def _about_resource(statement: Statement, request: Request, *, variables: bool) -> Truth:
    given = statement.resources or statement.not_resources
    if not given:
        return Truth.YES  # a policy of a repository is about its repository
    named = some(_matches_resource(each, request, variables=variables) for each in given)
    return named if statement.resources else negate(named)


def _matches_resource(resource: Text, request: Request, *, variables: bool) -> Truth:
    if resource == "*":
        return Truth.YES
    if not variables or not has_variables(resource):
        return like(resource, request.resource)
    pattern = substitute(resource, request.context, wildcards=True)
    return Truth.NO if pattern is None else matches(pattern, request.resource)


def _reach(statement: Statement, caller: Caller) -> Reach:
    if statement.principals:
        reach = NOBODY
        for principal in statement.principals:
            reach = reach.either(reach_of(principal, caller))
        return reach
    if statement.not_principals:
        return Reach(directly=_is_other(statement, caller))
    return EVERYBODY  # a policy of an identity is about its identity


def _is_other(statement: Statement, caller: Caller) -> Truth:
    """Tell whether ``NotPrincipal`` leaves the caller in.

    To be left out, a principal has to be named and its account, too; if only
    the principal is, AWS says that the account "might" be denied, so that no
    answer is given. A permissions boundary is always denied.
    """
    reach = NOBODY
    for principal in statement.not_principals:
        if named_by(principal).kind is Kind.ANYONE:
            return Truth.NO
        reach = reach.either(reach_of(principal, caller))
    if caller.kind is Kind.SERVICE:
        return negate(reach.directly)
    if caller.kind is Kind.ACCOUNT:
        # Naming an account leaves out its root user, not the others in it.
        return Truth.YES if reach.by_account is Truth.NO else Truth.UNKNOWN
    is_deny = statement.effect is Effect.DENY
    if is_deny and caller.identity is not None and caller.identity.permissions_boundary is not None:
        return Truth.YES
    itself = max(reach.directly, reach.by_role)
    if itself is Truth.NO:
        # For an allow nobody says whether an account stands for all in it.
        return Truth.YES if is_deny else max(negate(reach.by_account), Truth.UNKNOWN)
    named_twice = min(itself, reach.by_account)
    return Truth.NO if named_twice is Truth.YES else Truth.UNKNOWN


def _unknown_elements(
    statement: Statement, request: Request, action: Truth, resource: Truth, reach: Reach
) -> Iterator[str]:
    if Truth.UNKNOWN in reach:
        element = "Principal" if statement.principals else "NotPrincipal"
        names = ", ".join(str(p.value) for p in statement.principals + statement.not_principals)
        yield f"whether {element} {names} names {request.caller}"
    if action is Truth.UNKNOWN:
        names = ", ".join(map(str, statement.actions + statement.not_actions))
        yield f"whether the actions {names} cover {request.action}"
    if resource is Truth.UNKNOWN:
        names = ", ".join(map(str, statement.resources + statement.not_resources))
        yield f"whether the resources {names} cover {request.resource}"


def _missing(operator: str, key: str, request: Request) -> str:
    if operator_of(operator) is None:
        return f"what the condition operator {operator} means"
    values = request.context.get(key)
    return key if values is None else f"the value that {key} is compared to"
