"""Statements in words."""

from __future__ import annotations

from typing import Any

import pytest
from tests.access.scenes import ARN, BUILD, EVA, LAMBDA, OTHER, OWNER, PULL, allow, deny, grant

from ecr_constructs.access.words import describe_condition, describe_statement
from ecr_constructs.model.statement import Condition, Statement
from ecr_constructs.model.statement_document import parse_statement

PUSH = ["ecr:BatchCheckLayerAvailability", "ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload"]
PUSH += ["ecr:PutImage", "ecr:UploadLayerPart"]


def statement(document: dict[str, Any]) -> Statement:
    parsed, problems = parse_statement(document, "Statement[0]")
    assert parsed is not None, problems
    return parsed


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (
            allow({"AWS": OTHER}, PULL),
            f"allows account {OTHER} to pull (ecr:BatchGetImage, ecr:GetDownloadUrlForLayer)",
        ),
        (allow({"AWS": BUILD}, "ecr:*"), f"allows role Build of account {OWNER} to do everything"),
        (
            allow({"AWS": [EVA, BUILD], "Service": LAMBDA}, "ecr:PutImage"),
            (
                f"allows user Eva of account {OWNER}, role Build of account {OWNER} and the service"
                " lambda.amazonaws.com to do ecr:PutImage"
            ),
        ),
        (allow("*", PUSH), f"allows anyone to push ({', '.join(PUSH)})"),
        (
            deny("*", "ecr:PutImage"),
            "denies anyone to do ecr:PutImage",
        ),
        (
            deny(None, NotPrincipal={"AWS": OTHER}),
            f"denies everybody but account {OTHER} to do everything",
        ),
        (grant("ecr:PutImage", ARN), f"allows it to do ecr:PutImage on {ARN}"),
        (grant("ecr:PutImage", "*"), "allows it to do ecr:PutImage"),
        (
            {"Effect": "Allow", "NotAction": ["ecr:Put*", "iam:*"], "NotResource": ARN},
            f"allows it to do everything but ecr:Put* and iam:* on all but {ARN}",
        ),
        (
            allow({"AWS": f"arn:aws:sts::{OTHER}:assumed-role/ci/run-1"}, "ecr:PutImage"),
            f"allows session run-1 of role ci of account {OTHER} to do ecr:PutImage",
        ),
        (
            allow({"AWS": f"arn:aws:sts::{OTHER}:federated-user/eva"}, "ecr:PutImage"),
            f"allows federated user eva of account {OTHER} to do ecr:PutImage",
        ),
        (
            allow({"AWS": "AROAEXAMPLEEXAMPLE01"}, "ecr:PutImage"),
            "allows AROAEXAMPLEEXAMPLE01 to do ecr:PutImage",
        ),
        (
            allow(
                "*",
                "ecr:PutImage",
                Condition={
                    "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
                    "Bool": {"aws:SecureTransport": "true"},
                },
            ),
            (
                "allows anyone to do ecr:PutImage if aws:PrincipalOrgID is 'o-a1b2c3d4e5' and"
                " aws:SecureTransport is 'true'"
            ),
        ),
    ],
)
def test_a_statement_in_words(document: dict[str, Any], words: str) -> None:
    assert describe_statement(statement(document)) == words


@pytest.mark.parametrize(
    ("operator", "words"),
    [
        ("StringEquals", "k is 'a' or 'b'"),
        ("StringNotEquals", "k is not 'a' or 'b'"),
        ("StringEqualsIgnoreCase", "k is 'a' or 'b'"),
        ("StringNotEqualsIgnoreCase", "k is not 'a' or 'b'"),
        ("StringLike", "k is like 'a' or 'b'"),
        ("StringNotLike", "k is not like 'a' or 'b'"),
        ("ArnEquals", "k is 'a' or 'b'"),
        ("ArnNotEquals", "k is not 'a' or 'b'"),
        ("ArnLike", "k is like 'a' or 'b'"),
        ("ArnNotLike", "k is not like 'a' or 'b'"),
        ("Bool", "k is 'a' or 'b'"),
        ("BinaryEquals", "k is 'a' or 'b'"),
        ("IpAddress", "k lies in 'a' or 'b'"),
        ("NotIpAddress", "k lies outside of 'a' or 'b'"),
        ("NumericEquals", "k is 'a' or 'b'"),
        ("NumericNotEquals", "k is not 'a' or 'b'"),
        ("NumericLessThan", "k is less than 'a' or 'b'"),
        ("NumericLessThanEquals", "k is at most 'a' or 'b'"),
        ("NumericGreaterThan", "k is more than 'a' or 'b'"),
        ("NumericGreaterThanEquals", "k is at least 'a' or 'b'"),
        ("DateEquals", "k is 'a' or 'b'"),
        ("DateNotEquals", "k is not 'a' or 'b'"),
        ("DateLessThan", "k is before 'a' or 'b'"),
        ("DateLessThanEquals", "k is at the latest 'a' or 'b'"),
        ("DateGreaterThan", "k is after 'a' or 'b'"),
        ("DateGreaterThanEquals", "k is at the earliest 'a' or 'b'"),
        ("StringEqualsIfExists", "k is 'a' or 'b', where it is there"),
        ("ForAnyValue:StringLike", "one of k is like 'a' or 'b'"),
        ("ForAllValues:StringNotEquals", "each of k is not 'a' or 'b'"),
        ("Whatever", "Whatever k 'a' or 'b'"),
    ],
)
def test_a_condition_in_words(operator: str, words: str) -> None:
    assert describe_condition(Condition(operator, "k", ("a", "b"))) == words


@pytest.mark.parametrize(("value", "words"), [("true", "k is not there"), ("false", "k is there")])
def test_null_in_words(value: str, words: str) -> None:
    assert describe_condition(Condition("Null", "k", (value,))) == words


MOVES = [*PUSH, "ecr:BatchDeleteImage", "ecr:BatchGetImage", "ecr:DescribeImages"]
MOVES += ["ecr:DescribeRepositories", "ecr:GetDownloadUrlForLayer", "ecr:ListImages"]
OUTSIDE = {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
SPARED = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
EVERYONE = "denies everyone outside organisation o-a1b2c3d4e5"


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        (
            OUTSIDE | SPARED,
            f"{EVERYONE}, AWS services excepted, to pull, push, list and delete images",
        ),
        (OUTSIDE, f"{EVERYONE} to pull, push, list and delete images"),
        (
            {"StringNotEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}} | SPARED,
            "denies everyone outside VPC endpoint vpce-1 or vpce-2, AWS services excepted,",
        ),
        (
            OUTSIDE | {"BoolIfExists": {"aws:PrincipalIsAWSService": "true"}},
            f"{EVERYONE} to pull, push, list and delete images",
        ),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, "denies anyone to pull, push,"),
        (SPARED, "denies anyone to pull, push,"),
    ],
)
def test_deny_that_spares_some_tells_whom_it_is_for(conditions: dict[str, Any], words: str) -> None:
    told = describe_statement(statement(deny("*", MOVES, Condition=conditions)))
    assert told.startswith(words)
    is_whole = "anyone" not in told and "true" not in str(conditions)
    assert (" if " in told) is not is_whole


def test_allow_and_other_principals_are_told_by_their_conditions() -> None:
    for document in (
        allow("*", MOVES, Condition=OUTSIDE),
        deny({"AWS": OTHER}, MOVES, Condition=OUTSIDE),
    ):
        assert "if aws:PrincipalOrgID is not 'o-a1b2c3d4e5'" in describe_statement(
            statement(document)
        )
