"""Whether a statement is about a request, and if not, what keeps it from that.

Layer: access; imports ``model`` and ``service`` only.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ecr_constructs.access.answer import PlacedStatement, Side, Source, UnmetCondition
from ecr_constructs.access.caller import EVERYBODY, NOBODY, Caller, Reach, reach_of
from ecr_constructs.access.conditions import holds
from ecr_constructs.access.named import Kind, named_by
from ecr_constructs.access.operators import operator_of
from ecr_constructs.access.request import Request
from ecr_constructs.access.text import like, matches, pattern_of
from ecr_constructs.access.truth import Truth, negate, some
from ecr_constructs.access.variables import has_variables, substitute
from ecr_constructs.model.policy import OLD_VERSION, Policy
from ecr_constructs.model.problem import Malformed, Status
from ecr_constructs.model.statement import Condition, Effect, Statement
from ecr_constructs.model.unresolved import Text, Unresolved


class Entry(NamedTuple):
    """A statement of a policy.

    Attributes:
        placed: The statement and where it stands.
        effect: Allow or deny; None for a policy that is not known, which may do both.
        statement: The statement; None for a policy that is not known.
        variables: Whether the policy's version has policy variables.
    """

    placed: PlacedStatement
    effect: Effect | None
    statement: Statement | None = None
    variables: bool = True


class Hit(NamedTuple):
    """A statement that is, or may be, about a request.

    Attributes:
        entry: The statement.
        applies: Whether action, resource and conditions are met.
        reach: How it names the caller.
    """

    entry: Entry
    applies: Truth
    reach: Reach

    @property
    def effect(self) -> Effect | None:
        """Allow or deny; None for a policy that is not known."""
        return self.entry.effect

    @property
    def placed(self) -> PlacedStatement:
        """The statement and where it stands."""
        return self.entry.placed

    @property
    def truth(self) -> Truth:
        """Whether the statement is about the request."""
        return min(self.applies, max(self.reach))


def entries_of(
    document: Policy | Malformed | Unresolved | None, source: Source
) -> tuple[Entry, ...]:
    """Return the statements of a policy."""
    if isinstance(document, Policy):
        variables = document.version != OLD_VERSION
        return tuple(
            Entry(PlacedStatement(source, index, s), s.effect, s, variables)
            for index, s in enumerate(document.statements)
        )
    return () if document is None else (Entry(PlacedStatement(source), None),)


def hits_in(entries: Iterable[Entry], request: Request) -> Iterator[Hit]:
    """Yield the statements that are about a request.

    A statement whose conditions fail is among them, to tell what it would
    take; one about other principals, actions or resources is not.
    """
    for entry in entries:
        statement = entry.statement
        if statement is None:
            yield Hit(entry, Truth.UNKNOWN, EVERYBODY)
            continue
        applies = about_action(statement, request.action)
        if applies is Truth.NO:
            continue
        reach = _reach(entry, statement, request.caller)
        if not any(reach):
            continue
        if statement.resources or statement.not_resources:
            applies = min(applies, _about_resource(entry, request))
            if applies is Truth.NO:
                continue
        for condition in statement.conditions:
            applies = min(applies, holds(condition, request.context, variables=entry.variables))
        yield Hit(entry, applies, reach)


def unmet_in(hit: Hit, request: Request) -> Iterator[UnmetCondition]:
    """Yield what keeps a statement from being about a request, or makes it unknown."""
    entry, statement = hit.entry, hit.entry.statement
    if statement is None:
        source = entry.placed.source
        missing = f"what the {source.side} {source.name} says"
        if entry.effect is Effect.ALLOW:
            missing = f"whether the managed policy {source.name} allows {request.action}"
        yield UnmetCondition(Status.UNKNOWN, entry.placed, None, missing)
        return
    for missing in _unknown_elements(entry, request, hit.reach):
        yield UnmetCondition(Status.UNKNOWN, entry.placed, None, missing)
    for condition in statement.conditions:
        truth = holds(condition, request.context, variables=entry.variables)
        if truth is not Truth.YES:
            status = Status.FAIL if truth is Truth.NO else Status.UNKNOWN
            missing = _missing(condition, truth, request)
            yield UnmetCondition(status, entry.placed, condition, missing)


def about_action(statement: Statement, action: str) -> Truth:
    """Tell whether a statement is about an action."""
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


def _about_resource(entry: Entry, request: Request) -> Truth:
    statement = entry.statement
    if statement is None or not (statement.resources or statement.not_resources):
        return Truth.YES  # a policy of a repository is about its repository
    given = statement.resources or statement.not_resources
    named = some(_matches_resource(each, request, variables=entry.variables) for each in given)
    return named if statement.resources else negate(named)


def _matches_resource(resource: Text, request: Request, *, variables: bool) -> Truth:
    if resource == "*":
        return Truth.YES
    if not variables or not has_variables(resource):
        return like(resource, request.resource)
    pattern = substitute(resource, request.context, wildcards=True)
    return Truth.NO if pattern is None else matches(pattern, request.resource)


def _reach(entry: Entry, statement: Statement, caller: Caller) -> Reach:
    principals = statement.principals
    if len(principals) == 1:
        return reach_of(principals[0], caller)
    if principals:
        reach = NOBODY
        for principal in statement.principals:
            reach = reach.either(reach_of(principal, caller))
        return reach
    if statement.not_principals:
        return Reach(directly=_is_other(statement, caller))
    # A policy of an identity is about its identity; any other that names nobody is about nobody.
    side = entry.placed.source.side
    return NOBODY if side in {Side.REPOSITORY, Side.REGISTRY} else EVERYBODY


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


def _unknown_elements(entry: Entry, request: Request, reach: Reach) -> Iterator[str]:
    statement = entry.statement
    assert statement is not None
    if Truth.UNKNOWN in reach:
        element = "Principal" if statement.principals else "NotPrincipal"
        names = ", ".join(str(p.value) for p in statement.principals + statement.not_principals)
        yield f"whether {element} {names} names {request.caller}"
    if about_action(statement, request.action) is Truth.UNKNOWN:
        names = ", ".join(map(str, statement.actions + statement.not_actions))
        yield f"whether the actions {names} cover {request.action}"
    if _about_resource(entry, request) is Truth.UNKNOWN:
        names = ", ".join(map(str, statement.resources + statement.not_resources))
        yield f"whether the resources {names} cover {request.resource}"


def _missing(condition: Condition, truth: Truth, request: Request) -> str:
    if operator_of(condition.operator) is None:
        return f"what the condition operator {condition.operator} means"
    if truth is Truth.NO:
        return f"another value of {condition.key}"
    values = request.context.get(condition.key)
    return condition.key if values is None else f"the value that {condition.key} is compared to"
