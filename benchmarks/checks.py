"""What the checks cost: the plugin in a synthesis, and the command beside ``json.loads``."""

from __future__ import annotations

import datetime as dt
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("CDK_VALIDATION", "false")

import aws_cdk as cdk
import jsii

from benchmarks.report import Row, best_of, show
from benchmarks.synth import ACCOUNTS, ENVIRONMENT, REPOSITORIES, rules
from ecr_constructs import EcrGovernanceValidation, GovernedRepository, Principals
from ecr_constructs.checks.engine import run_checks
from ecr_constructs.checks.rules import RULES
from ecr_constructs.sources.assembly import read_assembly

ROUNDS = 5
STACKS = 10
#: Repositories of a team share a policy; teams do not.
TEAM = 20
DAY = dt.date(2026, 1, 1)


@jsii.implements(cdk.IPolicyValidationPlugin)
class Idle:
    """A plugin that does nothing: what CDK itself does for any."""

    name, version, rule_ids = "Idle", "1", ()

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Find nothing."""
        del context
        return cdk.PolicyValidationPluginReport(success=True, violations=[])


def build(
    stacks: int, repositories: int, plugins: Sequence[object] = (), outdir: str | None = None
) -> cdk.App:
    """Return an app of some stacks with some repositories each."""
    app = cdk.App(
        outdir=outdir,
        analytics_reporting=False,
        context={"@aws-cdk/core:stackResourceLimit": 0},
    )
    if plugins:
        cdk.Validations.of(app).add_plugins(*plugins)
    for number in range(stacks * repositories):
        if number % repositories == 0:
            stack = cdk.Stack(app, f"Stack{number // repositories}", env=ENVIRONMENT)
        repository = GovernedRepository(
            stack, f"R{number}", repository_name=f"team/r{number}", lifecycle_policy=rules()
        )
        team = f"{400_000_000_000 + number // TEAM}"
        repository.allow_pull(*map(Principals.account, (*ACCOUNTS, team)))
    return app


def synthesised(stacks: int, repositories: int, folder: str) -> Path:
    """Synthesise an app, and return its directory."""
    outdir = str(Path(folder) / f"{stacks}x{repositories}")
    build(stacks, repositories, outdir=outdir).synth()
    return Path(outdir)


def load(assembly: Path) -> object:
    """Do what nobody can do without: parse the templates."""
    return [
        json.loads(path.read_text(encoding="utf-8")) for path in assembly.glob("*.template.json")
    ]


def check(assembly: Path) -> object:
    """Check an assembly, as the command does."""
    return run_checks(read_assembly(assembly), RULES, today=DAY)


def main() -> bool:
    """Measure and print; return whether all limits hold."""
    build(1, 10, [EcrGovernanceValidation()]).synth()  # loads what is loaded lazily
    seconds = best_of(
        ROUNDS,
        {
            "without": lambda: build(1, REPOSITORIES).synth(),
            "with a plugin that does nothing": lambda: build(1, REPOSITORIES, [Idle()]).synth(),
            "with EcrGovernanceValidation": lambda: build(
                1, REPOSITORIES, [EcrGovernanceValidation()]
            ).synth(),
        },
    )
    without, idle, with_plugin = seconds.values()
    fine = show(
        f"{REPOSITORIES:,} repositories, build and synth",
        [
            Row("without", without),
            Row("with a plugin that does nothing", idle, idle / without),
            Row("with EcrGovernanceValidation", with_plugin, with_plugin / without, 1.15),
        ],
    )
    with tempfile.TemporaryDirectory() as folder:
        small = synthesised(STACKS, REPOSITORIES // STACKS, folder)
        large = synthesised(STACKS, 4 * REPOSITORIES // STACKS, folder)
        seconds = best_of(
            3 * ROUNDS,
            {
                "json.loads of the templates (the limit)": lambda: load(small),
                "check": lambda: check(small),
                "check, four times as many": lambda: check(large),
            },
        )
    loads, checked, grown = seconds.values()
    fine &= show(
        f"{STACKS} stacks of {REPOSITORIES // STACKS} repositories, {len(RULES)} rules",
        [
            Row("json.loads of the templates (the limit)", loads),
            Row("check", checked, checked / loads, 10),
        ],
    )
    fine &= show(
        f"growth to {4 * REPOSITORIES:,} repositories, per repository",
        [Row("check", grown, grown / 4 / checked, 1.25)],
    )
    return fine
