"""The checks as a validation plugin of CDK: what they find fails ``cdk synth``.

Layer: constructs.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from typing import Final

import aws_cdk as cdk
import jsii
from constructs import IConstruct

from ecr_constructs.checks.acknowledgements import PLUGIN
from ecr_constructs.checks.cdk_report import CdkReport, Violation, report_to_cdk, within
from ecr_constructs.checks.engine import Finding, run_checks
from ecr_constructs.checks.live_app import acknowledged_above
from ecr_constructs.checks.reading import read_once
from ecr_constructs.checks.rule import Rule
from ecr_constructs.checks.rules import CATALOGUE
from ecr_constructs.checks.selection import select_rules
from ecr_constructs.model.arguments import tells_arguments
from ecr_constructs.model.baseline import Control, Exemption
from ecr_constructs.model.problem import Severity, severity_of


@jsii.implements(cdk.IPolicyValidationPlugin)
class EcrGovernanceValidation:
    """Check what an app does to Amazon ECR whenever it is synthesised.

    The same rules as ``ecr-constructs check``, on the templates that CDK has
    just written: what Aspects, overrides and other libraries made of them is
    seen too, nested stacks and stages included. Findings go into CDK's own
    report, ``validation-report.json``, with construct paths and what to write
    instead; errors fail the synthesis.

    A finding is acknowledged on its construct or above::

        cdk.Validations.of(repository).acknowledge(
            cdk.Acknowledgment(id="EcrGovernance::EcrGovernance-WildcardAction", reason="...")
        )

    The id may also be written without ``EcrGovernance::``, and name one finding
    of the rule, ``EcrGovernance-WildcardAction[Action::ecr:*]``: CDK's report
    then has it among the plugin's metadata. Exemptions need no acknowledgement.

    Args:
        select: The only rules to run, by name; ``"all"`` for every rule,
            ``"default"`` for those that run if nothing is selected. Default:
            all but those that have to be asked for.
        ignore: Rules not to run, by name. Default: none.
        fail_on: The least severity that fails the synthesis. Default: errors.
            What cannot be told before deployment is a warning.

    Raises:
        ConfigurationError: If there is no rule of such a name.

    Example:
        >>> app = cdk.App()
        >>> cdk.Validations.of(app).add_plugins(EcrGovernanceValidation())
    """

    @tells_arguments(rules="write select=")
    def __init__(
        self,
        *,
        select: Iterable[str] = (),
        ignore: Iterable[str] = (),
        fail_on: Severity = Severity.ERROR,
    ) -> None:
        self._rules = select_rules(CATALOGUE, select=select, ignore=ignore)
        self._fail_on = severity_of(fail_on)

    @property
    def name(self) -> str:
        """What CDK calls the plugin, and so what stands before ``::`` in an acknowledgement."""
        return PLUGIN

    @property
    def version(self) -> str:
        """The version of this library."""
        return metadata.version("ecr-constructs")

    @property
    def rule_ids(self) -> list[str]:
        """The rules that are run."""
        return [rule.id for rule in self._rules]

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Check the assembly; CDK calls it.

        Args:
            context: The app, and the stacks of the stage that has the plugin.
        """
        findings = check_assembly(context.app_construct, self._rules)
        outdir = outdir_of(context.app_construct)
        templates = [os.path.relpath(path, outdir) for path in context.template_paths]
        report = report_to_cdk(
            within(findings, templates),
            name=lambda finding: finding.rule,
            fails=lambda finding: finding.severity.weight <= self._fail_on.weight,
        )
        return to_cdk(report, outdir, version=self.version)


def check_assembly(app: IConstruct, rules: Iterable[Rule]) -> tuple[Finding, ...]:
    """Return what rules find in the assembly of an app that has just been written.

    Args:
        app: The app.
        rules: What to look for.
    """
    deployment, chosen = read_once(outdir_of(app)), list(rules)
    today = dt.datetime.now(tz=dt.UTC).date()
    findings = run_checks(deployment, chosen, today=today)
    if any(finding.counts for finding in findings):
        # What was said on the app or on a stage is in no file, and asking costs round trips.
        said = list(acknowledged_above(app, {finding.place for finding in findings}))
        if said:
            return run_checks(deployment, chosen, today=today, acknowledgements=said)
    return findings


def outdir_of(app: IConstruct) -> str:
    """Return the directory that an app is synthesised to."""
    assert isinstance(app, cdk.Stage)
    return app.outdir


def to_cdk(
    report: CdkReport, outdir: str, *, version: str, by_path: bool = False
) -> cdk.PolicyValidationPluginReport:
    """Return a report in CDK's words.

    Args:
        report: What to tell.
        outdir: The directory of the assembly.
        version: The version of this library.
        by_path: Whether to name resources by their construct paths, for readers
            that are not CDK. Default: by template and logical id, of which CDK
            finds the construct itself.
    """
    return cdk.PolicyValidationPluginReport(
        success=report.success,
        plugin_version=version,
        violations=[_violation(each, outdir, by_path=by_path) for each in report.violations],
        metadata=report.silenced or None,
    )


def _violation(violation: Violation, outdir: str, *, by_path: bool) -> cdk.PolicyViolation:
    first = violation.findings[0]
    return cdk.PolicyViolation(
        rule_name=violation.name,
        description=first.message,
        fix=first.fix,
        severity=violation.severity,
        rule_metadata={"status": str(first.status), "finding": first.id},
        violating_resources=[_resource(f, outdir, by_path=by_path) for f in violation.findings],
    )


def _resource(finding: Finding, outdir: str, *, by_path: bool) -> cdk.PolicyViolatingResource:
    origin = finding.origin
    if not origin.template:
        return cdk.PolicyViolatingResource(construct_path=origin.construct_path, locations=[])
    return cdk.PolicyViolatingResource(
        # CDK finds the resource's own construct, below the one that the user wrote.
        construct_path=origin.construct_path if by_path else None,
        resource_logical_id=origin.logical_id,
        template_path=os.path.join(outdir, origin.template),  # noqa: PTH118 - CDK's own string
        locations=[f"Properties.{finding.path}" if finding.path else "Properties"],
    )


def acknowledge_exemptions(scope: IConstruct, exemptions: Iterable[Exemption]) -> None:
    """Acknowledge the rules that exemptions loosen, so that CDK's report has their reasons.

    An exemption that has expired acknowledges nothing: the date never changes a
    template, and the findings that it covered count again.

    Args:
        scope: The construct that has the exemptions.
        exemptions: What it relies on.
    """
    today = dt.datetime.now(tz=dt.UTC).date()
    said = [
        cdk.Acknowledgment(id=rule, reason=exemption.reason)
        for exemption in exemptions
        if not exemption.has_expired(today)
        for rule in _LOOSENED.get(exemption.control, ())
    ]
    if said:
        cdk.Validations.of(scope).acknowledge(*said)


def _loosened() -> Mapping[Control, Sequence[str]]:
    """Return what is acknowledged with an exemption from each control, as CDK knows it."""
    ids: dict[Control, list[str]] = defaultdict(list)
    for rule in CATALOGUE:
        if rule.control is not None:
            ids[rule.control].append(f"{PLUGIN}::{rule.id}")
            theirs = rule.elsewhere.get("cdk-nag", "").split(", ")
            ids[rule.control] += (f"{each.partition('-')[0]}::{each}" for each in theirs if each)
    return ids


_LOOSENED: Final = _loosened()
