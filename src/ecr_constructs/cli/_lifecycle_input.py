"""What the lifecycle commands read beside policies: inventories, times."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ecr_constructs.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecr_constructs.lifecycle.inventory import Inventory

#: Bytes that take long enough to read for a person to wonder.
_LARGE: Final = 5_000_000


def moment(text: str | None) -> datetime:
    """Return the time that an option gives, or the present.

    Raises:
        ConfigurationError: If it is no time with a time zone.
    """
    if text is None:
        return datetime.now(tz=UTC)
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise ConfigurationError(
            f"--now must be a time with a time zone, got {text!r}; write it as 2026-01-31T12:00:00Z"
        )
    return time


def inventory_in(path: Path) -> Inventory:
    """Read an inventory from a file or, for ``-``, from standard input; show how far it is.

    Raises:
        SourceError: If there is none, or not a whole one.
    """
    from ecr_constructs.lifecycle.inventory import parse_inventory, read_inventory

    if str(path) == "-":
        return parse_inventory(sys.stdin.buffer, name="standard input")
    if sys.stderr.isatty() and path.is_file() and path.stat().st_size > _LARGE:
        return _with_progress(path, read_inventory)
    return read_inventory(path)


def _with_progress(path: Path, read: Callable[..., Inventory]) -> Inventory:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    from ecr_constructs.cli._common import console

    columns = (TextColumn("reading"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=path.stat().st_size)
        return read(path, on_progress=lambda done: progress.update(task, completed=done))


def one_standard_input(*paths: Path | None) -> None:
    """Refuse to read two things from standard input.

    Raises:
        ConfigurationError: If more than one path is ``-``.
    """
    if [str(path) for path in paths].count("-") > 1:
        raise ConfigurationError("standard input can be read once, got - twice; name a file")
