from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.sources.templates import (
    ACCOUNT,
    REGION,
    read,
    repositories,
    repository,
    the_repository,
    write,
)

from ecr_constructs.errors import ConfigurationError, SourceError
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed, Status
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.unresolved import Unknown, Unresolved
from ecr_constructs.sources.assembly import read_assembly

OPEN = {"Fn::Equals": [{"Ref": "AWS::Region"}, {"Ref": "Where"}]}


def _assembly(tmp_path: Path, stacks: dict[str, tuple[str, dict[str, Any]]]) -> Path:
    """Write an assembly of stacks by name: an environment and a template each."""
    artifacts = {}
    for name, (environment, template) in stacks.items():
        write(tmp_path / f"{name}.template.json", template)
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{environment}",
            "properties": {"templateFile": f"{name}.template.json"},
        }
    write(tmp_path / "manifest.json", {"version": "55.0.0", "artifacts": artifacts})
    return tmp_path


def test_stacks_of_one_account_and_region_are_one_registry(tmp_path: Path) -> None:
    def stack(*names: str) -> dict[str, Any]:
        return {"Resources": {f"R{name}": repository(RepositoryName=name) for name in names}}

    path = _assembly(
        tmp_path,
        {
            "Z": ("222222222222/eu-west-1", stack("z")),
            "B": ("111111111111/us-east-1", stack("b")),
            "A": ("111111111111/eu-west-1", stack("m", "c")),
            "C": ("111111111111/eu-west-1", stack("d")),
            "None": ("111111111111/eu-north-1", {"Resources": {}}),
        },
    )
    deployment = read_assembly(path)
    assert [
        (registry.account, registry.region, [r.repository_name for r in registry.repositories])
        for registry in deployment.registries
    ] == [
        ("111111111111", "eu-west-1", ["c", "d", "m"]),
        ("111111111111", "us-east-1", ["b"]),
        ("222222222222", "eu-west-1", ["z"]),
    ]


@pytest.mark.parametrize(
    "environment",
    ["unknown-account/unknown-region", "unknown-account/eu-west-1", "111111111111/unknown-region"],
)
def test_a_stack_without_a_concrete_environment_is_a_registry_of_its_own(
    tmp_path: Path, environment: str
) -> None:
    template = {"Resources": {"R": repository()}}
    path = _assembly(tmp_path, {"A": (environment, template), "B": (environment, template)})
    first, second = read_assembly(path).registries
    assert (first.account, first.region) == (second.account, second.region)
    assert {first.repositories[0].origin, second.repositories[0].origin} == {
        Origin("A", "R", "A.template.json", None),
        Origin("B", "R", "B.template.json", None),
    }


def test_an_account_and_region_that_are_given_stand_in_for_unknown_ones(tmp_path: Path) -> None:
    template = {"Resources": {"R": repository(RepositoryName={"Fn::Sub": "x/${AWS::Region}"})}}
    unknown = "unknown-account/unknown-region"
    path = _assembly(
        tmp_path,
        {
            "A": (unknown, template),
            "B": (unknown, template),
            "C": ("1" * 12 + "/eu-west-1", template),
        },
    )
    deployment = read_assembly(path, account="1" * 12, region="eu-north-1")
    assert [
        (registry.region, [r.repository_name for r in registry.repositories])
        for registry in deployment.registries
    ] == [("eu-north-1", ["x/eu-north-1", "x/eu-north-1"]), ("eu-west-1", ["x/eu-west-1"])]


def test_reads_a_lone_template(tmp_path: Path) -> None:
    only = the_repository(tmp_path, Resources={"Api": repository(RepositoryName="api")})
    assert only.repository_name == "api"
    assert only.origin == Origin("Main", "Api", "Main.template.json", None)


def test_a_lone_template_says_not_where_it_goes_nor_what_its_stack_is_called(
    tmp_path: Path,
) -> None:
    names = {"Fn::Sub": "${AWS::StackName}/${AWS::AccountId}"}
    template = {"Resources": {"Api": repository(RepositoryName=names)}}
    (registry,) = read_assembly(write(tmp_path / "api.json", template)).registries
    assert registry.account == Unresolved.of("AWS::AccountId")
    assert (
        str(registry.repositories[0].repository_name) == "${api.AWS::StackName}/${AWS::AccountId}"
    )


