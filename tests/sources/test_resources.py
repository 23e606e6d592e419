from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.sources.templates import read, repository

from ecr_constructs.model.policy import Policy
from ecr_constructs.model.repository import Repository
from ecr_constructs.sources.resources import KINDS, Kind

PULL = {
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "ecr:BatchGetImage",
            "Resource": {"Fn::GetAtt": ["Api", "Arn"]},
        }
    ]
}


def test_another_type_joins_with_a_line_in_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def by_name_downwards(each: Repository) -> int:
        return -len(str(each.repository_name))

    kind = Kind("repositories", Repository.from_cfn, by_name_downwards)
    monkeypatch.setitem(KINDS, "Custom::Repository", kind)
    resources = {
        name: {"Type": "Custom::Repository", "Properties": {"RepositoryName": name}}
        for name in ("a", "ccc", "bb")
    }
    (registry,) = read(tmp_path, Resources=resources).registries
    assert [each.repository_name for each in registry.repositories] == ["ccc", "bb", "a"]


def test_repositories_without_a_name_come_last(tmp_path: Path) -> None:
    resources = {"N": repository(), **{n: repository(RepositoryName=n) for n in ("z", "a")}}
    (registry,) = read(tmp_path, Resources=resources).registries
    assert [each.repository_name for each in registry.repositories] == ["a", "z", None]


def test_roles_and_users_are_read_with_the_policies_of_their_assembly(tmp_path: Path) -> None:
    def attach(name: str) -> dict[str, Any]:
        properties = {"PolicyName": name, "PolicyDocument": PULL, "Roles": [{"Ref": "Puller"}]}
        return {"Type": "AWS::IAM::Policy", "Properties": properties}

    deployment = read(
        tmp_path,
        Conditions={"No": {"Fn::Equals": [1, 2]}},
        Resources={
            "Api": repository(RepositoryName="api"),
            "Puller": {"Type": "AWS::IAM::Role", "Properties": {"Path": "/ci/"}},
            "Named": {"Type": "AWS::IAM::User", "Properties": {"UserName": "bot"}},
            "Excluded": {"Type": "AWS::IAM::Role", "Condition": "No"},
            "Attached": attach("pull"),
            "NotAttached": {**attach("none"), "Condition": "No"},
        },
    )
    role, user = deployment.identities
    assert str(role.arn) == "arn:aws:iam::111122223333:role/ci/${Main.Puller}"
    assert user.arn == "arn:aws:iam::111122223333:user/bot"
    (policy,) = role.policies
    assert policy.name == "pull"
    assert isinstance(policy.document, Policy)
    assert policy.document.statements[0].resources == (
        "arn:aws:ecr:eu-west-1:111122223333:repository/api",
    )
    assert deployment.malformed == ()


def test_what_is_malformed_in_a_role_is_located(tmp_path: Path) -> None:
    deployment = read(
        tmp_path, Resources={"R": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": ["x"]}}}
    )
    assert [(each.origin.logical_id, each.problem.path) for each in deployment.malformed] == [
        ("R", "Properties.RoleName")
    ]


def test_a_role_in_a_loop_is_one_role_of_unknown_name(tmp_path: Path) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": {"Fn::Sub": "r-${Team}"}}}
    deployment = read(
        tmp_path,
        Transform="AWS::LanguageExtensions",
        Resources={"Fn::ForEach::Teams": ["Team", ["a", "b"], {"Role${Team}": role}]},
    )
    (only,) = deployment.identities
    assert str(only.arn) == "arn:aws:iam::111122223333:role/r-${Main.Team}"
    assert deployment.malformed == ()
