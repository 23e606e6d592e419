"""What the commands share that read a live registry: options, progress, usage.

What reads it is imported when it is used: every command starts with all of this
file.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from ecr_constructs.errors import ConfigurationError

if TYPE_CHECKING:
    from ecr_constructs.model.registry import Deployment
    from ecr_constructs.sources.aws import EcrApi

LiveOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--live", help="Read the registry that the AWS credentials are of, in place of ASSEMBLY."
    ),
]
ProfileOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="PROFILE",
        help="The profile of the AWS credentials. Default: as the AWS CLI chooses.",
        show_default=False,
    ),
]
PlaceAccountOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="ID",
        help="The account that a lone template would be deployed to, or that a live registry"
        " must be of.",
        show_default=False,
    ),
]
PlaceRegionOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="REGION",
        help="The Region that a lone template would be deployed to, or that a live registry is in.",
        show_default=False,
    ),
]
LiveRegionOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="REGION",
        help="The registry's Region. Default: as the AWS CLI chooses.",
        show_default=False,
    ),
]


def given_side(
    assembly: Path | None,
    *,
    live: bool,
    profile: str | None,
    parameter: Sequence[str] | None,
    command: str,
) -> Path | None:
    """Return the assembly that a command is about; None for the live registry.

    Raises:
        ConfigurationError: If neither or both are given, or an option of the
            other one.
    """
    if assembly is None and not live:
        raise ConfigurationError(
            f"missing argument 'ASSEMBLY', or --live; see `ecr-constructs {command} --help`"
        )
    if live and assembly is not None:
        raise ConfigurationError(
            f"--live must stand in place of an assembly, got {str(assembly)!r} too; drop one of"
            " the two"
        )
    if live and parameter:
        raise ConfigurationError(
            "--parameter must be of a template, got a live registry; drop one of the two"
        )
    if profile is not None and not live:
        raise ConfigurationError(
            f"--profile must be of a live registry, got none; write --live, or drop {profile!r}"
        )
    return assembly


def connection(*, profile: str | None, region: str | None) -> EcrApi:
    """Return the API of the registry that the credentials are of."""
    from ecr_constructs.sources.aws import connect

    return connect(profile=profile, region=region)


def read_live(*, profile: str | None, account: str | None, region: str | None) -> Deployment:
    """Read the live registry; show how far it is where somebody looks on.

    Raises:
        SourceError: If it cannot be read whole.
    """
    from ecr_constructs.sources.aws import read_registry

    api = connection(profile=profile, region=region)
    if not sys.stderr.isatty():
        return read_registry(api, account=account)
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from ecr_constructs.cli._common import console

    columns = (TextColumn("reading repositories"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        return read_registry(
            api,
            account=account,
            on_progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
