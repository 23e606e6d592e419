"""What the commands share: statuses, formats, output."""

from __future__ import annotations

import json
import os
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, Final, TypeAlias, cast

import typer

from ecr_constructs.errors import ConfigurationError

if TYPE_CHECKING:
    from rich.console import Console


#: As wide is what is no terminal, in characters.
_UNWRAPPED: Final = 10_000


class Status(IntEnum):
    """The exit statuses of every command."""

    CLEAR = 0  # nothing to say
    FINDINGS = 1  # findings at or above --fail-on
    WRONG = 2  # the input or the usage is wrong


class Format(StrEnum):
    """How a command prints what it found."""

    TABLE = "table"
    JSON = "json"


_ASSEMBLY: Final = typer.Argument(
    metavar="ASSEMBLY",
    help="The directory that `cdk synth` writes, or one template (JSON or YAML).",
    show_default=False,
)
AssemblyArgument: TypeAlias = Annotated[Path, _ASSEMBLY]
OptionalAssemblyArgument: TypeAlias = Annotated[Path | None, _ASSEMBLY]
ParameterOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        help="The value of a template's parameter; may be repeated.",
        show_default=False,
    ),
]
AccountOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="ID",
        help="The account that a lone template would be deployed to; of several registries, the"
        " account of the one that is meant.",
        show_default=False,
    ),
]
RegionOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="REGION",
        help="The Region that a lone template would be deployed to; of several registries, the"
        " Region of the one that is meant.",
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
    """Return the terminal; colour and width follow it, and NO_COLOR is honoured.

    What is no terminal gets its lines whole: a tool that reads them finds an ARN
    in one piece. COLUMNS sets a width there, too.
    """
    from rich.console import Console

    out = Console(stderr=stderr, highlight=False)
    if not out.is_terminal:
        out.file = cast("IO[str]", _Unpadded(out.file))
        if "COLUMNS" not in os.environ:
            out.width = _UNWRAPPED
    return out


class _Unpadded:
    """A stream whose lines end where their text does, and that is otherwise what it wraps."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text without the spaces that fill its lines up."""
        self._stream.write("\n".join(line.rstrip(" ") for line in text.split("\n")))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def read_text(path: Path, what: str) -> str:
    """Read a file that the user named; ``-`` is standard input.

    The mark that editors and shells of Windows put before UTF-8 is no part of it.

    Raises:
        ConfigurationError: If there is no such file, or it is not UTF-8 text.
    """
    try:
        data = typer.get_binary_stream("stdin").read() if str(path) == "-" else path.read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise ConfigurationError(
            f"{what} {str(path)!r} cannot be read ({error.strerror}); name a file that is there,"
            " or '-'"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{what} {str(path)!r} must be UTF-8 text, got byte {error.object[error.start]:#04x} at"
            f" position {error.start}; save it as UTF-8"
        ) from error
