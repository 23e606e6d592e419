from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.sources.templates import ACCOUNT, REGION, repositories, repository, write

from ecr_constructs.errors import SourceError
from ecr_constructs.model.registry import Deployment
from ecr_constructs.model.unresolved import Unresolved
from ecr_constructs.sources import documents, opening
from ecr_constructs.sources.assembly import read_assembly


def _nested(file: str | None = None, **properties: Any) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": "https://s3.eu-west-1.amazonaws.com/b/k.json", **properties},
    }
    if file is not None:
        resource["Metadata"] = {"aws:asset:path": file}
    return resource


def _read(tmp_path: Path, **sections: Any) -> Deployment:
    path = write(tmp_path / "Main.template.json", sections)
    return read_assembly(path, account=ACCOUNT, region=REGION)


def _names(deployment: Deployment) -> list[str]:
    return [str(each.repository_name) for each in repositories(deployment)]


CHILD = {
    "Parameters": {"Name": {"Type": "String", "Default": "default"}},
    "Resources": {"R": repository(RepositoryName={"Ref": "Name"})},
    "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["R", "Arn"]}}},
}

UNKNOWN = {
    "Resources": {
        "R": repository(RepositoryName={"Ref": "Key"}),
        "Key": {"Type": "AWS::KMS::Key"},
    }
}


def test_values_go_down_as_parameters_and_up_as_outputs(tmp_path: Path) -> None:
    write(tmp_path / "child.json", CHILD)
    deployment = _read(
        tmp_path,
        Resources={
            "First": _nested("child.json", Parameters={"Name": {"Fn::Sub": "${AWS::Region}/a"}}),
            "Second": _nested(
                "child.json",
                Parameters={
                    "Name": {
                        "Fn::Select": [
                            5,
                            {"Fn::Split": [":", {"Fn::GetAtt": ["First", "Outputs.Arn"]}]},
                        ]
                    }
                },
            ),
            "Third": _nested("child.json"),
        },
    )
    assert _names(deployment) == ["default", "eu-west-1/a", "repository/eu-west-1/a"]
    assert deployment.malformed == ()


def test_a_nested_stack_is_called_after_its_parent(tmp_path: Path) -> None:
    name = {"Fn::Sub": "${AWS::StackName}"}
    write(tmp_path / "child.json", {"Resources": {"R": repository(RepositoryName=name)}})
    (only,) = repositories(_read(tmp_path, Resources={"Inner": _nested("child.json")}))
    assert only.origin is not None
    assert (only.origin.stack, only.origin.template) == ("Main-Inner", "child.json")
    assert str(only.repository_name) == "Main-Inner-${Main/Inner.AWS::StackName}"


def test_unknown_values_of_two_instances_of_one_template_differ(tmp_path: Path) -> None:
    write(
        tmp_path / "child.json",
        {
            "Resources": {
                "R": repository(RepositoryName={"Ref": "Key"}),
                "Key": {"Type": "AWS::KMS::Key"},
            }
        },
    )
    deployment = _read(tmp_path, Resources={"A": _nested("child.json"), "B": _nested("child.json")})
    assert _names(deployment) == ["${Main/A.Key}", "${Main/B.Key}"]


@pytest.mark.parametrize(
    ("type_", "key"),
    [("AWS::CloudFormation::Stack", "TemplateURL"), ("AWS::Serverless::Application", "Location")],
)
def test_follows_a_path_in_the_template(tmp_path: Path, type_: str, key: str) -> None:
    write(
        tmp_path / "apps" / "child.json",
        {"Resources": {"N": {"Type": type_, "Properties": {key: "deep.yaml"}}}},
    )
    (tmp_path / "apps" / "deep.yaml").write_text(
        "Resources: {R: {Type: 'AWS::ECR::Repository', Properties: {RepositoryName: deep}}}"
    )
    resources = {"N": {"Type": type_, "Properties": {key: "./apps/child.json"}}}
    assert _names(_read(tmp_path, Resources=resources)) == ["deep"]


@pytest.mark.parametrize("file", ["gone.json", "../outside.json", "", "."])
def test_says_so_where_nobody_can_tell_what_is_nested(tmp_path: Path, file: str) -> None:
    write(tmp_path / "outside.json", CHILD)
    deployment = _read(
        tmp_path / "in",
        Resources={
            "Inner": _nested(file),
            "R": repository(RepositoryName={"Fn::GetAtt": ["Inner", "Outputs.Name"]}),
        },
    )
    (located,) = deployment.malformed
    assert located.origin.logical_id == "Inner"
    assert (located.problem.id, located.problem.status) == ("nested-template", "unknown")
    assert "got 'https://s3.eu-west" in located.problem.message
    assert _names(deployment) == ["${Main.Inner.Outputs.Name}"]


