"""The one engine: rules over a deployment, and what silences a finding.

Layer: checks; imports ``model`` and ``lifecycle``.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecr_constructs.checks.rule import Rule
from ecr_constructs.model.acknowledgement import Acknowledgement
from ecr_constructs.model.baseline import Exemption, find_exemption
from ecr_constructs.model.problem import Severity, Status
from ecr_constructs.model.registry import Deployment, Located
from ecr_constructs.model.repository import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule that a resource breaks, or of which it cannot be told.

    Attributes:
        rule: The rule's id.
        severity: The rule's; a warning where the status is unknown.
        status: Whether it is seen or cannot be told before deployment.
        origin: The resource.
        message: What is there and which rule it breaks.
        fix: What to write instead.
        acknowledged: Why it does not count; None if it counts.
    """

    rule: str
    severity: Severity
    status: Status
    origin: Origin
    message: str
    fix: str
    acknowledged: str | None = None

    @property
    def counts(self) -> bool:
        """Whether it counts towards the exit status."""
        return self.acknowledged is None

    def to_json(self) -> dict[str, Any]:
        """Return the finding as ``check --format json`` prints it."""
        return {
            "rule": self.rule,
            "severity": str(self.severity),
            "status": str(self.status),
            "resource": self.origin.construct_path,
            "logical_id": self.origin.logical_id,
            "stack": self.origin.stack,
            "message": self.message,
            "fix": self.fix,
            "acknowledged": self.acknowledged,
        }


def run_checks(
    deployment: Deployment, rules: Iterable[Rule], *, today: dt.date
) -> tuple[Finding, ...]:
    """Return what the rules find, worst first, then by place.

    Args:
        deployment: What to look at.
        rules: What to look for.
        today: The day on which exemptions are judged.
    """
    acknowledgements: dict[str, list[Acknowledgement]] = defaultdict(list)
    for acknowledgement in deployment.acknowledgements:
        # CDK stores a bare id below a name of its own: `Annotation::<id>`.
        acknowledgements[acknowledgement.id.rsplit("::", 1)[-1]].append(acknowledgement)
    exemptions = {
        repository.origin: repository.exemptions
        for registry in deployment.registries
        for repository in registry.repositories
        if repository.origin is not None
    }
    findings = [
        _finding(rule, located, exemptions, acknowledgements[rule.id], today)
        for rule in rules
        for located in rule.check(deployment)
    ]
    findings.sort(key=_position)
    return tuple(findings)


def _finding(
    rule: Rule,
    located: Located,
    exemptions: Mapping[Origin, Sequence[Exemption]],
    acknowledgements: Sequence[Acknowledgement],
    today: dt.date,
) -> Finding:
    problem, origin = located.problem, located.origin
    message, reason = problem.message, None
    if rule.control is not None:
        exemption = find_exemption(exemptions.get(origin, ()), rule.control)
        if exemption is not None and exemption.has_expired(today):
            message += f" (the exemption from it has expired on {exemption.expires})"
        elif exemption is not None:
            reason = exemption.reason
    if reason is None:
        reason = next(
            (each.reason for each in acknowledgements if each.covers(origin.construct_path)), None
        )
    unknown = problem.status is Status.UNKNOWN
    return Finding(
        rule=rule.id,
        severity=Severity.WARNING if unknown else rule.severity,
        status=problem.status,
        origin=origin,
        message=message,
        fix=problem.fix,
        acknowledged=reason,
    )


def _position(finding: Finding) -> tuple[int, str, str, str, str, str]:
    origin = finding.origin
    return (
        finding.severity.weight,
        finding.rule,
        origin.stack,
        origin.construct_path or "",
        origin.logical_id,
        finding.message,
    )
