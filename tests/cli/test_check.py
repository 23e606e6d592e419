"""`ecr-constructs check`: statuses, selection, formats, what a reader sees."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.checks.deployments import repository, write_assembly, write_template

from ecr_constructs.checks.rules import CATALOGUE
from ecr_constructs.cli.main import run

MUTABLE = repository(ImageTagMutability="MUTABLE")
GOES = repository() | {"DeletionPolicy": "Delete"}


@pytest.fixture(name="check")
def _check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Check a template of some resources; give the status and what was printed."""

    def check(resources: dict[str, Any], *options: str, **sections: Any) -> tuple[int, str]:
        path = write_template(tmp_path / "Main.json", {"Resources": resources, **sections})
        status = run(["check", str(path), *options])
        captured = capsys.readouterr()
        assert captured.err == ""
        return status, captured.out

    return check


@pytest.mark.parametrize(
    ("resource", "options", "status"),
    [
        (repository(), [], 0),
        (MUTABLE, [], 1),
        (GOES, [], 0),
        (GOES, ["--fail-on", "warning"], 1),
        (repository(), ["--fail-on", "note"], 0),
        (MUTABLE, ["--ignore", "TagImmutability"], 0),
        (MUTABLE, ["--select", "RetainOnDelete"], 0),
        (repository(Tags=None), ["--fail-on", "warning"], 0),
        (repository(Tags=None), ["--fail-on", "warning", "--select", "default,RepositoryTags"], 1),
        (repository(Tags=None), ["--fail-on", "warning", "--select", "all"], 1),
    ],
)
def test_status_says_whether_something_counts(
    check: Callable[..., tuple[int, str]],
    resource: dict[str, Any],
    options: list[str],
    status: int,
) -> None:
    assert check({"Api": resource}, *options)[0] == status


def test_what_cannot_be_told_counts_as_a_warning(check: Callable[..., tuple[int, str]]) -> None:
    resources = {"Api": repository(ImageTagMutability={"Ref": "Mode"})}
    parameters = {"Mode": {"Type": "String"}}
    assert check(resources, Parameters=parameters)[0] == 0
    status, shown = check(resources, "--fail-on", "warning", Parameters=parameters)
    assert (status, "cannot tell Main/Api EcrGovernance-TagImmutability" in shown) == (1, True)


def test_a_lone_template_is_told_to_be_given_a_place(
    check: Callable[..., tuple[int, str]],
) -> None:
    destination = {"Region": "eu-central-1", "RegistryId": "111111111111"}
    replicates = {
        "Type": "AWS::ECR::ReplicationConfiguration",
        "Properties": {"ReplicationConfiguration": {"Rules": [{"Destinations": [destination]}]}},
    }
    _, said = check({"Replication": replicates})
    assert "lone template with --account and --region" in " ".join(said.split())
    _, said = check(
        {"Replication": replicates}, "--account", "222222222222", "--region", "eu-west-1"
    )
    assert "itself cannot be told" not in " ".join(said.split())


def test_parameter_can_be_given(check: Callable[..., tuple[int, str]]) -> None:
    resources = {"Api": repository(ImageTagMutability={"Ref": "Mode"})}
    parameters = {"Mode": {"Type": "String"}}
    given = ["--fail-on", "warning", "--parameter"]
    assert check(resources, *given, "Mode=IMMUTABLE", Parameters=parameters)[0] == 0
    assert check(resources, *given, "Mode=MUTABLE", Parameters=parameters)[0] == 1


