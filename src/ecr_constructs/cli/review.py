"""`ecr-constructs review`: what the registry is."""

from __future__ import annotations

import datetime as dt

from ecr_constructs.checks.rules import RULES
from ecr_constructs.cli._common import (
    AccountOption,
    AssemblyArgument,
    RegionOption,
    Status,
    console,
)
from ecr_constructs.review.report import report_on
from ecr_constructs.sources.assembly import read_assembly


def review(
    assembly: AssemblyArgument,
    *,
    account: AccountOption = None,
    region: RegionOption = None,
) -> int:
    """Review what the registries of an assembly are: a line a repository, in words.

    \b
    ecr-constructs review cdk.out
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from ecr_constructs.review.render.terminal import render_report

    deployment = read_assembly(assembly, account=account, region=region)
    report = report_on(deployment, RULES, today=dt.datetime.now(tz=dt.UTC).date())
    render_report(report, console())
    return Status.CLEAR
