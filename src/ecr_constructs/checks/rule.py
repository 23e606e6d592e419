"""What a rule is: plain data and one function.

Layer: checks; imports ``model`` and ``lifecycle``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from ecr_constructs.checks.facts import Facts
from ecr_constructs.model.baseline import Control
from ecr_constructs.model.problem import Problem, Severity, Status
from ecr_constructs.model.registry import Located

#: What every rule's id begins with.
PREFIX: Final = "EcrGovernance-"

Check: TypeAlias = Callable[[Facts], Iterator[Located]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the catalogue.

    Attributes:
        id: ``EcrGovernance-`` and a name.
        severity: An error is what AWS refuses, or what the default baseline
            refuses as it loses images or opens them; a warning is what AWS
            takes and what surprises people. A finding may weigh less.
        title: What it asks for, in one line.
        explanation: Why it exists.
        remediation: What to write, in this library's words and in CloudFormation's.
        source: The page that states what the rule rests on.
        check: Yields what breaks the rule in a deployment.
        control: The control that an exemption loosens with it; None if none does.
        elsewhere: The ids under which others know it, by tool; several are
            separated by commas.
        opt_in: Whether it runs only where it is selected: some organisations
            ask for it, and most do not.
    """

    id: str
    severity: Severity
    title: str
    explanation: str
    remediation: str
    source: str
    check: Check
    control: Control | None = None
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    opt_in: bool = False

    @property
    def name(self) -> str:
        """The id without what all ids begin with."""
        return self.id.removeprefix(PREFIX)

    @property
    def ids_elsewhere(self) -> tuple[str, ...]:
        """The ids of other tools, each by itself."""
        return tuple(each for ids in self.elsewhere.values() for each in ids.split(", "))

    def to_json(self) -> dict[str, Any]:
        """Return the rule as ``check --explain RULE --format json`` prints it."""
        return {
            "id": self.id,
            "severity": str(self.severity),
            "title": self.title,
            "explanation": self.explanation,
            "remediation": self.remediation,
            "source": self.source,
            "control": None if self.control is None else str(self.control),
            "elsewhere": {tool: ids.split(", ") for tool, ids in self.elsewhere.items()},
            "opt_in": self.opt_in,
        }


def violation(
    message: str, fix: str, *, path: str = "", detail: str = "", unknown: bool = False
) -> Problem:
    """Return what a rule found; the engine gives it the rule's id and severity.

    Args:
        message: What is there and which rule it breaks.
        fix: What to write instead.
        path: The property, below ``Properties``.
        detail: What tells this finding from others of the rule on one resource,
            such as ``Action::ecr:*``: it can be acknowledged by itself.
        unknown: Whether it cannot be told before deployment.
    """
    status = Status.UNKNOWN if unknown else Status.FAIL
    return Problem(id=detail, message=message, fix=fix, path=path, status=status)
