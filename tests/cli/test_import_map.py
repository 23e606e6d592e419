"""`ecr-constructs import-map`: what `cdk import` needs to find a registry that is there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from ecr_constructs.cli.main import run
from ecr_constructs.sources.import_map import IDENTIFIERS

REPOSITORY = {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "payments/api"}}
POLICY = {"Type": "AWS::ECR::RegistryPolicy", "Properties": {"PolicyText": {}}}


def template(folder: Path, resources: Mapping[str, Any], name: str = "Main") -> str:
    path = folder / f"{name}.template.json"
    path.write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    return str(path)


def assembly(folder: Path, stacks: Mapping[str, Mapping[str, Any]]) -> str:
    """Write an assembly of stacks; a ``/`` in a name puts it into a stage."""
    artifacts: dict[str, dict[str, Any]] = {}
    for path, resources in stacks.items():
        *stage, name = path.split("/")
        below = folder / "assembly" / "-".join(stage) if stage else folder
        below.mkdir(parents=True, exist_ok=True)
        template(below, resources, name)
        file = str((below / f"{name}.template.json").relative_to(folder))
        artifacts[path.replace("/", "")] = {
            "type": "aws:cloudformation:stack",
            "environment": "aws://111111111111/eu-west-1",
            "properties": {"templateFile": file, "stackName": name},
            "displayName": path,
        }
    (folder / "manifest.json").write_text(
        json.dumps({"version": "55.0.0", "artifacts": artifacts}), encoding="utf-8"
    )
    return str(folder)


def printed(capsys: pytest.CaptureFixture[str]) -> tuple[Any, str]:
    captured = capsys.readouterr()
    return json.loads(captured.out or "null"), captured.err


def test_every_type_is_found_by_what_identifies_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    resources = {
        "Api": REPOSITORY,
        "Cache": {
            "Type": "AWS::ECR::PullThroughCacheRule",
            "Properties": {"EcrRepositoryPrefix": "quay"},
        },
        "Template": {
            "Type": "AWS::ECR::RepositoryCreationTemplate",
            "Properties": {"Prefix": "ROOT"},
        },
        "Exclusion": {
            "Type": "AWS::ECR::PullTimeUpdateExclusion",
            "Properties": {"PrincipalArn": "arn:aws:iam::111111111111:role/Scan"},
        },
        "Public": {
            "Type": "AWS::ECR::PublicRepository",
            "Properties": {"RepositoryName": "mirror"},
        },
        "Policy": POLICY,
        "Scanning": {"Type": "AWS::ECR::RegistryScanningConfiguration", "Properties": {}},
        "Replication": {"Type": "AWS::ECR::ReplicationConfiguration", "Properties": {}},
        "Signing": {"Type": "AWS::ECR::SigningConfiguration", "Properties": {}},
        "Profile": {
            "Type": "AWS::Signer::SigningProfile",
            "Properties": {"ProfileName": "Images"},
        },
        "Topic": {"Type": "AWS::SNS::Topic"},
    }
    path = template(tmp_path, resources)
    given = ["--account", "111111111111", "--region", "eu-west-1"]
    assert run(["import-map", path, *given]) == 0
    document, notes = printed(capsys)
    registry = {"RegistryId": "111111111111"}
    assert document == {
        "Api": {"RepositoryName": "payments/api"},
        "Cache": {"EcrRepositoryPrefix": "quay"},
        "Template": {"Prefix": "ROOT"},
        "Exclusion": {"PrincipalArn": "arn:aws:iam::111111111111:role/Scan"},
        "Public": {"RepositoryName": "mirror"},
        **dict.fromkeys(("Policy", "Scanning", "Replication", "Signing"), registry),
        "Profile": {"Arn": "arn:aws:signer:eu-west-1:111111111111:/signing-profiles/Images"},
    }
    assert notes == ""
    assert {resource["Type"] for resource in resources.values()} - {"AWS::SNS::Topic"} == {
        *IDENTIFIERS
    }


@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_what_identifies_a_type_is_what_its_schema_says(kind: str) -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    assert schema["primaryIdentifier"] == [f"/properties/{IDENTIFIERS[kind]}"]


def test_a_signing_profile_alone_is_nothing_to_import(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It may sign Lambda functions."""
    profile = {"Type": "AWS::Signer::SigningProfile", "Properties": {"ProfileName": "Code"}}
    path = template(tmp_path, {"Profile": profile})
    assert run(["import-map", path, "--account", "1" * 12, "--region", "eu-west-1"]) == 2
    assert "must have resources of Amazon ECR to import, got none" in capsys.readouterr().err


