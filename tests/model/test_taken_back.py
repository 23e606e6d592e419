"""What the denies of a policy take back."""

from __future__ import annotations

from typing import Any

import pytest

from ecr_constructs.model.statement import ANYONE, Condition, Effect, Principal, Statement
from ecr_constructs.model.taken_back import (
    is_denied_to_strange_services,
    left_to_accounts,
    left_to_strangers,
)
from ecr_constructs.model.unresolved import Unresolved
from ecr_constructs.service import actions

OWN, OTHER = "111122223333", "222222222222"
ORGANIZATION = "o-a1b2c3d4e5"
PULL = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
EVERYTHING = actions.REPOSITORY
OUTSIDE = Condition("StringNotEquals", "aws:PrincipalOrgID", (ORGANIZATION,))
NO_SERVICE = Condition("BoolIfExists", "aws:PrincipalIsAWSService", ("false",))
ROOT = Principal("AWS", f"arn:aws:iam::{OTHER}:root")


def allow(*principals: Principal, **members: Any) -> Statement:
    return Statement(**{"principals": principals or (ANYONE,), "actions": PULL} | members)


def deny(*conditions: Condition, **members: Any) -> Statement:
    given = {"principals": (ANYONE,), "actions": ("ecr:*",)} | members
    if "not_principals" in members:
        del given["principals"]
    return Statement(effect=Effect.DENY, conditions=conditions, **given)


def left(*denies: Statement, statement: Statement | None = None) -> list[str]:
    found = left_to_strangers(statement or allow(), denies, EVERYTHING)
    return sorted(found.to_strangers)


@pytest.mark.parametrize(
    "denied",
    [
        deny(),
        deny(OUTSIDE),
        deny(OUTSIDE, actions=PULL),
        deny(OUTSIDE, actions=(), not_actions=("ecr:PutImage",)),
        deny(Condition("StringNotEqualsIfExists", "aws:PrincipalOrgID", (ORGANIZATION,))),
        deny(
            Condition("ForAllValues:StringNotLike", "aws:PrincipalOrgPaths", (f"{ORGANIZATION}/*",))
        ),
        deny(Condition("NotIpAddress", "aws:SourceIp", ("203.0.113.0/24",))),
        deny(OUTSIDE, Condition("ArnNotLike", "aws:PrincipalArn", (f"arn:aws:iam::{OTHER}:*",))),
        deny(not_principals=(ROOT,)),
        deny(resources=("*",)),
    ],
)
def test_deny_for_every_stranger_takes_all_back(denied: Statement) -> None:
    assert left(denied) == []


@pytest.mark.parametrize(
    "denied",
    [
        deny(Condition("StringEquals", "aws:PrincipalOrgID", (ORGANIZATION,))),
        deny(Condition("Bool", "aws:SecureTransport", ("false",))),
        deny(OUTSIDE, Condition("Bool", "aws:SecureTransport", ("false",))),
        # It fails where the key is missing.
        deny(Condition("ForAnyValue:StringNotLike", "aws:PrincipalOrgPaths", (ORGANIZATION,))),
        # It spares whoever is in any organisation, or anywhere.
        deny(Condition("StringNotLike", "aws:PrincipalOrgID", ("o-*",))),
        deny(Condition("NotIpAddress", "aws:SourceIp", ("0.0.0.0/0",))),
        deny(Condition("Null", "aws:PrincipalOrgID", ("true",))),
        deny(OUTSIDE, actions=("ecr:PutImage",)),
        deny(OUTSIDE, actions=(Unresolved.of("Action"),)),
        deny(OUTSIDE, actions=(), not_actions=(Unresolved.of("Action"),)),
        deny(principals=(ROOT,)),
        deny(not_principals=(ANYONE,)),
        deny(resources=(f"arn:aws:ecr:eu-west-1:{OWN}:repository/other",)),
        deny(not_resources=(f"arn:aws:ecr:eu-west-1:{OWN}:repository/other",)),
    ],
)
def test_deny_that_spares_strangers_takes_nothing_back(denied: Statement) -> None:
    assert left(denied) == sorted(PULL)
    assert not left_to_strangers(allow(), [denied], EVERYTHING).is_less


