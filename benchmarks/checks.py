"""What the checks cost: the plugin in a synthesis, and the command beside ``json.loads``."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import aws_cdk as cdk
import jsii

from benchmarks.report import Row, best_of, show
from benchmarks.synth import ACCOUNTS, ENVIRONMENT, REPOSITORIES, rules
from ecr_constructs import (
    EcrGovernanceValidation,
    GovernedRepository,
    LifecyclePolicy,
    LifecycleRule,
    Principals,
)
from ecr_constructs.checks.engine import run_checks
from ecr_constructs.checks.rules import RULES
from ecr_constructs.sources.assembly import read_assembly

ROUNDS = 5
STACKS = 10
#: Repositories of a team share their policies; teams share the lifecycle policy alone.
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
    stacks: int,
    repositories: int,
    plugins: Sequence[object] = (),
    outdir: str | None = None,
    *,
    team: int = TEAM,
) -> cdk.App:
    """Return an app of some stacks with some repositories each, so many of them alike."""
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
            stack,
            f"R{number}",
            repository_name=f"team/r{number}",
            lifecycle_policy=rules() if team > 1 else own_rules(number),
        )
        account = f"{400_000_000_000 + number // team}"
        repository.allow_pull(*map(Principals.account, (*ACCOUNTS, account)))
    return app


def own_rules(number: int) -> LifecyclePolicy:
    """Return rules that no other repository has."""
    return LifecyclePolicy.of(
        LifecycleRule.expire_untagged(older_than_days=7),
        LifecycleRule.keep_newest(50 + number, tag_patterns=["v*"]),
        LifecycleRule.expire(older_than_days=30, tag_patterns=["pr-*"]),
    )


def synthesised(repositories: int, folder: str, *, team: int = TEAM) -> Path:
    """Synthesise an app of ten stacks, and return its directory."""
    outdir = str(Path(folder) / f"{repositories}x{team}")
    build(STACKS, repositories // STACKS, outdir=outdir, team=team).synth()
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
        small = synthesised(REPOSITORIES, folder)
        large = synthesised(4 * REPOSITORIES, folder)
        own = synthesised(REPOSITORIES, folder, team=1)
        seconds = best_of(
            3 * ROUNDS,
            {
                "json.loads of the templates (the limit)": lambda: load(small),
                "check": lambda: check(small),
                "check, four times as many": lambda: check(large),
                "json.loads, own": lambda: load(own),
                "check, own": lambda: check(own),
            },
        )
    loads, checked, grown, own_loads, own_checked = seconds.values()
    fine &= show(
        f"{STACKS} stacks of {REPOSITORIES // STACKS} repositories, {len(RULES)} rules",
        [
            Row("json.loads of the templates (the limit)", loads),
            Row("check", checked, checked / loads, 10),
            Row("json.loads where each has policies of its own", own_loads),
            Row("check of these", own_checked, own_checked / own_loads),
        ],
    )
    fine &= show(
        f"growth to {4 * REPOSITORIES:,} repositories, per repository",
        [Row("check", grown, grown / 4 / checked, 1.25)],
    )
    return fine
