"""What of an older deployment is what of a newer one.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.model.repository import Origin, Repository
from ecr_constructs.review.change.difference import Place
from ecr_constructs.review.words import resource_id


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
    unknown = [registry for registry in rest.values() if not is_placed(registry)]
    if len(unknown) == 1 and len(alone) == 1 and not is_placed(alone[0]):
        pairs.append(RegistryPair(unknown[0], alone.pop()))
        rest.pop(_key(unknown[0]))
    pairs += (RegistryPair(_nothing(after), after) for after in alone)
    pairs += (RegistryPair(before, _nothing(before)) for before in rest.values())
    return pairs


def repository_pairs(
    before: Sequence[Repository], after: Sequence[Repository]
) -> Iterator[RepositoryPair]:
    """Yield the repositories of both sides.

    They are paired by name, else by stack and logical id. Where one name is declared
    twice, both count, lest each of the two is taken for the other; a second one that
    is new is one of what is there all the same.
    """
    by_both: dict[object, Repository] = {}
    by_name: dict[object, Repository] = {}
    by_id: dict[object, Repository] = {}
    for each in before:
        name, ident = _name(each), resource_id(each)
        if name is not None:
            by_name.setdefault(name, each)
            by_both[name, ident] = each
        if ident is not None:
            by_id[ident] = each
    left = dict.fromkeys(map(id, before))
    found: dict[int, Repository] = {}
    for keys, key in ((by_both, _both), (by_name, _name), (by_id, resource_id)):
        for each in after:
            match = keys.get(key(each)) if id(each) not in found else None
            if match is not None and id(match) in left:
                del left[id(match)]
                found[id(each)] = match
    for each in after:
        yield RepositoryPair(found.get(id(each)) or by_name.get(_name(each)), each)
    for each in before:
        if id(each) in left:
            yield RepositoryPair(each, None)


def _name(repository: Repository) -> str | None:
    name = repository.repository_name
    return name if isinstance(name, str) else None


def _both(repository: Repository) -> tuple[object, object]:
    return _name(repository), resource_id(repository)


def _key(registry: Registry) -> tuple[str, str, str]:
    stack = "" if is_placed(registry) else min(stacks_of(registry), default="")
    return str(registry.account), str(registry.region), stack


def stacks_of(registry: Registry) -> Iterable[str]:
    """Return the stacks that declare something of a registry."""
    origins: list[Origin | None] = [each.origin for each in registry.repositories]
    origins += (each.origin for each in registry.creation_templates)
    origins += (each.origin for each in registry.pull_through_cache_rules)
    origins += (each.origin for each in registry.pull_time_exclusions)
    origins += (each.origin for each in registry.declarations)
    return (origin.stack for origin in origins if origin is not None)


def is_placed(registry: Registry) -> bool:
    """Tell whether account and Region of a registry are known."""
    return isinstance(registry.account, str) and isinstance(registry.region, str)


def _nothing(registry: Registry) -> Registry:
    return Registry(account=registry.account, region=registry.region)