def test_reads_a_lone_template_in_yaml(tmp_path: Path) -> None:
    path = tmp_path / "api.yaml"
    path.write_text(
        """
        AWSTemplateFormatVersion: 2010-09-09
        Parameters:
          Puller: {Type: String, Default: 012345670123}
        Resources:
          Api:
            Type: AWS::ECR::Repository
            Properties:
              RepositoryName: !Sub ${AWS::Region}/api
              RepositoryPolicyText:
                Version: 2012-10-17
                Statement:
                  - Effect: Allow
                    Principal: {AWS: !Join [':', ['arn:aws:iam:', !Ref Puller, root]]}
                    Action: ecr:BatchGetImage
        """
    )
    (only,) = repositories(read_assembly(path, account=ACCOUNT, region=REGION))
    assert only.repository_name == "eu-west-1/api"
    assert isinstance(only.repository_policy, Policy)
    (statement,) = only.repository_policy.statements
    assert statement.principals[0].value == "arn:aws:iam::012345670123:root"


def test_values_that_are_given_replace_defaults(tmp_path: Path) -> None:
    template = {
        "Parameters": {"Name": {"Type": "String", "Default": "api"}},
        "Resources": {"Api": repository(RepositoryName={"Ref": "Name"})},
    }
    path = write(tmp_path / "api.json", template)
    (only,) = repositories(read_assembly(path, parameters={"Name": "web"}))
    assert only.repository_name == "web"


def test_leaves_out_what_a_condition_excludes_and_keeps_what_cannot_be_told(
    tmp_path: Path,
) -> None:
    def on(condition: Any) -> dict[str, Any]:
        return {**repository(), "Condition": condition}

    deployment = read(
        tmp_path,
        Parameters={"Where": {"Type": "String"}},
        Conditions={"Yes": {"Fn::Equals": [1, 1]}, "No": {"Fn::Equals": [1, 2]}, "Open": OPEN},
        Resources={"A": on("Yes"), "B": on("No"), "C": on("Open"), "D": on(["odd"])},
    )
    origins = [each.origin for each in repositories(deployment)]
    assert [origin.logical_id for origin in origins if origin] == ["A", "C", "D"]
    assert deployment.malformed == ()


def test_a_policy_in_a_string_is_read_with_its_unknown_parts(tmp_path: Path) -> None:
    text = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ecr:*",'
        ' "Principal": {"AWS": "arn:aws:iam::${Account}:root"}}]}'
    )
    only = the_repository(
        tmp_path,
        Parameters={"Account": {"Type": "String"}},
        Resources={"Api": repository(RepositoryPolicyText={"Fn::Sub": text})},
    )
    assert isinstance(only.repository_policy, Policy)
    assert only.repository_policy.statements[0].principals[0].value == Unresolved(
        ("arn:aws:iam::", Unknown("Main.Account"), ":root")
    )


def test_a_policy_that_may_be_one_is_unresolved_and_not_malformed(tmp_path: Path) -> None:
    only = the_repository(
        tmp_path,
        Parameters={"Where": {"Type": "String"}},
        Conditions={"Open": OPEN},
        Resources={
            "Api": repository(
                RepositoryPolicyText={
                    "Statement": [
                        {"Fn::If": ["Open", {"Effect": "Allow"}, {"Ref": "AWS::NoValue"}]}
                    ]
                },
                LifecyclePolicy={"LifecyclePolicyText": {"Fn::Sub": '{"rules": ${Where}}'}},
            )
        },
    )
    assert isinstance(only.repository_policy, Unresolved)
    assert isinstance(only.lifecycle_policy, Unresolved)


