"""What a cloud assembly says that it holds: its stacks, and those of its stages.

Layer: sources; imports ``errors`` only.

Source: the cloud assembly's schema, which aws-cdk-lib ships as
``@aws-cdk/cloud-assembly-schema``. Its version is not checked: a newer one is
read as long as what is read here has kept its shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ecr_constructs.errors import SourceError
from ecr_constructs.sources.documents import read_json
from ecr_constructs.sources.reading import show

_MANIFEST: Final = "manifest.json"
_STACK: Final = "aws:cloudformation:stack"
_NESTED_ASSEMBLY: Final = "cdk:cloud-assembly"
_UNKNOWN_ACCOUNT: Final = "unknown-account"
_UNKNOWN_REGION: Final = "unknown-region"


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A stack that a manifest names.

    Attributes:
        name: The stack's name.
        template: The template's path below the assembly, with ``/``.
        account: 12 digits; None for a stack without a concrete account.
        region: The Region, or None likewise.
        construct_path: The stack's construct path.
        parameters: Values that the assembly gives to the template's parameters.
        metadata: What CDK wrote about the stack's constructs.
    """

    name: str
    template: str
    account: str | None
    region: str | None
    construct_path: str
    parameters: Mapping[str, Any]
    metadata: object


def read_manifest(root: Path) -> Iterator[Artifact]:
    """Yield the stacks of an assembly in the order of its manifests.

    Args:
        root: The directory that ``cdk synth`` writes.

    Raises:
        SourceError: If there is no manifest, it is none, or it names files
            that are not in the assembly.
    """
    pending, seen = [""], {""}
    while pending:
        folder = pending.pop(0)
        for key, artifact in _artifacts(root, folder).items():
            kind = artifact.get("type")
            properties = _object(artifact.get("properties"))
            if kind == _STACK:
                yield _stack(root, folder, key, artifact)
            elif kind == _NESTED_ASSEMBLY and isinstance(properties.get("directoryName"), str):
                below = inside(root, folder, properties["directoryName"])
                if below is None:
                    raise _outside(root, folder, properties["directoryName"])
                if below not in seen:
                    seen.add(below)
                    pending.append(below)


def inside(root: Path, folder: str, name: str) -> str | None:
    """Return the path below ``root`` of a file named in a folder; None if it lies outside."""
    base = root.resolve()
    try:
        path = (base / folder / name).resolve()
        return path.relative_to(base).as_posix().removeprefix(".")
    except (ValueError, OSError):  # outside; or a name that no file system takes
        return None


def _artifacts(root: Path, folder: str) -> dict[str, dict[str, Any]]:
    path = root / folder / _MANIFEST
    if not path.is_file():
        raise SourceError(
            f"an assembly must be a directory with {_MANIFEST!r}, got one without; give the"
            " directory that cdk synth writes, such as cdk.out, or one template file",
            path=str(path.parent),
        )
    manifest = read_json(path, name="a manifest")
    artifacts = manifest.get("artifacts", {}) if isinstance(manifest, dict) else None
    if not isinstance(artifacts, dict):
        version = show(manifest.get("version") if isinstance(manifest, dict) else manifest)
        raise SourceError(
            f"a manifest must have an object 'artifacts', got {show(artifacts)} in schema version"
            f" {version}; synthesise with a release of aws-cdk-lib that writes one",
            path=str(path),
        )
    return {key: artifact for key, artifact in artifacts.items() if isinstance(artifact, dict)}


def _stack(root: Path, folder: str, key: str, artifact: Mapping[str, Any]) -> Artifact:
    properties = _object(artifact.get("properties"))
    file = properties.get("templateFile")
    template = inside(root, folder, file) if isinstance(file, str) else None
    if template is None:
        raise _outside(root, folder, file)
    if not (root / template).is_file():
        raise SourceError(
            f"a manifest must name templates that are there, got {file!r} of stack {key!r};"
            " synthesise the app again",
            path=str(root / folder / _MANIFEST),
        )
    account, region = _environment(artifact.get("environment"))
    return Artifact(
        name=_text(properties.get("stackName"), key),
        template=template,
        account=account,
        region=region,
        construct_path=_text(artifact.get("displayName"), key),
        parameters=_object(properties.get("parameters")),
        metadata=_metadata(root, folder, artifact),
    )


def _environment(value: object) -> tuple[str | None, str | None]:
    """Return account and Region of ``aws://111111111111/eu-west-1``."""
    text = value if isinstance(value, str) else ""
    account, _, region = text.removeprefix("aws://").partition("/")
    return (
        None if account in {"", _UNKNOWN_ACCOUNT} else account,
        None if region in {"", _UNKNOWN_REGION} else region,
    )


def _metadata(root: Path, folder: str, artifact: Mapping[str, Any]) -> object:
    file = artifact.get("additionalMetadataFile")
    if isinstance(file, str):
        found = inside(root, folder, file)
        if found is not None and (root / found).is_file():
            return read_json(root / found, name="a stack's metadata")
    return artifact.get("metadata")


def _outside(root: Path, folder: str, file: object) -> SourceError:
    return SourceError(
        f"a manifest must name files of its own assembly, got {show(file)}; synthesise the app"
        " again",
        path=str(root / folder / _MANIFEST),
    )


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object, default: str) -> str:
    return value if isinstance(value, str) and value else default
