"""Creation templates: one for a prefix whoever asks, its defaults, its role, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.profiles import examples
from tests.synthesis import (
    ACCOUNT,
    OTHER_ACCOUNT,
    REGION,
    new_app,
    new_stack,
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
    LifecyclePolicy,
    LifecycleRule,
    Policy,
    Principal,
    Statement,
    TagMutability,
)
from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.model.creation_template import AppliedFor
from ecr_constructs.model.upstream import Upstream

KEY: Final = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
PUSH: Final = [AppliedFor.CREATE_ON_PUSH]
REPLICATION: Final = [AppliedFor.REPLICATION]
CACHE: Final = [AppliedFor.PULL_THROUGH_CACHE]
WEEK: Final = LifecyclePolicy.of(LifecycleRule.expire_untagged(older_than_days=7))


def templates_in(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the properties of the templates by their prefixes."""
    return {
        each["Properties"]["Prefix"]: each["Properties"]
        for each in template["Resources"].values()
        if each["Type"] == "AWS::ECR::RepositoryCreationTemplate"
    }


def one_of(stack: cdk.Stack) -> dict[str, Any]:
    (found,) = templates_in(template_of(stack)).values()
    return found


def role_in(stack: cdk.Stack) -> dict[str, Any] | None:
    roles = [
        each["Properties"]
        for each in template_of(stack)["Resources"].values()
        if each["Type"] == "AWS::IAM::Role"
    ]
    return roles[0] if roles else None


@pytest.fixture(name="registry")
def _registry(stack: cdk.Stack) -> GovernedRegistry:
    return GovernedRegistry(stack, "Registry")


# Defaults


def test_what_a_push_creates_is_as_safe_as_a_repository(
    stack: cdk.Stack, registry: GovernedRegistry
) -> None:
    registry.add_creation_template("team", applied_for=PUSH)
    found = one_of(stack)
    lifecycle = json.loads(found.pop("LifecyclePolicy"))
    assert found == {
        "Prefix": "team",
        "AppliedFor": ["CREATE_ON_PUSH"],
        "ImageTagMutability": "IMMUTABLE",
        "EncryptionConfiguration": {"EncryptionType": "AES256"},
    }
    assert lifecycle["rules"][0]["selection"]["tagStatus"] == "untagged"
    assert role_in(stack) is None


def test_tags_of_what_is_pulled_through_a_cache_move(
    stack: cdk.Stack, registry: GovernedRegistry
) -> None:
    """That loosens nothing: nobody pushes there, and an immutable tag is never updated."""
    registry.add_creation_template("quay", applied_for=CACHE)
    assert one_of(stack)["ImageTagMutability"] == "MUTABLE"


def test_filters_alone_are_the_exception_to_immutable_tags(
    stack: cdk.Stack, registry: GovernedRegistry
) -> None:
    registry.add_creation_template(
        "team", applied_for=PUSH, image_tag_mutability_exclusion_filters={"latest", "dev-*"}
    )
    found = one_of(stack)
    assert found["ImageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert [
        each["ImageTagMutabilityExclusionFilterValue"]
        for each in found["ImageTagMutabilityExclusionFilters"]
    ] == ["dev-*", "latest"]


def test_policies_are_texts(stack: cdk.Stack, registry: GovernedRegistry) -> None:
    """Where a repository takes an object."""
    allow = Statement(principals=(Principal("AWS", OTHER_ACCOUNT),), actions=("ecr:BatchGetImage",))
    registry.add_creation_template(
        "team", applied_for=PUSH, repository_policy=Policy.of(allow), lifecycle_policy=WEEK
    )
    found = one_of(stack)
    assert json.loads(found["RepositoryPolicy"])["Statement"][0]["Principal"] == {
        "AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"
    }
    assert '"countNumber":7' in found["LifecyclePolicy"]


def test_a_policy_may_name_what_is_known_at_deployment_only(
    stack: cdk.Stack, registry: GovernedRegistry
) -> None:
    role = iam.Role(stack, "Pipeline", assumed_by=iam.AccountRootPrincipal())
    allow = Statement(principals=(Principal("AWS", role.role_arn),), actions=("ecr:BatchGetImage",))
    registry.add_creation_template("team", applied_for=PUSH, repository_policy=Policy.of(allow))
    policy = one_of(stack)["RepositoryPolicy"]
    assert {"Fn::GetAtt": ["PipelineC660917D", "Arn"]} in policy["Fn::Join"][1]


