"""What a rule is: plain data and one function.

Layer: checks; imports ``model`` and ``lifecycle``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ecr_constructs.model.baseline import Control
from ecr_constructs.model.problem import Problem, Severity, Status
from ecr_constructs.model.registry import Deployment, Located, Registry
from ecr_constructs.model.repository import Repository


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the catalogue.

    Attributes:
        id: ``EcrGovernance-`` and a name.
        severity: An error loses images or opens a registry; a warning weakens a control.
        title: What it asks for, in one line.
        explanation: Why it exists.
        remediation: What to write, in this library's words and in CloudFormation's.
        source: The page that states what the rule rests on.
        check: Yields what breaks the rule in a deployment.
        control: The control that an exemption loosens with it; None if none does.
        elsewhere: The ids under which others know it, by tool.
    """

    id: str
    severity: Severity
    title: str
    explanation: str
    remediation: str
    source: str
    check: Callable[[Deployment], Iterator[Located]]
    control: Control | None = None
    elsewhere: Mapping[str, str] = field(default_factory=dict)


def each_repository(
    check: Callable[[Registry, Repository], Iterator[Problem]],
) -> Callable[[Deployment], Iterator[Located]]:
    """Make a rule's function from one that looks at a repository at a time."""

    def check_all(deployment: Deployment) -> Iterator[Located]:
        for registry in deployment.registries:
            for repository in registry.repositories:
                if repository.origin is not None:
                    for problem in check(registry, repository):
                        yield Located(repository.origin, problem)

    return check_all


def violation(message: str, fix: str, *, path: str = "", unknown: bool = False) -> Problem:
    """Return what a rule found; the engine gives it the rule's id and severity.

    Args:
        message: What is there and which rule it breaks.
        fix: What to write instead.
        path: The property.
        unknown: Whether it cannot be told before deployment.
    """
    status = Status.UNKNOWN if unknown else Status.FAIL
    return Problem(id="", message=message, fix=fix, path=path, status=status)