def test_a_policy_that_is_broken_whatever_is_unknown_is_malformed(tmp_path: Path) -> None:
    statement = {"Effect": "Maybe", "Principal": {"AWS": {"Ref": "Where"}}, "Action": "ecr:*"}
    only = the_repository(
        tmp_path,
        Parameters={"Where": {"Type": "String"}},
        Resources={
            "Api": repository(
                RepositoryPolicyText={"Statement": [statement]},
                LifecyclePolicy={"LifecyclePolicyText": '{"rules": ['},
            )
        },
    )
    assert isinstance(only.repository_policy, Malformed)
    assert "'Maybe'" in only.repository_policy.problems[0].message
    assert isinstance(only.lifecycle_policy, Malformed)


def test_what_is_malformed_is_located_and_the_rest_is_read(tmp_path: Path) -> None:
    deployment = read(
        tmp_path,
        Resources={
            "Odd": "x",
            "Typeless": {"Properties": {}},
            "Api": {
                "Type": "AWS::ECR::Repository",
                "Metadata": {"aws:cdk:path": "Main/Api/Resource"},
                "Properties": {
                    "RepositoryName": ["x"],
                    "EncryptionConfiguration": {"KmsKey": {"Fn::Join": 5}},
                    "EmptyOnDelete": True,
                },
            },
        },
    )
    assert [
        (each.origin.logical_id, each.origin.construct_path, each.problem.id, each.problem.path)
        for each in deployment.malformed
    ] == [
        ("Odd", None, "malformed-resource", ""),
        ("Typeless", None, "malformed-resource", ""),
        ("Api", "Main/Api", "malformed-property", "Properties.RepositoryName"),
        (
            "Api",
            "Main/Api",
            "malformed-intrinsic",
            "Properties.EncryptionConfiguration.KmsKey.Fn::Join",
        ),
    ]
    (only,) = repositories(deployment)
    assert only.empty_on_delete is True
    assert isinstance(only.repository_name, Unresolved)


def test_exemptions_and_deletion_are_read_with_their_intrinsics(tmp_path: Path) -> None:
    exemption = {"control": "tag-immutability", "reason": {"Fn::Sub": "for ${AWS::Region}"}}
    only = the_repository(
        tmp_path,
        Resources={
            "Api": {
                "Type": "AWS::ECR::Repository",
                "Metadata": {"EcrConstructs": {"exemptions": [exemption]}},
                "DeletionPolicy": "Retain",
                "UpdateReplacePolicy": {"Fn::If": ["Yes", "Retain", "Delete"]},
            }
        },
        Conditions={"Yes": {"Fn::Equals": [1, 1]}},
    )
    assert only.exemptions[0].reason == "for eu-west-1"
    assert (only.deletion_policy, only.update_replace_policy) == ("Retain", "Retain")


def test_a_loop_is_read_as_one_repository_of_which_the_variable_is_unknown(
    tmp_path: Path,
) -> None:
    body = repository(
        RepositoryName="${Team}/&{Name}/${AWS::Region}",
        Tags=[
            {"Key": "Team", "Value": {"Ref": "Team"}},
            {"Key": "n", "Value": {"Fn::Sub": "${Name}"}},
            {"Key": "Plain", "Value": "{Name}"},
        ],
    )
    only = the_repository(
        tmp_path,
        Transform="AWS::LanguageExtensions",
        Resources={
            "Fn::ForEach::Teams": [
                "Team",
                ["a", "b"],
                {"Fn::ForEach::Names": ["Name", ["x"], {"Repo${Team}${Name}": body}]},
            ]
        },
    )
    assert only.origin is not None
    assert only.origin.logical_id == "Repo${Team}${Name}"
    assert only.repository_name == Unresolved(
        (Unknown("Main.Team"), "/", Unknown("Main.Name"), "/${AWS::Region}")
    )
    assert [str(value) for _, value in only.tags] == ["${Main.Team}", "${Main.Name}", "{Name}"]


def test_notes_a_loop_that_is_none_and_passes_over_a_transform(tmp_path: Path) -> None:
    deployment = read(
        tmp_path,
        Transform="AWS::LanguageExtensions",
        Resources={"Fn::ForEach::Odd": ["x"], "Fn::Transform": {"Name": "AWS::Include"}},
    )
    (odd,) = deployment.malformed
    assert odd.origin.logical_id == "Fn::ForEach::Odd"
    assert odd.problem.sentence.startswith("a loop must be a list of a variable's name")
    assert "got ['x']; write ['Name', ['a', 'b']," in odd.problem.sentence


