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
PrintedOption: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="PATH",
        help="In place of asking AWS, take what `aws ecr ... --output json` printed, from a file or"
        " a folder; may be repeated.",
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


def given_side(assembly: Path | None, *, live: bool, command: str) -> Path | None:
    """Return the assembly that a command is about; None for the live registry.

    Raises:
        ConfigurationError: If neither or both are given.
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
    return assembly


def refuse_idle(
    *,
    live: bool,
    template: bool,
    profile: str | None,
    printed: Sequence[Path] | None,
    parameter: Sequence[str] | None,
) -> None:
    """Refuse options that would do nothing.

    Args:
        live: Whether a live registry is read.
        template: Whether templates are read.
        profile: The profile of the credentials.
        printed: What the AWS CLI printed.
        parameter: The values of templates' parameters.

    Raises:
        ConfigurationError: If there is one.
    """
    if parameter and not template:
        raise ConfigurationError(
            "--parameter must be of a template, got a live registry; drop one of the two"
        )
    for name, value in (("--profile", profile), ("--printed", printed and str(printed[0]))):
        if value and not live:
            raise ConfigurationError(
                f"{name} must be of a live registry, got none; write --live, or drop {value!r}"
            )
    if printed and profile is not None:
        raise ConfigurationError(
            f"--printed must stand in place of asking AWS, got --profile {profile} too; drop one of"
            " the two"
        )


def connection(*, profile: str | None, region: str | None) -> EcrApi:
    """Return the API of the registry that the credentials are of."""
    from ecr_constructs.sources.aws import connect

    return connect(profile=profile, region=region)


def read_live(
    *,
    profile: str | None,
    account: str | None,
    region: str | None,
    printed: Sequence[Path] | None = None,
) -> Deployment:
    """Read the live registry; show how far it is where somebody looks on.

    Args:
        profile: The profile of the credentials.
        account: The account that it must be of.
        region: Its Region.
        printed: What the AWS CLI printed of it, in place of asking AWS.

    Raises:
        SourceError: If it cannot be read whole.
    """
    from ecr_constructs.sources.aws import read_printed, read_registry

    if printed:
        return read_printed(printed, account=account, region=region)
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