def test_roles_in_a_policy_stand_in_one_order_whenever_they_were_made() -> None:
    made = []
    for names in (("A", "B"), ("B", "A")):
        app = new_app(validate=False)
        stack = new_stack(app)
        registry = GovernedRegistry(stack, "Registry")
        roles = [iam.Role(stack, name, assumed_by=iam.AccountRootPrincipal()) for name in names]
        allow = Statement(
            principals=tuple(Principal("AWS", role.role_arn) for role in roles),
            actions=("ecr:BatchGetImage",),
        )
        registry.add_creation_template("t", applied_for=PUSH, repository_policy=Policy.of(allow))
        made.append(templates_in(synthesise(app, lint=False)["Stack"]))
    assert made[0] == made[1]


def test_one_purpose_is_no_list_of_letters(stack: cdk.Stack, registry: GovernedRegistry) -> None:
    registry.add_creation_template(
        "team",
        applied_for=AppliedFor.REPLICATION,  # type: ignore[arg-type]
    )
    assert one_of(stack)["AppliedFor"] == ["REPLICATION"]


# The role

CREATE: Final = {
    "Sid": "CreateRepositories",
    "Effect": "Allow",
    "Action": ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"],
    "Resource": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/team/*",
}


@pytest.mark.parametrize(
    ("options", "encrypts"),
    [
        ({"resource_tags": {"team": "web"}}, None),
        (
            {"encryption": EncryptionType.KMS},
            {
                "Resource": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/*",
                "Condition": {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/aws/ecr"}},
            },
        ),
        ({"encryption_key": KEY, "resource_tags": {"a": "b"}}, {"Resource": KEY}),
    ],
)
def test_a_role_is_made_where_tags_or_kms_need_one(
    stack: cdk.Stack, registry: GovernedRegistry, options: dict[str, Any], encrypts: Any
) -> None:
    if "encryption_key" in options:
        options = {**options, "encryption_key": kms.Key.from_key_arn(stack, "Key", KEY)}
    registry.add_creation_template("team", applied_for=PUSH, **options)
    template = template_of(stack)
    ((logical_id, role),) = (
        (k, v) for k, v in template["Resources"].items() if v["Type"] == "AWS::IAM::Role"
    )
    (found,) = templates_in(template).values()
    assert found["CustomRoleArn"] == {"Fn::GetAtt": [logical_id, "Arn"]}
    assert "RoleName" not in role["Properties"]
    trust = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert [(each["Action"], each["Principal"]) for each in trust] == [
        ("sts:AssumeRole", {"Service": "ecr.amazonaws.com"})
    ]
    (policy,) = role["Properties"]["Policies"]
    expected = [CREATE]
    if encrypts is not None:
        expected.append(
            {
                "Sid": "Encrypt",
                "Effect": "Allow",
                "Action": ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"],
                **encrypts,
            }
        )
    assert policy["PolicyDocument"]["Statement"] == expected


def test_the_role_of_the_root_may_create_everywhere(
    stack: cdk.Stack, registry: GovernedRegistry
) -> None:
    registry.add_creation_template("ROOT", applied_for=REPLICATION, resource_tags={"a": "b"})
    role = role_in(stack)
    assert role is not None
    (statement,) = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert statement["Resource"] == f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/*"


def test_a_role_that_is_given_is_taken(stack: cdk.Stack, registry: GovernedRegistry) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/Templates"
    registry.add_creation_template(
        "team",
        applied_for=PUSH,
        resource_tags={"a": "b"},
        custom_role=iam.Role.from_role_arn(stack, "Given", arn),
    )
    assert one_of(stack)["CustomRoleArn"] == arn
    assert role_in(stack) is None


# Merging

Call = Callable[[GovernedRegistry], object]
CALLS: Final[Sequence[Call]] = (
    lambda r: r.add_creation_template("team", applied_for=PUSH),
    lambda r: r.add_creation_template("team", applied_for=REPLICATION, description="Teams"),
    lambda r: r.add_creation_template("team", applied_for=PUSH, lifecycle_policy=WEEK),
    lambda r: r.add_creation_template("team", applied_for=PUSH, resource_tags={"b": "2", "a": "1"}),
    lambda r: r.add_creation_template(
        "team", applied_for=PUSH, image_tag_mutability_exclusion_filters=["latest", "dev"]
    ),
    lambda r: r.add_creation_template(
        "team", applied_for=PUSH, image_tag_mutability_exclusion_filters=["dev", "latest"]
    ),
    lambda r: r.add_creation_template("team", applied_for=PUSH, encryption=EncryptionType.KMS),
    lambda r: r.add_pull_through_cache(Upstream.quay()),
    lambda r: r.add_creation_template("quay", applied_for=CACHE, resource_tags={"c": "3"}),
)


def built(order: Sequence[int]) -> dict[str, Any]:
    app = new_app(validate=False)
    stack = new_stack(app)
    registry = GovernedRegistry(stack, "Registry")
    for number in order:
        CALLS[number](registry)
    return synthesise(app, lint=False)["Stack"]


@settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.permutations(range(len(CALLS))))
def test_what_several_ask_for_is_one_template_in_any_order(order: list[int]) -> None:
    """With one role, whether tags or KMS were asked for first."""
    assert built(order) == built(range(len(CALLS)))


def test_the_merged_template_has_what_each_asked_for() -> None:
    found = templates_in(built(range(len(CALLS))))
    assert set(found) == {"team", "quay"}
    team = found["team"]
    assert team["AppliedFor"] == ["CREATE_ON_PUSH", "REPLICATION"]
    assert team["Description"] == "Teams"
    assert '"countNumber":7' in team["LifecyclePolicy"]
    assert team["ResourceTags"] == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    assert team["ImageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert team["EncryptionConfiguration"] == {"EncryptionType": "KMS"}


def test_a_role_that_is_no_longer_needed_goes() -> None:
    """The baseline's key needs one; a request that gives AES256 takes its place."""
    app = new_app(validate=False)
    stack = new_stack(app)
    registry = GovernedRegistry(
        stack,
        "Registry",
        baseline=Baseline(
            customer_managed_keys=True,
            exemptions=[Exemption(Control.CUSTOMER_MANAGED_KEY, "nothing but a mirror")],
        ),
    )
    registry.add_creation_template("mirror", applied_for=REPLICATION)
    registry.add_creation_template(
        "mirror", applied_for=REPLICATION, encryption=EncryptionType.AES256
    )
    template = synthesise(app, lint=False)["Stack"]
    assert [each["Type"] for each in template["Resources"].values()].count("AWS::IAM::Role") == 0
    (found,) = templates_in(template).values()
    assert "CustomRoleArn" not in found


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (
            {"resource_tags": {"a": "1"}},
            {"resource_tags": {"a": "2"}},
            (
                r"resource_tags: the creation template 'team' must have one resource_tags, got"
                r" \{'a': '1'\} from One and \{'a': '2'\} from Two; give it in one place, or"
            ),
        ),
        (
            {"image_tag_mutability": TagMutability.IMMUTABLE},
            {"image_tag_mutability_exclusion_filters": ["latest"]},
            (
                r"must have one image_tag_mutability, got 'IMMUTABLE' from One and"
                r" 'IMMUTABLE_WITH_EXCLUSION' except \['latest'\] from Two"
            ),
        ),
        (
            {"description": "a"},
            {"description": "b"},
            "must have one description, got 'a' from One and 'b' from Two",
        ),
        (
            {"encryption": EncryptionType.AES256},
            {"encryption": EncryptionType.KMS},
            "must have one encryption, got AES256 from One and KMS from Two",
        ),
        (
            {"lifecycle_policy": WEEK},
            {"lifecycle_policy": Baseline().lifecycle_policy},
            "must have one lifecycle_policy, got {.*} from One and {.*} from Two",
        ),
    ],
)
def test_refuses_two_values_of_one_setting_and_names_both(
    one: dict[str, Any], other: dict[str, Any], said: str
) -> None:
    app = new_app(validate=False)
    GovernedRegistry(new_stack(app, "Main"), "Registry")
    handles = [GovernedRegistry.of(new_stack(app, name)) for name in ("One", "Two")]
    handles[0].add_creation_template("team", applied_for=PUSH, **one)
    with pytest.raises(ConfigurationError, match=rf"{said}.*\[Two\]"):
        handles[1].add_creation_template("team", applied_for=PUSH, **other)


def test_refuses_to_guess_for_a_cache_and_for_pushes_at_once() -> None:
    """Tags of the one move, tags of the other do not."""
    registry = GovernedRegistry(new_stack(new_app(validate=False)), "Registry")
    registry.add_pull_through_cache(Upstream.quay())
    with pytest.raises(
        ConfigurationError,
        match="image_tag_mutability must be given for a template that is for a pull through cache"
        r" \(asked for by Stack/Registry\), whose tags move, and for others too \(asked for by"
        r" Stack/Registry\), whose tags do not, got none; write it in add_creation_template",
    ):
        registry.add_creation_template("quay", applied_for=REPLICATION)


def test_what_is_given_decides_for_both() -> None:
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry")
    registry.add_creation_template(
        "quay", applied_for=REPLICATION, image_tag_mutability=TagMutability.IMMUTABLE
    )
    registry.add_pull_through_cache(Upstream.quay())
    (found,) = templates_in(synthesise(app, lint=False)["Stack"]).values()
    assert (found["ImageTagMutability"], len(found["AppliedFor"])) == ("IMMUTABLE", 2)
    assert any(
        "a cached tag is never updated" in each for each in warnings_of(app)["Stack/Registry"]
    )


def test_the_slash_at_the_end_of_a_prefix_is_kept_and_tells_no_templates_apart() -> None:
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry")
    registry.add_creation_template("team/", applied_for=PUSH)
    with pytest.raises(
        ConfigurationError,
        match="the creation template 'team' must have one prefix, got 'team' from Stack/Registry"
        " and 'team/' from Stack/Registry",
    ):
        registry.add_creation_template("team", applied_for=PUSH)
    assert set(templates_in(synthesise(app, lint=False)["Stack"])) == {"team/"}


# What is refused


@pytest.mark.parametrize(
    ("prefix", "options", "said"),
    [
        ("Team", {}, r"prefix must be 1 to 256 lower-case .* got 'Team'; write 'team'"),
        ("a" * 257, {}, "prefix must be 1 to 256"),
        ("", {}, "prefix must be 1 to 256 .* got ''"),
        (cdk.Aws.STACK_NAME, {}, "prefix must be known at synthesis, got a token"),
        (
            "team",
            {"applied_for": []},
            "applied_for must name when .* applied, got none",
        ),
        ("team", {"applied_for": ["PUSH"]}, "applied_for must be among .*got 'PUSH'"),
        ("team", {"description": "x" * 257}, "description must be at most 256 characters, got 257"),
        ("team", {"resource_tags": {"aws:x": "y"}}, "must not begin with 'aws:', got 'aws:x'"),
        (
            "team",
            {"resource_tags": {f"k{n}": "v" for n in range(51)}},
            "must have at most 50 tags, got 51",
        ),
        ("team", {"resource_tags": "team"}, "resource_tags must be a mapping .*got 'team'"),
        (
            "team",
            {"resource_tags": {"a": 1}},
            r"resource_tags\['a'\]: a tag's value must be a string, got 1; write '1'",
        ),
        (
            "team",
            {"lifecycle_policy": "{}"},
            "lifecycle_policy must be a LifecyclePolicy, got",
        ),
        (
            "team",
            {"image_tag_mutability_exclusion_filters": 7},
            "image_tag_mutability_exclusion_filters must be a list of strings, got 7",
        ),
        (
            "team",
            {"image_tag_mutability_exclusion_filters": list("abcdef")},
            "must be 1 to 5 with IMMUTABLE_WITH_EXCLUSION, got 6",
        ),
        (
            "team",
            {"encryption": EncryptionType.KMS_DSSE},
            "KMS_DSSE exists in the AWS GovCloud",
        ),
        ("team", {"exemptions": ["why"]}, "exemptions must be Exemptions, got 'why'"),
    ],
)
def test_refuses_what_ecr_refuses(
    refusing: cdk.Stack, prefix: str, options: dict[str, Any], said: str
) -> None:
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry")
    with pytest.raises(ConfigurationError, match=rf"(?s){said}.*\[Stack/Registry\]"):
        registry.add_creation_template(prefix, **{"applied_for": PUSH, **options})
    assert registry.node.try_find_child("CreationTemplates") is None


def test_refuses_a_key_of_another_region() -> None:
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry")
    elsewhere = new_stack(
        app, "Elsewhere", env=cdk.Environment(account=ACCOUNT, region="eu-central-1")
    )
    with pytest.raises(ConfigurationError, match="must lie in the repository's Region 'eu-west-1'"):
        registry.add_creation_template(
            "team", applied_for=PUSH, encryption_key=kms.Key(elsewhere, "Key")
        )


def anyone() -> Policy:
    return Policy.of(Statement(principals=(Principal("AWS", "*"),), actions=("ecr:BatchGetImage",)))


UNTAGGED_STAY: Final = LifecyclePolicy.of(LifecycleRule.keep_newest(9, tag_patterns=["v*"]))
#: Control -> what loosens it in a template, and the error without an exemption.
LOOSENED: Final[dict[Control, tuple[str, dict[str, Any], str]]] = {
    Control.TAG_IMMUTABILITY: (
        "payments",
        {"image_tag_mutability": TagMutability.MUTABLE},
        "image_tag_mutability must keep pushed tags, got 'MUTABLE'",
    ),
    Control.UNTAGGED_EXPIRY: (
        "payments",
        {"lifecycle_policy": UNTAGGED_STAY},
        "lifecycle_policy must have a rule that takes untagged images, got none",
    ),
    Control.CUSTOMER_MANAGED_KEY: (
        "payments",
        {"encryption": EncryptionType.KMS},
        "encryption_key must be given as the baseline asks for customer-managed keys",
    ),
    Control.PUBLIC_ACCESS: (
        "payments",
        {"repository_policy": anyone()},
        r"must not open the repository to anybody, got '\*'",
    ),
    Control.NAMESPACE: (
        "mirror",
        {},
        (
            r"prefix of a template for CREATE_ON_PUSH must lie in one of the namespaces .*,"
            " got 'mirror'; write 'payments'"
        ),
    ),
}


def loosen(control: Control, *exemptions: Exemption) -> dict[str, Any]:
    prefix, options, _ = LOOSENED[control]
    app = new_app(validate=False)
    baseline = Baseline(
        namespaces=["payments"], customer_managed_keys=control is Control.CUSTOMER_MANAGED_KEY
    )
    registry = GovernedRegistry(new_stack(app), "Registry", baseline=baseline)
    registry.add_creation_template(prefix, applied_for=PUSH, exemptions=exemptions, **options)
    return synthesise(app, lint=False)["Stack"]


@pytest.mark.parametrize("control", LOOSENED)
def test_refuses_a_loosened_control_without_a_reason(control: Control) -> None:
    said = LOOSENED[control][2]
    with pytest.raises(
        ConfigurationError,
        match=rf"{said}.*exemptions=\[Exemption\(Control.{control.name}, '<why>'",
    ):
        loosen(control)


@pytest.mark.parametrize("control", LOOSENED)
def test_an_exemption_loosens_a_control_and_is_told(control: Control) -> None:
    template = loosen(control, Exemption(control, "a reason"))
    (resource,) = (
        each
        for each in template["Resources"].values()
        if each["Type"] == "AWS::ECR::RepositoryCreationTemplate"
    )
    assert resource["Metadata"]["EcrConstructs"]["exemptions"] == [
        {"control": str(control), "reason": "a reason"}
    ]


def test_a_prefix_within_a_namespace_of_the_baseline_loosens_nothing() -> None:
    registry = GovernedRegistry(
        new_stack(new_app(validate=False)), "Registry", baseline=Baseline(namespaces=["payments"])
    )
    for prefix in ("payments", "payments/api"):
        registry.add_creation_template(prefix, applied_for=PUSH)
    registry.add_creation_template("mirror", applied_for=REPLICATION)
