"""What of an older deployment is what of a newer one.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.model.repository import Origin, Repository
from ecr_constructs.review.change.difference import Place


@dataclass(frozen=True, slots=True)
class RegistryPair:
    """A registry on both sides, or on one.

    Attributes:
        before: The older side; one without anything where it is new.
        after: The newer side; one without anything where nothing of it is left.
    """

    before: Registry
    after: Registry

    @property
    def place(self) -> Place:
        """The registry, for people."""
        return Place(str(self.after.account), str(self.after.region))


@dataclass(frozen=True, slots=True)
class RepositoryPair:
    """A repository on both sides, or on one.

    Attributes:
        before: The older side; None where it is new.
        after: The newer side; None where it is gone.
    """

    before: Repository | None
    after: Repository | None


def registry_pairs(older: Deployment, newer: Deployment) -> list[RegistryPair]:
    """Return the registries of both sides: by account and Region, else by their stacks.

    A registry whose account or Region is not known is one stack's. Where one
    such is left on either side, the two are the same.
    """
    rest = {_key(registry): registry for registry in older.registries}
    pairs: list[RegistryPair] = []
    alone: list[Registry] = []
    for after in newer.registries:
        before = rest.pop(_key(after), None)
        if before is None:
            alone.append(after)
        else:
            pairs.append(RegistryPair(before, after))
    unknown = [registry for registry in rest.values() if not _is_known(registry)]
    if len(unknown) == 1 and len(alone) == 1 and not _is_known(alone[0]):
        pairs.append(RegistryPair(unknown[0], alone.pop()))
        rest.pop(_key(unknown[0]))
    pairs += (RegistryPair(_nothing(after), after) for after in alone)
    pairs += (RegistryPair(before, _nothing(before)) for before in rest.values())
    return pairs


def repository_pairs(
    before: Sequence[Repository], after: Sequence[Repository]
) -> Iterator[RepositoryPair]:
    """Yield the repositories of both sides: by name, else by stack and logical id."""
    by_name = {each.repository_name: each for each in before if _has_name(each)}
    left = dict.fromkeys(map(id, before))
    unnamed: list[Repository] = []
    for each in after:
        found = by_name.get(each.repository_name) if _has_name(each) else None
        if found is not None and id(found) in left:
            del left[id(found)]
            yield RepositoryPair(found, each)
        else:
            unnamed.append(each)
    by_id = {_id(each): each for each in before if id(each) in left and each.origin is not None}
    for each in unnamed:
        found = by_id.get(_id(each)) if each.origin is not None else None
        if found is not None and id(found) in left:
            del left[id(found)]
        else:
            found = None
        yield RepositoryPair(found, each)
    for each in before:
        if id(each) in left:
            yield RepositoryPair(each, None)


def _has_name(repository: Repository) -> bool:
    return isinstance(repository.repository_name, str)


def _id(repository: Repository) -> tuple[str, str] | None:
    origin = repository.origin
    return None if origin is None else (origin.stack, origin.logical_id)


def _key(registry: Registry) -> tuple[str, str, str]:
    stack = "" if _is_known(registry) else min(_stacks(registry), default="")
    return str(registry.account), str(registry.region), stack


def _stacks(registry: Registry) -> Iterable[str]:
    origins: list[Origin | None] = [each.origin for each in registry.repositories]
    origins += (each.origin for each in registry.creation_templates)
    origins += (each.origin for each in registry.pull_through_cache_rules)
    origins += (each.origin for each in registry.pull_time_exclusions)
    origins += (each.origin for each in registry.declarations)
    return (origin.stack for origin in origins if origin is not None)


def _is_known(registry: Registry) -> bool:
    return isinstance(registry.account, str) and isinstance(registry.region, str)


def _nothing(registry: Registry) -> Registry:
    return Registry(account=registry.account, region=registry.region)
