"""What the commands share: statuses, formats, output."""

from __future__ import annotations

import json
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from ecr_constructs.errors import ConfigurationError

if TYPE_CHECKING:
    from rich.console import Console


class Status(IntEnum):
    """The exit statuses of every command."""

    CLEAR = 0  # nothing to say
    FINDINGS = 1  # findings at or above --fail-on
    WRONG = 2  # the input or the usage is wrong


class Format(StrEnum):
    """How a command prints what it found."""

    TABLE = "table"
    JSON = "json"


AssemblyArgument: TypeAlias = Annotated[
    Path,
    typer.Argument(
        metavar="ASSEMBLY",
        help="The directory that `cdk synth` writes, or one template (JSON or YAML).",
        show_default=False,
    ),
]
AccountOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="ID",
        help="The account that a lone template would be deployed to.",
        show_default=False,
    ),
]
RegionOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="REGION",
        help="The Region that a lone template would be deployed to.",
        show_default=False,
    ),
]
FormatOption: TypeAlias = Annotated[
    Format, typer.Option("--format", help="A table for people, or one JSON document.")
]


def print_json(document: Any) -> None:
    """Print one JSON document and nothing else."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))


def console(*, stderr: bool = False) -> Console:
    """Return the terminal; colour and width follow it, and NO_COLOR is honoured."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def read_text(path: Path, what: str) -> str:
    """Read a file that the user named; ``-`` is standard input.

    Raises:
        ConfigurationError: If there is no such file, or it is not UTF-8 text.
    """
    try:
        if str(path) == "-":
            return typer.get_text_stream("stdin", encoding="utf-8").read()
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigurationError(
            f"{what} {str(path)!r} cannot be read ({reason}); name a file that is there, or '-'"
        ) from error


def write_text(path: Path, text: str) -> None:
    """Write a file that the user named, whole or not at all.

    Raises:
        ConfigurationError: If it cannot be written.
    """
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ConfigurationError(
            f"{str(path)!r} cannot be written ({error.strerror}); name a file in a folder that is"
            " there"
        ) from error
