"""What is not known before deployment, known from what is there."""

from __future__ import annotations

import pytest

from ecr_constructs.model.encryption import Encryption
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.statement import Principal, Statement
from ecr_constructs.model.unresolved import Unknown, Unresolved
from ecr_constructs.review.settle import settle

ROLE = "arn:aws:iam::111122223333:role/"
ANY = Unresolved.of("Role.Arn")
OF_TEAM = Unresolved((f"{ROLE}team-", Unknown("Role")))


def names(*values: str | Unresolved) -> Policy:
    return Policy.of(
        Statement(
            principals=tuple(Principal("AWS", value) for value in values),
            actions=("ecr:BatchGetImage",),
        )
    )


@pytest.mark.parametrize(
    ("declared", "there", "settled"),
    [
        (Encryption("KMS", ANY), Encryption("KMS", "arn:k"), Encryption("KMS", "arn:k")),
        # What cannot be the one that is there stays unknown.
        (OF_TEAM, f"{ROLE}other", OF_TEAM),
        (ANY, None, ANY),
        ("a", "b", "a"),
        (names(ANY), names(f"{ROLE}a"), names(f"{ROLE}a")),
        # What is open to everybody is not what was meant.
        (names(ANY), names("*"), names(ANY)),
        # What is known goes first, whatever stands before it.
        (names(ANY, f"{ROLE}a"), names(f"{ROLE}a", f"{ROLE}b"), names(f"{ROLE}a", f"{ROLE}b")),
        # A statement that is not the same is not filled in: a new principal must not hide there.
        (names(ANY, f"{ROLE}a"), names(f"{ROLE}b"), names(ANY, f"{ROLE}a")),
        ((("team", ANY), ("x", "y")), (("team", "a"),), (("team", "a"), ("x", "y"))),
        (names(ANY), Policy.of(), names(ANY)),
    ],
)
def test_what_is_not_known_is_taken_from_what_is_there(
    declared: object, there: object, settled: object
) -> None:
    assert settle(declared, there) == settled
    assert settle(there, there) == there