def test_acknowledged_finding_is_shown_with_its_reason_and_does_not_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_assembly(
        tmp_path,
        {"Main": {"Resources": {"Api": MUTABLE}}},
        acknowledged={"Main/Api": {"EcrGovernance-TagImmutability": "rebuilt every night"}},
    )
    assert run(["check", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "acknowledged Main/Api EcrGovernance-TagImmutability" in shown
    assert "reason: rebuilt every night" in shown
    assert "nothing to say, 1 acknowledged" in shown


def test_same_finding_at_many_resources_is_one_entry(
    check: Callable[..., tuple[int, str]],
) -> None:
    resources = {
        f"R{n}": repository(ImageTagMutability="MUTABLE", RepositoryName=f"payments/r{n}")
        for n in range(12)
    }
    _, shown = check(resources)
    assert shown.count("EcrGovernance-TagImmutability") == 1
    assert "Main/R0, Main/R1, Main/R10 and 9 more" in shown
    assert "12 repositories checked against" in shown
    assert "12 errors" in shown


def test_rules_that_cannot_tell_for_one_reason_are_one_entry(
    check: Callable[..., tuple[int, str]],
) -> None:
    resource = repository(LifecyclePolicy={"LifecyclePolicyText": {"Ref": "Policy"}})
    _, shown = check({"Api": resource}, Parameters={"Policy": {"Type": "String"}})
    assert shown.count("what the lifecycle policy does cannot be told") == 1
    assert shown.endswith(": 1 cannot be told\n")


def test_markup_in_a_template_stays_text(check: Callable[..., tuple[int, str]]) -> None:
    _, shown = check({"Api": repository(ImageTagMutability="[red]MUTABLE[/nothing]")})
    assert "[red]MUTABLE[/nothing]" in shown


def test_json_has_what_the_contract_says(check: Callable[..., tuple[int, str]]) -> None:
    status, shown = check({"Api": MUTABLE}, "--format", "json")
    (finding,) = json.loads(shown)["findings"]
    assert status == 1
    assert list(finding) == [
        "rule",
        "severity",
        "status",
        "resource",
        "logical_id",
        "stack",
        "message",
        "fix",
        "acknowledged",
    ]
    assert (finding["resource"], finding["acknowledged"]) == (None, None)


def test_sarif_names_the_file_and_the_line(
    check: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    status, shown = check(
        {"Web": repository(RepositoryName="web"), "Api": MUTABLE}, "--format", "sarif"
    )
    (result,) = json.loads(shown)["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert status == 1
    assert place["artifactLocation"]["uri"] == (tmp_path / "Main.json").as_posix()
    lines = (tmp_path / "Main.json").read_text(encoding="utf-8").splitlines()
    assert '"Api": {' in lines[place["region"]["startLine"] - 1]


def test_sarif_of_an_assembly_names_the_file_of_each_stack(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = {"Resources": {"Api": MUTABLE}}
    write_assembly(tmp_path / "cdk.out", {"A": template, "B": template})
    run(["check", str(tmp_path / "cdk.out"), "--format", "sarif"])
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    files = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in results}
    assert {file.rpartition("/")[2] for file in files} == {"A.template.json", "B.template.json"}


def test_rule_is_explained_without_an_assembly(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--explain", "CKV_AWS_51"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("EcrGovernance-TagImmutability error\n")
    for heading in ("Why", "What to write", "Loosened by", "Elsewhere", "Source"):
        assert f"\n{heading}\n" in shown
    assert "Exemption(Control.TAG_IMMUTABILITY, '<why>')" in shown


def test_rule_that_must_be_asked_for_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--explain", "CustomerManagedKey"]) == 0
    assert "runs only if it is selected" in capsys.readouterr().out


def test_all_rules_are_listed_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--explain", "all"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(CATALOGUE)
    assert lines[0].split()[:2] == [CATALOGUE[0].severity, CATALOGUE[0].id]
    assert sum(each.endswith("(runs only if it is selected)") for each in lines) == sum(
        rule.opt_in for rule in CATALOGUE
    )


def test_rule_is_explained_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--explain", "TagImmutability", "--format", "json"]) == 0
    (rule,) = json.loads(capsys.readouterr().out)["rules"]
    assert rule["id"] == "EcrGovernance-TagImmutability"
    assert rule["elsewhere"]["Security Hub"] == ["ECR.2"]
    assert rule["control"] == "tag-immutability"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--select", "Nonesuch"], "select must be a rule of the catalogue, got 'Nonesuch'"),
        (["--explain", "Nonesuch"], "explain must be a rule of the catalogue, got 'Nonesuch'"),
        (["--parameter", "Mode"], "--parameter must be NAME=VALUE, got 'Mode'"),
        (["--parameter", "Mode=x"], "parameters must be ones that a template has, got 'Mode'"),
        (["--account", "123"], "account must be 12 digits, got '123'"),
    ],
)
def test_refuses_wrong_options_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], sentence: str
) -> None:
    path = write_template(tmp_path / "Main.json", {"Resources": {}})
    assert run(["check", str(path), *options]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert sentence in captured.err
    assert captured.err.count("\n") == 1


def test_what_cannot_be_told_is_no_warning_in_the_count(
    check: Callable[..., tuple[int, str]],
) -> None:
    unknown = repository(ImageTagMutability={"Ref": "Mode"}, RepositoryName="payments/web")
    _, shown = check({"Api": GOES, "Web": unknown}, Parameters={"Mode": {"Type": "String"}})
    assert shown.endswith(": 1 warning, 1 cannot be told\n")
    assert "cannot tell Main/Web" in shown


@pytest.mark.parametrize("columns", [None, "60"])
def test_lines_are_whole_where_nobody_sees_a_terminal(
    check: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch, columns: str | None
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns:
        monkeypatch.setenv("COLUMNS", columns)
    lines = check({"Api": MUTABLE})[1].splitlines()
    assert max(map(len, lines)) > 80 if columns is None else max(map(len, lines)) <= 60
    assert [line for line in lines if line != line.rstrip()] == []
