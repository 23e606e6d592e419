"""A live registry beside an assembly: what is there, and what the assembly makes of it.

Layer: review.

The registry of an account holds what many stacks define, and an assembly defines
some of it. What it does not define stays as it is on both sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from ecr_constructs.model.creation_template import CreationTemplate
from ecr_constructs.model.encryption import AES256, Encryption
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.model.repository import Repository
from ecr_constructs.review.change.difference import named
from ecr_constructs.review.settle import settle
from ecr_constructs.service.partitions import partition_of

#: What a registry has once.
_SETTINGS: Final = ("registry_policy", "scanning", "replication", "signing")
#: What it has several of, and by which member each is known.
_LISTS: Final = {
    "account_settings": "name",
    "creation_templates": "prefix",
    "pull_through_cache_rules": "ecr_repository_prefix",
    "pull_time_exclusions": "principal_arn",
}


@dataclass(frozen=True, slots=True)
class Beside:
    """Both sides of a comparison with what is there.

    Attributes:
        there: The live registries. What only a template tells, and identities,
            are as the assembly has them.
        made: The same registries as they are when the assembly is deployed.
        left_out: What of the assembly is on neither side, or is taken for what
            is there, in sentences.
    """

    there: Deployment
    made: Deployment
    left_out: tuple[str, ...]


def beside(live: Deployment, assembly: Deployment) -> Beside:
    """Put live registries beside an assembly.

    Args:
        live: What was read of them.
        assembly: What was read of the assembly.
    """
    declared = {(each.account, each.region): each for each in assembly.registries}
    there: list[Registry] = []
    made: list[Registry] = []
    left_out: list[str] = []
    taken: list[str] = []
    for registry in live.registries:
        wanted = declared.pop((registry.account, registry.region), None)
        if wanted is None:
            wanted = Registry(account=registry.account, region=registry.region)
        left_out += _nameless(wanted)
        old, new = _both(registry, wanted)
        there.append(old)
        made.append(new)
        taken += _taken(wanted, new)
    left_out += (
        f"the registry of account {account} in {region} was not read: it is left out"
        for account, region in declared
    )
    left_out += _not_compared(assembly)
    if taken:
        left_out.append(
            "principals that are known at deployment alone are taken for those that are there, in"
            f" the policy of {named(tuple(taken))}"
        )
    # What a live registry tells nothing of is the same on both sides, so that it makes no change.
    frame = replace(assembly, public_repositories=(), malformed=())
    return Beside(
        replace(frame, registries=tuple(there), is_live=True),
        replace(frame, registries=tuple(made), malformed=assembly.malformed),
        tuple(left_out),
    )


def _taken(declared: Registry, made: Registry) -> Iterator[str]:
    """Yield whose policies name principals that were taken for those that are there."""
    partition = partition_of(str(made.region))

    def is_taken(policy: object, settled: object) -> bool:
        return isinstance(policy, Policy) and _normal(policy, partition) != settled

    if is_taken(declared.registry_policy, made.registry_policy):
        yield "the registry"
    after = {str(each.repository_name): each.repository_policy for each in made.repositories}
    for each in declared.repositories:
        name = str(each.repository_name)
        if name in after and is_taken(each.repository_policy, after[name]):
            yield name


def _not_compared(assembly: Deployment) -> Iterator[str]:
    if assembly.public_repositories:
        yield "public repositories are not read: they are left out"
    if assembly.identities:
        yield "identities are not read: they may do what the assembly says, before and after"


def _nameless(declared: Registry) -> Iterator[str]:
    for each in declared.repositories:
        if not isinstance(each.repository_name, str):
            where = each.origin and f"{each.origin.stack}/{each.origin.logical_id}"
            yield f"the name of repository {where} is known at deployment alone: it is left out"


def _both(live: Registry, declared: Registry) -> tuple[Registry, Registry]:
    partition = partition_of(str(live.region))
    pairs = list(_repositories(live.repositories, declared.repositories, partition))
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for member in _SETTINGS:
        there = _normal(getattr(live, member), partition)
        old[member] = there
        new[member] = _after(getattr(declared, member), there, partition)
    for member, name in _LISTS.items():
        before = {_key(each, name): _normal(each, partition) for each in getattr(live, member)}
        after = {
            _key(each, name): _after(each, before.get(_key(each, name)), partition)
            for each in getattr(declared, member)
        }
        old[member] = tuple(before[key] for key in sorted(before))
        new[member] = tuple(value for _, value in sorted({**before, **after}.items()))
    return (
        replace(
            live,
            repositories=tuple(each for each, _ in pairs if each is not None),
            declarations=declared.declarations,
            **old,
        ),
        replace(
            declared,
            account=live.account,
            region=live.region,
            repositories=tuple(each for _, each in pairs),
            **new,
        ),
    )


def _repositories(
    live: Iterable[Repository], declared: Iterable[Repository], partition: str
) -> Iterator[tuple[Repository | None, Repository]]:
    """Yield each repository as it is there, if it is, and as it is after a deployment."""
    wanted = {str(each.repository_name): each for each in declared if _has_name(each)}
    for each in live:
        there = each.normalise(partition=partition)
        found = wanted.pop(str(each.repository_name), None)
        if found is None:
            yield there, there
            continue
        there = replace(
            there,
            empty_on_delete=found.empty_on_delete,
            deletion_policy=found.deletion_policy,
            update_replace_policy=found.update_replace_policy,
            exemptions=found.exemptions,
            writes_encryption=found.writes_encryption,
            origin=found.origin,
        ).normalise(partition=partition)
        made = _after(found, there, partition)
        yield there, replace(made, encryption=_encryption(made.encryption, there.encryption))
    for each in wanted.values():
        yield None, each.normalise(partition=partition)


def _has_name(repository: Repository) -> bool:
    return isinstance(repository.repository_name, str)


def _encryption(declared: Encryption, there: Encryption) -> Encryption:
    """Return the encryption as Amazon ECR tells it: of a key it tells the ARN alone.

    A template names ``aws/ecr`` by no key, and another key by its id or its alias too.
    Encryption cannot be changed by hand, so that the same type with another spelling of
    the key is taken for the same.
    """
    key = declared.kms_key
    is_spelt = isinstance(key, str) and key.startswith("arn:") and ":key/" in key
    if declared.type == there.type != AES256.type and not is_spelt and key != there.kms_key:
        return there
    return declared


def _after(declared: Any, there: Any, partition: str) -> Any:
    """Return a value as it is after a deployment: what an assembly does not set stays."""
    if declared is None or (there is None and getattr(declared, "rules", None) == ()):
        return there
    settled = settle(_normal(declared, partition), there)
    # Texts that are known now may stand elsewhere in the order.
    return _normal(settled, partition)


def _normal(value: Any, partition: str) -> Any:
    if isinstance(value, Policy | CreationTemplate | Repository):
        return value.normalise(partition=partition)
    normalise = getattr(value, "normalise", None)
    return value if normalise is None else normalise()


def _key(value: Any, name: str) -> str:
    return str(getattr(value, name)).removesuffix("/")
