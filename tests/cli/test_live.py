"""Commands on a live registry: what they say of it, and of what keeps them from reading it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from tests.sources.aws.fake_ecr import ACCOUNT, REGION, FakeEcr

from ecr_constructs.cli.main import run

REPOSITORY = {
    "repositoryArn": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/web",
    "registryId": ACCOUNT,
    "repositoryName": "web",
    "imageTagMutability": "MUTABLE",
}

Run: TypeAlias = Callable[..., tuple[int, str, str]]


@pytest.fixture(name="command")
def _command(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; give its status, its output and its complaints."""

    def command(*arguments: str) -> tuple[int, str, str]:
        status = run(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return command


def test_a_live_registry_is_checked(ecr: FakeEcr, command: Run) -> None:
    ecr.add("web", imageTagMutability="MUTABLE")
    status, out, err = command("check", "--live", "--format", "json")
    assert (status, err) == (1, "")
    found = {(each["rule"], each["logical_id"]) for each in json.loads(out)["findings"]}
    assert ("EcrGovernance-TagImmutability", "web") in found


def test_what_only_a_template_tells_is_not_checked(ecr: FakeEcr, command: Run) -> None:
    """A live repository has no DeletionPolicy: that is neither fine nor a finding."""
    ecr.add("web")
    options = ("--select", "RetainOnDelete,ImageDeletion", "--fail-on", "note")
    status, out, _ = command("check", "--live", *options)
    assert (status, out) == (0, "1 repository checked against 2 rules: nothing to say\n")


def test_settings_of_a_live_registry_are_checked(ecr: FakeEcr, command: Run) -> None:
    ecr.registry_policy = json.dumps(
        {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "ecr:*", "Resource": "*"}}
    )
    status, out, _ = command("check", "--live")
    assert status == 1
    assert f"{ACCOUNT} in {REGION} EcrGovernance-PublicPrincipal" in out


def test_a_finding_on_a_live_registry_has_its_place_in_sarif(ecr: FakeEcr, command: Run) -> None:
    ecr.add("web", imageTagMutability="MUTABLE")
    _, out, _ = command("check", "--live", "--format", "sarif", "--select", "TagImmutability")
    (result,) = json.loads(out)["runs"][0]["results"]
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "live/web"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["check"], "missing argument 'ASSEMBLY', or --live; see `ecr-constructs check --help`"),
        (["check", "cdk.out", "--live"], "got 'cdk.out' too; drop one of the two"),
        (["check", "--live", "--parameter", "A=b"], "--parameter must be of a template, got"),
        (["check", "cdk.out", "--profile", "p"], "write --live, or drop 'p'"),
        (["check", "cdk.out", "--printed", "o"], "--printed must be of a live registry, got none"),
        (["check", "--live", "--printed", "o", "--profile", "p"], "got --profile p too; drop one"),
    ],
)
def test_refuses_options_that_do_not_go_together(
    command: Run, arguments: list[str], sentence: str
) -> None:
    status, out, err = command(*arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert sentence in err


@pytest.mark.parametrize("operation", ["DescribeRegistry", "ListTagsForResource"])
def test_refuses_in_one_line_where_a_permission_is_missing(
    ecr: FakeEcr, command: Run, operation: str
) -> None:
    ecr.add("web")
    ecr.fail(operation, "AccessDeniedException")
    status, out, err = command("check", "--live")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert f"the credentials must allow ecr:{operation}" in err


def test_what_the_aws_cli_printed_is_checked_without_credentials(
    command: Run, tmp_path: Path
) -> None:
    outputs: list[dict[str, Any]] = [
        {"repositories": [REPOSITORY]},
        {"registryId": ACCOUNT, "replicationConfiguration": {"rules": []}},
        {"scanningConfiguration": {"scanType": "BASIC", "rules": []}},
        {"pullThroughCacheRules": []},
        {"repositoryCreationTemplates": []},
        {"pullTimeUpdateExclusions": []},
    ]
    file = tmp_path / "printed.json"
    file.write_text("\n".join(map(json.dumps, outputs)), encoding="utf-8")
    _, out, _ = command("check", "--live", "--printed", str(file), "--format", "json")
    found = {each["rule"]: each["status"] for each in json.loads(out)["findings"]}
    assert found["EcrGovernance-TagImmutability"] == "fail"
    # No policy was printed: that there is none is not known.
    assert "unknown" in found.values()


def test_refuses_a_registry_of_another_account(ecr: FakeEcr, command: Run) -> None:
    status, _, err = command("check", "--live", "--account", "444444444444")
    assert (status, f"got ones of account {ACCOUNT}; name another profile" in err) == (2, True)


def test_who_looks_on_sees_how_far_it_is(
    ecr: FakeEcr, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    ecr.add("api")
    ecr.add("web")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    _, out, err = command("check", "--live", "--format", "json")
    assert json.loads(out)
    assert "reading repositories" in err
    assert "2/2" in err
