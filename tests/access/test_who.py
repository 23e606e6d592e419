"""Who can do something, and who is not worth a line of their own."""

from __future__ import annotations

from typing import Any

import pytest
from tests.access.scenes import (
    BUILD,
    EVA,
    GET,
    LAMBDA,
    NAME,
    OTHER,
    OWNER,
    PUT,
    REMOTE,
    allow,
    deny,
    deployment,
    grant,
    identity,
    policy,
)

from ecr_constructs.access import Access, who_can
from ecr_constructs.model.registry import Deployment
from ecr_constructs.model.unresolved import Unknown, Unresolved

ROOT = f"arn:aws:iam::{OTHER}:root"


def listed(where: Deployment, action: str = GET, **context: Any) -> dict[str, str]:
    given = {key.replace("_", ":", 1): value for key, value in context.items()}
    return {
        str(access.principal): str(access.decision)
        for access in who_can(where, action, NAME, context=given)
    }


def test_nobody_is_listed_of_a_private_repository() -> None:
    assert listed(deployment()) == {}


def test_whom_the_policies_name_is_listed_in_order() -> None:
    ours = policy(
        allow({"AWS": [REMOTE, EVA], "Service": LAMBDA}),
        allow({"AWS": BUILD}, PUT),
    )
    registry = policy(allow({"AWS": OTHER}, Resource="*"))
    assert listed(deployment(ours, registry_policy=registry)) == {
        EVA: "allow",
        REMOTE: "allow",
        ROOT: "allow",
        LAMBDA: "allow",
    }
    assert listed(deployment(ours, registry_policy=registry), PUT) == {BUILD: "allow"}


def test_an_account_is_shown_by_the_arn_of_its_root_once() -> None:
    ours = policy(allow({"AWS": OTHER}), allow({"AWS": ROOT}))
    assert listed(deployment(ours)) == {ROOT: "allow"}
    china = deployment(policy(allow({"AWS": OTHER})), region="cn-north-1")
    assert listed(china) == {f"arn:aws-cn:iam::{OTHER}:root": "allow"}


def test_whoever_is_denied_is_not_listed() -> None:
    ours = policy(allow({"AWS": [REMOTE, BUILD]}), deny({"AWS": REMOTE}))
    assert listed(deployment(ours)) == {BUILD: "allow"}


def test_conditions_make_a_line_conditional() -> None:
    ours = policy(allow("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}))
    assert listed(deployment(ours)) == {"*": "conditional"}
    assert listed(deployment(ours), aws_PrincipalOrgID="o-a1b2c3d4e5") == {"*": "allow"}
    assert listed(deployment(ours), aws_PrincipalOrgID="o-zzzzzzzzzz") == {}


def test_identities_of_the_assembly_with_a_policy_are_listed() -> None:
    known = deployment(
        None,
        identity(BUILD, policy(grant())),
        identity(EVA, policy(grant(PUT))),
        identity(REMOTE, policy(grant())),
    )
    assert listed(known) == {BUILD: "allow"}
    assert listed(known, PUT) == {EVA: "allow"}


def test_everybody_is_stood_for_by_a_star() -> None:
    """A role of the account is no news where anyone can."""
    known = deployment(policy(allow("*")), identity(BUILD), identity(EVA, policy(grant(PUT))))
    assert listed(known) == {"*": "allow"}


def test_an_account_stands_for_its_roles() -> None:
    known = deployment(policy(allow({"AWS": OTHER})), identity(REMOTE, policy(grant())))
    assert listed(known) == {ROOT: "allow", REMOTE: "allow"}
    silent = deployment(policy(allow({"AWS": OTHER})), identity(REMOTE))
    assert listed(silent) == {ROOT: "allow"}


def test_a_role_that_a_condition_names_is_listed() -> None:
    ours = policy(allow({"AWS": OTHER}, Condition={"ArnEquals": {"aws:PrincipalArn": REMOTE}}))
    assert listed(deployment(ours)) == {REMOTE: "allow", ROOT: "conditional"}


def test_a_pattern_of_roles_stays_a_condition_of_its_account() -> None:
    pattern = f"arn:aws:iam::{OTHER}:role/ci-*"
    ours = policy(allow({"AWS": OTHER}, Condition={"ArnLike": {"aws:PrincipalArn": pattern}}))
    assert listed(deployment(ours)) == {ROOT: "conditional"}
    known = identity(f"arn:aws:iam::{OTHER}:role/ci-web", policy(grant()))
    assert listed(deployment(ours, known)) == {
        f"arn:aws:iam::{OTHER}:role/ci-web": "allow",
        ROOT: "conditional",
    }


def test_the_role_that_cdk_tags_is_listed() -> None:
    ours = policy(
        allow({"AWS": OTHER}, Condition={"StringEquals": {"aws:PrincipalTag/aws-cdk:id": "App_c8"}})
    )
    tagged = identity(REMOTE, policy(grant()), tags=(("aws-cdk:id", "App_c8"),))
    assert listed(deployment(ours, tagged)) == {REMOTE: "allow", ROOT: "conditional"}


@pytest.mark.parametrize(
    "exception",
    [
        deny("*", Condition={"ArnNotEquals": {"aws:PrincipalArn": [BUILD]}}),
        deny(None, NotPrincipal={"AWS": [BUILD, f"arn:aws:iam::{OWNER}:root"]}),
        deny("*", Condition={"StringNotEquals": {"aws:PrincipalTag/team": "payments"}}),
    ],
)
def test_whoever_is_excepted_from_a_deny_is_listed(exception: dict[str, Any]) -> None:
    tagged = identity(BUILD, tags=(("team", "payments"),))
    known = deployment(policy(allow("*"), exception), tagged, identity(EVA))
    rows = listed(known)
    assert rows[BUILD] == "allow"
    assert EVA not in rows


def test_a_role_that_is_not_in_the_assembly_is_listed_by_an_exception() -> None:
    ours = policy(allow("*"), deny(None, NotPrincipal={"AWS": [REMOTE, OTHER], "Service": LAMBDA}))
    rows = listed(deployment(ours))
    assert rows[REMOTE] == "allow"
    assert rows[LAMBDA] == "allow"


def test_not_principal_in_an_allow_is_anyone() -> None:
    assert listed(deployment(policy(allow(None, NotPrincipal={"AWS": BUILD})))) == {"*": "allow"}


def test_principals_that_are_not_known_are_shown_as_they_stand() -> None:
    unknown = Unresolved.of("Main.RoleArn")
    made_up = Unresolved((f"arn:aws:iam::{OWNER}:role/", Unknown("Main.Build")))
    known = deployment(policy(allow({"AWS": [unknown, made_up]})), identity(made_up))
    assert listed(known) == {"${Main.RoleArn}": "allow", str(made_up): "allow"}


def test_a_policy_that_is_not_known_puts_all_identities_in_question() -> None:
    assert listed(deployment(Unresolved.of("X"), identity(BUILD), identity(REMOTE))) == {
        BUILD: "conditional"
    }


def test_a_line_has_its_statements_and_the_whole_answer() -> None:
    ours = policy(allow({"AWS": OTHER}, PUT), allow({"AWS": OTHER}, Sid="Pull"))
    (access,) = who_can(deployment(ours), GET, NAME)
    assert isinstance(access, Access)
    assert [placed.index for placed in access.statements] == [1]
    assert access.answer.decision is access.decision
    assert access.answer.assumptions
    assert access.to_document() == {
        "principal": ROOT,
        "decision": "allow",
        "statements": [access.statements[0].to_document()],
    }
