"""How far a statement reaches."""

from __future__ import annotations

import pytest

from ecr_constructs.model.exposure import Exposure, exposure, is_open, spares_none
from ecr_constructs.model.statement import ANYONE, Condition, Effect, Principal, Statement
from ecr_constructs.model.unresolved import Unknown, Unresolved

ACCOUNT = "111122223333"
ORGANIZATION = "o-a1b2c3d4e5"


def open_statement(
    *conditions: Condition, principals: tuple[Principal, ...] = (ANYONE,)
) -> Statement:
    return Statement(
        principals=principals, actions=("ecr:BatchGetImage",), conditions=tuple(conditions)
    )


def bound(operator: str, key: str, *values: str | Unresolved) -> Exposure:
    return exposure(open_statement(Condition(operator, key, values)))


def test_star_is_anyone() -> None:
    assert exposure(open_statement()) is Exposure.ANYONE


def test_star_beside_a_named_account_is_anyone() -> None:
    principals = (Principal("AWS", ACCOUNT), ANYONE)
    assert exposure(open_statement(principals=principals)) is Exposure.ANYONE


@pytest.mark.parametrize(
    "principal",
    [
        Principal("AWS", ACCOUNT),
        Principal("AWS", f"arn:aws:iam::{ACCOUNT}:root"),
        Principal("AWS", f"arn:aws:iam::{ACCOUNT}:role/Deploy"),
        Principal("AWS", Unresolved(("arn:aws:iam::", Unknown("Account"), ":root"))),
        Principal("Service", "lambda.amazonaws.com"),
    ],
)
def test_a_named_principal_is_named(principal: Principal) -> None:
    assert exposure(open_statement(principals=(principal,))) is Exposure.NAMED


def test_not_principal_in_an_allow_is_as_wide_as_star() -> None:
    statement = Statement(
        not_principals=(Principal("AWS", ACCOUNT),), actions=("ecr:BatchGetImage",)
    )
    assert exposure(statement) is Exposure.ANYONE


def test_a_deny_opens_nothing() -> None:
    deny = Statement(effect=Effect.DENY, principals=(ANYONE,), actions=("ecr:*",))
    assert exposure(deny) is Exposure.NAMED


