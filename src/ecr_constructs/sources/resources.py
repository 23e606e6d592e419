"""Which resources of a template are read, and into which member of the model.

Layer: sources; imports ``model`` only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NamedTuple

from ecr_constructs.model.account_setting import RESOURCE_TYPE, AccountSetting
from ecr_constructs.model.baseline import Exemption, exemptions_from_metadata, metadata_problems
from ecr_constructs.model.cache_secret import CacheSecret
from ecr_constructs.model.creation_template import CreationTemplate
from ecr_constructs.model.event_rule import EventRule
from ecr_constructs.model.identity_cfn import IAM_TYPES, IamResource
from ecr_constructs.model.policy import registry_policy_from_cfn
from ecr_constructs.model.problem import Problem, Severity, Status
from ecr_constructs.model.public_repository import PublicRepository
from ecr_constructs.model.pull_through_cache import PullThroughCacheRule
from ecr_constructs.model.pull_time_exclusion import PullTimeUpdateExclusion
from ecr_constructs.model.registry import Located
from ecr_constructs.model.replication import Replication
from ecr_constructs.model.repository import Origin, Repository
from ecr_constructs.model.scanning import Scanning
from ecr_constructs.model.signing import Signing
from ecr_constructs.sources.construct_paths import ConstructPaths, visible
from ecr_constructs.sources.physical import arn_of, reference_to
from ecr_constructs.sources.reading import show
from ecr_constructs.sources.stack import LOOP, Declared, Stack


class Holder(StrEnum):
    """What holds the values of a type, and how many."""

    REGISTRY = "registry"  # the registry has any number of them
    REGISTRY_ONCE = "registry-once"  # the registry has one, whoever sets it
    DEPLOYMENT = "deployment"  # they are the account's, in no Region


@dataclass(frozen=True, slots=True)
class Kind:
    """How a type of resource is read.

    Attributes:
        member: The member of :class:`~ecr_constructs.model.registry.Registry`,
            or of its holder, that holds what is read.
        read: Reads one: takes the resource, its intrinsics resolved, and its
            origin, and gives the value and what is malformed.
        order: The key that the member is sorted by.
        holder: What holds the values.
    """

    member: str
    read: Callable[[Mapping[str, Any], Origin], tuple[Any, list[Problem]]]
    order: Callable[[Any], Any]
    holder: Holder = Holder.REGISTRY


def _by(attribute: str) -> Callable[[Any], tuple[bool, str]]:
    """Sort by a text; what has none comes last."""

    def order(value: Any) -> tuple[bool, str]:
        text = getattr(value, attribute)
        return (text is None, str(text))

    return order


def _once(member: str, read: Callable[[Mapping[str, Any], Origin], Any]) -> Kind:
    return Kind(member, read, order=lambda _: 0, holder=Holder.REGISTRY_ONCE)


#: Another type joins with a line here and a member there.
KINDS: Final[dict[str, Kind]] = {
    "AWS::Events::Rule": Kind(
        "event_rules", EventRule.from_cfn, order=lambda _: 0, holder=Holder.DEPLOYMENT
    ),
    "AWS::ECR::PublicRepository": Kind(
        "public_repositories",
        PublicRepository.from_cfn,
        _by("repository_name"),
        Holder.DEPLOYMENT,
    ),
    "AWS::ECR::PullThroughCacheRule": Kind(
        "pull_through_cache_rules", PullThroughCacheRule.from_cfn, _by("ecr_repository_prefix")
    ),
    "AWS::ECR::PullTimeUpdateExclusion": Kind(
        "pull_time_exclusions", PullTimeUpdateExclusion.from_cfn, _by("principal_arn")
    ),
    "AWS::ECR::RegistryPolicy": _once("registry_policy", registry_policy_from_cfn),
    "AWS::ECR::RegistryScanningConfiguration": _once("scanning", Scanning.from_cfn),
    "AWS::ECR::ReplicationConfiguration": _once("replication", Replication.from_cfn),
    "AWS::ECR::Repository": Kind("repositories", Repository.from_cfn, _by("repository_name")),
    "AWS::ECR::RepositoryCreationTemplate": Kind(
        "creation_templates", CreationTemplate.from_cfn, _by("prefix")
    ),
    "AWS::ECR::SigningConfiguration": _once("signing", Signing.from_cfn),
    "AWS::SecretsManager::Secret": Kind(
        "cache_secrets", CacheSecret.from_cfn, _by("name"), Holder.DEPLOYMENT
    ),
    RESOURCE_TYPE: Kind("account_settings", AccountSetting.from_cfn, _by("name")),
}

#: What the model reads of a resource beside its properties.
_ATTRIBUTES: Final = ("DeletionPolicy", "UpdateReplacePolicy")
#: Stands among the resources and is none; what it adds nobody can tell.
_TRANSFORM: Final = "Fn::Transform"


class Found(NamedTuple):
    """A value that was read, how and where, with what its resource says beside it."""

    kind: Kind
    value: Any
    origin: Origin
    exemptions: tuple[Exemption, ...] = ()
    deletion_policy: str = "Delete"


@dataclass(frozen=True, slots=True)
class Harvest:
    """What is read of all stacks together.

    Attributes:
        malformed: What is not what it should be.
        iam: The IAM resources; who they are shows when all are there.
    """

    malformed: list[Located] = field(default_factory=list)
    iam: list[IamResource] = field(default_factory=list)


def read_resources(stack: Stack, paths: ConstructPaths, harvest: Harvest) -> Iterator[Found]:
    """Yield the values of a stack's resources that the table knows.

    A resource whose condition is known to be false is left out; one whose
    condition cannot be told is read like any other.

    Args:
        stack: The stack.
        paths: The construct paths of the assembly.
        harvest: Where to note what is malformed, and IAM's resources.
    """
    loops: set[str] = set()
    for declared in stack.declared:
        type_ = type_of(stack, declared)
        if declared.loop is not None and declared.loop not in loops and type_ in KINDS:
            loops.add(declared.loop)
            harvest.malformed.append(_loop(stack, declared.loop, paths))
        kind = None if type_ is None else KINDS.get(type_)
        if kind is not None and may_exist(stack, declared):
            origin = origin_of(stack, declared, paths)
            resource = _resolved(stack, declared)
            value, problems = kind.read(resource, origin)
            metadata = resource.get("Metadata")
            for problem in (*problems, *metadata_problems(metadata)):
                harvest.malformed.append(Located(origin, problem))
            exemptions = exemptions_from_metadata(metadata)
            deletion = str(resource.get("DeletionPolicy", "Delete"))
            yield Found(kind, value, origin, exemptions, deletion)
        elif type_ in IAM_TYPES and may_exist(stack, declared):
            harvest.iam.append(_iam(stack, declared, origin_of(stack, declared, paths)))
        harvest.malformed.extend(located(stack, declared, paths))


def _iam(stack: Stack, declared: Declared, origin: Origin) -> IamResource:
    return IamResource(
        type=declared.body["Type"],
        properties=stack.resolve(declared.body.get("Properties"), declared.variables),
        ref=reference_to(stack, declared.logical_id, declared.body),
        arn=arn_of(stack, declared.logical_id, declared.body),
        account=stack.environment.account,
        partition=stack.environment.partition,
        origin=origin,
    )


def _loop(stack: Stack, loop: str, paths: ConstructPaths) -> Located:
    """Return that what a loop makes is not known: how many, and what they are called."""
    problem = Problem(
        id="loop",
        message="how many resources a loop makes, and what they are called, is known at deployment,"
        f" so that each is read once, got {loop!r}",
        fix="check what `aws cloudformation get-template --template-stage Processed` prints",
        severity=Severity.WARNING,
        status=Status.UNKNOWN,
    )
    return Located(origin_of(stack, Declared(loop, None), paths), problem)


def type_of(stack: Stack, declared: Declared) -> str | None:
    """Return the type of a resource; note it if it has none."""
    body = declared.body
    type_ = body.get("Type") if isinstance(body, dict) else None
    if isinstance(type_, str):
        return type_
    if declared.logical_id.startswith(LOOP):
        stack.reading.note(
            "malformed-loop",
            "a loop must be a list of a variable's name, a collection and an object of resources,"
            f" got {show(body)}",
            "write ['Name', ['a', 'b'], {'Repository${Name}': {...}}]",
            body,
        )
    elif declared.logical_id != _TRANSFORM:
        stack.reading.note(
            "malformed-resource",
            f"a resource must be an object with a Type, got {show(body)}",
            "write {'Type': 'AWS::...', 'Properties': {...}}",
            body,
        )
    return None


def may_exist(stack: Stack, declared: Declared) -> bool:
    """Tell whether a resource's condition is true, or cannot be told, or is not there."""
    condition = declared.body.get("Condition")
    return not isinstance(condition, str) or stack.condition(condition, condition) is not False


