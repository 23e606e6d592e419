"""`ecr-constructs check`: findings on an assembly."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from ecr_constructs.checks.engine import Finding, run_checks
from ecr_constructs.checks.rules import RULES
from ecr_constructs.cli._common import (
    AccountOption,
    AssemblyArgument,
    Format,
    FormatOption,
    RegionOption,
    Status,
    console,
    print_json,
)
from ecr_constructs.model.problem import Severity
from ecr_constructs.sources.assembly import read_assembly

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}


def check(
    assembly: AssemblyArgument,
    *,
    account: AccountOption = None,
    region: RegionOption = None,
    output: FormatOption = Format.TABLE,
    fail_on: Annotated[
        Severity, typer.Option(help="The least severity that makes the exit status 1.")
    ] = Severity.ERROR,
) -> int:
    """Check what an assembly does to Amazon ECR against the catalogue of rules.

    What cannot be told before deployment is a warning, never a pass. Findings
    that an exemption or an acknowledgement silences are shown with its reason
    and do not count.

    \b
    ecr-constructs check cdk.out
    ecr-constructs check --account 111122223333 --region eu-west-1 template.yaml
    ecr-constructs check cdk.out --format json | jq '.findings[].rule'
    """  # noqa: D301 - \b keeps the lines of the examples apart
    deployment = read_assembly(assembly, account=account, region=region)
    findings = run_checks(deployment, RULES, today=dt.datetime.now(tz=dt.UTC).date())
    if output is Format.JSON:
        print_json({"findings": [finding.to_json() for finding in findings]})
    else:
        repositories = sum(len(registry.repositories) for registry in deployment.registries)
        _print_table(findings, repositories)
    counted = (finding.severity.weight for finding in findings if finding.counts)
    return Status.FINDINGS if any(w <= fail_on.weight for w in counted) else Status.CLEAR


def _print_table(findings: tuple[Finding, ...], repositories: int) -> None:
    from rich.markup import escape
    from rich.padding import Padding

    out = console()
    for finding in findings:
        where = (
            finding.origin.construct_path or f"{finding.origin.stack}/{finding.origin.logical_id}"
        )
        style = _STYLES[finding.severity] if finding.counts else "dim"
        word = str(finding.severity) if finding.counts else "acknowledged"
        if finding.counts and finding.status == "unknown":
            word = "cannot tell"
        out.print(f"[{style}]{word}[/] {escape(where)} [dim]{finding.rule}[/]")
        out.print(Padding(escape(f"{finding.message}; {finding.fix}"), (0, 0, 0, 2)))
        if finding.acknowledged is not None:
            out.print(Padding(f"[dim]reason:[/] {escape(finding.acknowledged)}", (0, 0, 0, 2)))
    counts = {
        severity: sum(f.counts and f.severity is severity for f in findings)
        for severity in Severity
    }
    silenced = sum(not finding.counts for finding in findings)
    verdict = ", ".join(
        f"{number} {severity}{'s' * (number != 1)}" for severity, number in counts.items() if number
    )
    out.print(
        f"{repositories} repositories checked against {len(RULES)} rules:"
        f" {verdict or 'nothing to say'}" + f", {silenced} acknowledged" * bool(silenced)
    )