def test_a_principal_that_may_turn_out_to_be_star_cannot_be_told() -> None:
    principals = (Principal("AWS", Unresolved.of("Parameter")),)
    assert exposure(open_statement(principals=principals)) is Exposure.UNKNOWN


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEquals", "aws:PrincipalOrgID", ORGANIZATION),
        ("StringEquals", "AWS:principalorgid", ORGANIZATION),
        ("StringLike", "aws:PrincipalOrgID", ORGANIZATION),
        ("StringEqualsIgnoreCase", "aws:PrincipalAccount", ACCOUNT),
        ("ForAnyValue:StringEquals", "aws:PrincipalOrgPaths", f"{ORGANIZATION}/r-ab12/"),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", f"{ORGANIZATION}/r-ab12/ou-*"),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", f"{ORGANIZATION}/*"),
        ("ArnEquals", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/Deploy"),
        ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"),
        ("ArnLike", "aws:SourceArn", f"arn:aws:lambda:*:{ACCOUNT}:function:*"),
        ("ArnEquals", "aws:SourceArn", "arn:aws:s3:::logs-of-payments"),
        ("StringEquals", "aws:SourceAccount", ACCOUNT),
        ("StringEquals", "aws:SourceVpce", "vpce-1a2b3c4d"),
        ("StringEquals", "aws:SourceVpc", "vpc-1a2b3c4d"),
        ("StringLike", "aws:userid", "AROAEXAMPLEID:*"),
        ("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
        # The organisation of the repository is no choice of the requester's.
        ("StringEquals", "aws:PrincipalOrgID", "${aws:ResourceOrgID}"),
        ("StringEquals", "aws:ResourceOrgID", "${aws:PrincipalOrgID}"),
        ("StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}"),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::${aws:ResourceAccount}:role/Deploy"),
        ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/${{aws:username}}"),
        ("StringEquals", "aws:VpceOrgID", ORGANIZATION),
        ("StringEquals", "aws:VpceAccount", ACCOUNT),
        ("ArnEquals", "lambda:SourceFunctionArn", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f"),
        ("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
        ("StringLike", "aws:PrincipalOrgID", "${*}"),
        ("StringEquals", "aws:PrincipalOrgID", "${Token[TOKEN.7]}"),
        ("ArnEquals", "aws:PrincipalArn", "${Token[TOKEN.7]}"),
    ],
)
def test_a_key_that_aws_fills_in_bounds_star(operator: str, key: str, value: str) -> None:
    assert bound(operator, key, value) is Exposure.NAMED


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        # Everybody tags their own principals.
        ("StringEquals", "aws:PrincipalTag/team", "payments"),
        ("StringEquals", "aws:SecureTransport", "true"),
        # It also holds when the key is missing.
        ("StringEqualsIfExists", "aws:PrincipalOrgID", ORGANIZATION),
        ("ForAllValues:StringLike", "aws:PrincipalOrgPaths", f"{ORGANIZATION}/*"),
        ("StringNotEquals", "aws:PrincipalOrgID", ORGANIZATION),
        ("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"),
        ("Null", "aws:PrincipalOrgID", "false"),
        # The pattern lets strangers in.
        ("StringLike", "aws:PrincipalOrgID", "*"),
        ("StringLike", "aws:PrincipalOrgID", "o-*"),
        ("StringLike", "aws:PrincipalAccount", "1111*"),
        ("StringLike", "aws:PrincipalAccount", "????????????"),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-*/r-ab12/*"),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/Deploy"),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::1111*:role/Deploy"),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*"),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::*"),
        ("StringLike", "aws:SourceVpce", "vpce-*"),
        ("StringLike", "aws:userid", "*:build"),
        ("IpAddress", "aws:SourceIp", "0.0.0.0/0"),
        ("IpAddress", "aws:SourceIp", "::/0"),
        ("IpAddress", "aws:SourceIp", "64.0.0.0/2"),
        # Everybody has a network with these addresses.
        ("IpAddress", "aws:VpcSourceIp", "10.0.0.0/16"),
        # It is about whose images they are.
        ("StringEquals", "aws:ResourceOrgID", ORGANIZATION),
        ("StringEquals", "aws:ResourceAccount", ACCOUNT),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::${aws:PrincipalAccount}:role/Deploy"),
        # It compares the requester to the requester.
        ("StringEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}"),
        ("StringLike", "aws:PrincipalOrgID", "${aws:PrincipalTag/organisation}"),
    ],
)
def test_what_strangers_can_meet_does_not_bound_star(operator: str, key: str, value: str) -> None:
    assert bound(operator, key, value) is Exposure.ANYONE


def test_the_widest_of_several_values_decides() -> None:
    assert bound("StringLike", "aws:PrincipalOrgID", ORGANIZATION, "*") is Exposure.ANYONE


def test_networks_that_together_are_all_addresses_bound_nobody() -> None:
    assert bound("IpAddress", "aws:SourceIp", "0.0.0.0/1", "128.0.0.0/1") is Exposure.ANYONE
    neighbours = [f"203.0.{number}.0/24" for number in range(256)]
    assert bound("IpAddress", "aws:SourceIp", *neighbours) is Exposure.NAMED


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEqualsIfExists", "aws:PrincipalOrgID", ORGANIZATION),
        ("ForAllValues:StringEquals", "aws:PrincipalOrgID", ORGANIZATION),
        ("ForAllValues:StringLike", "aws:PrincipalOrgPaths", f"{ORGANIZATION}/*"),
    ],
)
def test_lenient_condition_binds_where_another_asks_for_its_key(
    operator: str, key: str, value: str
) -> None:
    lenient = Condition(operator, key, (value,))
    assert exposure(open_statement(lenient)) is Exposure.ANYONE
    for asks, expected in (("false", Exposure.NAMED), ("true", Exposure.ANYONE)):
        statement = open_statement(lenient, Condition("Null", key.upper(), (asks,)))
        assert exposure(statement) is expected
    other = open_statement(lenient, Condition("Null", "aws:SourceVpc", ("false",)))
    assert exposure(other) is Exposure.ANYONE


def test_key_that_is_not_known_cannot_be_told() -> None:
    assert bound("StringEquals", "aws:PrincipleOrgID", ORGANIZATION) is Exposure.UNKNOWN
    assert bound("StringEqualsIfExists", "aws:PrincipleOrgID", ORGANIZATION) is Exposure.ANYONE


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ((), True),
        ((Condition("StringEquals", "aws:PrincipalOrgID", (ORGANIZATION,)),), False),
        # A token may bound it; what is misspelt is not taken to.
        ((Condition("StringLike", "aws:PrincipalOrgID", (Unresolved.of("Given"),)),), False),
        ((Condition("StringEquals", "aws:PrincipleOrgID", (ORGANIZATION,)),), True),
        ((Condition("StringEqual", "aws:PrincipalOrgID", (ORGANIZATION,)),), True),
        (
            (
                Condition("StringEquals", "aws:PrincipleOrgID", (ORGANIZATION,)),
                Condition("StringEquals", "aws:PrincipalAccount", (ACCOUNT,)),
            ),
            False,
        ),
    ],
)
def test_statement_is_open_unless_it_is_bound_or_may_be(
    conditions: tuple[Condition, ...], *, expected: bool
) -> None:
    assert is_open(open_statement(*conditions)) is expected


def test_one_binding_condition_is_enough() -> None:
    statement = open_statement(
        Condition("StringEquals", "aws:PrincipalTag/team", ("payments",)),
        Condition("StringEquals", "aws:PrincipalOrgID", (ORGANIZATION,)),
    )
    assert exposure(statement) is Exposure.NAMED


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringLike", "aws:PrincipalOrgID", Unresolved.of("Parameter")),
        ("ArnLike", "aws:PrincipalArn", Unresolved.of("RoleArn")),
        ("ArnLike", "aws:PrincipalArn", Unresolved(("arn:", Unknown("Rest")))),
        ("IpAddress", "aws:SourceIp", Unresolved((Unknown("Network"), "/0"))),
    ],
)
def test_a_bound_that_is_not_known_cannot_be_told(
    operator: str, key: str, value: Unresolved
) -> None:
    assert bound(operator, key, value) is Exposure.UNKNOWN


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEquals", "aws:PrincipalOrgID", Unresolved.of("Parameter")),
        ("ArnLike", "aws:PrincipalArn", Unresolved(("arn:aws:iam::", Unknown("Id"), ":role/x"))),
        ("StringLike", "aws:PrincipalOrgID", Unresolved(("o-a1b2", Unknown("Rest")))),
    ],
)
def test_a_bound_that_is_narrow_whatever_it_turns_out_to_be_is_named(
    operator: str, key: str, value: Unresolved
) -> None:
    assert bound(operator, key, value) is Exposure.NAMED


def test_wildcards_beside_an_unknown_part_are_seen() -> None:
    value = Unresolved(("arn:aws:iam::*:role/", Unknown("Name")))
    assert bound("ArnLike", "aws:PrincipalArn", value) is Exposure.ANYONE


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringNotEquals", "aws:PrincipalOrgID", ORGANIZATION),
        ("StringNotEqualsIgnoreCase", "aws:PrincipalOrgID", ORGANIZATION),
        ("StringNotLike", "aws:PrincipalOrgPaths", f"{ORGANIZATION}/*"),
        ("ArnNotEquals", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"),
        ("ArnNotLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"),
        ("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"),
    ],
)
def test_deny_of_whoever_does_not_match_spares_no_stranger(
    operator: str, key: str, value: str
) -> None:
    """But with ForAnyValue, which fails where the key is missing, as does the plain operator."""
    assert spares_none(Condition(operator, key, (value,)))
    assert spares_none(Condition(f"{operator}IfExists", key, (value,)))
    assert not spares_none(Condition(f"ForAnyValue:{operator}", key, (value,)))
    assert not spares_none(Condition(operator.replace("Not", ""), key, (value,)))
