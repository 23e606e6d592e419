"""Where a review goes: standard output, or a file that is whole or not there."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from ecr_constructs.cli._whole_file import whole_file
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
    ".txt": ReviewFormat.TABLE,
    "": ReviewFormat.TABLE,
}
#: What else a file of such a name may hold. SARIF is JSON, and any of them is text.
_TAKES: Final = {
    ".json": {ReviewFormat.SARIF},
    ".txt": set(ReviewFormat),
    "": set(ReviewFormat),
}

#: The file that is standard output.
_STANDARD_OUTPUT: Final = Path("-")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a review goes, and how it is printed there.

    Attributes:
        file: A file; None for standard output.
        form: The format.
    """

    file: Path | None
    form: ReviewFormat

    @property
    def is_shown(self) -> bool:
        """Whether it is a table on standard output, which may have colours."""
        return self.file is None and self.form is ReviewFormat.TABLE


def targets_of(output: ReviewFormat | None, files: Sequence[Path] | None) -> list[Target]:
    """Return where a review goes, each in the format of its name unless one is asked for.

    Args:
        output: The format that is asked for.
        files: The files, ``-`` for standard output; none for it alone.

    Raises:
        ConfigurationError: If one format is asked for, and several files, or a
            file whose name says another, or a file twice, or none and the name
            of a file says none either.
    """
    given = list(files or (_STANDARD_OUTPUT,))
    if output is not None and len(given) > 1:
        raise ConfigurationError(
            f"--format is of one file, got {output.value!r} for {len(given)}; let their names say"
            " it, for example -o review.md -o review.html"
        )
    twice = [file for number, file in enumerate(given) if file in given[:number]]
    if twice:
        raise ConfigurationError(
            f"each -o must name another file, got {str(twice[0])!r} twice; drop one"
        )
    return [
        Target(
            None if file == _STANDARD_OUTPUT else file,
            _format_of(file) if output is None else _asked_for(output, file),
        )
        for file in given
    ]


def _asked_for(output: ReviewFormat, file: Path) -> ReviewFormat:
    """Return the format that is asked for, unless the file would be taken for another."""
    suffix = file.suffix.lower()
    said = _SUFFIXES.get(suffix)
    if said in (None, output) or output in _TAKES.get(suffix, ()):
        return output
    fitting = next(each for each, form in _SUFFIXES.items() if form is output)
    raise ConfigurationError(
        f"--format must be what the name of the file says, got {output.value!r} for"
        f" {str(file)!r}; write -o {file.with_suffix(fitting)}, or drop --format"
    )


def _format_of(file: Path) -> ReviewFormat:
    try:
        return _SUFFIXES[file.suffix.lower()]
    except KeyError:
        raise ConfigurationError(
            f"the name of a file must end in {', '.join(filter(None, _SUFFIXES))}, got"
            f" {str(file)!r}; name it so, or say what it is with --format"
        ) from None


def deliver(text: str, file: Path | None) -> None:
    """Write a text to a file, or to standard output for none.

    A file is replaced in one step: who reads it meanwhile has the old one, and a
    failure leaves what was there.

    Raises:
        ConfigurationError: If the file cannot be written.
    """
    with whole_file(file) as stream:
        stream.write(text.encode("utf-8", "replace"))
    if file is not None:
        sys.stderr.write(f"ecr-constructs: the review is in {file}\n")
