"""A request: who wants to do what with which repository, and what that implies.

Layer: access; imports ``model`` and ``service`` only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ecr_constructs.access.caller import Caller, Kind
from ecr_constructs.access.context import Context
from ecr_constructs.access.text import concat
from ecr_constructs.model.registry import Registry
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.service import actions
from ecr_constructs.service.partitions import partition_of

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
_TAGGING: Final = frozenset({"ecr:CreateRepository", "ecr:TagResource", "ecr:UntagResource"})
#: Kinds of which it is known what their requests carry and what not.
_PRINCIPALS: Final = frozenset({Kind.ACCOUNT, *_TYPES})


@dataclass(frozen=True, slots=True)
class Target:
    """A repository, as policies name it.

    Attributes:
        registry: The registry that it is in.
        repository: The repository.
        arn: Its ARN; a name that CloudFormation makes up is an unknown part.
    """

    registry: Registry
    repository: Repository
    arn: Text = field(init=False)

    def __post_init__(self) -> None:
        region, repository = self.registry.region, self.repository
        partition: Text = Unresolved.of("AWS::Partition")
        if isinstance(region, str):
            partition = partition_of(region)
        name, origin = repository.repository_name, repository.origin
        if name is None:
            # As the reader of assemblies calls it, so that a reference to it is the same.
            where = "a repository" if origin is None else f"{origin.stack}.{origin.logical_id}"
            name = Unresolved.of(where)
        arn = concat("arn:", partition, ":ecr:", region, ":", self.registry.account)
        object.__setattr__(self, "arn", concat(arn, ":repository/", name))

    @property
    def partition(self) -> str:
        """The partition, ``aws`` where it is not known."""
        return partition_of(str(self.registry.region))


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


def context_of(
    caller: Caller, action: str, target: Target, given: Mapping[str, Sequence[Text]]
) -> Context:
    """Return what is known of a request: what it implies by itself, and what is given.

    Args:
        caller: Who asks.
        action: What for.
        target: The repository.
        given: Values by condition key; they win. No values say that the
            request does not carry the key.
    """
    values: dict[str, tuple[Text, ...]] = {
        "aws:ResourceAccount": (target.registry.account,),
        "aws:RequestedRegion": (target.registry.region,),
    }
    values.update(_principal_values(caller))
    absent = [] if action in _TAGGING else ["aws:RequestTag/", "aws:TagKeys"]
    tags = () if action in actions.REGISTRY else target.repository.tags
    for prefix in ("aws:ResourceTag/", "ecr:ResourceTag/"):
        absent += _add_tags(values, prefix, tags)
    identity = caller.identity
    if identity is not None and not identity.partial:
        absent += _add_tags(values, "aws:PrincipalTag/", identity.tags)
    elif caller.kind is Kind.SERVICE:
        absent.append("aws:PrincipalTag/")
    return Context(values, absent).overlaid(given)


def _add_tags(
    values: dict[str, tuple[Text, ...]], prefix: str, tags: Sequence[tuple[Text, Text]]
) -> list[str]:
    """Add a key for each tag; return the prefix if no other key can begin with it."""
    for key, value in tags:
        name = f"{prefix}{key}".lower()
        values[name] = (*values.get(name, ()), value)
    return [prefix] if all(isinstance(key, str) for key, _ in tags) else []


def _principal_values(caller: Caller) -> dict[str, tuple[Text, ...]]:
    if caller.kind is Kind.SERVICE:
        values: dict[str, tuple[Text, ...]] = dict.fromkeys(_IAM_KEYS, ())
        return values | {
            "aws:PrincipalIsAWSService": ("true",),
            "aws:PrincipalServiceName": (caller.named.value,),
        }
    if caller.kind not in _PRINCIPALS:
        return {}
    values = dict.fromkeys(_SERVICE_KEYS, ())
    values["aws:PrincipalIsAWSService"] = ("false",)
    if caller.account is not None:
        values["aws:PrincipalAccount"] = (caller.account,)
    if caller.kind in _TYPES:
        values["aws:PrincipalType"] = (_TYPES[caller.kind],)
        values["aws:PrincipalArn"] = (_principal_arn(caller),)
        name = caller.named.name
        values["aws:username"] = () if name is None or caller.kind is not Kind.USER else (name,)
    return values


def _principal_arn(caller: Caller) -> Text:
    """Return the ARN that conditions see: of a session that of its role."""
    if caller.kind is not Kind.SESSION:
        return caller.named.value
    if caller.identity is not None:
        return caller.identity.arn
    account, name = caller.named.account, caller.named.name
    assert account is not None
    assert name is not None
    partition = caller.named.value.split(":")[1]
    return concat("arn:", partition, ":iam::", account, ":role/", name)
