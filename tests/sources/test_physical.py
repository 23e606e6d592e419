from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from tests.sources.templates import read, shown, stack_of

from ecr_constructs.model.signing import Signing
from ecr_constructs.model.unresolved import Unresolved

RESOURCES = {
    "Api": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "payments/api"}},
    "Unnamed": {"Type": "AWS::ECR::Repository"},
    "Staged": {
        "Type": "AWS::ECR::Repository",
        "Properties": {"RepositoryName": {"Fn::Sub": "${AWS::Region}/${Unnamed}"}},
    },
    "NoName": {
        "Type": "AWS::ECR::Repository",
        "Properties": {"RepositoryName": {"Ref": "AWS::NoValue"}},
    },
    "Deploy": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "Deploy"}},
    "InPath": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "Deploy", "Path": "/ci/"}},
    "MadeUp": {"Type": "AWS::IAM::Role"},
    "OddName": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": ["x"]}},
    "Bot": {"Type": "AWS::IAM::User", "Properties": {"UserName": "bot"}},
    "Team": {"Type": "AWS::IAM::Group", "Properties": {"GroupName": "team"}},
    "Pull": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"ManagedPolicyName": "Pull"}},
    "Key": {"Type": "AWS::KMS::Key"},
    "Function": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "scan"}},
    "Build": {"Type": "AWS::CodeBuild::Project", "Properties": {"Name": "build"}},
    "Hub": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "ecr/hub"}},
    "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}},
    "Public": {"Type": "AWS::ECR::PublicRepository", "Properties": {"RepositoryName": "tools/x"}},
    "Quay": {"Type": "AWS::ECR::PullThroughCacheRule", "Properties": {"EcrRepositoryPrefix": "q"}},
    "Below": {"Type": "AWS::ECR::RepositoryCreationTemplate", "Properties": {"Prefix": "team"}},
    "Uncounted": {
        "Type": "AWS::ECR::PullTimeUpdateExclusion",
        "Properties": {"PrincipalArn": {"Fn::GetAtt": ["Deploy", "Arn"]}},
    },
    "Signing": {"Type": "AWS::ECR::SigningConfiguration"},
    "Profile": {"Type": "AWS::Signer::SigningProfile", "Properties": {"ProfileName": "images"}},
    "Unsaid": {"Type": "AWS::Signer::SigningProfile"},
    "Broken": {"Type": "AWS::ECR::Repository", "Properties": "x"},
    "Typeless": {},
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Api"}, "payments/api"),
        ("Api.Arn", "arn:aws:ecr:eu-west-1:111122223333:repository/payments/api"),
        ("Api.RepositoryUri", "111122223333.dkr.ecr.eu-west-1.amazonaws.com/payments/api"),
        ({"Ref": "Unnamed"}, "${Main.Unnamed}"),
        ("Unnamed.Arn", "arn:aws:ecr:eu-west-1:111122223333:repository/${Main.Unnamed}"),
        ({"Ref": "Staged"}, "eu-west-1/${Main.Unnamed}"),
        ({"Ref": "NoName"}, "${Main.NoName}"),
        ({"Ref": "Deploy"}, "Deploy"),
        ("Deploy.Arn", "arn:aws:iam::111122223333:role/Deploy"),
        ("InPath.Arn", "arn:aws:iam::111122223333:role/ci/Deploy"),
        ("MadeUp.Arn", "arn:aws:iam::111122223333:role/${Main.MadeUp}"),
        ("OddName.Arn", "arn:aws:iam::111122223333:role/${Main.OddName.RoleName}"),
        ("Deploy.RoleId", "${Main.Deploy.RoleId}"),
        ({"Ref": "Bot"}, "bot"),
        ("Bot.Arn", "arn:aws:iam::111122223333:user/bot"),
        ("Team.Arn", "arn:aws:iam::111122223333:group/team"),
        ({"Ref": "Pull"}, "arn:aws:iam::111122223333:policy/Pull"),
        ("Pull.PolicyArn", "arn:aws:iam::111122223333:policy/Pull"),
        ({"Ref": "Key"}, "${Main.Key}"),
        ("Key.Arn", "arn:aws:kms:eu-west-1:111122223333:key/${Main.Key}"),
        (
            {"Ref": "Hub"},
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr/hub-${Main.Hub.Suffix}",
        ),
        (
            "Hub.Id",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr/hub-${Main.Hub.Suffix}",
        ),
        ("Function.Arn", "arn:aws:lambda:eu-west-1:111122223333:function:scan"),
        ("Build.Arn", "arn:aws:codebuild:eu-west-1:111122223333:project/build"),
        ({"Ref": "Public"}, "tools/x"),
        ("Public.Arn", "arn:aws:ecr-public::111122223333:repository/tools/x"),
        ({"Ref": "Quay"}, "q"),
        ({"Ref": "Below"}, "team"),
        ("Below.CreatedAt", "${Main.Below.CreatedAt}"),
        ({"Ref": "Uncounted"}, "arn:aws:iam::111122223333:role/Deploy"),
        ({"Ref": "Signing"}, "111122223333"),
        ("Signing.RegistryId", "111122223333"),
        (
            {"Ref": "Profile"},
            "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/images",
        ),
        ("Profile.Arn", "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/images"),
        ("Profile.ProfileName", "images"),
        ("Profile.ProfileVersion", "${Main.Profile.ProfileVersion}"),
        (
            "Profile.ProfileVersionArn",
            (
                "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/images/"
                "${Main.Profile.ProfileVersion}"
            ),
        ),
        (
            {"Ref": "Unsaid"},
            "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/${Main.Unsaid}",
        ),
        ({"Ref": "Topic"}, "${Main.Topic}"),
        ("Topic.TopicArn", "${Main.Topic.TopicArn}"),
        ({"Ref": "Broken"}, "${Main.Broken}"),
        ({"Ref": "Typeless"}, "${Main.Typeless}"),
        ("Typeless.Arn", "${Main.Typeless.Arn}"),
    ],
)
def test_tells_what_a_reference_will_be(value: Any, expected: str) -> None:
    if isinstance(value, str):
        pair = {"Fn::GetAtt": value.split(".")}
        assert shown(pair, Resources=RESOURCES) == expected
        assert shown({"Fn::Sub": f"${{{value}}}"}, Resources=RESOURCES) == expected
        value = {"Fn::GetAtt": value}
    assert shown(value, Resources=RESOURCES) == expected


