"""Repository creation templates: limits, the role they need, the longest match, codecs."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.aws_models import definition, refused, shape
from tests.model.registry_strategies import (
    ACCOUNT,
    KEY,
    ORIGIN,
    REGION,
    ROLE,
    creation_templates,
)
from tests.model.said import errors, sentences, warnings

from ecr_constructs.model.baseline import Control, Exemption
from ecr_constructs.model.creation_template import (
    AppliedFor,
    CreationTemplate,
    longest_match,
    template_set_problems,
)
from ecr_constructs.model.encryption import Encryption, EncryptionType
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed
from ecr_constructs.model.statement import Principal, Statement
from ecr_constructs.model.tag_mutability import TagMutability
from ecr_constructs.model.unresolved import Unknown, Unresolved

UNKNOWN = Unresolved((Unknown("Main.Value"),))
TOKEN = "${Token[Value.12]}"
KMS = Encryption(EncryptionType.KMS, KEY)
EXPIRE = LifecyclePolicy.of(LifecycleRule.expire_untagged(older_than_days=7))
PULL = Policy.of(
    Statement(
        principals=(Principal("AWS", f"arn:aws:iam::{ACCOUNT}:root"),),
        actions=("ecr:BatchGetImage",),
    )
)


def template(prefix: Any = "payments", **members: Any) -> CreationTemplate:
    return CreationTemplate(**{"applied_for": [AppliedFor.REPLICATION], **members}, prefix=prefix)


def found(value: CreationTemplate) -> Any:
    return value.problems(account=ACCOUNT, region=REGION)


@pytest.mark.parametrize(
    "value",
    [
        template(),
        template("p"),
        template("a" * 256),
        template("ROOT"),
        template("payments/"),
        template(description="d" * 256),
        template(applied_for=tuple(AppliedFor)),
        template(encryption=KMS, custom_role_arn=ROLE),
        template(encryption=Encryption(EncryptionType.KMS), custom_role_arn=ROLE),
        template(resource_tags=[("k" * 128, "v" * 256), ("empty", "")], custom_role_arn=ROLE),
        template(repository_policy=PULL, lifecycle_policy=EXPIRE),
        template(
            image_tag_mutability=TagMutability.IMMUTABLE_WITH_EXCLUSION,
            exclusion_filters=["latest"],
        ),
        template(TOKEN, description=TOKEN * 50, custom_role_arn=TOKEN),
        template(UNKNOWN, applied_for=[UNKNOWN], encryption=Encryption(UNKNOWN, UNKNOWN)),
        template(repository_policy=UNKNOWN, lifecycle_policy=UNKNOWN, custom_role_arn=UNKNOWN),
    ],
)
def test_takes_what_ecr_takes(value: CreationTemplate) -> None:
    assert found(value) == []


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (template(""), "prefix must be 1 to 256 .* got ''; write for example 'payments'"),
        (template("a" * 257), "prefix must be 1 to 256 .*; write for example 'payments'"),
        (template("Payments/*"), r"got 'Payments/\*'; write 'payments'"),
        (
            template(applied_for=[]),
            r"applied_for must name when .* got none; write for example \[AppliedFor.REPLICATION\]",
        ),
        (
            template(applied_for=["PUSH"]),
            "applied_for must be among PULL_THROUGH_CACHE, REPLICATION, CREATE_ON_PUSH, got 'PUSH'",
        ),
        (
            template(applied_for=["REPLICATION", "REPLICATION"]),
            "applied_for must name each once, got 'REPLICATION' 2 times; drop one",
        ),
        (
            template(description="d" * 257),
            "description must be at most 256 characters, got 257; shorten it",
        ),
        (
            template(image_tag_mutability=TagMutability.IMMUTABLE_WITH_EXCLUSION),
            "must be 1 to 5 with IMMUTABLE_WITH_EXCLUSION, got 0; write for example",
        ),
        (
            template(encryption=KMS),
            (
                "custom_role_arn must be given with encryption KMS, .* got none; write the ARN of a"
                " role that ecr.amazonaws.com may assume"
            ),
        ),
        (
            template(resource_tags=[("team", "web")]),
            "custom_role_arn must be given with resource_tags, .* got none; write the ARN",
        ),
        (
            template(resource_tags=[("team", "web")], encryption=KMS, custom_role_arn=""),
            "given with resource_tags and encryption KMS, .* got none; write the ARN",
        ),
        (
            template(
                encryption=Encryption(EncryptionType.KMS, "alias/images"), custom_role_arn=ROLE
            ),
            "encryption_key must be the full ARN of a key in a template, got 'alias/images'; write",
        ),
        (
            template(
                encryption=Encryption(EncryptionType.KMS, KEY.replace(REGION, "eu-west-2")),
                custom_role_arn=ROLE,
            ),
            "must be in the registry's Region 'eu-west-1', got '.*eu-west-2.*'; use a key of",
        ),
        (
            template(encryption=Encryption(EncryptionType.KMS_DSSE), custom_role_arn=ROLE),
            "KMS_DSSE exists in the AWS GovCloud .* got partition 'aws'; write EncryptionType.KMS",
        ),
        (
            template(custom_role_arn=f"arn:aws:iam::{ACCOUNT}:role/ecr/Templates"),
            (
                "must be the ARN of a role without a path, .* got '.*/ecr/Templates'; write for"
                " example 'arn:aws:iam::111122223333:role/EcrTemplates'"
            ),
        ),
        (
            template(custom_role_arn=f"arn:aws:iam::{ACCOUNT}:role/{'r' * 2048}"),
            "of at most 2,048 characters, got .*; write for example",
        ),
        (
            template(custom_role_arn="arn:aws:iam::222222222222:role/Templates"),
            (
                "must be a role of the registry's account '111122223333', got '.*222222222222.*';"
                " use a role of '111122223333'"
            ),
        ),
        (
            template(resource_tags=[("k" * 129, "v")], custom_role_arn=ROLE),
            r"resource_tags\['k+'\]: a tag's key must be 1 to 128 characters, got .*; shorten it",
        ),
        (
            template(resource_tags=[(f"k{n}", "v") for n in range(51)], custom_role_arn=ROLE),
            "a repository creation template must have at most 50 tags, got 51; drop some",
        ),
        (
            template(repository_policy=Policy.of(Statement(actions=("ecr:Nothing",)))),
            r"repository_policy.Statement\[0\].Action: .* got 'ecr:Nothing'",
        ),
        (
            template(lifecycle_policy=LifecyclePolicy.of()),
            "lifecycle_policy.rules: .* must hold 1 to 50 rules, got 0",
        ),
        (
            template(exemptions=[Exemption(Control.TAG_IMMUTABILITY, " ")]),
            r"exemptions\[0\].reason: an exemption from 'tag-immutability' must say why, got ' '",
        ),
    ],
)
def test_refuses_what_ecr_refuses(value: CreationTemplate, said: str) -> None:
    assert any(re.search(said, sentence) for sentence in errors(found(value))), found(value)


def test_dsse_needs_a_role_too() -> None:
    value = template(encryption=Encryption(EncryptionType.KMS_DSSE))
    (sentence,) = errors(value.problems(partition="aws-us-gov"))
    assert "custom_role_arn must be given with encryption KMS_DSSE" in sentence


def test_warns_of_tags_that_a_cache_cannot_update() -> None:
    value = template(
        applied_for=[AppliedFor.PULL_THROUGH_CACHE], image_tag_mutability=TagMutability.IMMUTABLE
    )
    (sentence,) = warnings(found(value))
    assert "got 'IMMUTABLE', with which a cached tag is never updated; write TagM" in sentence
    assert errors(found(value)) == []
    replicated = replace(value, applied_for=(AppliedFor.REPLICATION,))
    assert found(replicated) == []


def test_a_policy_that_is_none_says_what_is_wrong() -> None:
    properties = {
        "Prefix": "p",
        "AppliedFor": ["REPLICATION"],
        "RepositoryPolicy": "{",
        "LifecyclePolicy": '{"rules": 1}',
    }
    value, problems = CreationTemplate.from_cfn({"Properties": properties}, ORIGIN)
    assert problems == []
    assert isinstance(value.repository_policy, Malformed)
    assert isinstance(value.lifecycle_policy, Malformed)
    said = sentences(found(value))
    assert any("repository_policy" in each and "must be JSON" in each for each in said)
    assert any("lifecycle_policy" in each and "must be a list of rules" in each for each in said)


def test_the_words_are_those_of_the_schema_and_of_the_api() -> None:
    words = definition("RepositoryCreationTemplate", "AppliedFor")["items"]["$ref"]
    assert words == "#/definitions/AppliedForItem"
    definitions = definition("RepositoryCreationTemplate")["definitions"]
    assert set(definitions["AppliedForItem"]["enum"]) == set(AppliedFor)
    assert set(shape("RCTAppliedFor")["enum"]) == set(AppliedFor)


@given(creation_templates())
def test_what_is_written_is_read_back(value: CreationTemplate) -> None:
    normal = value.normalise()
    written = normal.to_cfn()
    assert CreationTemplate.from_cfn({"Properties": written}, ORIGIN) == (normal, [])
    again, problems = CreationTemplate.from_cfn({"Properties": value.to_cfn()}, ORIGIN)
    assert (again.normalise(), problems) == (normal, [])


@given(creation_templates())
def test_the_schema_takes_what_is_written(value: CreationTemplate) -> None:
    # A policy in which a part is known at deployment alone is no text yet.
    written = value.normalise().to_cfn()
    if isinstance(written.get("RepositoryPolicy"), Unresolved):
        written["RepositoryPolicy"] = written["RepositoryPolicy"].text
    assert refused("RepositoryCreationTemplate", written) == []
    assert errors(found(replace(value, repository_policy=None))) == []


@given(creation_templates())
def test_there_is_one_normal_form(value: CreationTemplate) -> None:
    normal = value.normalise()
    assert normal.normalise() == normal
    turned = replace(
        value,
        applied_for=value.applied_for[::-1],
        exclusion_filters=value.exclusion_filters[::-1] * 2,
        resource_tags=value.resource_tags[::-1],
    )
    assert turned.normalise() == normal


def test_the_normal_form_keeps_everything() -> None:
    full = template(
        "payments/",
        applied_for=(AppliedFor.PULL_THROUGH_CACHE, AppliedFor.REPLICATION),
        description="what arrives",
        image_tag_mutability=TagMutability.IMMUTABLE_WITH_EXCLUSION,
        exclusion_filters=("dev-*", "latest"),
        encryption=KMS,
        repository_policy=PULL.normalise(),
        lifecycle_policy=EXPIRE.normalise(),
        resource_tags=(("a", "1"), ("b", "")),
        custom_role_arn=ROLE,
        exemptions=(Exemption(Control.TAG_IMMUTABILITY, "the cache updates tags"),),
    )
    assert full.normalise() == full


def test_the_policies_are_texts() -> None:
    written = template(repository_policy=PULL, lifecycle_policy=EXPIRE).to_cfn()
    assert json.loads(written["RepositoryPolicy"]) == PULL.to_document()
    assert written["LifecyclePolicy"] == EXPIRE.to_json()


def test_an_empty_text_is_none() -> None:
    """The schema takes them, and the API clears with them."""
    properties = {
        "Prefix": "p",
        "AppliedFor": ["REPLICATION"],
        "Description": "",
        "RepositoryPolicy": "",
        "LifecyclePolicy": "",
        "CustomRoleArn": "",
    }
    value, problems = CreationTemplate.from_cfn({"Properties": properties}, ORIGIN)
    assert (value, problems) == (template("p"), [])
    assert template("p", description="", custom_role_arn="").to_cfn() == template("p").to_cfn()


def test_notes_a_policy_that_is_an_object() -> None:
    properties = {
        "Prefix": "p",
        "AppliedFor": ["REPLICATION"],
        "RepositoryPolicy": PULL.to_document(),
    }
    value, problems = CreationTemplate.from_cfn({"Properties": properties}, ORIGIN)
    (sentence,) = errors(problems)
    assert "Properties.RepositoryPolicy must be a string, got {" in sentence
    assert value.repository_policy == PULL


def test_the_order_of_exemptions_means_nothing() -> None:
    two = [Exemption(control, "why") for control in (Control.PUBLIC_ACCESS, Control.NAMESPACE)]
    assert template(exemptions=two).normalise() == template(exemptions=two[::-1]).normalise()


def test_the_exemptions_are_read_from_the_metadata() -> None:
    exemption = Exemption(Control.TAG_IMMUTABILITY, "the cache updates tags")
    resource = {
        "Properties": template().to_cfn(),
        "Metadata": {"EcrConstructs": {"exemptions": [exemption.to_metadata()]}},
    }
    value, _ = CreationTemplate.from_cfn(resource, ORIGIN)
    assert value == template(exemptions=[exemption])
    assert value.origin == ORIGIN


def test_reads_a_live_template() -> None:
    described = {
        "prefix": "payments",
        "description": "what arrives",
        "appliedFor": ["REPLICATION"],
        "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
        "imageTagMutabilityExclusionFilters": [{"filterType": "WILDCARD", "filter": "latest"}],
        "encryptionConfiguration": {"encryptionType": "KMS", "kmsKey": KEY},
        "repositoryPolicy": PULL.to_json(),
        "lifecyclePolicy": EXPIRE.to_json(),
        "resourceTags": [{"Key": "team", "Value": "web"}],
        "customRoleArn": ROLE,
        "createdAt": 1,
    }
    assert (
        CreationTemplate.from_api(described).normalise()
        == template(
            description="what arrives",
            image_tag_mutability=TagMutability.IMMUTABLE_WITH_EXCLUSION,
            exclusion_filters=["latest"],
            encryption=KMS,
            repository_policy=PULL,
            lifecycle_policy=EXPIRE,
            resource_tags=[("team", "web")],
            custom_role_arn=ROLE,
        ).normalise()
    )
    bare = {"prefix": "payments", "appliedFor": ["REPLICATION"], "lifecyclePolicy": ""}
    assert CreationTemplate.from_api(bare) == template()


def test_a_live_policy_that_cannot_be_read_is_malformed() -> None:
    live = CreationTemplate.from_api({"prefix": "p", "repositoryPolicy": "{"})
    assert isinstance(live.repository_policy, Malformed)
    (problem,) = live.repository_policy.problems
    assert "a policy must be JSON, got '{'" in problem.message


SET = [template("prod"), template("prod/team"), template("ROOT"), template("web/")]


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("prod/api", "prod"),
        ("prod/team/api", "prod/team"),
        ("prod/teams/api", "prod"),
        ("production/api", "ROOT"),
        ("web/app", "web/"),
        ("prod", "ROOT"),
    ],
)
def test_the_longest_prefix_wins(name: str, prefix: str) -> None:
    for templates in (SET, SET[::-1]):
        match = longest_match(templates, name)
        assert isinstance(match, CreationTemplate)
        assert match.prefix == prefix


def test_no_template_covers_every_name() -> None:
    assert longest_match([], "prod/api") is None
    assert longest_match([], UNKNOWN) is None
    assert longest_match([template("web")], "prod/api") is None


@pytest.mark.parametrize(
    ("prefix", "name", "is_known"),
    [
        (UNKNOWN, "prod/api", False),
        (TOKEN, "prod/api", False),
        # It cannot be longer than what covers the whole namespace
        (UNKNOWN, "prod/team/api", True),
        # It begins otherwise
        (Unresolved(("web/", Unknown("Main.Team"))), "prod/x/api", True),
        (Unresolved(("prod/", Unknown("Main.Team"))), "prod/x/api", False),
        (Unresolved((Unknown("Main.Team"), "/x/")), "prod/x/api", False),
    ],
)
def test_a_prefix_that_is_not_known_may_be_longer(
    prefix: Any, name: str, *, is_known: bool
) -> None:
    known = [template("prod/team"), template("ROOT")]
    match = longest_match([*known, template(prefix)], name)
    assert isinstance(match, CreationTemplate) is is_known
    assert is_known or match in (prefix, Unresolved.of(prefix))


def test_a_name_that_is_not_known_has_no_match_yet() -> None:
    assert longest_match(SET, UNKNOWN) == UNKNOWN
    assert longest_match(SET, TOKEN) == Unresolved.of(TOKEN)


NAMESPACES = st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=3).map("/".join)


@given(st.lists(NAMESPACES | st.just("ROOT"), unique=True), NAMESPACES)
def test_the_match_covers_the_name_and_no_other_is_longer(prefixes: list[str], name: str) -> None:
    covering = [p for p in prefixes if p == "ROOT" or name.startswith(f"{p}/")]
    match = longest_match([template(prefix) for prefix in prefixes], name)
    if not covering:
        assert match is None
        return
    assert isinstance(match, CreationTemplate)
    assert match.prefix == max(covering, key=lambda p: -1 if p == "ROOT" else len(p))


def test_refuses_two_templates_of_one_prefix() -> None:
    assert list(template_set_problems(SET)) == []
    (sentence,) = errors(template_set_problems([*SET, template("web")]))
    assert "prefix must be unique in a registry, got 'web' 2 times; unite them" in sentence