def test_a_signing_profile_without_a_name_is_left_out_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = {"Type": "AWS::Signer::SigningProfile", "Properties": {}}
    path = template(tmp_path, {"Profile": profile, "Api": REPOSITORY})
    assert run(["import-map", path, "--account", "1" * 12, "--region", "eu-west-1"]) == 0
    document, notes = printed(capsys)
    assert document == {"Api": {"RepositoryName": "payments/api"}}
    assert notes.startswith("note: Profile is left out, as its Arn is not known before deployment")


def test_a_name_is_resolved_as_far_as_it_goes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    joined = {"Fn::Join": ["/", ["payments", {"Fn::Sub": "api-${AWS::Region}"}]]}
    resources = {"Api": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": joined}}}
    path = template(tmp_path, resources)
    assert run(["import-map", path, "--region", "eu-west-1", "--account", "1" * 12]) == 0
    document, _ = printed(capsys)
    assert document == {"Api": {"RepositoryName": "payments/api-eu-west-1"}}


@pytest.mark.parametrize("properties", [{}, {"RepositoryName": {"Ref": "AWS::StackId"}}])
def test_what_has_no_known_name_is_left_out_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], properties: dict[str, Any]
) -> None:
    resources = {"Api": {"Type": "AWS::ECR::Repository", "Properties": properties}}
    assert run(["import-map", template(tmp_path, resources)]) == 0
    document, notes = printed(capsys)
    assert document == {}
    assert notes == (
        "note: Api is left out, as its RepositoryName is not known before deployment; add"
        ' "Api": {"RepositoryName": "..."} by hand\n'
    )


@pytest.mark.parametrize(
    "reference",
    [
        {"CustomRoleArn": {"Fn::GetAtt": ["Role", "Arn"]}},
        {"CustomRoleArn": {"Fn::GetAtt": "Role.Arn"}},
        {"CustomRoleArn": {"Ref": "Role"}},
        {"CustomRoleArn": {"Fn::Sub": "${Role.Arn}"}},
        {"CustomRoleArn": {"Fn::Sub": ["${Role}", {}]}},
        {"Tags": [{"Value": {"Fn::Join": ["", [{"Ref": "Role"}]]}}]},
    ],
)
def test_what_refers_to_another_resource_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], reference: dict[str, Any]
) -> None:
    """An import makes nothing: what it refers to must be in the deployed stack."""
    resources = {
        "Template": {
            "Type": "AWS::ECR::RepositoryCreationTemplate",
            "Properties": {"Prefix": "team", **reference},
            "Metadata": {"note": {"Ref": "Topic"}},
        },
        "Role": {"Type": "AWS::IAM::Role"},
        "Topic": {"Type": "AWS::SNS::Topic"},
    }
    assert run(["import-map", template(tmp_path, resources)]) == 0
    assert printed(capsys) == (
        {"Template": {"Prefix": "team"}},
        (
            "note: Template refers to Role, which an import does not make; deploy without it first,"
            " then import\n"
        ),
    )


@pytest.mark.parametrize("depends_on", ["Topic", ["Topic", "Api"]])
def test_what_depends_on_another_resource_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], depends_on: Any
) -> None:
    resources = {
        "Api": REPOSITORY,
        "Cache": {
            "Type": "AWS::ECR::PullThroughCacheRule",
            "Properties": {"EcrRepositoryPrefix": "quay"},
            "DependsOn": depends_on,
        },
        "Topic": {"Type": "AWS::SNS::Topic"},
    }
    assert run(["import-map", template(tmp_path, resources)]) == 0
    _, notes = printed(capsys)
    assert notes.startswith("note: Cache refers to Topic, which")
    assert "Api" not in notes


def test_the_one_stack_with_something_to_import_is_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = assembly(tmp_path, {"Main": {"Api": REPOSITORY, "Policy": POLICY}, "Other": {}})
    assert run(["import-map", path]) == 0
    document, _ = printed(capsys)
    assert document == {
        "Api": {"RepositoryName": "payments/api"},
        "Policy": {"RegistryId": "111111111111"},
    }


