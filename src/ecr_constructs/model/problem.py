"""The one shape for everything that is wrong with a value.

Layer: model; imports ``errors`` only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ecr_constructs.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(StrEnum):
    """How much a problem matters; the order of the members is the order of weight."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def weight(self) -> int:
        """0 for the heaviest: sort by it to see the worst first."""
        return _WEIGHTS[self]


_WEIGHTS = {severity: weight for weight, severity in enumerate(Severity)}


def severity_of(fail_on: Severity | str) -> Severity:
    """Return a severity; its word, as the command line takes it, will do.

    Raises:
        ConfigurationError: If there is no such severity.

    >>> severity_of("warning")
    <Severity.WARNING: 'warning'>
    """
    if fail_on in tuple(Severity):
        return Severity(fail_on)
    raise ConfigurationError(
        f"fail_on must be one of {', '.join(Severity)}, got {fail_on!r}; write Severity.ERROR"
    )


class Status(StrEnum):
    """Whether a problem is seen, or cannot be told because a value is not known."""

    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, and the way out.

    Attributes:
        id: A stable word for the kind of problem, such as ``"count-number"``.
        message: What was given and which rule it breaks, lower case, no full
            stop: ``"countNumber must be 1 or more, got 0"``.
        fix: What to write instead: ``"write the number of images to keep"``.
        path: Where in the value, as a JSON path: ``"rules[2].selection"``;
            empty for the value as a whole.
        severity: An error is refused by AWS or by the baseline, a warning
            surprises people, a note is worth knowing.
        status: ``unknown`` where the value is not known before deployment.
    """

    id: str
    message: str
    fix: str
    path: str = ""
    severity: Severity = Severity.ERROR
    status: Status = Status.FAIL

    @property
    def sentence(self) -> str:
        """The problem in one sentence, with its path unless the message starts with it."""
        text = f"{self.message}; {self.fix}"
        if not self.path or text.startswith(self.path):
            return text
        return f"{self.path}: {text}"

    def below(self, prefix: str) -> Problem:
        """Return the same problem seen from a value that holds this one at ``prefix``."""
        joint = "" if not self.path or self.path.startswith("[") else "."
        return Problem(
            id=self.id,
            message=self.message,
            fix=self.fix,
            path=f"{prefix}{joint}{self.path}",
            severity=self.severity,
            status=self.status,
        )


def refuse(
    problems: Iterable[Problem],
    *,
    path: str | None = None,
    error: type[ConfigurationError] = ConfigurationError,
) -> None:
    """Raise all errors among ``problems`` at once; warnings and notes pass.

    Args:
        problems: What the ``problems()`` of a value said.
        path: The construct path or file to name in the message.
        error: Which exception to raise.

    Raises:
        ConfigurationError: If at least one problem is an error that is seen.
    """
    sentences = [
        problem.sentence
        for problem in problems
        if problem.severity is Severity.ERROR and problem.status is Status.FAIL
    ]
    if sentences:
        raise error(*sentences, path=path)


@dataclass(frozen=True, slots=True)
class Malformed:
    """A document in a template that is not what it should be.

    Attributes:
        text: The document as found, shortened.
        problems: What is wrong with it.
    """

    text: str
    problems: tuple[Problem, ...]


def problem_at(
    path: str, message: str, fix: str, *, severity: Severity = Severity.ERROR
) -> Problem:
    """Return the problem of a parameter; its id is the parameter's name.

    >>> problem_at("tags['Team']", "...", "...").id
    'tags'
    """
    kind = re.split(r"[\[.]", path)[0].replace("_", "-")
    return Problem(id=kind, path=path, message=message, fix=fix, severity=severity)
