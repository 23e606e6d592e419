"""Findings that are silenced with CDK, and those that count again."""

from __future__ import annotations

from tests.review.templates import NOW

from ecr_constructs.model.acknowledgement import Acknowledgement
from ecr_constructs.model.registry import Deployment
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
