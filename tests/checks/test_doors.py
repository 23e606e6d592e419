"""The four doors find the same in the same app."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import aws_cdk as cdk
import pytest
from tests.checks.apps import APPS, acknowledgements, from_this_library

from ecr_constructs.cli.main import run
from ecr_constructs.constructs.validation import EcrGovernanceValidation
from ecr_constructs.model.problem import Severity
from ecr_constructs.nag import EcrGovernanceChecks
from ecr_constructs.testing import find


class Found(NamedTuple):
    """What all doors tell of a finding."""

    rule: str
    place: str
    status: str
    acknowledged: bool


def by_command(build: Callable[[Path], cdk.App], outdir: Path, capsys: Any) -> set[Found]:
    build(outdir).synth()
    run(["check", str(outdir), "--select", "all", "--format", "json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    return {
        Found(f["rule"], f["resource"], f["status"], f["acknowledged"] is not None)
        for f in findings
    }


def by_plugin(build: Callable[[Path], cdk.App], outdir: Path) -> set[Found]:
    return reported(build(outdir), EcrGovernanceValidation(select=["all"]))


def by_pack(build: Callable[[Path], cdk.App], outdir: Path) -> set[Found]:
    return reported(build(outdir), EcrGovernanceChecks(select=["all"]))


def by_test(build: Callable[[Path], cdk.App], outdir: Path) -> set[Found]:
    return {
        Found(f.rule, f.place, str(f.status), not f.counts)
        for f in find(build(outdir), select=["all"])
    }


def reported(app: cdk.App, plugin: Any) -> set[Found]:
    """Synthesise with a plugin, and return what CDK's own report says of it."""
    cdk.Validations.of(app).add_plugins(plugin)
    app.synth()
    report = report_of(app)
    found = set(entries(report["violations"], acknowledged=False))
    found |= set(entries(report.get("suppressedViolations", ()), acknowledged=True))
    for each in report.get("metadata") or {}:
        rule, _, place = each.partition(" at ")
        found.add(Found(rule.partition("[")[0], place, "fail", acknowledged=True))
    return found


def report_of(app: cdk.App) -> Any:
    path = Path(app.outdir) / "validation-report.json"
    (report,) = json.loads(path.read_text(encoding="utf-8"))["pluginReports"]
    assert report["pluginName"] == "EcrGovernance"
    return report


def entries(violations: Iterable[Any], *, acknowledged: bool) -> Iterable[Found]:
    for violation in violations:
        rule = violation["ruleName"].partition("[")[0]
        status = violation["ruleMetadata"]["status"]
        for resource in violation["violatingConstructs"]:
            place = resource["constructPath"].removesuffix("/Resource")
            yield Found(rule, place, status, acknowledged)


@pytest.mark.parametrize("build", APPS, ids=lambda build: build.__name__)
def test_doors_agree(
    build: Callable[[Path], cdk.App], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = by_command(build, tmp_path / "command", capsys)
    others = [
        by_plugin(build, tmp_path / "plugin"),
        by_pack(build, tmp_path / "pack"),
        by_test(build, tmp_path / "test"),
    ]
    assert others[0] == others[1] == others[2]
    assert others[0]
    if build is acknowledgements:
        # The command knows what was said on a stack or below, and not what was said above.
        said = {each for each in others[0] if each not in command}
        assert {each.rule for each in said} == {
            "EcrGovernance-ImageScanning",
            "EcrGovernance-TagImmutability",
        }
        assert all(each.acknowledged for each in said)
        command = {each for each in command if each._replace(acknowledged=True) not in said} | said
    assert command == others[0]


def test_example_of_a_governed_app_is_clean_through_every_door(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """But for the surprise in a lifecycle policy, which is a warning."""
    found = by_command(from_this_library, tmp_path / "command", capsys)
    counting = {each.rule for each in found if not each.acknowledged}
    assert counting == {
        "EcrGovernance-CustomerManagedKey",
        "EcrGovernance-LifecycleTagsAreAnd",
        "EcrGovernance-RepositoryTags",
    }
    assert run(["check", str(tmp_path / "command")]) == 0
    app = from_this_library(tmp_path / "plugin")
    cdk.Validations.of(app).add_plugins(EcrGovernanceValidation())
    app.synth()
    assert report_of(app)["conclusion"] == "success"
    assert Severity.ERROR not in {f.severity for f in find(app) if f.counts}