def test_says_so_where_a_template_nests_itself(tmp_path: Path) -> None:
    resources = {"Again": _nested("Main.template.json"), "R": repository(RepositoryName="r")}
    deployment = _read(tmp_path, Resources=resources)
    assert _names(deployment) == ["r"]
    assert [each.problem.id for each in deployment.malformed] == ["nested-template"]


def test_templates_nest_as_deep_as_values(tmp_path: Path) -> None:
    for n in range(200):
        inner = {"Inner": _nested(f"{n + 1}.json"), "R": repository(RepositoryName=f"r{n:03}")}
        write(tmp_path / f"{n}.json", {"Resources": inner})
    deployment = read_assembly(tmp_path / "0.json")
    assert 80 <= len(repositories(deployment)) < 200
    assert [each.problem.id for each in deployment.malformed] == ["nested-template"]


def test_an_output_that_a_nested_stack_has_not_is_unknown(tmp_path: Path) -> None:
    write(tmp_path / "child.json", CHILD)
    name = {"Fn::GetAtt": ["Inner", "Outputs.Gone"]}
    resources = {"Inner": _nested("child.json"), "R": repository(RepositoryName=name)}
    assert "${Main/Inner.Outputs.Gone}" in _names(_read(tmp_path, Resources=resources))


def test_leaves_out_a_nested_stack_that_a_condition_excludes(tmp_path: Path) -> None:
    write(tmp_path / "child.json", CHILD)
    resources = {"Inner": {**_nested("child.json"), "Condition": "No"}}
    conditions = {"No": {"Fn::Equals": [1, 2]}}
    assert _read(tmp_path, Resources=resources, Conditions=conditions).registries == ()


def test_parameters_that_are_computed_are_unknown_below(tmp_path: Path) -> None:
    write(tmp_path / "child.json", CHILD)
    computed = {"Fn::If": ["Open", {"Name": "x"}, {}]}
    deployment = _read(tmp_path, Resources={"Inner": _nested("child.json", Parameters=computed)})
    assert _names(deployment) == ["${Main/Inner.Name}"]


def test_a_nested_stack_in_a_loop_is_not_followed_and_said_so(tmp_path: Path) -> None:
    write(tmp_path / "child.json", CHILD)
    loop = {"Fn::ForEach::L": ["N", ["a"], {"Inner${N}": _nested("child.json")}]}
    deployment = _read(tmp_path, Transform="AWS::LanguageExtensions", Resources=loop)
    assert [each.origin.logical_id for each in deployment.malformed] == ["Inner${N}"]


@pytest.mark.parametrize(
    "resource", [{"Type": "AWS::CloudFormation::Stack"}, _nested(), _nested(Parameters=5)]
)
def test_reads_on_behind_a_nested_stack_that_is_malformed(tmp_path: Path, resource: Any) -> None:
    deployment = _read(tmp_path, Resources={"N": resource, "R": repository(RepositoryName="r")})
    assert _names(deployment) == ["r"]


def test_each_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    parse = documents._parse_json

    def counting(text: str, path: Path, name: str) -> Any:
        read.append(path.name)
        return parse(text, path, name)

    monkeypatch.setattr(documents, "_parse_json", counting)
    write(tmp_path / "child.json", CHILD)
    _read(tmp_path, Resources={"A": _nested("child.json"), "B": _nested("child.json")})
    assert sorted(read) == ["Main.template.json", "child.json"]


def test_refuses_more_stacks_than_an_account_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_MAX_STACKS", 3)
    write(tmp_path / "child.json", CHILD)
    resources = {f"N{n}": _nested("child.json") for n in range(3)}
    with pytest.raises(SourceError, match="must have at most 3 stacks, nested ones included"):
        _read(tmp_path, Resources=resources)


def test_stacks_of_the_same_name_have_unknown_values_of_their_own(tmp_path: Path) -> None:
    artifacts = {}
    for id_ in ("DevSvc", "ProdSvc"):
        write(
            tmp_path / f"{id_}.json",
            {
                "Resources": {
                    "R": repository(RepositoryName={"Ref": "Key"}),
                    "Key": {"Type": "AWS::KMS::Key"},
                }
            },
        )
        artifacts[id_] = {
            "type": "aws:cloudformation:stack",
            "properties": {"templateFile": f"{id_}.json", "stackName": "svc"},
        }
    write(tmp_path / "manifest.json", {"artifacts": artifacts})
    first, second = repositories(read_assembly(tmp_path))
    assert isinstance(first.repository_name, Unresolved)
    assert first.repository_name != second.repository_name
    assert {each.origin.stack for each in (first, second) if each.origin} == {"svc"}
