"""Finding the repository that is meant.

Layer: access; imports ``model`` only.
"""

from __future__ import annotations

from collections.abc import Iterable

from ecr_constructs.access.target import Target
from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.registry import Deployment
from ecr_constructs.model.words import meant


def find_repository(
    deployment: Deployment,
    repository: str,
    *,
    account: str | None = None,
    region: str | None = None,
) -> Target:
    """Return the repository of a name.

    Args:
        deployment: The registries to look in.
        repository: Its name, its construct path, or its logical id where
            CloudFormation makes up the name.
        account: Which account it is in, if it is in several.
        region: Which Region it is in, if it is in several.

    Raises:
        ConfigurationError: If there is none, or more than one.
    """
    found = repositories_named(deployment, repository, account=account, region=region)
    if len(found) > 1:
        raise ConfigurationError(
            f"repository must be in one registry, got {repository!r}, which is in"
            f" {_places(found)}; write --account and --region, or its construct path"
        )
    return found[0]


def repositories_named(
    deployment: Deployment,
    repository: str,
    *,
    account: str | None = None,
    region: str | None = None,
) -> list[Target]:
    """Return the repositories of a name, one or more; see :func:`find_repository`.

    Raises:
        ConfigurationError: If there is none.
    """
    everything = [
        Target(registry, each)
        for registry in deployment.registries
        for each in registry.repositories
    ]
    named = [each for each in everything if repository in _names(each)]
    found = [each for each in named if _is_at(each, account, region)]
    if found:
        return found
    if named:
        raise ConfigurationError(
            f"repository {repository!r} must be in the account and Region that are named,"
            f" got {account or 'any account'} and {region or 'any Region'}; it is in"
            f" {_places(named)}"
        )
    names = [name for each in everything for name in _names(each)]
    fix = meant(repository, names)
    if not fix.startswith("did"):
        # The construct paths would say each of them again.
        fix = meant(repository, map(_name, everything))
    raise ConfigurationError(
        f"repository must be one of the assembly's {len(everything)}, got {repository!r}; {fix}"
    )


def _name(target: Target) -> str:
    """Return what a user calls a repository first."""
    repository, origin = target.repository, target.repository.origin
    if repository.repository_name is not None or origin is None:
        return str(repository.repository_name)
    return origin.construct_path or origin.logical_id


def _names(target: Target) -> set[str]:
    repository, origin = target.repository, target.repository.origin
    names = set()
    if repository.repository_name is not None:
        names.add(str(repository.repository_name))
    if origin is not None:
        if repository.repository_name is None:
            names.add(origin.logical_id)
        if origin.construct_path is not None:
            names |= {origin.construct_path, origin.construct_path.removesuffix("/Resource")}
    return names


def _is_at(target: Target, account: str | None, region: str | None) -> bool:
    """Tell whether a repository is, or may turn out to be, in an account and Region."""
    registry = target.registry
    return all(
        wanted is None or not isinstance(known, str) or known == wanted
        for wanted, known in ((account, registry.account), (region, registry.region))
    )


def _places(targets: Iterable[Target]) -> str:
    return ", ".join(sorted(f"{each.registry.account}/{each.registry.region}" for each in targets))
