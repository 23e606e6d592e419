"""Findings that are silenced with CDK, and those that count again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.review.templates import NOW

from ecr_constructs.model.acknowledgement import Acknowledgement
from ecr_constructs.model.baseline import Control, Exemption
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.model.repository import Origin, Repository
from ecr_constructs.model.statement import ANYONE, Statement
from ecr_constructs.review import review

RULE = "EcrGovernance-TagImmutability"


def deployed(*acknowledgements: tuple[str, str, str]) -> Deployment:
    return Deployment(acknowledgements=tuple(Acknowledgement(*each) for each in acknowledgements))


def differences(before: Deployment, after: Deployment) -> list[tuple[str, str, str]]:
    found = review(after, against=before, now=NOW).change
    assert found is not None
    return [(str(each.kind), each.sentence, each.cause) for each in found.differences]


def test_finding_that_is_silenced_weakens() -> None:
    after = deployed((f"EcrGovernance::{RULE}", "nightly", "Main/Api"))
    assert differences(deployed(), after) == [
        (
            "weakened",
            f"what {RULE} finds at Main/Api no longer counts",
            "it is acknowledged, as 'nightly'",
        )
    ]


def test_finding_that_counts_again_strengthens() -> None:
    before = deployed((RULE, "nightly", "Main/Api"))
    assert differences(before, deployed()) == [
        (
            "strengthened",
            f"what {RULE} finds at Main/Api counts again",
            "it was acknowledged, as 'nightly'",
        )
    ]


def test_reason_in_other_words_is_harmless() -> None:
    before, after = (deployed((RULE, why, "Main/Api")) for why in ("nightly", "every night"))
    assert differences(before, after) == [
        (
            "harmless",
            f"the reason why {RULE} does not count at Main/Api is written otherwise",
            "it was 'nightly' and is 'every night'",
        )
    ]


def test_id_with_and_without_the_plugin_is_the_same_and_others_are_not_ours() -> None:
    """CDK keeps both spellings; what other rules are silenced for is for others to tell."""
    before = deployed((RULE, "nightly", "Main/Api"), ("AwsSolutions-ECR1", "x", "Main"))
    after = deployed((f"EcrGovernance::{RULE}", "nightly", "Main/Api"))
    assert differences(before, after) == []


PUBLIC = Exemption(Control.PUBLIC_ACCESS, "a mirror")


def exempt(*acknowledgements: tuple[str, str, str], path: str = "Main/Api") -> Deployment:
    """A repository that everybody may pull from, with what its construct acknowledges."""
    api = Repository(
        repository_name="payments/api",
        repository_policy=Policy.of(
            Statement(principals=(ANYONE,), actions=("ecr:BatchGetImage",)),
        ),
        exemptions=(PUBLIC,),
        origin=Origin(stack="Main", logical_id="Api", template="", construct_path=path),
    )
    registry = Registry(account="111111111111", region="eu-west-1", repositories=(api,))
    return replace(deployed(*acknowledgements), registries=(registry,))


def test_exemption_is_told_once_and_hides_no_access() -> None:
    """Its construct acknowledges each rule that judges the control, and cdk-nag's too."""
    before = exempt()
    (registry,) = before.registries
    (api,) = registry.repositories
    closed = replace(api, repository_policy=None, exemptions=())
    before = replace(before, registries=(replace(registry, repositories=(closed,)),))
    ids = [
        "EcrGovernance::EcrGovernance-PublicPrincipal",
        "EcrGovernance::EcrGovernance-PublicRepository",
        "AwsSolutions::AwsSolutions-ECR1",
    ]
    after = exempt(*((each, "a mirror", "Main/Api") for each in ids))
    found = [(kind, said) for kind, said, _ in differences(before, after)]
    assert [kind for kind, _ in found if kind != "narrowed"] == ["widened", "weakened"]
    assert found[-1][1] == "payments/api is now exempt from public-access"
    assert review(after, now=NOW).report.acknowledgements == ()


@pytest.mark.parametrize(
    ("rule", "reason", "path"),
    [
        ("EcrGovernance-PublicPrincipal", "another reason", "Main/Api"),
        ("EcrGovernance-TagImmutability", "a mirror", "Main/Api"),
        ("EcrGovernance-PublicPrincipal", "a mirror", "Main/Web"),
        ("EcrGovernance-PublicPrincipal", "a mirror", ""),
    ],
    ids=["reason", "control", "construct", "app"],
)
def test_what_somebody_acknowledges_beside_an_exemption_is_told(
    rule: str, reason: str, path: str
) -> None:
    found = differences(exempt(), exempt((rule, reason, path)))
    assert [kind for kind, _, _ in found] == ["weakened"]
