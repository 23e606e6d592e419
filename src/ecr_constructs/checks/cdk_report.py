"""Findings as CDK's own validation report takes them.

Layer: checks; imports ``model``. Knows what CDK asks for, and never loads it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ecr_constructs.checks.acknowledgements import PLUGIN
from ecr_constructs.checks.engine import Finding
from ecr_constructs.model.problem import Severity


@dataclass(frozen=True, slots=True)
class Violation:
    """One entry of the report.

    Attributes:
        name: The id under which CDK knows it, and by which it can be acknowledged.
        severity: ``error``, ``warning`` or ``info``, as CDK has them.
        findings: What is found, the same at each of its resources.
    """

    name: str
    severity: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class CdkReport:
    """What one plugin tells CDK.

    Attributes:
        violations: What it finds. CDK takes away what is acknowledged under
            the name of a violation, and keeps it in its report with the reason.
        silenced: What was acknowledged in a way that CDK does not know, with
            the reasons: exemptions, ids without the plugin's name, single
            findings of a rule.
        success: Whether synthesis goes on.
    """

    violations: tuple[Violation, ...]
    silenced: dict[str, str]
    success: bool


def report_to_cdk(
    findings: Iterable[Finding], *, name: Callable[[Finding], str], fails: Callable[[Finding], bool]
) -> CdkReport:
    """Return what to tell CDK of findings.

    Args:
        findings: What was found.
        name: Gives the id under which CDK is to know a finding.
        fails: Tells whether a finding that counts fails the synthesis.
    """
    groups: dict[tuple[str, str, str, str], list[Finding]] = defaultdict(list)
    silenced: dict[str, str] = {}
    success = True
    for finding in findings:
        by_cdk = f"{PLUGIN}::{name(finding)}" in finding.acknowledgements
        if finding.acknowledged is not None and not by_cdk:
            silenced[f"{finding.id} at {finding.place}"] = finding.acknowledged
            continue
        failing = fails(finding)
        success = success and not (failing and finding.counts)
        severity = _severity(finding, failing=failing)
        groups[name(finding), severity, finding.message, finding.fix].append(finding)
    violations = (Violation(key[0], key[1], tuple(group)) for key, group in groups.items())
    return CdkReport(tuple(violations), silenced, success)


def within(findings: Iterable[Finding], templates: Sequence[str]) -> list[Finding]:
    """Return the findings in some stacks and in those nested in them.

    Args:
        findings: What was found in the whole assembly.
        templates: The templates of the stacks, below the assembly. Those of a
            stage have a folder of their own, and nested stacks lie beside theirs.
    """
    folders = {template.rpartition("/")[0] for template in templates}
    return [each for each in findings if each.origin.template.rpartition("/")[0] in folders]


def _severity(finding: Finding, *, failing: bool) -> str:
    # Once anything is acknowledged CDK works success out anew, from severities alone.
    if failing:
        return "error"
    return "info" if finding.severity is Severity.NOTE else "warning"
