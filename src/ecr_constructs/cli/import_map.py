"""`ecr-constructs import-map`: the file that `cdk import` takes.

What a command needs is imported when it runs: every command starts with all of
this file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ecr_constructs.cli._common import (
    AccountOption,
    AssemblyArgument,
    RegionOption,
    Status,
)
from ecr_constructs.cli._whole_file import whole_file


def import_map(
    assembly: AssemblyArgument,
    *,
    stack: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The stack, by its name or its path in the app; needed where several could be.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write to a file, or to standard output for -.",
            show_default=False,
        ),
    ] = None,
    account: AccountOption = None,
    region: RegionOption = None,
) -> int:
    """Write which resources of a stack `cdk import` finds where, for a registry that is there.

    A registry that has a policy, replication or repositories already fails a
    first deployment with AlreadyExists: they have to be imported. Drop from the
    file what is not there yet.

    \b
    ecr-constructs import-map cdk.out --stack Main -o import.json
    cdk import Main --resource-mapping import.json
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from ecr_constructs.model.words import plural
    from ecr_constructs.sources.import_map import read_import_map

    found = read_import_map(assembly, stack=stack, account=account, region=region)
    for note in found.notes:
        typer.echo(f"note: {note}", err=True)
    with whole_file(output) as stream:
        stream.write(f"{json.dumps(found.identifiers, indent=2)}\n".encode())
    if output is not None and str(output) != "-":
        count = len(found.identifiers)
        typer.echo(
            f"{plural(count, 'resource')} of {found.stack} {'is' if count == 1 else 'are'} in"
            f" {output}; drop what is not there yet, as only what is there can be imported",
            err=True,
        )
    return Status.CLEAR
