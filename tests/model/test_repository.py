"""A repository as a value: limits, codecs, and the one form of its meaning."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import botocore.loaders
import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from hypothesis import given
from hypothesis import strategies as st
from tests.model.repository_strategies import names, repositories

from ecr_constructs.model.baseline import Control, Exemption
from ecr_constructs.model.encryption import Encryption, EncryptionType
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed, Problem, Severity
from ecr_constructs.model.repository import Origin, Repository, name_problems, suggest_name
from ecr_constructs.model.statement import ANYONE, Principal, Statement
from ecr_constructs.model.tag_mutability import TagMutability
from ecr_constructs.model.unresolved import Unknown, Unresolved
from ecr_constructs.service import limits, patterns

ORIGIN = Origin("Stack", "Api", "Stack.template.json")
UNKNOWN = Unresolved.of("Param")
LIFECYCLE = LifecyclePolicy.of(LifecycleRule.expire_untagged(older_than_days=14))


def sentences(repository: Repository) -> list[str]:
    return [problem.sentence for problem in repository.problems()]


def resource_of(repository: Repository) -> dict[str, Any]:
    """Return the resource that a repository becomes."""
    resource: dict[str, Any] = {
        "Type": "AWS::ECR::Repository",
        "Properties": repository.to_cfn(),
        "DeletionPolicy": repository.deletion_policy,
        "UpdateReplacePolicy": repository.update_replace_policy,
    }
    if repository.exemptions:
        written = [exemption.to_metadata() for exemption in repository.exemptions]
        resource["Metadata"] = {"EcrConstructs": {"exemptions": written}}
    return resource


def read(resource: dict[str, Any]) -> tuple[Repository, list[Problem]]:
    return Repository.from_cfn(resource, ORIGIN)


# The limits are those of the schema and of the service's own model


def test_the_limits_are_those_of_the_schema() -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", "AWS::ECR::Repository").schema
    properties, definitions = schema["properties"], schema["definitions"]
    name, tag = properties["RepositoryName"], definitions["Tag"]["properties"]
    assert name["minLength"] == limits.REPOSITORY_NAME_MIN
    assert name["maxLength"] == limits.REPOSITORY_NAME_MAX
    assert properties["Tags"]["maxItems"] == limits.REPOSITORY_TAGS
    assert tag["Key"]["maxLength"] == limits.TAG_KEY_MAX
    assert tag["Value"]["minLength"] == limits.TAG_VALUE_MIN
    assert tag["Value"]["maxLength"] == limits.TAG_VALUE_MAX
    assert set(properties["ImageTagMutability"]["enum"]) == set(TagMutability)
    assert properties["ImageTagMutabilityExclusionFilters"]["maxItems"] == limits.EXCLUSION_FILTERS
    assert set(definitions["EncryptionType"]["enum"]) == set(EncryptionType)
    assert definitions["KmsKey"]["maxLength"] == limits.KMS_KEY_MAX


def test_the_limits_are_those_of_the_api() -> None:
    model = botocore.loaders.Loader().load_service_model("ecr", "service-2", "2015-09-21")
    shapes = model["shapes"]
    assert shapes["RepositoryName"]["min"] == limits.REPOSITORY_NAME_MIN
    assert shapes["RepositoryName"]["max"] == limits.REPOSITORY_NAME_MAX
    assert shapes["RepositoryPolicyText"]["max"] == limits.POLICY_TEXT_MAX
    assert shapes["ImageTagMutabilityExclusionFilters"]["max"] == limits.EXCLUSION_FILTERS
    assert shapes["ImageTagMutabilityExclusionFilterValue"]["max"] == limits.EXCLUSION_FILTER_MAX
    assert set(shapes["ImageTagMutability"]["enum"]) == set(TagMutability)
    assert set(shapes["EncryptionType"]["enum"]) == set(EncryptionType)
    assert shapes["KmsKey"]["max"] == limits.KMS_KEY_MAX


# Names

NAMES = [
    ("ab", True),
    ("1ab", True),
    ("a/b", True),
    ("team.x/app_y", True),
    ("a--b", True),
    ("a__b", True),
    ("00", True),
    ("a" * 256, True),
    ("a", False),
    ("a___b", False),
    ("a..b", False),
    ("a//b", False),
    ("A/b", False),
    ("/prod", False),
    ("prod/", False),
    ("prod-", False),
    ("-prod", False),
    ("a.-b", False),
    ("a b", False),
    ("a*", False),
    ("", False),
    ("a" * 257, False),
    ("ab\n", False),
    ("é" * 2, False),
]


@pytest.mark.parametrize(("name", "taken"), NAMES)
def test_a_name_is_judged_as_ecr_does(name: str, *, taken: bool) -> None:
    assert (sentences(Repository(repository_name=name)) == []) is taken


@pytest.mark.parametrize(("name", "taken"), NAMES)
def test_the_table_agrees_with_the_schemas_own_pattern(name: str, *, taken: bool) -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", "AWS::ECR::Repository").schema
    # Python's $ matches before a final line break, which the service's pattern does not.
    pattern = schema["properties"]["RepositoryName"]["pattern"].removesuffix("$")
    assert (re.fullmatch(pattern, name) is not None) is taken


@given(st.text("aZ0-_./ ", max_size=8) | names())
def test_any_name_is_judged_as_the_schema_does(name: str) -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", "AWS::ECR::Repository").schema
    pattern = schema["properties"]["RepositoryName"]["pattern"].removesuffix("$")
    assert (re.fullmatch(pattern, name) is not None) == (not list(name_problems(name)))


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("Payments/Api", "payments/api"),
        ("payments api", "payments-api"),
        ("/prod/", "prod"),
        ("a//b", "a/b"),
        ("a___b", "a_b"),
        ("a..-b", "a.b"),
        ("-a-/-b-", "a/b"),
        ("Ünsafe", "nsafe"),
        ("a", None),
        ("", None),
        ("///", None),
        ("é", None),
        ("a" * 300, None),
    ],
)
def test_a_name_that_is_refused_comes_with_a_better_one(name: str, better: str | None) -> None:
    assert suggest_name(name) == better
    (sentence,) = sentences(Repository(repository_name=name))
    assert f"got {name!r}; write {better!r}" in sentence or better is None
    assert "write for example 'payments/api'" in sentence or better is not None


@given(st.text(max_size=12))
def test_a_suggested_name_is_always_taken(name: str) -> None:
    better = suggest_name(name)
    assert better is None or list(name_problems(better)) == []


@pytest.mark.parametrize("name", [None, UNKNOWN, "${Token[TOKEN.7]}", "team/${Token[TOKEN.7]}"])
def test_a_name_that_is_not_known_is_not_judged(name: Any) -> None:
    assert sentences(Repository(repository_name=name)) == []


def test_judging_a_long_bad_name_takes_no_time() -> None:
    assert sentences(Repository(repository_name="a-" * 128)) != []
    assert patterns.REPOSITORY_NAME.fullmatch("a-" * 20_000) is None


# Tags

TAGS = [
    ({f"k{n}": "v" for n in range(50)}, []),
    ({"k" * 127: "v" * 255}, []),
    ({"k": "v"}, []),
    ({}, []),
    ({f"k{n}": "v" for n in range(51)}, ["must have at most 50 tags, got 51; drop some"]),
    ({"": "v"}, ["a tag's key must be 1 to 127 characters, got ''; lengthen it"]),
    ({"k" * 128: "v"}, [f"must be 1 to 127 characters, got '{'k' * 128}'; shorten it"]),
    ({"k": ""}, ["a tag's value must be 1 to 255 characters, got ''; lengthen it"]),
    ({"k": "v" * 256}, [f"must be 1 to 255 characters, got '{'v' * 256}'; shorten it"]),
    ({"aws:k": "v"}, ["a tag's key must not begin with 'aws:', got 'aws:k'; rename it"]),
    ({"AWS:k": ""}, ["a tag's value must be", "a tag's key must not begin with 'aws:'"]),
]


@pytest.mark.parametrize(("tags", "wrong"), TAGS)
def test_tags_are_judged_as_cloudformation_does(tags: dict[str, str], wrong: list[str]) -> None:
    found = sentences(Repository(tags=tuple(tags.items())))
    assert len(found) == len(wrong)
    assert all(part in sentence for part, sentence in zip(wrong, found, strict=True))


def test_refuses_a_key_twice() -> None:
    repository = Repository(tags=(("team", "web"), ("team", "api"), ("team", "db")))
    assert sentences(repository) == [
        "tags: a tag's key must be unique, got 'team' 3 times; drop one"
    ]


def test_tags_that_are_not_known_are_not_judged() -> None:
    assert sentences(Repository(tags=((UNKNOWN, "v"), ("k", UNKNOWN)))) == []


# Parts carry their paths


def test_the_problems_of_parts_carry_their_paths() -> None:
    repository = Repository(
        image_tag_mutability=TagMutability.IMMUTABLE_WITH_EXCLUSION,
        exclusion_filters=("fine", "a*b*c*"),
        encryption=Encryption(EncryptionType.KMS_DSSE),
        lifecycle_policy=LifecyclePolicy.of(LifecycleRule.keep_newest(0)),
        repository_policy=Policy.of(Statement(principals=(ANYONE,), actions=("ecr:Nothing",))),
        exemptions=(Exemption(Control.NAMESPACE, ""),),
    )
    assert [problem.path for problem in repository.problems()] == [
        "image_tag_mutability_exclusion_filters[1]",
        "encryption",
        "lifecycle_policy.rules[0].selection.countNumber",
        "repository_policy.Statement[0].Action",
        "exemptions[0].reason",
    ]


def test_the_partition_decides_what_exists() -> None:
    repository = Repository(encryption=Encryption(EncryptionType.KMS_DSSE))
    assert repository.problems(partition="aws-us-gov") == []
    assert [p.severity for p in repository.problems(partition="aws")] == [Severity.ERROR]
    token = "${Token[AWS.Partition.3]}"
    assert [p.severity for p in repository.problems(partition=token)] == [Severity.WARNING]


def test_what_is_malformed_tells_its_own_problems() -> None:
    wrong = Problem(id="json", message="the policy must be JSON, got 'x'", fix="write {...}")
    repository = Repository(lifecycle_policy=Malformed("x", (wrong,)))
    assert sentences(repository) == [
        "lifecycle_policy: the policy must be JSON, got 'x'; write {...}"
    ]


@given(repositories())
def test_generated_repositories_have_no_problems_of_their_own(repository: Repository) -> None:
    without_policy = replace(repository, repository_policy=None)
    assert [p for p in without_policy.problems() if p.severity is Severity.ERROR] == []


# The one form of its meaning


@given(repositories())
def test_normalising_twice_changes_nothing(repository: Repository) -> None:
    once = repository.normalise()
    assert once.normalise() == once


@given(repositories(), st.randoms(use_true_random=False))
def test_the_order_of_what_has_none_does_not_matter(repository: Repository, random: Any) -> None:
    def shuffled(values: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(random.sample(values, len(values)))

    policy = repository.repository_policy
    other = replace(
        repository,
        exclusion_filters=shuffled(repository.exclusion_filters),
        tags=shuffled(repository.tags),
        exemptions=shuffled(repository.exemptions),
        repository_policy=(
            replace(policy, statements=shuffled(policy.statements))
            if isinstance(policy, Policy)
            else policy
        ),
    )
    assert other.normalise() == repository.normalise()


def test_policies_without_content_are_none() -> None:
    repository = Repository(lifecycle_policy=LifecyclePolicy(()), repository_policy=Policy())
    assert repository.normalise() == Repository()


def test_accounts_become_arns_of_the_partition() -> None:
    policy = Policy.of(Statement(principals=(Principal("AWS", "111122223333"),), actions=("a",)))
    normal = Repository(repository_policy=policy).normalise(partition="aws-cn").repository_policy
    assert isinstance(normal, Policy)
    assert normal.statements[0].principals[0].value == "arn:aws-cn:iam::111122223333:root"


# To a template and back


@given(repositories())
def test_reading_what_was_written_gives_the_value_back(repository: Repository) -> None:
    normal = repository.normalise()
    again, problems = read(resource_of(normal))
    assert problems == []
    assert again.normalise() == normal
    assert again.origin == ORIGIN


def test_what_cloudformation_would_leave_as_it_was_is_always_written() -> None:
    assert Repository().to_cfn() == {
        "ImageTagMutability": "MUTABLE",
        "ImageScanningConfiguration": {"ScanOnPush": False},
    }


def test_encryption_is_written_where_it_is_not_what_a_repository_has_without() -> None:
    """Adding it to a resource that has none replaces the repository."""
    assert "EncryptionConfiguration" not in Repository(encryption=Encryption("AES256")).to_cfn()
    assert Repository(encryption=Encryption("AES256", "a-key")).to_cfn()[
        "EncryptionConfiguration"
    ] == {"EncryptionType": "AES256", "KmsKey": "a-key"}


def test_what_is_written_is_plain_json() -> None:
    repository = Repository(
        image_tag_mutability=TagMutability.IMMUTABLE, encryption=Encryption(EncryptionType.KMS)
    )
    written = repository.to_cfn()
    assert json.loads(json.dumps(written)) == written
    assert type(written["ImageTagMutability"]) is str
    assert type(written["EncryptionConfiguration"]["EncryptionType"]) is str


@pytest.mark.parametrize("resource", [{}, {"Properties": None}, {"Properties": {}}])
def test_a_resource_without_properties_has_cloudformations_defaults(
    resource: dict[str, Any],
) -> None:
    repository, problems = read(resource)
    assert problems == []
    assert repository == Repository()


@pytest.mark.parametrize(
    ("properties", "attribute", "expected"),
    [
        ({"RepositoryName": UNKNOWN}, "repository_name", UNKNOWN),
        ({"ImageTagMutability": UNKNOWN}, "image_tag_mutability", UNKNOWN),
        ({"ImageTagMutability": "SOMETIMES"}, "image_tag_mutability", "SOMETIMES"),
        ({"ImageScanningConfiguration": {"ScanOnPush": "true"}}, "scan_on_push", True),
        ({"ImageScanningConfiguration": {"ScanOnPush": UNKNOWN}}, "scan_on_push", UNKNOWN),
        ({"ImageScanningConfiguration": UNKNOWN}, "scan_on_push", UNKNOWN),
        ({"ImageScanningConfiguration": {}}, "scan_on_push", False),
        ({"EncryptionConfiguration": {}}, "encryption", Encryption()),
        (
            {"EncryptionConfiguration": {"EncryptionType": "KMS", "KmsKey": UNKNOWN}},
            "encryption",
            Encryption("KMS", UNKNOWN),
        ),
        ({"LifecyclePolicy": {}}, "lifecycle_policy", None),
        ({"LifecyclePolicy": {"LifecyclePolicyText": UNKNOWN}}, "lifecycle_policy", UNKNOWN),
        (
            {"LifecyclePolicy": LIFECYCLE.to_cfn()},
            "lifecycle_policy",
            LIFECYCLE.normalise(),
        ),
        ({"RepositoryPolicyText": UNKNOWN}, "repository_policy", UNKNOWN),
        ({"Tags": [{"Key": "k", "Value": UNKNOWN}]}, "tags", (("k", UNKNOWN),)),
        ({"EmptyOnDelete": True}, "empty_on_delete", True),
        ({"EmptyOnDelete": UNKNOWN}, "empty_on_delete", UNKNOWN),
    ],
)
def test_each_property_is_read(
    properties: dict[str, Any], attribute: str, expected: object
) -> None:
    repository, problems = read({"Properties": properties})
    assert problems == []
    assert getattr(repository, attribute) == expected


def test_a_policy_is_read_as_an_object_and_as_text() -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}],
    }
    as_object, _ = read({"Properties": {"RepositoryPolicyText": document}})
    as_text, _ = read({"Properties": {"RepositoryPolicyText": json.dumps(document)}})
    assert as_object == as_text
    assert isinstance(as_object.repository_policy, Policy)


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ({"RepositoryName": ["x"]}, "Properties.RepositoryName"),
        ({"ImageScanningConfiguration": "on"}, "Properties.ImageScanningConfiguration"),
        ({"Tags": {"Key": "k"}}, "Properties.Tags"),
        ({"Tags": ["k"]}, "Properties.Tags[0]"),
        ({"EmptyOnDelete": "sometimes"}, "Properties.EmptyOnDelete"),
        ("text", "Properties"),
    ],
)
def test_what_is_malformed_is_noted_and_left_unknown(properties: Any, path: str) -> None:
    _, problems = read({"Properties": properties})
    assert {problem.path for problem in problems} == {path}
    assert {problem.id for problem in problems} == {"malformed-property"}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{", "must be JSON"),
        ('{"rules": [], "extra": 1}', "extra"),
        ('{"rules": [{"rulePriority": 1, "select": {}}]}', "select"),
    ],
)
def test_a_lifecycle_policy_that_is_none_tells_why(text: str, part: str) -> None:
    repository, _ = read({"Properties": {"LifecyclePolicy": {"LifecyclePolicyText": text}}})
    assert isinstance(repository.lifecycle_policy, Malformed)
    assert part in str(repository.problems())


def test_where_it_was_read_from_is_no_part_of_the_value() -> None:
    one, _ = Repository.from_cfn({}, ORIGIN)
    other, _ = Repository.from_cfn({}, Origin("Other", "Api", "x", "Other/Api"))
    assert one == other
    assert one.origin != other.origin


# From the API

DESCRIBED = {
    "repositoryArn": "arn:aws:ecr:eu-west-1:111122223333:repository/payments/api",
    "registryId": "111122223333",
    "repositoryName": "payments/api",
    "repositoryUri": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/payments/api",
    "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
    "imageTagMutabilityExclusionFilters": [{"filterType": "WILDCARD", "filter": "latest"}],
    "imageScanningConfiguration": {"scanOnPush": True},
    "encryptionConfiguration": {"encryptionType": "KMS", "kmsKey": "arn:aws:kms:x"},
}


def test_a_live_repository_is_read() -> None:
    policy = Policy.of(Statement(principals=(ANYONE,), actions=("ecr:BatchGetImage",)))
    assert Repository.from_api(
        DESCRIBED,
        lifecycle_policy_text=LIFECYCLE.to_json(),
        policy_text=policy.to_json(),
        tags=[
            {"Key": "team", "Value": "payments"},
            {"Key": "aws:cloudformation:stack-name", "Value": "Teams"},
        ],
    ) == Repository(
        repository_name="payments/api",
        image_tag_mutability=TagMutability.IMMUTABLE_WITH_EXCLUSION,
        exclusion_filters=("latest",),
        scan_on_push=True,
        encryption=Encryption(EncryptionType.KMS, "arn:aws:kms:x"),
        lifecycle_policy=LIFECYCLE.normalise(),
        repository_policy=policy,
        tags=(("team", "payments"),),
    )


def test_a_live_repository_of_which_little_is_said_has_the_services_defaults() -> None:
    assert Repository.from_api({"repositoryName": "ab"}) == Repository(repository_name="ab")


def test_a_live_policy_that_cannot_be_read_is_malformed() -> None:
    live = Repository.from_api(DESCRIBED, policy_text="{")
    assert isinstance(live.repository_policy, Malformed)
    (problem,) = live.repository_policy.problems
    assert "a policy must be JSON, got '{'" in problem.message


def test_partly_known_text_stays_partly_known() -> None:
    name = Unresolved(("payments/", Unknown("Stage")))
    repository, problems = read({"Properties": {"RepositoryName": name}})
    assert problems == []
    assert repository.repository_name == name
    assert repository.problems() == []
