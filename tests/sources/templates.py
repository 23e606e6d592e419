"""Templates as test cases: what a value in one becomes, what a whole one is read as."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ecr_constructs.model.registry import Deployment
from ecr_constructs.model.repository import Repository
from ecr_constructs.sources.assembly import read_assembly
from ecr_constructs.sources.environment import Environment
from ecr_constructs.sources.links import Links
from ecr_constructs.sources.reading import Reading
from ecr_constructs.sources.stack import Place, Stack

ACCOUNT: Final = "111122223333"
REGION: Final = "eu-west-1"


def stack_of(
    *,
    account: str | None = ACCOUNT,
    region: str | None = REGION,
    given: Mapping[str, Any] | None = None,
    **sections: Any,
) -> Stack:
    """Return a stack ``Main`` of a template with these sections."""
    return Stack(
        Place(name="Main", label="Main", template="Main.template.json"),
        sections,
        Environment.of(account, region),
        given=given or {},
        reading=Reading(),
        links=Links(),
    )


def resolved(value: Any, **options: Any) -> Any:
    """Return what a value becomes in a template with these sections."""
    return stack_of(**options).resolve(value)


def shown(value: Any, **options: Any) -> str:
    """Return the text of what a value becomes, its unknown parts as ``${name}``."""
    return str(resolved(value, **options))


def write(path: Path, document: Any) -> Path:
    """Write a JSON file, its folders too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def read(tmp_path: Path, **sections: Any) -> Deployment:
    """Read a lone template with these sections."""
    path = write(tmp_path / "Main.template.json", sections)
    return read_assembly(path, account=ACCOUNT, region=REGION)


def repository(**properties: Any) -> dict[str, Any]:
    """Return the declaration of a repository."""
    return {"Type": "AWS::ECR::Repository", "Properties": properties}


def repositories(deployment: Deployment) -> list[Repository]:
    """Return the repositories of all registries."""
    return [each for registry in deployment.registries for each in registry.repositories]


def the_repository(tmp_path: Path, **sections: Any) -> Repository:
    """Read a lone template and return its one repository."""
    (only,) = repositories(read(tmp_path, **sections))
    return only