def test_one_of_several_stacks_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = assembly(tmp_path, {"Main": {"Api": REPOSITORY}, "Other": {"Policy": POLICY}})
    assert run(["import-map", path, "--stack", "Other"]) == 0
    document, _ = printed(capsys)
    assert document == {"Policy": {"RegistryId": "111111111111"}}


def test_stacks_of_one_name_are_told_apart_by_their_paths(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = assembly(tmp_path, {"Dev/Main": {"Api": REPOSITORY}, "Prod/Main": {"Policy": POLICY}})
    assert run(["import-map", path, "--stack", "Main"]) == 2
    assert "got 'Main', which is Dev/Main, Prod/Main; write its path" in printed(capsys)[1]
    assert run(["import-map", path, "--stack", "Prod/Main"]) == 0
    assert list(printed(capsys)[0]) == ["Policy"]


def test_a_nested_stack_is_out_of_reach_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template(tmp_path, {"Api": REPOSITORY}, "Inner.nested")
    nested = {
        "Type": "AWS::CloudFormation::Stack",
        "Metadata": {"aws:asset:path": "Inner.nested.template.json"},
    }
    path = assembly(tmp_path, {"Main": {"Policy": POLICY, "Inner": nested}})
    assert run(["import-map", path]) == 0
    document, notes = printed(capsys)
    assert list(document) == ["Policy"]
    assert "is left out, as `cdk import` cannot import into a nested stack; move" in notes


def test_more_than_one_import_takes_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    resources = {
        f"R{number}": {
            "Type": "AWS::ECR::Repository",
            "Properties": {"RepositoryName": f"team/r{number}"},
        }
        for number in range(201)
    }
    assert run(["import-map", template(tmp_path, resources)]) == 0
    document, notes = printed(capsys)
    assert len(document) == 201
    assert "note: 201 resources are too many for one import, which takes 200; import in" in notes


def test_a_file_is_written_whole_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, output = template(tmp_path, {"Api": REPOSITORY}), tmp_path / "import.json"
    assert run(["import-map", path, "-o", str(output)]) == 0
    assert json.loads(output.read_text(encoding="utf-8")) == {
        "Api": {"RepositoryName": "payments/api"}
    }
    document, told = printed(capsys)
    assert document is None
    assert told.startswith(f"1 resource of Main is in {output}; drop what is not there yet")
    assert {each.name for each in tmp_path.iterdir()} == {"Main.template.json", "import.json"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--stack", "Mian"],
            "--stack must name a stack of the assembly, got 'Mian'; write 'Main'",
        ),
        (
            ["--stack", "x"],
            "--stack must name a stack of the assembly, got 'x'; write one of Main, Other",
        ),
        (
            [],
            (
                "--stack must be given, as `cdk import` takes one stack at a time, got none of"
                " Main, Other; write for example --stack Main"
            ),
        ),
    ],
)
def test_refuses_a_stack_that_is_not_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    path = assembly(tmp_path, {"Main": {"Api": REPOSITORY}, "Other": {"Policy": POLICY}})
    assert run(["import-map", path, *arguments]) == 2
    document, error = printed(capsys)
    assert document is None
    assert error == f"ecr-constructs: {said}\n"


def test_refuses_an_assembly_without_anything_to_import(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = template(tmp_path, {"Topic": {"Type": "AWS::SNS::Topic"}})
    assert run(["import-map", path]) == 2
    assert "must have resources of Amazon ECR to import, got none" in printed(capsys)[1]


def test_refuses_a_registry_whose_account_is_not_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import-map", template(tmp_path, {"Policy": POLICY})]) == 2
    assert printed(capsys)[1] == (
        "ecr-constructs: the account must be known to import Policy, got a stack without; write"
        " --account ID\n"
    )


def test_refuses_a_file_that_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, output = template(tmp_path, {"Api": REPOSITORY}), tmp_path / "none" / "import.json"
    assert run(["import-map", path, "-o", str(output)]) == 2
    assert "cannot be written (No such file or directory); name a file in a" in printed(capsys)[1]


def test_dash_is_standard_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = template(tmp_path, {"Api": REPOSITORY})
    monkeypatch.chdir(tmp_path)
    assert run(["import-map", path, "-o", "-"]) == 0
    document, told = printed(capsys)
    assert (list(document), told) == (["Api"], "")
    assert [each.name for each in tmp_path.iterdir()] == [Path(path).name]


def test_refuses_what_is_no_assembly(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import-map", "nowhere"]) == 2
    assert "must be a directory or a template file that is there" in printed(capsys)[1]
