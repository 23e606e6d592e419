"""`ecr-constructs images`: the images of a live repository.

What a command needs is imported when it runs: every command starts with all of
this file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ecr_constructs.cli._common import Status
from ecr_constructs.cli._live import LiveRegionOption, ProfileOption, connection
from ecr_constructs.cli._whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecr_constructs.sources.aws import EcrApi
    from ecr_constructs.sources.aws.images import ImageDetails

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Export the images of a live repository, for the other commands to work on.",
)


@app.callback()
def images() -> None:
    """Export the images of a live repository, for the other commands to work on."""


@app.command(short_help="Write the inventory of a live repository.")
def export(
    repository: Annotated[str, typer.Argument(metavar="REPOSITORY", help="The repository's name.")],
    *,
    file: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write it to a file, gzip where its name ends with .gz.",
            show_default=False,
        ),
    ] = None,
    profile: ProfileOption = None,
    region: LiveRegionOption = None,
) -> int:
    """Write the inventory of a live repository, as the lifecycle commands read it.

    It is what `aws ecr describe-images` prints, of images in the archive too,
    and tells with each image which indexes list it (referencedBy): those keep
    it. Nothing is written to the registry. FILE is whole or not there.

    \b
    ecr-constructs images export payments/api -o images.json
    ecr-constructs images export payments/api --profile production -o images.json.gz
    ecr-constructs lifecycle preview --policy policy.json --images images.json
    """  # noqa: D301 - \b keeps the lines of the examples apart
    api = connection(profile=profile, region=region)
    # First all that is asked of AWS, then the output: half of it is no inventory.
    with read(api, repository) as details, whole_file(file) as stream:
        comma = ""
        stream.write(b'{"imageDetails": [')
        for detail in details:
            stream.write(f"{comma}\n{json.dumps(detail)}".encode())
            comma = ","
        stream.write(b"\n]}\n" if comma else b"]}\n")
        count = len(details)
    if file is not None and str(file) != "-":
        what = f"{count:,} image{'s' * (count != 1)} of {repository}"
        sys.stderr.write(f"ecr-constructs: {what} in {file}\n")
    return Status.CLEAR


@contextmanager
def read(api: EcrApi, repository: str) -> Iterator[ImageDetails]:
    """Read the images of a repository; show how far it is where somebody looks on."""
    from ecr_constructs.sources.aws.images import read_images

    with _progress() as on_progress:
        details = read_images(api, repository, on_progress=on_progress)
    with details:
        yield details


@contextmanager
def _progress() -> Iterator[Callable[[int], None] | None]:
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn

    from ecr_constructs.cli._common import console

    columns = (SpinnerColumn(), TextColumn("reading images: {task.completed:,.0f}"))
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda done: progress.update(task, completed=done)