def test_says_once_that_a_loop_is_read_once(tmp_path: Path) -> None:
    """A loop around nothing that is read is passed over; one in another is told with it."""
    body = repository(RepositoryName="${Team}/${Kind}")
    topic = {"Type": "AWS::SNS::Topic"}
    inner = {"Fn::ForEach::Kinds": ["Kind", ["x"], {"A${Team}": body, "B${Team}": body}]}
    deployment = read(
        tmp_path,
        Transform="AWS::LanguageExtensions",
        Resources={
            "Fn::ForEach::Teams": ["Team", {"Ref": "AWS::NotificationARNs"}, inner],
            "Fn::ForEach::Topics": ["Name", ["a"], {"Topic${Name}": topic}],
        },
    )
    (said,) = deployment.malformed
    assert said.origin.logical_id == "Fn::ForEach::Teams"
    assert said.problem.status is Status.UNKNOWN
    assert said.problem.sentence == (
        "how many resources a loop makes, and what they are called, is known at deployment, so that"
        " each is read once, got 'Fn::ForEach::Teams'; check what `aws cloudformation get-template"
        " --template-stage Processed` prints"
    )


def test_templates_without_repositories_are_no_registries(tmp_path: Path) -> None:
    assert read(tmp_path, Resources={"T": {"Type": "AWS::SNS::Topic"}}).registries == ()


def test_a_stack_of_an_assembly_may_have_no_resources(tmp_path: Path) -> None:
    path = _assembly(tmp_path, {"Empty": ("111111111111/eu-west-1", {"Outputs": {}})})
    assert read_assembly(path).registries == ()


def test_refuses_a_path_where_nothing_is(tmp_path: Path) -> None:
    with pytest.raises(
        SourceError, match=r"got '.*/nowhere', which does not exist; synthesise the app first"
    ):
        read_assembly(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("document", "got"),
    [
        ({"version": 1, "b": 2}, r"got \['version', 'b'\]; give a CloudFormation template"),
        ([1], r"got \[1\]"),
        ("null", "got None"),
        ({"Resources": []}, r"got \['Resources'\]"),
    ],
)
def test_refuses_what_is_no_template(tmp_path: Path, document: Any, got: str) -> None:
    with pytest.raises(SourceError, match=f"an object 'Resources', {got}"):
        read_assembly(write(tmp_path / "x.json", document))


def test_refuses_a_template_of_an_assembly_that_is_none(tmp_path: Path) -> None:
    path = _assembly(tmp_path, {"Main": ("1/2", {"Resources": 5})})
    with pytest.raises(SourceError, match=r"\[.*Main.template.json\]"):
        read_assembly(path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"account": "1234"}, "account must be 12 digits, got '1234'; write it as the console"),
        ({"region": "Ireland"}, "region must be a Region such as 'eu-west-1', got 'Ireland'"),
        ({"parameters": {"Nam": "x"}}, "got 'Nam'; the templates have 'Name', 'Stage'"),
    ],
)
def test_refuses_options_that_fit_no_template(
    tmp_path: Path, options: dict[str, Any], message: str
) -> None:
    parameters = {"Name": {"Type": "String"}, "Stage": {"Type": "String"}}
    path = write(tmp_path / "x.json", {"Parameters": parameters, "Resources": {}})
    with pytest.raises(ConfigurationError, match=message):
        read_assembly(path, **options)


def test_reading_loads_neither_cdk_nor_boto3(tmp_path: Path) -> None:
    path = write(tmp_path / "x.json", {"Resources": {"R": repository()}})
    program = (
        "import sys\n"
        "from ecr_constructs.sources.assembly import read_assembly\n"
        f"read_assembly({str(path)!r})\n"
        "print(sorted({'aws_cdk', 'jsii', 'boto3', 'botocore', 'yaml'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert result.stdout.strip() == "[]"
