"""Which repositories inventories are of.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ecr_constructs.errors import ConfigurationError
from ecr_constructs.lifecycle.images import Image
from ecr_constructs.model.registry import Deployment
from ecr_constructs.model.words import meant
from ecr_constructs.review.images import Inventories
from ecr_constructs.review.words import name_of

_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedInventory:
    """The images of a repository that is called by its name.

    Attributes:
        file: How to call the inventory in an error.
        repository: The repository's name; None where neither the inventory nor
            anybody says it.
        images: What it holds.
        account: The account, if the name is in several registries.
        region: The Region likewise.
    """

    file: str
    repository: str | None
    images: tuple[Image, ...]
    account: str | None = None
    region: str | None = None


def assign(inventories: Iterable[NamedInventory], *deployments: Deployment) -> Inventories:
    """Return the images by repository.

    Args:
        inventories: What was read.
        deployments: Both sides of a review: what is removed has images, too.

    Raises:
        ConfigurationError: If a repository is in none of the deployments, in
            several registries, or has two inventories.
    """
    known = dict.fromkeys(key for deployment in deployments for key in _keys(deployment))
    held: dict[_Key, tuple[Image, ...]] = {}
    for inventory in inventories:
        key = _key_of(inventory, list(known))
        if key in held:
            raise ConfigurationError(
                f"a repository must have one inventory, got a second one for {key[2]!r} in"
                f" {inventory.file!r}; put its images into one file"
            )
        held[key] = inventory.images
    return held


def _key_of(inventory: NamedInventory, known: list[_Key]) -> _Key:
    name, file = inventory.repository, inventory.file
    if name is None:
        raise ConfigurationError(
            f"an inventory must say whose images it holds, got none in {file!r}; write"
            f" --images NAME={file}"
        )
    named = [key for key in known if key[2] == name]
    found = [
        key
        for key in named
        if inventory.account in (None, key[0]) and inventory.region in (None, key[1])
    ]
    if len(found) == 1:
        return found[0]
    if found:
        places = ", ".join(f"{account}/{region}/{name}" for account, region, _ in found)
        raise ConfigurationError(
            f"the inventory {file!r} must be of a repository in one registry, got {name!r}, which"
            f" is in several; write --images {places.split(', ')[0]}={file}, or another of {places}"
        )
    wanted, names = name, [key[2] for key in known]
    if named:
        wanted, names = f"{inventory.account}/{inventory.region}/{name}", list(map("/".join, named))
    raise ConfigurationError(
        f"the inventory {file!r} must be of a repository of the assembly, got {wanted!r};"
        f" {meant(wanted, names)}"
    )


def _keys(deployment: Deployment) -> Iterator[_Key]:
    for registry in deployment.registries:
        for repository in registry.repositories:
            yield str(registry.account), str(registry.region), name_of(repository)