def test_denies_take_back_action_by_action() -> None:
    first, second = (deny(OUTSIDE, actions=(each,)) for each in PULL)
    assert left(first) == [PULL[1]]
    assert left(first, second) == []


def test_what_is_denied_to_all_but_services_is_left_to_them() -> None:
    found = left_to_strangers(allow(), [deny(OUTSIDE, NO_SERVICE)], EVERYTHING)
    assert (found.to_strangers, found.to_services) == (frozenset(), frozenset(PULL))
    assert not left_to_strangers(
        allow(), [deny(OUTSIDE, NO_SERVICE), deny(OUTSIDE)], EVERYTHING
    ).to_services


def test_allow_of_what_is_not_known_may_be_of_anything() -> None:
    unknown = allow(actions=(Unresolved.of("Action"),))
    assert left(deny(OUTSIDE, actions=PULL), statement=unknown) == sorted(EVERYTHING - {*PULL})
    assert left(deny(OUTSIDE), statement=unknown) == []
    assert left(statement=allow(actions=(), not_actions=("ecr:B*",))) == sorted(
        each for each in EVERYTHING if not each.startswith("ecr:B")
    )


def test_deny_for_resources_is_about_the_same_resources() -> None:
    prefix = f"arn:aws:ecr:eu-west-1:{OWN}:repository/team/*"
    assert left(deny(resources=(prefix,)), statement=allow(resources=(prefix,))) == []
    assert left(deny(resources=(prefix,)), statement=allow(resources=("*",))) == sorted(PULL)


@pytest.mark.parametrize(
    ("denied", "expected"),
    [
        (deny(Condition("StringNotEquals", "aws:PrincipalAccount", (OWN,))), []),
        (deny(Condition("StringNotEquals", "aws:PrincipalAccount", (OWN,)), NO_SERVICE), []),
        (deny(), []),
        (deny(principals=(ROOT,)), []),
        # That spares the other account.
        (deny(Condition("StringNotEquals", "aws:PrincipalAccount", (OWN, OTHER))), [*PULL]),
        (deny(OUTSIDE), [*PULL]),
        (deny(not_principals=(ROOT,)), [*PULL]),
        (deny(not_principals=(Principal("AWS", OTHER),)), [*PULL]),
    ],
)
def test_other_accounts_keep_what_no_deny_takes_from_all_of_them(
    denied: Statement, expected: list[str]
) -> None:
    assert sorted(left_to_accounts(allow(ROOT), [denied], EVERYTHING, OWN)) == expected


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ((Condition("StringNotEquals", "aws:SourceAccount", (OWN,)),), True),
        (
            (
                Condition("StringNotEqualsIfExists", "aws:SourceOrgID", (ORGANIZATION,)),
                Condition("Bool", "aws:PrincipalIsAWSService", ("true",)),
                Condition("Null", "aws:SourceAccount", ("false",)),
            ),
            True,
        ),
        ((OUTSIDE,), False),
        ((Condition("StringNotLike", "aws:SourceAccount", ("*",)),), False),
        ((NO_SERVICE,), False),
    ],
)
def test_services_that_work_for_strangers_are_denied(
    conditions: tuple[Condition, ...], *, expected: bool
) -> None:
    service = allow(Principal("Service", "lambda.amazonaws.com"))
    denied = [deny(*conditions)]
    assert is_denied_to_strange_services(service, denied, EVERYTHING) is expected


def test_nothing_is_denied_where_nothing_known_is_allowed() -> None:
    service = allow(Principal("Service", "lambda.amazonaws.com"), actions=("s3:GetObject",))
    assert not is_denied_to_strange_services(service, [deny()], EVERYTHING)
