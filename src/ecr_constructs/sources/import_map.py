"""Which resources of a stack may be there already, by what identifies them for an import.

Layer: sources; imports ``model`` and ``service`` only.

Source: the primary identifiers in the schemas of the CloudFormation registry. ``cdk import``
takes them as a file: logical id -> {property: value}.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.unresolved import is_known
from ecr_constructs.sources.assembly import open_stacks
from ecr_constructs.sources.physical import arn_of
from ecr_constructs.sources.resources import may_exist, type_of
from ecr_constructs.sources.stack import Declared, Stack

_REGISTRY: Final = "RegistryId"
#: An attribute: it is known where the name is.
_ARN: Final = "Arn"
#: Type of resource -> the property that identifies one.
IDENTIFIERS: Final = {
    "AWS::ECR::PublicRepository": "RepositoryName",
    "AWS::ECR::PullThroughCacheRule": "EcrRepositoryPrefix",
    "AWS::ECR::PullTimeUpdateExclusion": "PrincipalArn",
    "AWS::ECR::RegistryPolicy": _REGISTRY,
    "AWS::ECR::RegistryScanningConfiguration": _REGISTRY,
    "AWS::ECR::ReplicationConfiguration": _REGISTRY,
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::ECR::RepositoryCreationTemplate": "Prefix",
    "AWS::ECR::SigningConfiguration": _REGISTRY,
    "AWS::Signer::SigningProfile": _ARN,
}
#: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-import.html
_AT_ONCE: Final = 200
_NAMED: Final = re.compile(r"\$\{([A-Za-z0-9]+)(?:\.[^}]*)?\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMap:
    """What one stack can import.

    Attributes:
        stack: The stack's name.
        identifiers: Logical id -> the property that identifies it, and its value.
        notes: What cannot be in it, and what has to be there first; a sentence each.
    """

    stack: str
    identifiers: dict[str, dict[str, str]]
    notes: tuple[str, ...]


def read_import_map(
    path: Path | str,
    *,
    stack: str | None = None,
    account: str | None = None,
    region: str | None = None,
) -> ImportMap:
    """Return what a stack of an assembly, or a template, can import of Amazon ECR.

    Args:
        path: The directory that ``cdk synth`` writes, or one template.
        stack: The stack's name, or its path in the app. Default: the one that
            has something to import.
        account: 12 digits, for stacks without a concrete account. Default: not known.
        region: The Region likewise.

    Raises:
        SourceError: If there is no assembly and no template at the path.
        ConfigurationError: If there is no such stack, several could be meant,
            there is nothing to import, or the account is not known.
    """
    stacks = open_stacks(path, account=account, region=region).stacks
    chosen = _choose(stacks, stack)
    found = list(_importable(chosen))
    identifiers: dict[str, dict[str, str]] = {}
    notes: list[str] = []
    for declared, property_name in found:
        value = _identifier(chosen, declared, property_name)
        if value is None:
            notes.append(
                f"{declared.logical_id} is left out, as its {property_name} is not known before"
                f' deployment; add "{declared.logical_id}": {{"{property_name}": "..."}} by hand'
            )
        else:
            identifiers[declared.logical_id] = {property_name: value}
    notes += _missing(chosen, (each for each, _ in found), identifiers)
    notes += (
        f"{nested.place.name} is left out, as `cdk import` cannot import into a nested stack; move"
        " its resources into the stack that holds it first"
        for nested in stacks
        if nested.parent is not None and _root(nested) is chosen and list(_importable(nested))
    )
    if len(identifiers) > _AT_ONCE:
        notes.append(
            f"{len(identifiers)} resources are too many for one import, which takes {_AT_ONCE};"
            " import in several steps, each with a part of the file"
        )
    return ImportMap(stack=chosen.place.name, identifiers=identifiers, notes=tuple(notes))


def _choose(stacks: Sequence[Stack], name: str | None) -> Stack:
    tops = [each for each in stacks if each.parent is None]
    if name is not None:
        named = [each for each in tops if name in (each.place.name, each.place.construct_path)]
        if len(named) == 1:
            return named[0]
        if named:
            paths = ", ".join(str(each.place.construct_path) for each in named)
            raise ConfigurationError(
                f"--stack must name one stack, got {name!r}, which is {paths}; write its path"
            )
        names = [each.place.name for each in tops]
        close = difflib.get_close_matches(name, names, n=1)
        meant = repr(close[0]) if close else f"one of {', '.join(names)}"
        raise ConfigurationError(
            f"--stack must name a stack of the assembly, got {name!r}; write {meant}"
        )
    candidates = [each for each in tops if any(map(_is_of_ecr, _importable(each)))]
    if not candidates:
        raise ConfigurationError(
            "an assembly must have resources of Amazon ECR to import, got none; name another one"
        )
    if len(candidates) > 1:
        names = [each.place.name for each in candidates]
        raise ConfigurationError(
            f"--stack must be given, as `cdk import` takes one stack at a time, got none of"
            f" {', '.join(names)}; write for example --stack {names[0]}"
        )
    return candidates[0]


def _importable(stack: Stack) -> Iterator[tuple[Declared, str]]:
    for declared in stack.declared:
        kind = type_of(stack, declared)
        if kind in IDENTIFIERS and not declared.variables and may_exist(stack, declared):
            yield declared, IDENTIFIERS[kind]


def _is_of_ecr(found: tuple[Declared, str]) -> bool:
    """Tell that it is no signing profile, which may be there for Lambda functions."""
    return found[1] != _ARN


def _identifier(stack: Stack, declared: Declared, property_name: str) -> str | None:
    """Return what identifies a resource, None where it is not known.

    Raises:
        ConfigurationError: If it is the account, and that is not known.
    """
    if property_name == _REGISTRY:
        account = stack.environment.account
        if not isinstance(account, str):
            raise ConfigurationError(
                f"the account must be known to import {declared.logical_id}, got a stack without;"
                " write --account ID"
            )
        return account
    if property_name == _ARN:
        arn = arn_of(stack, declared.logical_id, declared.body)
        return arn if isinstance(arn, str) and is_known(arn) else None
    properties = declared.body.get("Properties")
    value = stack.resolve(properties.get(property_name) if isinstance(properties, dict) else None)
    return value if isinstance(value, str) and is_known(value) else None


def _missing(
    stack: Stack, imported: Iterable[Declared], identifiers: dict[str, dict[str, str]]
) -> Iterator[str]:
    """Yield which resources refer to one that is not imported with them."""
    for declared in imported:
        if declared.logical_id not in identifiers:
            continue
        needs = sorted({*_names(declared.body)} & {*stack.resources} - {*identifiers})
        if needs:
            yield (
                f"{declared.logical_id} refers to {', '.join(needs)}, which an import does not"
                " make; deploy without it first, then import"
            )


def _names(value: Any) -> Iterator[str]:
    """Yield the logical ids that a part of a template may refer to."""
    if isinstance(value, dict):
        yield from _referred_to(value)
        for name, below in value.items():
            if name == "DependsOn":
                yield from [below] if isinstance(below, str) else filter(_is_text, below)
            elif name != "Metadata":
                yield from _names(below)
    elif isinstance(value, list):
        for below in value:
            yield from _names(below)


def _referred_to(value: dict[str, Any]) -> Iterator[str]:
    """Yield the logical ids that one intrinsic names."""
    match value:
        case {"Ref": str() as name} | {"Fn::GetAtt": [str() as name, *_]}:
            yield name
        case {"Fn::GetAtt": str() as name}:
            yield name.partition(".")[0]
        case {"Fn::Sub": str() as text} | {"Fn::Sub": [str() as text, *_]}:
            yield from _NAMED.findall(text)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _root(stack: Stack) -> Stack:
    while stack.parent is not None:
        stack = stack.parent
    return stack
