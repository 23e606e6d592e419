"""`ecr-constructs check`: findings on an assembly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer

from ecr_constructs.checks.engine import run_checks
from ecr_constructs.checks.lines import lines_of
from ecr_constructs.checks.rule import Rule
from ecr_constructs.checks.rules import CATALOGUE
from ecr_constructs.checks.sarif import to_sarif
from ecr_constructs.checks.selection import find_rules, select_rules
from ecr_constructs.cli._check_table import (
    print_catalogue,
    print_explanation,
    print_findings,
)
from ecr_constructs.cli._common import (
    OptionalAssemblyArgument,
    ParameterOption,
    Status,
    console,
    print_json,
)
from ecr_constructs.cli._live import (
    LiveOption,
    PlaceAccountOption,
    PlaceRegionOption,
    PrintedOption,
    ProfileOption,
    given_side,
    read_live,
    refuse_idle,
)
from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.problem import Severity
from ecr_constructs.model.repository import Origin
from ecr_constructs.sources.assembly import read_assembly


class Format(StrEnum):
    """How findings are printed."""

    TABLE = "table"
    JSON = "json"
    SARIF = "sarif"


def check(
    assembly: OptionalAssemblyArgument = None,
    *,
    live: LiveOption = False,
    profile: ProfileOption = None,
    printed: PrintedOption = None,
    account: PlaceAccountOption = None,
    region: PlaceRegionOption = None,
    parameter: ParameterOption = None,
    output: Annotated[
        Format,
        typer.Option("--format", help="A table for people, one JSON document, or SARIF 2.1.0."),
    ] = Format.TABLE,
    fail_on: Annotated[
        Severity, typer.Option(help="The least severity that makes the exit status 1.")
    ] = Severity.ERROR,
    select: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE",
            help="Run these rules only; 'all' for every rule, 'default' for those that run else.",
            show_default=False,
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE", help="Do not run these rules.", show_default=False),
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option(
            metavar="RULE",
            help="Say what a rule is for, or list 'all', and stop.",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Check what an assembly does to Amazon ECR, or a live registry, against the catalogue.

    What cannot be told before deployment is a warning, never a pass. Findings
    that an exemption or an acknowledgement silences are shown with its reason
    and do not count. What was acknowledged on the app or on a stage is written
    nowhere: acknowledge it on a stack or below, or use the validation plugin.

    With --live the registry of the credentials is read and nothing is written.
    What only a template tells is not checked: exemptions, acknowledgements, and
    what becomes of a repository that leaves its stack.

    A RULE is an id, with or without EcrGovernance- before it, or the id of
    Security Hub, AWS Config, Control Tower, Prowler, checkov, Trivy or cdk-nag.
    Give --select and --ignore several times, or names with commas.

    \b
    ecr-constructs check cdk.out
    ecr-constructs check --account 111122223333 --region eu-west-1 template.yaml
    ecr-constructs check cdk.out --select default,CustomerManagedKey --fail-on warning
    ecr-constructs check cdk.out --format json | jq '.findings[].rule'
    ecr-constructs check --live --profile production --region eu-west-1
    ecr-constructs check --explain all
    ecr-constructs check --explain CKV_AWS_51
    """  # noqa: D301 - \b keeps the lines of the examples apart
    if explain is not None:
        return _explain(find_rules(CATALOGUE, explain, parameter="explain"), output)
    assembly = given_side(assembly, live=live, command="check")
    refuse_idle(live=live, template=not live, profile=profile, printed=printed, parameter=parameter)
    rules = select_rules(CATALOGUE, select=_names(select), ignore=_names(ignore))
    if assembly is None:
        deployment = read_live(profile=profile, account=account, region=region, printed=printed)
    else:
        deployment = read_assembly(
            assembly, account=account, region=region, parameters=_parameters(parameter)
        )
    findings = run_checks(deployment, rules, today=dt.datetime.now(tz=dt.UTC).date())
    if output is Format.JSON:
        print_json({"findings": [finding.to_json() for finding in findings]})
    elif output is Format.SARIF:
        version = metadata.version("ecr-constructs")
        print_json(to_sarif(findings, rules, locate=_locator(assembly), version=version))
    else:
        repositories = sum(len(registry.repositories) for registry in deployment.registries)
        print_findings(console(), findings, repositories=repositories, rules=len(rules))
    counted = (finding.severity.weight for finding in findings if finding.counts)
    return Status.FINDINGS if any(w <= fail_on.weight for w in counted) else Status.CLEAR


def _explain(rules: Sequence[Rule], output: Format) -> int:
    if output is Format.TABLE and len(rules) == len(CATALOGUE):
        print_catalogue(console(), rules)
    elif output is Format.TABLE:
        for rule in rules:
            print_explanation(console(), rule)
    else:
        print_json({"rules": [rule.to_json() for rule in rules]})
    return Status.CLEAR


def _names(given: list[str] | None) -> list[str]:
    return [name.strip() for each in given or () for name in each.split(",") if name.strip()]


def _parameters(given: list[str] | None) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for each in given or ():
        name, equals, value = each.partition("=")
        if not equals or not name:
            raise ConfigurationError(
                f"--parameter must be NAME=VALUE, got {each!r}; write for example Stage=prod"
            )
        parameters[name] = value
    return parameters


def _locator(assembly: Path | None) -> Callable[[Origin], tuple[str, int | None]]:
    """Return a function that finds resources in the files of an assembly, each read once."""
    if assembly is None:
        return lambda origin: (f"live/{origin.logical_id}", None)
    lines: dict[Path, dict[str, int]] = {}

    def locate(origin: Origin) -> tuple[str, int | None]:
        file = assembly / origin.template if assembly.is_dir() else assembly
        if file not in lines:
            is_template = bool(origin.template) and file.is_file()
            text = file.read_text(encoding="utf-8-sig") if is_template else ""
            lines[file] = dict(lines_of(text))
        return file.as_posix(), lines[file].get(origin.logical_id)

    return locate
