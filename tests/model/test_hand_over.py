"""What the owner of another account must apply."""

from __future__ import annotations

import functools
import json
import shlex
from dataclasses import replace

from botocore.model import ServiceModel
from botocore.validate import ParamValidator
from hypothesis import given
from tests.model.aws_models import service_model
from tests.model.registry_strategies import creation_templates

from ecr_constructs.model.creation_template import AppliedFor, CreationTemplate
from ecr_constructs.model.hand_over import HandOver, template_to_api
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.statement import Principal, Statement

POLICY = Policy.of(
    Statement(
        principals=(Principal("AWS", "arn:aws:iam::111122223333:root"),),
        actions=("ecr:BatchGetImage",),
    )
)


def test_the_sentence_holds_all_that_the_owner_needs() -> None:
    hand_over = HandOver(
        repository_name="their/app", account="444455556666", region="eu-west-1", policy=POLICY
    )
    sentence = hand_over.sentence
    assert "repository 'their/app' is not owned by this app" in sentence
    assert POLICY.to_json() in sentence
    assert (
        "aws ecr set-repository-policy --registry-id 444455556666 --region eu-west-1"
        " --repository-name their/app --policy-text" in sentence
    )
    assert "keep the statements that are there" in sentence


ACCOUNT, REGION = "444455556666", "eu-west-1"
TEMPLATE = CreationTemplate(
    prefix="web",
    applied_for=(AppliedFor.REPLICATION,),
    image_tag_mutability="IMMUTABLE",
    lifecycle_policy=LifecyclePolicy.of(LifecycleRule.expire_untagged(older_than_days=7)),
    description="it's the web's",
)


def test_a_registry_is_handed_its_policy_and_its_templates() -> None:
    hand_over = HandOver(
        account=ACCOUNT, region=REGION, policy=POLICY, creation_templates=(TEMPLATE,), notes=("so",)
    )
    sentence = hand_over.sentence
    assert f"the registry of account {ACCOUNT} in {REGION} is not owned by this app" in sentence
    assert "aws ecr put-registry-policy --region eu-west-1 --policy-text" in sentence
    assert "have a repository creation template for 'web'" in sentence
    assert sentence.endswith("; so")


def test_what_is_not_needed_is_not_said() -> None:
    policy_alone = HandOver(account=ACCOUNT, region=REGION, policy=POLICY)
    assert "template" not in policy_alone.sentence
    templates_alone = HandOver(account=ACCOUNT, region=REGION, creation_templates=(TEMPLATE,))
    assert "policy" not in templates_alone.sentence
    assert templates_alone.to_document()["policy"] is None
    assert len(templates_alone.commands) == 1


def test_a_policy_is_handed_over_with_the_caution_that_it_replaces_the_one_that_is_there() -> None:
    registry = HandOver(account=ACCOUNT, region=REGION, policy=POLICY, notes=("so",))
    assert registry.to_document()["notes"] == [
        (
            "put-registry-policy replaces the whole registry policy: first read the one that is"
            " there with 'aws ecr get-registry-policy --region eu-west-1', and add its statements"
            " to the text"
        ),
        "so",
    ]
    (caution,) = replace(registry, repository_name="their/app").cautions
    assert caution.startswith("set-repository-policy replaces the whole repository policy")
    assert (
        "'aws ecr get-repository-policy --registry-id 444455556666 --region eu-west-1"
        " --repository-name their/app'" in caution
    )


def test_a_template_alone_needs_no_caution() -> None:
    templates_alone = HandOver(account=ACCOUNT, region=REGION, creation_templates=(TEMPLATE,))
    assert templates_alone.to_document()["notes"] == []


def test_a_command_is_a_line_that_a_shell_takes_whatever_it_holds() -> None:
    hand_over = HandOver(
        account=ACCOUNT, region=REGION, policy=POLICY, creation_templates=(TEMPLATE,)
    )
    policy, template = map(shlex.split, hand_over.commands)
    assert policy[:5] == ["aws", "ecr", "put-registry-policy", "--region", REGION]
    assert Policy.from_json(policy[-1]) == POLICY
    assert template[:4] == ["aws", "ecr", "create-repository-creation-template", "--region"]
    assert json.loads(template[-1])["description"] == "it's the web's"


def test_a_repository_is_handed_its_policy() -> None:
    hand_over = HandOver(repository_name="their/app", account=ACCOUNT, region=REGION, policy=POLICY)
    (command,) = map(shlex.split, hand_over.commands)
    assert command[:3] == ["aws", "ecr", "set-repository-policy"]
    assert command[command.index("--registry-id") + 1] == ACCOUNT
    assert command[command.index("--repository-name") + 1] == "their/app"
    assert hand_over.to_document()["repositoryName"] == "their/app"


@given(creation_templates())
def test_a_template_becomes_what_the_api_takes_and_reads_back(template: CreationTemplate) -> None:
    document = template_to_api(template.normalise())
    if "Unresolved" in repr(template):
        return
    report = ParamValidator().validate(
        document, _ecr().operation_model("CreateRepositoryCreationTemplate").input_shape
    )
    assert not report.has_errors(), report.generate_report()
    expected = replace(template.normalise(), exemptions=())
    assert CreationTemplate.from_api(document).normalise() == expected


@functools.cache
def _ecr() -> ServiceModel:
    return ServiceModel(service_model())
