"""Where a review goes: standard output, or a file that is whole or not there."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import Final

import typer

from ecr_constructs.errors import ConfigurationError


class ReviewFormat(StrEnum):
    """How a review is printed."""

    TABLE = "table"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    SARIF = "sarif"


#: The format that a file's name asks for.
_SUFFIXES: Final = {
    ".md": ReviewFormat.MARKDOWN,
    ".markdown": ReviewFormat.MARKDOWN,
    ".html": ReviewFormat.HTML,
    ".htm": ReviewFormat.HTML,
    ".json": ReviewFormat.JSON,
    ".sarif": ReviewFormat.SARIF,
}


def format_of(output: ReviewFormat | None, file: Path | None) -> ReviewFormat:
    """Return the format: the one that is asked for, else that of the file's name, else a table."""
    if output is not None:
        return output
    return ReviewFormat.TABLE if file is None else _SUFFIXES.get(file.suffix, ReviewFormat.TABLE)


def deliver(text: str, file: Path | None) -> None:
    """Write a text to a file, or to standard output for none and for ``-``.

    A file is replaced in one step: who reads it meanwhile has the old one, and a
    failure leaves what was there.

    Raises:
        ConfigurationError: If the file cannot be written.
    """
    data = text.encode("utf-8", "replace")
    if file is None or str(file) == "-":
        typer.get_binary_stream("stdout").write(data)
        return
    try:
        _write(file, data)
    except OSError as error:
        raise ConfigurationError(
            f"output {str(file)!r} cannot be written ({error.strerror}); name a file in a folder"
            " that is there"
        ) from error
    sys.stderr.write(f"ecr-constructs: the review is in {file}\n")


def _write(file: Path, data: bytes) -> None:
    target = file.resolve()
    if target.exists() and not target.is_file():
        target.write_bytes(data)  # a pipe or a device takes no other one in its place
        return
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(_mode(target))
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _mode(target: Path) -> int:
    """Return the permissions of a file that is there, or those that a new one has."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
