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
#: Repositories of a team share their policies; teams share the lifecycle policy, if they share any.
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
    own_lifecycle: bool = False,
) -> cdk.App:
    """Return an app of some stacks with some repositories each.

    So many of them in a row have one repository policy; they have lifecycle
    policies of their own, or all have the same.
    """
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
            lifecycle_policy=own_rules(number) if own_lifecycle else rules(),
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


def synthesised(
    repositories: int, folder: str, *, team: int = TEAM, own_lifecycle: bool = False
) -> Path:
    """Synthesise an app of ten stacks, and return its directory."""
    outdir = tempfile.mkdtemp(dir=folder)
    each = repositories // STACKS
    build(STACKS, each, outdir=outdir, team=team, own_lifecycle=own_lifecycle).synth()
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
        own_policy = synthesised(REPOSITORIES, folder, team=1)
        own = synthesised(REPOSITORIES, folder, team=1, own_lifecycle=True)
        seconds = best_of(
            3 * ROUNDS,
            {
                "json.loads of the templates (the limit)": lambda: load(small),
                "check": lambda: check(small),
                "check, four times as many": lambda: check(large),
                "json.loads, own repository policies": lambda: load(own_policy),
                "check, own repository policies": lambda: check(own_policy),
                "json.loads, own policies": lambda: load(own),
                "check, own policies": lambda: check(own),
            },
        )
    loads, checked, grown, *own_seconds = seconds.values()
    own_policy_loads, own_policy_checked, own_loads, own_checked = own_seconds
    fine &= show(
        f"{STACKS} stacks of {REPOSITORIES // STACKS} repositories, {len(RULES)} rules",
        [
            Row("json.loads of the templates (the limit)", loads),
            Row("check", checked, checked / loads, 10),
            Row("json.loads where each has a repository policy of its own", own_policy_loads),
            Row("check of these", own_policy_checked, own_policy_checked / own_policy_loads),
            Row("json.loads where each has a lifecycle policy of its own too", own_loads),
            Row("check of these", own_checked, own_checked / own_loads),
        ],
    )
    fine &= show(
        f"growth to {4 * REPOSITORIES:,} repositories, per repository",
        [Row("check", grown, grown / 4 / checked, 1.25)],
    )
    return fine
