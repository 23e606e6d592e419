"""The one engine: rules over a deployment, and what silences a finding.

Layer: checks; imports ``model`` and ``lifecycle``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ecr_constructs.checks.acknowledgements import Acknowledged, tidy
from ecr_constructs.checks.facts import Facts
from ecr_constructs.checks.rule import Rule
from ecr_constructs.collector import paused_collector
from ecr_constructs.model.acknowledgement import Acknowledgement
from ecr_constructs.model.baseline import Exemption
from ecr_constructs.model.problem import Severity, Status
from ecr_constructs.model.registry import Deployment, Located
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.words import plural


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule that a resource breaks, or of which it cannot be told.

    Attributes:
        rule: The rule's id.
        severity: The rule's, unless this one is less; a warning where the
            status is unknown.
        status: Whether it is seen or cannot be told before deployment.
        origin: The resource.
        message: What is there and which rule it breaks.
        fix: What to write instead.
        path: The property, below ``Properties``; empty for the resource.
        detail: What tells it from other findings of the rule on one resource.
        acknowledged: Why it does not count; None if it counts.
        acknowledgements: The ids under which CDK has it acknowledged.
    """

    rule: str
    severity: Severity
    status: Status
    origin: Origin
    message: str
    fix: str
    path: str = ""
    detail: str = ""
    acknowledged: str | None = None
    acknowledgements: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The id by which it can be acknowledged alone: the rule's, and what is in brackets."""
        return tidy(f"{self.rule}[{self.detail}]") if self.detail else self.rule

    @property
    def label(self) -> str:
        """Its severity, for people; of what nobody can tell, that."""
        return "cannot tell" if self.status is Status.UNKNOWN else str(self.severity)

    @property
    def counts(self) -> bool:
        """Whether it counts towards the exit status."""
        return self.acknowledged is None

    @property
    def place(self) -> str:
        """Where it is, for people: the construct's path, else the stack and the logical id."""
        origin = self.origin
        return origin.construct_path or "/".join(filter(None, (origin.stack, origin.logical_id)))

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


@paused_collector()
def run_checks(
    deployment: Deployment,
    rules: Iterable[Rule],
    *,
    today: dt.date,
    acknowledgements: Iterable[Acknowledgement] = (),
) -> tuple[Finding, ...]:
    """Return what the rules find, worst first, then by place.

    Args:
        deployment: What to look at.
        rules: What to look for.
        today: The day on which exemptions are judged.
        acknowledgements: Those that the assembly does not hold: what was said
            on a stage or the app, which only a running app tells.
    """
    said = (*deployment.acknowledgements, *acknowledgements)
    facts = Facts(deployment, today=today, acknowledgements=said)
    acknowledged = Acknowledged(said)
    findings = [
        _finding(rule, located, facts, acknowledged, today)
        for rule in rules
        for located in rule.check(facts)
    ]
    return tuple(sorted(_told_once(findings), key=_position))


def _told_once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings, and what cannot be told for one reason once.

    A policy that is a parameter is a question of ten rules, and one answer. The
    first of them in the order of the catalogue stands for all; what is
    acknowledged stands for itself.
    """
    unknown: dict[tuple[Origin, str, str | None], list[Finding]] = {}
    for finding in findings:
        if finding.status is Status.UNKNOWN:
            said = (finding.origin, finding.message, finding.acknowledged)
            unknown.setdefault(said, []).append(finding)
        else:
            yield finding
    for first, *others in unknown.values():
        # A single one is named: it is to be acknowledged as well.
        rest = others[0].rule if len(others) == 1 else plural(len(others), "more rule")
        more = f", and {rest} cannot tell either" if others else ""
        yield replace(first, message=f"{first.message}{more}")


def _finding(
    rule: Rule, located: Located, facts: Facts, acknowledged: Acknowledged, today: dt.date
) -> Finding:
    problem, origin = located.problem, located.origin
    message, reason = problem.message, None
    exemptions = _exemptions(rule, origin, facts)
    in_force = [e for e in exemptions if e.reason.strip() and not e.has_expired(today)]
    if in_force:
        reason = in_force[0].reason
    elif exemptions and exemptions[0].has_expired(today):
        message += f" (the exemption from it has expired on {exemptions[0].expires})"
    unknown = problem.status is Status.UNKNOWN
    finding = Finding(
        rule=rule.id,
        severity=Severity.WARNING
        if unknown
        else max(rule.severity, problem.severity, key=lambda severity: severity.weight),
        status=problem.status,
        origin=origin,
        message=message,
        fix=problem.fix,
        path=problem.path,
        detail=problem.id,
        acknowledged=reason,
    )
    # A construct writes its exemptions down as acknowledgements too: they end with it.
    over = set() if in_force else {exemption.reason for exemption in exemptions}
    said = [
        each
        for each in acknowledged.about(rule.id, finding.id, origin.construct_path)
        if each.reason not in over
    ]
    if not said:
        return finding
    return replace(
        finding,
        acknowledged=said[0].reason if reason is None else reason,
        acknowledgements=tuple(each.id for each in said),
    )


def _exemptions(rule: Rule, origin: Origin, facts: Facts) -> list[Exemption]:
    if rule.control is None:
        return []
    return [e for e in facts.exemptions.get(origin, ()) if e.control == rule.control]


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
