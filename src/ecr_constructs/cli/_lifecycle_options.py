"""The options that the lifecycle commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

_IMAGES: Final = typer.Option(
    metavar="INVENTORY",
    help="What `aws ecr describe-images --output json` printed, gzip too; - for stdin.",
    show_default=False,
)
ImagesOption: TypeAlias = Annotated[Path, _IMAGES]
OptionalImagesOption: TypeAlias = Annotated[Path | None, _IMAGES]
NowOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="ISO8601",
        help="The time to judge at, with a time zone. Default: now.",
        show_default=False,
    ),
]
RepositoryOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The repository in ASSEMBLY: its name or construct path.",
        show_default=False,
    ),
]
AllOption: TypeAlias = Annotated[bool, typer.Option("--all", help="Show long lists in full.")]
ChildrenOption: TypeAlias = Annotated[
    bool,
    typer.Option(help="Count untagged manifests that an index lists; ECR does not document it."),
]
ReferrersOption: TypeAlias = Annotated[
    bool,
    typer.Option(help="Let rules select signatures and SBOMs; ECR does not document it."),
]


class PreviewGate(StrEnum):
    """What makes the status of a preview 1."""

    EXPIRE = "expire"
    ARCHIVE = "archive"
    NEVER = "never"

    @property
    def counted(self) -> frozenset[str]:
        """The outcomes that do."""
        return {
            PreviewGate.EXPIRE: frozenset({"expire"}),
            PreviewGate.ARCHIVE: frozenset({"expire", "archive"}),
            PreviewGate.NEVER: frozenset[str](),
        }[self]


class CompareGate(StrEnum):
    """What makes the status of a comparison 1."""

    DELETE = "delete"
    ARCHIVE = "archive"
    NEVER = "never"
