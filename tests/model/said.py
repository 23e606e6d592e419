"""What problems say, for tests to look at."""

from __future__ import annotations

from collections.abc import Iterable

from ecr_constructs.model.problem import Problem, Severity


def sentences(problems: Iterable[Problem], severity: Severity | None = None) -> list[str]:
    """The problems as sentences, of one severity or of all."""
    return [p.sentence for p in problems if severity in (None, p.severity)]


def errors(problems: Iterable[Problem]) -> list[str]:
    """The errors as sentences."""
    return sentences(problems, Severity.ERROR)


def warnings(problems: Iterable[Problem]) -> list[str]:
    """The warnings as sentences."""
    return sentences(problems, Severity.WARNING)
