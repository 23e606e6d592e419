"""A governed repository: defaults, limits, and what each loosened control costs."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from tests.synthesis import (
    ACCOUNT,
    OTHER_ACCOUNT,
    new_app,
    new_stack,
    properties_of,
    repositories_in,
    resource_of,
    statements_of,
    synthesise,
    template_of,
    warnings_of,
)

from ecr_constructs import (
    Baseline,
    ConfigurationError,
    Control,
    EncryptionType,
    Exemption,
    GovernedRepository,
    LifecyclePolicy,
    LifecycleRule,
    Policy,
    Principal,
    Principals,
    Statement,
    TagMutability,
)
from ecr_constructs.service import actions

KEY_ARN = "arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"
UNTAGGED = LifecyclePolicy.of(LifecycleRule.expire_untagged(older_than_days=14))


def exempt(*controls: Control) -> list[Exemption]:
    return [Exemption(control, f"why {control}") for control in controls]


# What a repository is unless told otherwise


def test_a_repository_is_safe_by_default(stack: cdk.Stack) -> None:
    GovernedRepository(stack, "Api", repository_name="payments/api")
    assert resource_of(stack) == {
        "Type": "AWS::ECR::Repository",
        "Properties": {
            "RepositoryName": "payments/api",
            "ImageTagMutability": "IMMUTABLE",
            "ImageScanningConfiguration": {"ScanOnPush": True},
            "LifecyclePolicy": {"LifecyclePolicyText": UNTAGGED.to_json()},
        },
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
    }


def test_cloudformation_names_a_repository_without_a_name(stack: cdk.Stack) -> None:
    GovernedRepository(stack, "Api")
    assert "RepositoryName" not in properties_of(stack)


def test_a_repository_is_what_cdk_takes_for_one(stack: cdk.Stack) -> None:
    repository = GovernedRepository(stack, "Api", repository_name="payments/api")
    assert isinstance(repository, ecr.RepositoryBase)
    assert cdk.Resource.is_resource(repository)
    assert isinstance(repository.node.default_child, ecr.CfnRepository)
    assert repository.stack.node.path == "Stack"
    assert repository.env.account == ACCOUNT


def test_its_attributes_refer_to_the_resource(stack: cdk.Stack) -> None:
    repository = GovernedRepository(stack, "Api", repository_name="payments/api")
    resource = "ApiF70053CD"
    assert stack.resolve(repository.repository_name) == {"Ref": resource}
    assert stack.resolve(repository.repository_arn) == {"Fn::GetAtt": [resource, "Arn"]}
    assert repository.repository_name == repository.repository_name
    assert repository.repository_arn == repository.repository_arn
    assert resource in str(stack.resolve(repository.repository_uri))


def test_two_repositories_of_one_environment_have_two_names() -> None:
    stack = new_stack()
    GovernedRepository(stack, "Api", repository_name="payments/api")
    with pytest.raises(ConfigurationError, match=r"got 'payments/api' a second time: Stack/Api"):
        GovernedRepository(stack, "Other", repository_name="payments/api")


# Names


@pytest.mark.parametrize(
    "name",
    ["ab", "1ab", "00", "a/b", "a/b/c/d", "team.x/app_y", "a--b", "a-----b", "a__b", "a" * 256],
)
def test_takes_every_name_that_ecr_takes(name: str) -> None:
    stack = new_stack()
    GovernedRepository(stack, "Api", repository_name=name)
    assert properties_of(stack)["RepositoryName"] == name


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("", "for example 'payments/api'"),
        ("a", "for example 'payments/api'"),
        ("a___b", "'a_b'"),
        ("a..b", "'a.b'"),
        ("a//b", "'a/b'"),
        ("A/b", "'a/b'"),
        ("/prod", "'prod'"),
        ("prod/", "'prod'"),
        ("prod-", "'prod'"),
        ("-prod", "'prod'"),
        ("Payments/api", "'payments/api'"),
        ("payments api", "'payments-api'"),
        ("a" * 257, "for example 'payments/api'"),
        ("payments/api\n", "'payments/api'"),
        ("é", "for example 'payments/api'"),
    ],
)
def test_refuses_names_that_ecr_refuses(refusing: cdk.Stack, name: str, fix: str) -> None:
    sentence = rf"repository_name must be 2 to 256 .* got {re.escape(repr(name))}; write {fix}"
    with pytest.raises(ConfigurationError, match=sentence):
        GovernedRepository(refusing, "Api", repository_name=name)


def test_refuses_a_token_as_a_name(refusing: cdk.Stack) -> None:
    with pytest.raises(
        ConfigurationError, match="must be known at synthesis, got a token; write the name out"
    ):
        GovernedRepository(refusing, "Api", repository_name=cdk.Fn.import_value("Name"))


# Tag mutability


@pytest.mark.parametrize("mode", TagMutability)
def test_every_mode_of_mutability_is_written(stack: cdk.Stack, mode: TagMutability) -> None:
    filters = ["latest", "dev-*"] if mode.takes_filters else []
    GovernedRepository(
        stack,
        "Api",
        image_tag_mutability=mode,
        image_tag_mutability_exclusion_filters=filters,
        exemptions=exempt(Control.TAG_IMMUTABILITY),
    )
    properties = properties_of(stack)
    assert properties["ImageTagMutability"] == mode.value
    written = properties.get("ImageTagMutabilityExclusionFilters", [])
    assert written == [
        {
            "ImageTagMutabilityExclusionFilterType": "WILDCARD",
            "ImageTagMutabilityExclusionFilterValue": value,
        }
        for value in sorted(filters)
    ]


def test_one_filter_needs_no_list(stack: cdk.Stack) -> None:
    GovernedRepository(stack, "Api", image_tag_mutability_exclusion_filters="latest")
    (resource,) = repositories_in(template_of(stack)).values()
    (written,) = resource["Properties"]["ImageTagMutabilityExclusionFilters"]
    assert written["ImageTagMutabilityExclusionFilterValue"] == "latest"


def test_warns_of_a_name_with_the_registrys_host() -> None:
    app = new_app()
    name = "111111111111.dkr.ecr.eu-west-1.amazonaws.com/payments/api"
    GovernedRepository(new_stack(app), "Api", repository_name=name)
    (warning,) = warnings_of(app)["Stack/Api"]
    assert f"the registry's host comes before it, got {name!r}; write 'payments/api'" in warning


def test_filters_alone_mean_immutable_with_exclusion(stack: cdk.Stack) -> None:
    GovernedRepository(stack, "Api", image_tag_mutability_exclusion_filters=["latest"])
    assert properties_of(stack)["ImageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"


@pytest.mark.parametrize(
    "filters",
    [["a"], ["a", "b", "c", "d", "e"], ["x" * 128], ["a*b*"], ["A.b_c-1"], ["*-dev"]],
)
def test_takes_exclusion_filters_within_the_limits(filters: list[str]) -> None:
    stack = new_stack()
    GovernedRepository(stack, "Api", image_tag_mutability_exclusion_filters=filters)
    assert len(properties_of(stack)["ImageTagMutabilityExclusionFilters"]) == len(filters)


@pytest.mark.parametrize(
    ("mode", "filters", "sentence"),
    [
        (
            TagMutability.IMMUTABLE_WITH_EXCLUSION,
            [],
            "must be 1 to 5 with IMMUTABLE_WITH_EXCLUSION, got 0; write for example ['latest']",
        ),
        (None, list("abcdef"), "must be 1 to 5 with IMMUTABLE_WITH_EXCLUSION, got 6; write"),
        (
            TagMutability.IMMUTABLE,
            ["latest"],
            "got 'IMMUTABLE' and 1 filters; write TagMutability.IMMUTABLE_WITH_EXCLUSION or drop",
        ),
        (None, ["a*b*c*"], "at most 2 wildcards, got 'a*b*c*' with 3; split it into several"),
        (None, ["x" * 129], f"1 to 128 letters, digits, '.', '_', '-' or '*', got '{'x' * 129}'"),
        (None, [""], "got ''; write for example 'latest' or 'dev-*'"),
        (None, ["a b"], "got 'a b'; write for example 'latest' or 'dev-*'"),
        (None, ["latest\n"], r"got 'latest\n'; write for example"),
        (None, 7, "must be a list of strings, got 7; write for example ['latest']"),
        (None, [7], "must be strings, got 7; write for example ['latest']"),
        ("IMUTABLE", [], "IMMUTABLE_WITH_EXCLUSION, got 'IMUTABLE'; write TagMutability.IMMUTABLE"),
        (ecr.TagMutability.IMMUTABLE, [], "; write ecr_constructs.TagMutability.IMMUTABLE"),
    ],
)
def test_refuses_mutability_that_ecr_refuses(
    refusing: cdk.Stack, mode: Any, filters: Any, sentence: str
) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(sentence)):
        GovernedRepository(
            refusing,
            "Api",
            image_tag_mutability=mode,
            image_tag_mutability_exclusion_filters=filters,
            exemptions=exempt(Control.TAG_IMMUTABILITY),
        )


# Encryption


def test_a_key_means_kms(stack: cdk.Stack) -> None:
    key = kms.Key.from_key_arn(stack, "Key", KEY_ARN)
    GovernedRepository(stack, "Api", encryption_key=key)
    assert properties_of(stack)["EncryptionConfiguration"] == {
        "EncryptionType": "KMS",
        "KmsKey": KEY_ARN,
    }


def test_a_key_of_the_stack_is_referred_to(stack: cdk.Stack) -> None:
    key = kms.Key(stack, "Key")
    GovernedRepository(stack, "Api", encryption_key=key)
    configuration = properties_of(stack)["EncryptionConfiguration"]
    assert configuration["KmsKey"] == {"Fn::GetAtt": [stack.get_logical_id(_cfn(key)), "Arn"]}


@pytest.mark.parametrize(
    ("region", "encryption"),
    [
        ("eu-west-1", EncryptionType.KMS),
        ("us-gov-west-1", EncryptionType.KMS_DSSE),
        ("us-gov-east-1", EncryptionType.KMS_DSSE),
    ],
)
def test_every_type_is_written_where_it_exists(region: str, encryption: EncryptionType) -> None:
    stack = new_stack(env=cdk.Environment(account=ACCOUNT, region=region))
    GovernedRepository(stack, "Api", encryption=encryption)
    properties = properties_of(stack, region=region)
    assert properties["EncryptionConfiguration"] == {"EncryptionType": encryption.value}


def test_encryption_is_left_out_where_aws_ecr_leaves_it_out(stack: cdk.Stack) -> None:
    """Or changing the class of a repository that is there would replace it."""
    ecr.Repository(stack, "Theirs", encryption=ecr.RepositoryEncryption.AES_256)
    GovernedRepository(stack, "Ours", encryption=EncryptionType.AES256)
    repositories = repositories_in(template_of(stack)).values()
    assert len(repositories) == 2
    for each in repositories:
        assert "EncryptionConfiguration" not in each.get("Properties", {})


@pytest.mark.parametrize("region", ["eu-west-1", "cn-north-1", "us-iso-east-1"])
def test_refuses_kms_dsse_outside_of_govcloud(region: str) -> None:
    stack = new_stack(env=cdk.Environment(account=ACCOUNT, region=region))
    sentence = r"AWS GovCloud \(US\) Regions only, got partition 'aws.*'; write EncryptionType.KMS"
    with pytest.raises(ConfigurationError, match=sentence):
        GovernedRepository(stack, "Api", encryption=EncryptionType.KMS_DSSE)


def test_warns_of_kms_dsse_where_the_region_is_not_known() -> None:
    app = new_app()
    stack = new_stack(app, env=None)
    GovernedRepository(stack, "Api", encryption=EncryptionType.KMS_DSSE)
    assert properties_of(stack)["EncryptionConfiguration"] == {"EncryptionType": "KMS_DSSE"}
    (warning,) = warnings_of(app)["Stack/Api"]
    assert "got a stack without a concrete Region; give the stack an env, or write" in warning
    assert "[ack: ecr-constructs:encryption]" in warning


def test_refuses_a_key_with_aes256(refusing: cdk.Stack) -> None:
    key = kms.Key.from_key_arn(new_stack(), "Key", KEY_ARN)
    with pytest.raises(ConfigurationError, match="must be KMS, got 'AES256'; drop one of the two"):
        GovernedRepository(refusing, "Api", encryption=EncryptionType.AES256, encryption_key=key)


def test_refuses_a_key_of_another_region(refusing: cdk.Stack) -> None:
    arn = KEY_ARN.replace("eu-west-1", "us-east-1")
    key = kms.Key.from_key_arn(new_stack(), "Key", arn)
    sentence = "Region 'eu-west-1', got one of 'us-east-1'; define a key there"
    with pytest.raises(ConfigurationError, match=sentence):
        GovernedRepository(refusing, "Api", encryption_key=key)


def test_refuses_what_is_no_encryption(refusing: cdk.Stack) -> None:
    given: Any = "AES_256"
    with pytest.raises(
        ConfigurationError, match=r"KMS_DSSE, got 'AES_256'; write EncryptionType\.AES256"
    ):
        GovernedRepository(refusing, "Api", encryption=given)


# Tags


def test_tags_are_written(stack: cdk.Stack) -> None:
    GovernedRepository(stack, "Api", tags={"team": "payments", "cost": "42"})
    assert properties_of(stack)["Tags"] == [
        {"Key": "cost", "Value": "42"},
        {"Key": "team", "Value": "payments"},
    ]


def test_tags_of_the_scope_are_added(stack: cdk.Stack) -> None:
    GovernedRepository(stack, "Api", tags={"team": "payments"})
    cdk.Tags.of(stack).add("stage", "test")
    assert properties_of(stack)["Tags"] == [
        {"Key": "stage", "Value": "test"},
        {"Key": "team", "Value": "payments"},
    ]


@pytest.mark.parametrize(
    "tags",
    [
        {f"k{number}": "v" for number in range(50)},
        {"k" * 127: "v"},
        {"k": "v" * 255},
        {"k": "v"},
        {"Aws": "v"},
    ],
)
def test_takes_tags_within_the_limits(tags: dict[str, str]) -> None:
    stack = new_stack()
    GovernedRepository(stack, "Api", tags=tags)
    assert {t["Key"]: t["Value"] for t in properties_of(stack)["Tags"]} == tags


@pytest.mark.parametrize(
    ("tags", "sentence"),
    [
        ({f"k{n}": "v" for n in range(51)}, "at most 50 tags, got 51; drop some"),
        ({"": "v"}, "a tag's key must be 1 to 127 characters, got ''; lengthen it"),
        ({"k" * 128: "v"}, f"1 to 127 characters, got '{'k' * 128}'; shorten it"),
        ({"k": ""}, "a tag's value must be 1 to 255 characters, got ''; lengthen it"),
        ({"k": "v" * 256}, f"1 to 255 characters, got '{'v' * 256}'; shorten it"),
        ({"aws:team": "v"}, "must not begin with 'aws:', got 'aws:team'; rename it"),
        ({"AWS:team": "v"}, "must not begin with 'aws:', got 'AWS:team'; rename it"),
        ({"k": 7}, "a tag's value must be a string, got 7; write '7'"),
        ([{"Key": "k"}], "must be a mapping of keys to values, got [{'Key': 'k'}]; write {'team'"),
    ],
)
def test_refuses_tags_that_ecr_refuses(refusing: cdk.Stack, tags: Any, sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(sentence)):
        GovernedRepository(refusing, "Api", tags=tags)


# The lifecycle policy and the repository policy


def test_the_lifecycle_policy_is_written(stack: cdk.Stack) -> None:
    policy = LifecyclePolicy.of(
        LifecycleRule.expire_untagged(older_than_days=7),
        LifecycleRule.keep_newest(50, tag_patterns=["v*"]),
    )
    GovernedRepository(stack, "Api", lifecycle_policy=policy)
    written = properties_of(stack)["LifecyclePolicy"]["LifecyclePolicyText"]
    assert LifecyclePolicy.from_json(written) == policy.normalise()


def test_the_baseline_brings_the_lifecycle_policy(stack: cdk.Stack) -> None:
    policy = LifecyclePolicy.of(LifecycleRule.expire(older_than_days=30))
    GovernedRepository(stack, "Api", baseline=Baseline(lifecycle_policy=policy))
    assert properties_of(stack)["LifecyclePolicy"] == policy.to_cfn()


def test_refuses_a_lifecycle_policy_that_ecr_refuses(refusing: cdk.Stack) -> None:
    policy = LifecyclePolicy.of(LifecycleRule.expire_untagged(older_than_days=0))
    sentence = r"lifecycle_policy\.rules\[0\]\.selection\.countNumber: .* got 0; "
    with pytest.raises(ConfigurationError, match=sentence):
        GovernedRepository(refusing, "Api", lifecycle_policy=policy)


def test_statements_of_the_repository_policy_are_written(stack: cdk.Stack) -> None:
    GovernedRepository(
        stack,
        "Api",
        repository_policy=Policy.of(
            Statement(principals=(Principal("AWS", OTHER_ACCOUNT),), actions=("ecr:PutImage",))
        ),
    )
    assert statements_of(stack) == [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"},
            "Action": "ecr:PutImage",
        }
    ]


def test_refuses_a_policy_of_the_old_version_with_variables(refusing: cdk.Stack) -> None:
    document = {
        "Version": "2008-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": OTHER_ACCOUNT},
            "Action": "ecr:PutImage",
            "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}},
        },
    }
    with pytest.raises(
        ConfigurationError, match=r"version '2012-10-17', got '2008-10-17', .*; write '2012-10-17'"
    ):
        GovernedRepository(refusing, "Api", repository_policy=Policy.from_document(document))


# Parameters of another kind


@pytest.mark.parametrize(
    ("parameter", "value", "sentence"),
    [
        ("scan_on_push", None, "scan_on_push must be True or False, got None; leave it out"),
        ("scan_on_push", "false", "scan_on_push must be True or False, got 'false'; leave it out"),
        ("lifecycle_policy", {"rules": []}, "must be a LifecyclePolicy, got {'rules': []}; write"),
        ("lifecycle_policy", UNTAGGED.to_json(), "write LifecyclePolicy.of(...), .from_json(text)"),
        ("repository_policy", {"Statement": []}, "must be a Policy, got {'Statement': []}; write"),
        ("empty_on_delete", "no", "empty_on_delete must be True or False, got 'no'; leave it out"),
        ("baseline", {}, "baseline must be a Baseline, got {}; write Baseline(...)"),
        ("exemptions", 7, "exemptions must be a list of Exemptions, got 7; write [Exemption("),
        ("exemptions", ["scan-on-push"], "must be Exemptions, got 'scan-on-push'; write"),
        ("exemptions", "scan-on-push", "must be a list of Exemptions, got 'scan-on-push'; write"),
        (
            "exemptions",
            Exemption(Control.SCAN_ON_PUSH, "why"),
            "exemptions must be a list of Exemptions, got one of Exemption; write [Exemption(",
        ),
    ],
)
def test_refuses_a_parameter_of_another_kind(
    refusing: cdk.Stack, parameter: str, value: Any, sentence: str
) -> None:
    given: dict[str, Any] = {parameter: value}
    with pytest.raises(ConfigurationError, match=re.escape(sentence)):
        GovernedRepository(refusing, "Api", **given)


def test_all_that_is_wrong_is_said_at_once(refusing: cdk.Stack) -> None:
    with pytest.raises(ConfigurationError) as caught:
        GovernedRepository(
            refusing,
            "Api",
            repository_name="Api",
            image_tag_mutability=TagMutability.MUTABLE,
            tags={"k": ""},
            removal_policy=cdk.RemovalPolicy.SNAPSHOT,
            exemptions=[Exemption(Control.SCAN_ON_PUSH, "")],
        )
    assert len(caught.value.sentences) == 5
    assert caught.value.path == "Stack/Api"
    message = str(caught.value)
    assert message.startswith("5 problems\n  - repository_name must be")
    assert message.endswith("[Stack/Api]")


# What happens when the repository leaves its stack


@pytest.mark.parametrize(
    ("removal_policy", "deletion", "update_replace"),
    [
        (cdk.RemovalPolicy.RETAIN, "Retain", "Retain"),
        (cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, "RetainExceptOnCreate", "Retain"),
        (cdk.RemovalPolicy.DESTROY, "Delete", "Delete"),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_the_removal_policy_is_written(
    removal_policy: cdk.RemovalPolicy, deletion: str, update_replace: str, *, later: bool
) -> None:
    stack = new_stack()
    repository = GovernedRepository(
        stack,
        "Api",
        removal_policy=cdk.RemovalPolicy.RETAIN if later else removal_policy,
        exemptions=exempt(Control.RETAIN_ON_DELETE),
    )
    if later:
        repository.apply_removal_policy(removal_policy)
    resource = resource_of(stack)
    assert resource["DeletionPolicy"] == deletion
    assert resource["UpdateReplacePolicy"] == update_replace


def test_empty_on_delete_goes_with_destroy(stack: cdk.Stack) -> None:
    GovernedRepository(
        stack,
        "Api",
        empty_on_delete=True,
        removal_policy=cdk.RemovalPolicy.DESTROY,
        exemptions=exempt(Control.RETAIN_ON_DELETE),
    )
    assert properties_of(stack)["EmptyOnDelete"] is True


@pytest.mark.parametrize(
    "removal_policy",
    [cdk.RemovalPolicy.RETAIN, cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE],
)
def test_refuses_to_empty_what_is_retained(
    refusing: cdk.Stack, removal_policy: cdk.RemovalPolicy
) -> None:
    sentence = rf"RemovalPolicy\.DESTROY, got {removal_policy}; leave it out to keep the images"
    with pytest.raises(ConfigurationError, match=sentence):
        GovernedRepository(refusing, "Api", empty_on_delete=True, removal_policy=removal_policy)


@pytest.mark.parametrize(
    ("removal_policy", "sentence"),
    [
        (cdk.RemovalPolicy.SNAPSHOT, r"or DESTROY, got .*SNAPSHOT: .*; write RemovalPolicy.RETAIN"),
        ("destroy", r"a RemovalPolicy, got 'destroy'; write RemovalPolicy\.DESTROY"),
        (None, r"a RemovalPolicy, got None; write RemovalPolicy\.RETAIN"),
    ],
)
def test_refuses_a_removal_policy_that_a_repository_cannot_have(
    refusing: cdk.Stack, removal_policy: Any, sentence: str
) -> None:
    with pytest.raises(ConfigurationError, match=sentence) as caught:
        GovernedRepository(refusing, "Api", removal_policy=removal_policy)
    assert len(caught.value.sentences) == 1


# Controls: each has a default, is loosened with a reason, and is refused without


def open_to_all() -> Policy:
    return Policy.of(
        Statement(principals=(Principal("AWS", "*"),), actions=tuple(sorted(actions.PULL)))
    )


def administered_from_elsewhere() -> Policy:
    return Policy.of(
        Statement(principals=(Principal("AWS", OTHER_ACCOUNT),), actions=("ecr:DeleteRepository",))
    )


LOOSENED: dict[Control, dict[str, Any]] = {
    Control.TAG_IMMUTABILITY: {"image_tag_mutability": TagMutability.MUTABLE},
    Control.SCAN_ON_PUSH: {"scan_on_push": False},
    Control.UNTAGGED_EXPIRY: {
        "lifecycle_policy": LifecyclePolicy.of(LifecycleRule.keep_newest(9, tag_patterns=["v*"]))
    },
    Control.CUSTOMER_MANAGED_KEY: {},
    Control.RETAIN_ON_DELETE: {"removal_policy": cdk.RemovalPolicy.DESTROY},
    Control.PUBLIC_ACCESS: {"repository_policy": open_to_all()},
    Control.ADMINISTRATIVE_ACCESS: {"repository_policy": administered_from_elsewhere()},
    Control.NAMESPACE: {"repository_name": "elsewhere/api"},
}
STRICT_BASELINE = Baseline(customer_managed_keys=True, namespaces=["payments"])
SENTENCES = {
    Control.TAG_IMMUTABILITY: "image_tag_mutability must keep pushed tags, got 'MUTABLE'; write",
    Control.SCAN_ON_PUSH: "scan_on_push must be True, got False; leave it out",
    Control.UNTAGGED_EXPIRY: "lifecycle_policy must have a rule that takes untagged images, got",
    Control.CUSTOMER_MANAGED_KEY: "got none; pass encryption_key=...",
    Control.RETAIN_ON_DELETE: "removal_policy must keep the repository, got DESTROY; leave it out",
    Control.PUBLIC_ACCESS: "got '*' without a condition; name accounts, or use Principals.org",
    Control.ADMINISTRATIVE_ACCESS: "got ecr:DeleteRepository for '222222222222' without a cond",
    Control.NAMESPACE: "['payments'], got 'elsewhere/api'; write 'payments/api'",
}


def keeping_all_others(control: Control, stack: cdk.Stack) -> dict[str, Any]:
    """Return parameters that meet the strict baseline but for one control."""
    given: dict[str, Any] = {"repository_name": "payments/api"}
    if control is not Control.CUSTOMER_MANAGED_KEY:
        given["encryption_key"] = kms.Key.from_key_arn(stack, "Key", KEY_ARN)
    return given | LOOSENED[control]


def test_the_table_has_every_control_of_a_repository() -> None:
    assert set(LOOSENED) == set(SENTENCES) == set(Control) - {Control.SINGLE_OWNER}


@pytest.mark.parametrize("control", LOOSENED)
def test_refuses_to_loosen_a_control_without_a_reason(control: Control) -> None:
    stack = new_stack()
    given = keeping_all_others(control, stack)
    with pytest.raises(ConfigurationError, match=re.escape(SENTENCES[control])) as caught:
        GovernedRepository(stack, "Api", baseline=STRICT_BASELINE, **given)
    assert len(caught.value.sentences) == 1
    assert f"exemptions=[Exemption(Control.{control.name}, '<why>')]" in str(caught.value)


@pytest.mark.parametrize("control", LOOSENED)
def test_an_exemption_from_another_control_does_not_help(control: Control) -> None:
    stack = new_stack()
    others = exempt(*(each for each in LOOSENED if each is not control))
    with pytest.raises(ConfigurationError, match=re.escape(SENTENCES[control])):
        GovernedRepository(
            stack,
            "Api",
            baseline=STRICT_BASELINE,
            exemptions=others,
            **keeping_all_others(control, stack),
        )


@pytest.mark.parametrize("control", LOOSENED)
def test_a_control_is_loosened_with_a_reason_that_is_recorded(
    stack: cdk.Stack, control: Control
) -> None:
    GovernedRepository(
        stack,
        "Api",
        baseline=STRICT_BASELINE,
        exemptions=exempt(control),
        **keeping_all_others(control, stack),
    )
    assert resource_of(stack)["Metadata"]["EcrConstructs"] == {
        "exemptions": [{"control": control.value, "reason": f"why {control}"}]
    }


@pytest.mark.parametrize("control", LOOSENED)
def test_an_exemption_of_the_baseline_is_inherited_and_recorded(
    stack: cdk.Stack, control: Control
) -> None:
    baseline = Baseline(
        customer_managed_keys=True, namespaces=["payments"], exemptions=exempt(*LOOSENED)
    )
    GovernedRepository(stack, "Api", baseline=baseline, **keeping_all_others(control, stack))
    assert resource_of(stack)["Metadata"]["EcrConstructs"] == {
        "exemptions": [{"control": control.value, "reason": f"why {control}"}]
    }


def test_what_the_baseline_exempts_is_not_recorded_where_nothing_is_loosened(
    stack: cdk.Stack,
) -> None:
    GovernedRepository(stack, "Api", baseline=Baseline(exemptions=exempt(*LOOSENED)))
    assert "EcrConstructs" not in resource_of(stack).get("Metadata", {})


def test_the_last_day_of_an_exemption_is_recorded(stack: cdk.Stack) -> None:
    exemption = Exemption(Control.SCAN_ON_PUSH, "scanned elsewhere", dt.date(2027, 12, 31))
    GovernedRepository(stack, "Api", scan_on_push=False, exemptions=[exemption])
    (entry,) = resource_of(stack)["Metadata"]["EcrConstructs"]["exemptions"]
    assert entry["expires"] == "2027-12-31"


def test_an_exemption_that_has_expired_does_not_change_the_template(stack: cdk.Stack) -> None:
    exemption = Exemption(Control.SCAN_ON_PUSH, "scanned elsewhere", dt.date(2000, 1, 1))
    GovernedRepository(stack, "Api", scan_on_push=False, exemptions=[exemption])
    assert properties_of(stack)["ImageScanningConfiguration"] == {"ScanOnPush": False}


def test_recorded_exemptions_stand_in_one_order() -> None:
    written = set()
    for order in (1, -1):
        stack = new_stack()
        given = [*exempt(*LOOSENED)[::order], Exemption(Control.NAMESPACE, "a reason more")]
        GovernedRepository(stack, "Api", exemptions=given[::order])
        written.add(str(resource_of(stack)["Metadata"]))
    assert len(written) == 1


def test_refuses_an_exemption_without_a_reason(refusing: cdk.Stack) -> None:
    sentence = r"exemptions\[0\]\.reason: .*'scan-on-push' must say why, got ' '; write Exemption\("
    with pytest.raises(ConfigurationError, match=sentence):
        GovernedRepository(
            refusing,
            "Api",
            scan_on_push=False,
            exemptions=[Exemption(Control.SCAN_ON_PUSH, " ")],
        )


def test_refuses_a_baseline_that_is_wrong_itself(refusing: cdk.Stack) -> None:
    baseline = Baseline(organization_id="payments", namespaces=["Payments"])
    with pytest.raises(ConfigurationError) as caught:
        GovernedRepository(refusing, "Api", baseline=baseline)
    first, second = caught.value.sentences
    assert first.startswith("baseline.organization_id: ")
    assert second.startswith("baseline.namespaces[0]: ")


def test_a_baseline_that_cannot_be_hashed_tells_what_is_wrong_in_it(refusing: cdk.Stack) -> None:
    days: Any = [7]
    policy = LifecyclePolicy.of(LifecycleRule.expire_untagged(older_than_days=days))
    with pytest.raises(ConfigurationError, match=r"baseline\.lifecycle_policy\.rules.*got \[7\]"):
        GovernedRepository(refusing, "Api", baseline=Baseline(lifecycle_policy=policy))


def test_a_filter_of_wildcards_alone_loosens_immutability(refusing: cdk.Stack) -> None:
    with pytest.raises(ConfigurationError, match=r"got 'IMMUTABLE_WITH_EXCLUSION' except \['\*'\]"):
        GovernedRepository(refusing, "Api", image_tag_mutability_exclusion_filters=["*"])


def test_the_scan_of_a_control_that_is_met_needs_no_exemption(stack: cdk.Stack) -> None:
    GovernedRepository(
        stack,
        "Api",
        repository_name="payments/api",
        encryption_key=kms.Key.from_key_arn(stack, "Key", KEY_ARN),
        image_tag_mutability_exclusion_filters=["latest"],
        lifecycle_policy=LifecyclePolicy.of(LifecycleRule.expire(older_than_days=90)),
        baseline=STRICT_BASELINE,
    )
    assert "EcrConstructs" not in resource_of(stack).get("Metadata", {})


# Controls that are loosened after construction


def test_refuses_to_destroy_later_without_a_reason() -> None:
    repository = GovernedRepository(new_stack(), "Api")
    with pytest.raises(
        ConfigurationError, match=r"must keep the repository, got DESTROY; .* \[Stack/Api\]"
    ):
        repository.apply_removal_policy(cdk.RemovalPolicy.DESTROY)


def test_destroying_later_is_recorded(stack: cdk.Stack) -> None:
    baseline = Baseline(exemptions=exempt(Control.RETAIN_ON_DELETE))
    repository = GovernedRepository(stack, "Api", baseline=baseline)
    repository.apply_removal_policy(cdk.RemovalPolicy.DESTROY)
    assert resource_of(stack)["Metadata"]["EcrConstructs"]["exemptions"] == [
        {"control": "retain-on-delete", "reason": "why retain-on-delete"}
    ]


def test_what_is_opened_later_is_recorded(stack: cdk.Stack) -> None:
    baseline = Baseline(exemptions=exempt(Control.PUBLIC_ACCESS))
    repository = GovernedRepository(stack, "Api", baseline=baseline)
    repository.grant_pull(iam.StarPrincipal())
    assert statements_of(stack)[0]["Principal"] == "*"
    assert resource_of(stack)["Metadata"]["EcrConstructs"]["exemptions"] == [
        {"control": "public-access", "reason": "why public-access"}
    ]


def test_what_is_refused_records_no_exemption(stack: cdk.Stack) -> None:
    baseline = Baseline(exemptions=exempt(Control.PUBLIC_ACCESS))
    repository = GovernedRepository(stack, "Api", baseline=baseline)
    with pytest.raises(ConfigurationError, match="got 'ecr:Nothing'"):
        repository.add_to_resource_policy(
            iam.PolicyStatement(actions=["ecr:Nothing"], principals=[iam.StarPrincipal()])
        )
    repository.allow_pull(Principals.account(OTHER_ACCOUNT))
    assert "EcrConstructs" not in resource_of(stack).get("Metadata", {})


# Several environments


def test_one_class_of_stack_serves_several_environments() -> None:
    app = new_app()
    for region in ("eu-west-1", "eu-central-1"):
        stack = new_stack(app, region, env=cdk.Environment(account=ACCOUNT, region=region))
        GovernedRepository(stack, "Api", repository_name="payments/api")
    first, second = synthesise(app).values()
    assert first["Resources"] == second["Resources"]


def _cfn(construct: Any) -> cdk.CfnElement:
    child = construct.node.default_child
    assert isinstance(child, cdk.CfnElement)
    return child
