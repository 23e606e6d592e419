"""Policies of roles that nobody here can read: that they come and go is told, with doubt."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from tests.review.templates import ACCOUNT, PULL, change, policy, repository, told

MANAGED: Final = f"arn:aws:iam::{ACCOUNT}:policy/Team"
OF_AWS: Final = "arn:aws:iam::aws:policy/ReadOnlyAccess"
WHO: Final = f"role Puller of account {ACCOUNT}"
ARN: Final = f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/payments/api"
MAY_PULL: Final = {"Effect": "Allow", "Action": PULL, "Resource": ARN}


def role(*statements: Any, **properties: Any) -> dict[str, Any]:
    """A repository, and a role that has these statements in a policy."""
    given = {"RoleName": "Puller", "AssumeRolePolicyDocument": policy()} | properties
    if statements:
        given["Policies"] = [{"PolicyName": "pull", "PolicyDocument": policy(*statements)}]
    return {"Api": repository(), "Role": {"Type": "AWS::IAM::Role", "Properties": given}}


#: What changes of a role -> before, after, the class, what it can do, the cause.
CASES: Final[dict[str, tuple[dict[str, Any], dict[str, Any], str, str, str]]] = {
    "a policy": (
        role(),
        role(ManagedPolicyArns=[MANAGED]),
        "widened",
        "more with repositories",
        f"the policy {MANAGED} is attached, and not known here",
    ),
    "a policy beside one that is known": (
        role(MAY_PULL),
        role(MAY_PULL, ManagedPolicyArns=[MANAGED]),
        "widened",
        "more with repositories",
        f"the policy {MANAGED} is attached, and not known here",
    ),
    "a policy less": (
        role(MAY_PULL, ManagedPolicyArns=[MANAGED]),
        role(MAY_PULL),
        "narrowed",
        "less with repositories",
        f"the policy {MANAGED}, which is not known here, is gone",
    ),
    "one that AWS manages": (
        role(),
        role(ManagedPolicyArns=[OF_AWS]),
        "harmless",
        "more with repositories",
        f"the policy {OF_AWS} is attached, and not known here",
    ),
    "a boundary": (
        role(MAY_PULL),
        role(MAY_PULL, PermissionsBoundary=MANAGED),
        "narrowed",
        "what it could with repositories",
        f"its permissions boundary {MANAGED} is not known here",
    ),
    "no boundary": (
        role(MAY_PULL, PermissionsBoundary=MANAGED),
        role(MAY_PULL),
        "widened",
        "more with repositories",
        f"its permissions boundary {MANAGED}, which is not known here, is gone",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_defined_elsewhere_is_told_when_it_comes_and_goes(
    tmp_path: Path, name: str
) -> None:
    before, after, kind, words, cause = CASES[name]
    (found,) = change(tmp_path, before, after).differences
    assert (str(found.kind), found.certain) == (kind, False)
    assert found.sentence == f"whether {WHO} can do {words} cannot be told"
    assert found.cause == cause
    assert change(tmp_path, after, after).is_empty


def test_another_text_that_is_known_at_deployment_is_told(tmp_path: Path) -> None:
    sides = [role() for _ in range(2)]
    for name, side in zip("AB", sides, strict=True):
        document = {"Fn::ImportValue": name}
        side["Role"]["Properties"]["Policies"] = [{"PolicyName": "p", "PolicyDocument": document}]
    assert [kind for kind, _ in told(change(tmp_path, *sides))] == ["widened", "narrowed"]


def test_what_an_unknown_policy_may_still_allow_is_not_lost_for_sure(tmp_path: Path) -> None:
    after = role(ManagedPolicyArns=[MANAGED])
    _, narrowed = change(tmp_path, role(MAY_PULL), after).differences
    assert narrowed.sentence == f"{WHO} can no longer pull payments/api"
    assert not narrowed.certain
    widened, _ = change(tmp_path, after, role(MAY_PULL)).differences
    assert (widened.sentence, widened.certain) == (f"{WHO} can now pull payments/api", False)


def test_role_in_an_app_without_registries_is_not_told_of(tmp_path: Path) -> None:
    alone = {"Role": role()["Role"]}, {"Role": role(ManagedPolicyArns=[MANAGED])["Role"]}
    assert change(tmp_path, *alone).is_empty
