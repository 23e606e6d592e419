"""What the owner of another account must apply."""

from __future__ import annotations

from ecr_constructs.model.hand_over import HandOver
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
