"""`ecr-constructs review`: what the registries are, and what changes.

What a command needs is imported when it runs: every command starts with all of
this file.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ecr_constructs.cli._common import (
    AccountOption,
    AssemblyArgument,
    RegionOption,
    Status,
    console,
)

if TYPE_CHECKING:
    from ecr_constructs.review import Review


def review(
    assembly: AssemblyArgument,
    *,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="OLDER", help="The older side, to tell what changes.", show_default=False
        ),
    ] = None,
    account: AccountOption = None,
    region: RegionOption = None,
) -> int:
    """Review what the registries of an assembly are, and what changes.

    \b
    ecr-constructs review cdk.out
    ecr-constructs review cdk.out --against main.out
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from ecr_constructs.review import review as review_assembly
    from ecr_constructs.review.render.terminal import render_review

    result: Review = review_assembly(assembly, against=against, account=account, region=region)
    render_review(result, console())
    return Status.CLEAR
