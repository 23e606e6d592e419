"""A request: who wants to do what with which repository, and what that implies.

Layer: access; imports ``model`` and ``service`` only.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html,
"Availability" of each key.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ecr_constructs.access.caller import Caller
from ecr_constructs.access.context import Context, Values, lowered
from ecr_constructs.access.named import Kind
from ecr_constructs.access.target import Target
from ecr_constructs.model.unresolved import Text
from ecr_constructs.service import actions

#: What only a request that a service makes on its own behalf carries.
_SERVICE_KEYS: Final = (
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
)
#: What only the request of an IAM principal carries.
_IAM_KEYS: Final = (
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:username",
)
_TYPES: Final = {
    Kind.ROLE: "AssumedRole",
    Kind.SESSION: "AssumedRole",
    Kind.USER: "User",
    Kind.FEDERATED_USER: "FederatedUser",
}
#: Kinds of which it is known what their requests carry and what not.
_PRINCIPALS: Final = frozenset({Kind.ACCOUNT, *_TYPES})
#: The actions whose requests may carry tags.
TAGGING: Final = frozenset({"ecr:CreateRepository", "ecr:TagResource", "ecr:UntagResource"})
_REQUEST_TAGS: Final = ("aws:requesttag/", "aws:tagkeys")
_RESOURCE_TAGS: Final = ("aws:resourcetag/", "ecr:resourcetag/")
_PRINCIPAL_TAGS: Final = "aws:principaltag/"


@dataclass(frozen=True, slots=True)
class Request:
    """One action that a principal asks for.

    Attributes:
        caller: Who asks.
        action: One action of ECR, in IAM's spelling.
        target: The repository.
        context: The condition keys.
    """

    caller: Caller
    action: str
    target: Target
    context: Context

    @property
    def resource(self) -> Text:
        """What IAM compares ``Resource`` to: ``*`` where the action has no repository."""
        return "*" if self.action in actions.REGISTRY else self.target.arn


def request_of(caller: Caller, action: str, target: Target, given: Values) -> Request:
    """Return a request with what is known of it: what it implies by itself, and what is given.

    Args:
        caller: Who asks.
        action: What for.
        target: The repository.
        given: Values by condition key in lower case; they win. No values say
            that the request does not carry the key.
    """
    of_caller, absent = caller.once(_of_caller)
    of_target, without_tags = target.once(_of_target)
    if action in actions.REGISTRY:
        of_target, without_tags = {}, _RESOURCE_TAGS
    if action not in TAGGING:
        absent += _REQUEST_TAGS
    context = Context((given, of_caller, of_target), absent + without_tags)
    return Request(caller, action, target, context)


def _of_target(target: Target) -> tuple[Values, tuple[str, ...]]:
    """Return what a request carries of its repository, and the keys that it does not carry."""
    registry, tags = target.registry, target.repository.tags
    values: dict[str, tuple[Text, ...]] = {
        "aws:resourceaccount": (registry.account,),
        "aws:requestedregion": (registry.region,),
    }
    absent = [prefix for prefix in _RESOURCE_TAGS if _add_tags(values, prefix, tags)]
    return values, tuple(absent)


def _of_caller(caller: Caller) -> tuple[Values, tuple[str, ...]]:
    """Return what a request carries of who asks, and the keys that it does not carry."""
    if caller.kind is Kind.SERVICE:
        of_service = dict.fromkeys(_IAM_KEYS, ()) | {
            "aws:PrincipalIsAWSService": ("true",),
            "aws:PrincipalServiceName": (caller.named.value,),
        }
        return lowered(of_service), (_PRINCIPAL_TAGS,)
    if caller.kind not in _PRINCIPALS:
        return {}, ()
    values = lowered(_of_principal(caller))
    identity = caller.identity
    if identity is None or identity.partial:
        return values, ()
    with_tags = dict(values)
    complete = _add_tags(with_tags, _PRINCIPAL_TAGS, identity.tags)
    return with_tags, (_PRINCIPAL_TAGS,) * complete


def _of_principal(caller: Caller) -> dict[str, tuple[Text, ...]]:
    values: dict[str, tuple[Text, ...]] = dict.fromkeys(_SERVICE_KEYS, ())
    values["aws:PrincipalIsAWSService"] = ("false",)
    assert caller.account is not None
    values["aws:PrincipalAccount"] = (caller.account,)
    if caller.kind in _TYPES:
        values["aws:PrincipalType"] = (_TYPES[caller.kind],)
        values["aws:PrincipalArn"] = (caller.principal_arn,)
        name = caller.named.name
        values["aws:username"] = () if name is None or caller.kind is not Kind.USER else (name,)
    return values


def _add_tags(
    values: dict[str, tuple[Text, ...]], prefix: str, tags: Iterable[tuple[Text, Text]]
) -> bool:
    """Add a key for each tag; tell whether these are all."""
    for key, value in tags:
        name = f"{prefix}{key}".lower()
        values[name] = (*values.get(name, ()), value)
    return all(isinstance(key, str) for key, _ in tags)
