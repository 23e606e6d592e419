"""A CDK cloud assembly, or one lone template, as the library's model.

Layer: sources; imports ``model`` only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from ecr_constructs.collector import paused_collector
from ecr_constructs.errors import SourceError
from ecr_constructs.model.identity_cfn import identities_from_cfn
from ecr_constructs.model.problem import problem_at, refuse
from ecr_constructs.model.registry import Declaration, Deployment, Located, Registry
from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.service import patterns
from ecr_constructs.sources.environment import Environment
from ecr_constructs.sources.manifest import read_manifest
from ecr_constructs.sources.opening import Opener
from ecr_constructs.sources.reading import Literals
from ecr_constructs.sources.resources import Found, Harvest, Holder, read_resources
from ecr_constructs.sources.stack import Stack

_NO_PARAMETERS: Final[Mapping[str, str]] = {}


@paused_collector()
def read_assembly(
    path: Path | str,
    *,
    account: str | None = None,
    region: str | None = None,
    parameters: Mapping[str, str] | None = None,
    literals: Literals | None = None,
) -> Deployment:
    """Read the registries that an assembly or a template describes.

    Follows stages, nested stacks and references between stacks. What cannot
    be resolved stays :class:`~ecr_constructs.model.unresolved.Unresolved`; what
    is malformed is listed in the deployment, and the rest is read. Each file is
    read once.

    Args:
        path: The directory that ``cdk synth`` writes, or one template file in
            JSON or YAML.
        account: 12 digits: where a lone template, or a stack without a concrete
            account, would be deployed. Default: not known, and each such stack
            is a registry of its own.
        region: The Region likewise.
        parameters: Values for the templates' parameters, by name. Default: each
            parameter has its default.
        literals: What was read of another assembly, which this one may have
            alike; it is added to. Default: nothing was.

    Raises:
        SourceError: If there is nothing at the path, or it is neither an
            assembly nor a template; one sentence, with the file.
        ConfigurationError: If an account or Region is none, or no template has
            a parameter of a given name.
    """
    opener = open_stacks(
        path, account=account, region=region, parameters=parameters, literals=literals
    )
    return _deployment(opener)


def open_stacks(
    path: Path | str,
    *,
    account: str | None = None,
    region: str | None = None,
    parameters: Mapping[str, str] | None = None,
    literals: Literals | None = None,
) -> Opener:
    """Open the stacks of an assembly or a template; see :func:`read_assembly`."""
    _check_place(account, region)
    path, given = Path(path), parameters or _NO_PARAMETERS
    environment = Environment.of(account, region)
    if path.is_dir():
        opener = Opener(path, literals)
        opener.open_assembly(list(read_manifest(path)), given, environment)
    elif path.exists():
        opener = Opener(path.parent, literals)
        opener.open_template(path.name, given, environment)
    else:
        raise SourceError(
            "an assembly must be a directory or a template file that is there, got"
            f" {str(path)!r}, which does not exist; synthesise the app first, or correct the path"
        )
    _check_parameters(given, opener.stacks)
    return opener


def _deployment(opener: Opener) -> Deployment:
    harvest = Harvest(malformed=opener.malformed)
    registries: dict[tuple[Text, Text, str], list[Found]] = {}
    everywhere: list[Found] = []
    for stack in opener.stacks:
        registry = _registry_of(stack)
        for found in read_resources(stack, opener.paths, harvest):
            if found.kind.holder is Holder.DEPLOYMENT:
                everywhere.append(_placed(found, stack))
            else:
                registries.setdefault(registry, []).append(found)
    identities, malformed = identities_from_cfn(harvest.iam)
    return Deployment(
        registries=tuple(
            Registry(account=account, region=region, **_members(found), **_settings(found))
            for (account, region, _), found in sorted(
                registries.items(), key=lambda item: tuple(map(_known_first, item[0][:2]))
            )
        ),
        malformed=(*harvest.malformed, *(Located(*each) for each in malformed)),
        acknowledgements=tuple(opener.paths.acknowledgements),
        identities=identities,
        **_members(everywhere),
    )


def _placed(found: Found, stack: Stack) -> Found:
    """Return a value that is no registry's with the account and Region of its stack."""
    environment = stack.environment
    value = replace(found.value, account=environment.account, region=environment.region)
    return found._replace(value=value)


def _registry_of(stack: Stack) -> tuple[Text, Text, str]:
    """Return what the stacks of one registry have in common."""
    environment = stack.environment
    while stack.parent is not None:
        stack = stack.parent
    apart = "" if environment.is_known else stack.place.label
    return environment.account, environment.region, apart


def _members(everything: Iterable[Found]) -> dict[str, Any]:
    """Return the members of which there may be several, each in its order."""
    members: dict[str, list[Found]] = {}
    for found in everything:
        if found.kind.holder is not Holder.REGISTRY_ONCE:
            members.setdefault(found.kind.member, []).append(found)
    return {
        member: tuple(each.value for each in sorted(found, key=lambda f: f.kind.order(f.value)))
        for member, found in members.items()
    }


def _settings(everything: Sequence[Found]) -> dict[str, Any]:
    """Return what a registry has once, and which resources say so."""
    once = [found for found in everything if found.kind.holder is Holder.REGISTRY_ONCE]
    settings: dict[str, list[Found]] = {}
    for found in once:
        settings.setdefault(found.kind.member, []).append(found)
    return {
        "retained": frozenset(
            found.origin for found in everything if found.deletion_policy.startswith("Retain")
        ),
        **{member: _agreed(found) for member, found in settings.items()},
        "declarations": tuple(
            Declaration(found.kind.member, found.origin, found.exemptions, found.deletion_policy)
            for found in once
        ),
    }


def _agreed(found: Sequence[Found]) -> Any:
    """Return what all say; unknown where they differ, as one of them will not be deployed."""
    first, *others = found
    if all(other.value == first.value for other in others):
        return first.value
    names = (f"{each.origin.stack}.{each.origin.logical_id}" for each in found)
    return Unresolved.of(" or ".join(names))


def _known_first(text: Text) -> tuple[bool, str]:
    return (not isinstance(text, str), str(text))


def _check_place(account: str | None, region: str | None) -> None:
    for name, value, pattern, wanted in (
        ("account", account, patterns.ACCOUNT_ID, "12 digits"),
        ("region", region, patterns.REGION, "a Region such as 'eu-west-1'"),
    ):
        if value is not None and not pattern.fullmatch(value):
            fix = "write it as the console shows it"
            refuse([problem_at(name, f"{name} must be {wanted}, got {value!r}", fix)])


def _check_parameters(given: Mapping[str, str], stacks: Iterable[Stack]) -> None:
    declared = {name for stack in stacks if stack.parent is None for name in stack.parameters}
    unknown = sorted(set(given) - declared)
    if unknown:
        names = ", ".join(map(repr, sorted(declared))) or "none"
        refuse(
            [
                problem_at(
                    "parameters",
                    f"parameters must be ones that a template has, got {name!r}",
                    f"the templates have {names}",
                )
                for name in unknown
            ]
        )