def origin_of(stack: Stack, declared: Declared, paths: ConstructPaths) -> Origin:
    """Return where a resource stands, with the construct path wherever that is told."""
    path = path_of(stack, declared, paths)
    return Origin(
        stack=stack.place.name,
        logical_id=declared.logical_id,
        template=stack.place.template,
        construct_path=None if path is None else visible(path),
        condition=_open_condition(stack, declared),
    )


def _open_condition(stack: Stack, declared: Declared) -> str | None:
    """Return the condition that tells at deployment alone whether a resource is there."""
    condition = declared.body.get("Condition") if isinstance(declared.body, dict) else None
    if not isinstance(condition, str) or stack.condition(condition, condition) is not None:
        return None
    return condition


def path_of(stack: Stack, declared: Declared, paths: ConstructPaths) -> str | None:
    """Return the path of the construct that defines a resource, or None."""
    body = declared.body
    metadata = body.get("Metadata") if isinstance(body, dict) else None
    path = metadata.get("aws:cdk:path") if isinstance(metadata, dict) else None
    if isinstance(path, str):
        return path
    return paths.find(stack.place.construct_path, declared.logical_id)


def located(stack: Stack, declared: Declared, paths: ConstructPaths) -> list[Located]:
    """Return what was noted while a resource was read."""
    problems = stack.reading.take(declared.body)
    if not problems:
        return []
    origin = origin_of(stack, declared, paths)
    return [Located(origin, problem) for problem in problems]


def _resolved(stack: Stack, declared: Declared) -> dict[str, Any]:
    """Return a resource with its intrinsics resolved, as far as the model reads it."""
    body, variables = declared.body, declared.variables
    resource = {"Properties": stack.resolve(body.get("Properties"), variables)}
    for name in _ATTRIBUTES:
        if name in body:
            resource[name] = stack.resolve(body[name], variables)
    metadata = body.get("Metadata")
    if isinstance(metadata, dict) and "EcrConstructs" in metadata:
        resource["Metadata"] = {"EcrConstructs": stack.resolve(metadata["EcrConstructs"])}
    return resource
