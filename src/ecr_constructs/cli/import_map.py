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
    print_json,
    write_text,
)


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
        typer.Option("--output", "-o", metavar="FILE", help="Write to a file.", show_default=False),
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
    from ecr_constructs.sources.import_map import read_import_map

    found = read_import_map(assembly, stack=stack, account=account, region=region)
    for note in found.notes:
        typer.echo(f"note: {note}", err=True)
    if output is None:
        print_json(found.identifiers)
        return Status.CLEAR
    write_text(output, json.dumps(found.identifiers, indent=2) + "\n")
    typer.echo(
        f"{len(found.identifiers)} resources of {found.stack} are in {output}; drop what is not"
        " there yet, as only what is there can be imported",
        err=True,
    )
    return Status.CLEAR