@pytest.mark.parametrize(
    "kind",
    [
        "ECR::PublicRepository",
        "ECR::PullThroughCacheRule",
        "ECR::PullTimeUpdateExclusion",
        "ECR::RegistryPolicy",
        "ECR::RegistryScanningConfiguration",
        "ECR::ReplicationConfiguration",
        "ECR::Repository",
        "ECR::RepositoryCreationTemplate",
        "ECR::SigningConfiguration",
        "Signer::SigningProfile",
    ],
)
def test_reference_gives_what_the_schema_identifies_a_resource_by(kind: str) -> None:
    """The identifier is a property as it is given, or an attribute; both are in the schema."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", f"AWS::{kind}").schema
    (identifier,) = (path.rpartition("/")[2] for path in schema["primaryIdentifier"])
    attributes = [path.rpartition("/")[2] for path in schema.get("readOnlyProperties", ())]
    # The name of a profile is both in the schema: to be given, and to be read.
    created = [path.rpartition("/")[2] for path in schema.get("createOnlyProperties", ())]
    given = {
        name: f"given-{name}"
        for name in schema["properties"]
        if name not in attributes or name in created
    }
    resources = {"One": {"Type": f"AWS::{kind}", "Properties": given}}

    reference = shown({"Ref": "One"}, Resources=resources)
    if identifier in given:
        assert reference == given[identifier]
    else:
        assert identifier in attributes
        assert reference == shown({"Fn::GetAtt": ["One", identifier]}, Resources=resources)
        assert "Main.One" not in reference


def test_rule_of_a_profile_in_the_same_template_names_its_arn(tmp_path: Path) -> None:
    rules = [{"SigningProfileArn": {"Ref": "Profile"}}]
    signing = {"Type": "AWS::ECR::SigningConfiguration", "Properties": {"Rules": rules}}
    (registry,) = read(
        tmp_path, Resources={"Signing": signing, "Profile": RESOURCES["Profile"]}
    ).registries
    assert isinstance(registry.signing, Signing)
    (rule,) = registry.signing.rules
    assert rule.signing_profile_arn == (
        "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/images"
    )


def test_partition_and_domain_follow_the_region() -> None:
    stack = stack_of(region="cn-north-1", Resources=RESOURCES)
    assert stack.resolve({"Fn::GetAtt": ["Deploy", "Arn"]}) == (
        "arn:aws-cn:iam::111122223333:role/Deploy"
    )
    assert stack.resolve({"Fn::GetAtt": ["Api", "RepositoryUri"]}) == (
        "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/payments/api"
    )


def test_without_an_environment_the_name_is_still_known() -> None:
    stack = stack_of(account=None, region=None, Resources=RESOURCES)
    assert stack.resolve({"Ref": "Api"}) == "payments/api"
    arn = stack.resolve({"Fn::GetAtt": ["Api", "Arn"]})
    assert str(arn) == (
        "arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository/payments/api"
    )


def test_an_attribute_may_be_named_by_a_parameter() -> None:
    parameters = {"What": {"Type": "String", "Default": "Arn"}, "Open": {"Type": "String"}}
    sections = {"Parameters": parameters, "Resources": RESOURCES}
    assert shown({"Fn::GetAtt": ["Bot", {"Ref": "What"}]}, **sections).endswith("user/bot")
    assert shown({"Fn::GetAtt": ["Bot", {"Ref": "Open"}]}, **sections) == "${Main.Bot.${Main.Open}}"


def test_a_circle_of_names_ends_unknown() -> None:
    def role(name: str) -> dict[str, Any]:
        return {"Type": "AWS::IAM::Role", "Properties": {"RoleName": {"Fn::Sub": name}}}

    stack = stack_of(Resources={"A": role("${B}-a"), "B": role("${A}-b"), "C": role("${C}")})
    assert str(stack.resolve({"Ref": "A"})) == "${Main.A}-b-a"
    assert stack.resolve({"Ref": "C"}) == Unresolved.of("Main.C")
