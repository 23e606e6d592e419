"""What a registry needs because others replicate to it or read from it."""

from __future__ import annotations

from typing import Final

from tests.model.said import errors

from ecr_constructs.model.baseline import Baseline
from ecr_constructs.model.creation_template import AppliedFor
from ecr_constructs.model.place import Place
from ecr_constructs.model.policy import Policy, PolicyKind
from ecr_constructs.model.registry_needs import (
    Reader,
    Replicated,
    hand_over_of,
    reader_statement,
    replication_statements,
    repositories_arn,
    with_tagging,
)
from ecr_constructs.model.statement import Principal

PLACE: Final = Place(account="222222222222", region="eu-west-1", partition="aws")
ARN: Final = "arn:aws:ecr:eu-west-1:222222222222:repository/"
SOURCE: Final = "111111111111"


def no_tags(prefix: str) -> bool:
    del prefix
    return False


def test_repositories_are_named_by_what_their_names_begin_with() -> None:
    assert repositories_arn(PLACE) == f"{ARN}*"
    assert repositories_arn(PLACE, "web/") == f"{ARN}web/*"


def test_each_account_gets_one_statement_for_all_that_it_replicates() -> None:
    arriving = [Replicated(SOURCE, each) for each in ("web/", "app/", "web/store/", "web/")]
    (statement,) = replication_statements(PLACE, arriving, no_tags)
    assert statement.principals == (Principal("AWS", f"arn:aws:iam::{SOURCE}:root"),)
    assert statement.actions == ("ecr:CreateRepository", "ecr:ReplicateImage")
    # What another prefix takes already is left out.
    assert statement.resources == (f"{ARN}app/*", f"{ARN}web/*")


def test_what_comes_of_the_same_account_needs_no_statement() -> None:
    arriving = [Replicated(PLACE.account, "web/")]
    assert list(replication_statements(PLACE, arriving, no_tags)) == []


def test_tagging_is_allowed_where_the_templates_set_tags() -> None:
    arriving = [Replicated(SOURCE, each) for each in ("web/", "app/api")]
    plain, tagging = sorted(
        replication_statements(PLACE, arriving, lambda prefix: prefix == "app"),
        key=lambda each: len(each.actions),
    )
    assert plain.resources == (f"{ARN}web/*",)
    assert tagging.resources == (f"{ARN}app/api*",)
    assert set(tagging.actions) - set(plain.actions) == {"ecr:TagResource"}
    assert with_tagging(plain).actions[-1] == "ecr:TagResource"


def test_a_reader_may_read_and_nothing_else() -> None:
    statement = reader_statement(PLACE, Reader(SOURCE, "apps/"))
    assert statement.resources == (f"{ARN}apps/*",)
    assert set(statement.actions) == {
        "ecr:BatchGetImage",
        "ecr:BatchImportUpstreamImage",
        "ecr:GetDownloadUrlForLayer",
        "ecr:GetImageCopyStatus",
    }


def test_what_is_handed_over_is_a_policy_and_templates_that_ecr_takes() -> None:
    hand_over = hand_over_of(
        PLACE,
        replicated=[Replicated(SOURCE, "web/"), Replicated("333333333333", "web/")],
        readers=[Reader(SOURCE, "")],
        baseline=Baseline(),
    )
    assert (hand_over.account, hand_over.region) == ("222222222222", "eu-west-1")
    assert len(hand_over.policy.statements) == 2
    assert (
        errors(
            hand_over.policy.problems(
                PolicyKind.REGISTRY, account=PLACE.account, region=PLACE.region
            )
        )
        == []
    )
    (template,) = hand_over.creation_templates
    assert (template.prefix, template.applied_for) == ("web", (AppliedFor.REPLICATION,))
    assert errors(template.problems(account=PLACE.account, region=PLACE.region)) == []
    assert hand_over.notes == ()


def test_a_reader_alone_needs_no_template() -> None:
    hand_over = hand_over_of(
        PLACE,
        replicated=[],
        readers=[Reader(SOURCE, "")],
        baseline=Baseline(customer_managed_keys=True),
    )
    assert (hand_over.creation_templates, hand_over.notes) == ((), ())


def test_a_region_of_the_account_alone_needs_no_statement() -> None:
    hand_over = hand_over_of(
        PLACE, replicated=[Replicated(PLACE.account, "")], readers=[], baseline=Baseline()
    )
    assert hand_over.policy == Policy()
    assert [each.prefix for each in hand_over.creation_templates] == ["ROOT"]
