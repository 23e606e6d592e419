"""What an answer takes for granted, in words.

Layer: access; imports ``model`` and ``service`` only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ecr_constructs.access.answer import Decision, Side
from ecr_constructs.access.grant import Grant
from ecr_constructs.access.named import Kind
from ecr_constructs.access.request import Request
from ecr_constructs.access.sides import Knowledge, Sides, allowed_by, document_of, identity_hits
from ecr_constructs.access.truth import Truth
from ecr_constructs.access.words import describe_named
from ecr_constructs.model.account_setting import sets_policy_scope
from ecr_constructs.model.words import listed
from ecr_constructs.service import actions


def assumptions(
    request: Request, sides: Sides, grant: Grant, decision: Decision
) -> tuple[str, ...]:
    """Return what is taken for granted with a decision, in words."""
    if decision is Decision.DENY:
        return tuple(_nothing_else(request, sides, "allows"))
    return (
        *_identity_policies(request, sides, grant),
        *_nothing_else(request, sides, "denies"),
        *_context(request, sides),
        *_around(request, sides),
    )


def _identity_policies(request: Request, sides: Sides, grant: Grant) -> Iterator[str]:
    caller = request.caller
    if grant.is_assumed:
        if caller.kind is Kind.ANYONE:
            yield f"an identity policy in the principal's own account allows {request.action}"
        elif caller.kind is Kind.ACCOUNT:
            yield (
                f"identity policies of account {caller.account} decide which of its principals"
                f" may do it"
            )
        else:
            yield f"an identity policy of {describe_named(caller.named)} allows {request.action}"
    boundary = None if caller.identity is None else caller.identity.permissions_boundary
    if boundary is not None and document_of(boundary) is None:
        yield f"the permissions boundary {boundary.name} allows {request.action}"
    if request.action in actions.PULL_PUSH and caller.kind is not Kind.SERVICE:
        yield _token(request, sides)


def _token(request: Request, sides: Sides) -> str:
    outside = ""
    if sides.knowledge is Knowledge.WHOLE:
        ask = replace(request, action="ecr:GetAuthorizationToken")
        if allowed_by(identity_hits(ask, sides.given)).truth is Truth.NO:
            outside = " that is not known here"
    return (
        f"an identity policy{outside} allows ecr:GetAuthorizationToken, too: no client pulls or"
        " pushes without its token, which is valid for 12 hours"
    )


def _nothing_else(request: Request, sides: Sides, verb: str) -> Iterator[str]:
    identity = request.caller.identity
    if sides.knowledge is Knowledge.WHOLE and identity is not None:
        yield f"no policy that is attached to {identity.name} outside of this assembly {verb} it"
    elif sides.knowledge is Knowledge.PART and verb == "denies":
        assert identity is not None
        yield f"no policy that is attached to {identity.name} outside of this assembly denies it"
    unknown = [
        str(policy.name)
        for policy in (() if identity is None else identity.policies)
        if document_of(policy) is None
    ]
    if unknown and verb == "denies":
        yield f"{listed(unknown)} {'denies' if len(unknown) == 1 else 'deny'} nothing of it"
    if any(
        hit.placed.source.side is Side.IDENTITY
        and str(hit.placed.source.name).startswith("arn:")
        and hit.placed.statement is not None
        for hit in sides.identity
    ):
        yield "the managed policies of AWS say what they said in 2026"


def _context(request: Request, sides: Sides) -> Iterator[str]:
    keys = {
        condition.key.lower()
        for hit in sides.all
        if hit.placed.statement is not None
        for condition in hit.placed.statement.conditions
    }
    caller = request.caller
    if caller.identity is not None and any(key.startswith("aws:principaltag/") for key in keys):
        yield "a session brings no tags beside those of its role"
    if caller.kind is Kind.SESSION and caller.identity is None and "aws:principalarn" in keys:
        yield f"the role {caller.named.name} has no path"


def _around(request: Request, sides: Sides) -> Iterator[str]:
    is_by_registry = any(hit.placed.source.side is Side.REGISTRY for hit in sides.repository)
    if is_by_registry and not sets_policy_scope(request.target.registry.account_settings):
        yield "the scope of the registry policy is V2, so that it covers every action"
    if request.caller.kind is Kind.SERVICE:
        return
    yield "no service control policy, resource control policy or session policy refuses it"
    yield "no policy of a VPC endpoint on the way refuses it"
