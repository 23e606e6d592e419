"""A file that is written whole or not at all, whoever reads it meanwhile."""

from __future__ import annotations

import contextlib
import gzip
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import typer

from ecr_constructs.errors import ConfigurationError


@contextmanager
def whole_file(file: Path | None) -> Iterator[IO[bytes]]:
    """Open a file to write; it takes the place of the one that is there when all is written.

    A failure leaves what was there. A pipe or a device is written to as it is,
    and so is standard output, for none and for ``-``.

    Args:
        file: The file; a name that ends with ``.gz`` asks for gzip.

    Raises:
        ConfigurationError: If it cannot be written.
    """
    if file is None or str(file) == "-":
        yield typer.get_binary_stream("stdout")
        return
    target = file.resolve()
    try:
        if target.exists() and not target.is_file():
            with target.open("wb") as stream:
                yield stream
        else:
            with _beside(target) as stream:
                yield stream
    except OSError as error:
        raise ConfigurationError(
            f"output {str(file)!r} cannot be written ({error.strerror}); name a file in a folder"
            " that is there"
        ) from error


@contextmanager
def _beside(target: Path) -> Iterator[IO[bytes]]:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            if target.suffix == ".gz":
                # Without a time in it, so that the same content is the same file.
                with gzip.GzipFile(target.stem, "wb", fileobj=stream, mtime=0) as packed:
                    yield cast("IO[bytes]", packed)
            else:
                yield stream
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
