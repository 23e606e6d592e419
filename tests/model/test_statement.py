"""Statements of policies as values: their grammar, their one form, their document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.policy_strategies import statements

from ecr_constructs.model.statement import (
    ANYONE,
    Condition,
    Effect,
    Principal,
    Statement,
)
from ecr_constructs.model.statement_document import parse_statement
from ecr_constructs.model.unresolved import Unknown, Unresolved

ACCOUNT = "111122223333"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def parse(document: object) -> Statement:
    statement, problems = parse_statement(document, "Statement[0]")
    assert [problem.sentence for problem in problems] == []
    assert statement is not None
    return statement


def refusals(document: object) -> list[str]:
    statement, problems = parse_statement(document, "Statement[0]")
    assert statement is None
    return [problem.sentence for problem in problems]


def allow(**members: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": "*", "Action": "ecr:GetDownloadUrlForLayer"} | members


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ("*", (ANYONE,)),
        ({"AWS": "*"}, (ANYONE,)),
        ({"AWS": ACCOUNT}, (Principal("AWS", ACCOUNT),)),
        ({"AWS": [ROOT, "*"]}, (Principal("AWS", ROOT), ANYONE)),
        (
            {"AWS": ACCOUNT, "Service": ["lambda.amazonaws.com", "codebuild.amazonaws.com"]},
            (
                Principal("AWS", ACCOUNT),
                Principal("Service", "lambda.amazonaws.com"),
                Principal("Service", "codebuild.amazonaws.com"),
            ),
        ),
        ({"Federated": "accounts.google.com"}, (Principal("Federated", "accounts.google.com"),)),
        (Unresolved.of("Who"), (Principal("AWS", Unresolved.of("Who")),)),
    ],
)
def test_reads_every_form_of_a_principal(element: object, expected: tuple[Principal, ...]) -> None:
    assert parse(allow(Principal=element)).principals == expected


def test_reads_a_string_as_a_list_of_one() -> None:
    statement = parse(allow(Action="ecr:PutImage", Resource="*"))
    assert statement.actions == ("ecr:PutImage",)
    assert statement.resources == ("*",)


def test_reads_negated_elements() -> None:
    document = {
        "Sid": "Others",
        "Effect": "Deny",
        "NotPrincipal": {"AWS": ROOT},
        "NotAction": ["ecr:BatchGetImage"],
        "NotResource": "arn:aws:ecr:eu-west-1:111122223333:repository/web",
    }
    statement = parse(document)
    assert statement == Statement(
        effect=Effect.DENY,
        not_principals=(Principal("AWS", ROOT),),
        not_actions=("ecr:BatchGetImage",),
        not_resources=("arn:aws:ecr:eu-west-1:111122223333:repository/web",),
        sid="Others",
    )


def test_reads_booleans_and_numbers_of_a_condition_as_their_text() -> None:
    block = {"Bool": {"aws:SecureTransport": False}, "NumericLessThan": {"aws:Age": [3, 2.5]}}
    assert parse(allow(Condition=block)).conditions == (
        Condition("Bool", "aws:SecureTransport", ("false",)),
        Condition("NumericLessThan", "aws:Age", ("3", "2.5")),
    )


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (
            "Allow",
            "Statement[0]: a statement must be an object, got 'Allow'; write {...}",
        ),
        (
            allow(Effect="allow"),
            "Statement[0].Effect: Effect must be 'Allow' or 'Deny', got 'allow'; write 'Allow'",
        ),
        (
            {"Principal": "*", "Action": "ecr:*"},
            "Statement[0].Effect: Effect must be 'Allow' or 'Deny', got None; write 'Allow'",
        ),
        (
            allow(Principals="*"),
            (
                "Statement[0].Principals: Principals is no member of a statement, got 'Principals';"
                " leave it out"
            ),
        ),
        (
            allow(Principal="everyone"),
            (
                "Statement[0].Principal: a principal must be '*' or an object, got 'everyone';"
                " write {...}"
            ),
        ),
        (
            allow(Principal={"aws": ACCOUNT}),
            (
                "Statement[0].Principal.aws: a principal must be one of AWS, Service, Federated,"
                " CanonicalUser, got 'aws'; write 'AWS'"
            ),
        ),
        (
            allow(Principal={"Account": ACCOUNT}),
            (
                "Statement[0].Principal.Account: a principal must be one of AWS, Service,"
                " Federated, CanonicalUser, got 'Account'; write 'AWS' for accounts, roles"
                " and users"
            ),
        ),
        (
            allow(Principal={"AWS": 111122223333}),
            (
                "Statement[0].Principal.AWS: a principal must be a string, got 111122223333;"
                " write an ARN"
            ),
        ),
        (
            allow(Action=[1]),
            (
                "Statement[0].Action: Action must be a string or a list of strings, got 1;"
                " write strings"
            ),
        ),
        (
            allow(NotAction="ecr:*"),
            (
                "Statement[0].NotAction: Action and NotAction exclude each other, got 'Action';"
                " drop one"
            ),
        ),
        (
            allow(NotPrincipal={"AWS": ROOT}),
            (
                "Statement[0].NotPrincipal: Principal and NotPrincipal exclude each other,"
                " got 'Principal'; drop one"
            ),
        ),
        (
            allow(Sid=7),
            "Statement[0].Sid: Sid must be a string, got 7; write a string",
        ),
        (
            allow(Condition=["StringEquals"]),
            (
                "Statement[0].Condition: Condition must be an object, got ['StringEquals'];"
                " write {...}"
            ),
        ),
        (
            allow(Condition={"StringEquals": "o-1"}),
            (
                "Statement[0].Condition.StringEquals: StringEquals must hold condition keys,"
                " got 'o-1'; write {key: value}"
            ),
        ),
        (
            allow(Condition={"StringEquals": {"aws:PrincipalOrgID": {"a": 1}}}),
            (
                "Statement[0].Condition.StringEquals.aws:PrincipalOrgID: aws:PrincipalOrgID must"
                " compare to strings, got {'a': 1}; write strings"
            ),
        ),
    ],
)
def test_refuses_what_is_no_statement(document: object, sentence: str) -> None:
    assert refusals(document) == [sentence]


def test_refuses_everything_that_is_wrong_at_once() -> None:
    assert len(refusals({"Effect": "Maybe", "Action": [1, 2], "Sid": 3, "Extra": {}})) == 5


def test_an_account_id_becomes_the_arn_of_its_root() -> None:
    statement = Statement(principals=(Principal("AWS", ACCOUNT),), actions=("ecr:PutImage",))
    (principal,) = statement.normalise(partition="aws-cn").principals
    assert principal.value == f"arn:aws-cn:iam::{ACCOUNT}:root"


def test_what_is_said_twice_is_said_once() -> None:
    twice = Statement(
        principals=(Principal("AWS", ACCOUNT), Principal("AWS", ROOT)),
        actions=("ecr:PutImage", "ecr:PutImage"),
        conditions=(Condition("StringEquals", "aws:SourceAccount", ("2", "1", "2")),) * 2,
    )
    assert twice.normalise() == Statement(
        principals=(Principal("AWS", ROOT),),
        actions=("ecr:PutImage",),
        conditions=(Condition("StringEquals", "aws:SourceAccount", ("1", "2")),),
    )


@given(statements())
def test_normalising_twice_changes_nothing(statement: Statement) -> None:
    once = statement.normalise()
    assert once.normalise() == once


@given(statements(), st.randoms())
def test_the_order_of_lists_means_nothing(statement: Statement, random: Any) -> None:
    def shuffled(values: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(random.sample(values, len(values)))

    other = replace(
        statement,
        principals=shuffled(statement.principals),
        not_principals=shuffled(statement.not_principals),
        actions=shuffled(statement.actions),
        not_actions=shuffled(statement.not_actions),
        conditions=shuffled(
            tuple(replace(c, values=shuffled(c.values)) for c in statement.conditions)
        ),
    )
    assert other.normalise() == statement.normalise()


@given(statements().map(Statement.normalise))
def test_reads_back_what_it_writes(statement: Statement) -> None:
    assert parse(statement.to_document()) == statement


def test_a_list_of_one_is_written_as_a_string() -> None:
    statement = Statement(
        principals=(Principal("AWS", ROOT),),
        actions=("ecr:PutImage",),
        conditions=(Condition("StringEquals", "aws:SourceAccount", (ACCOUNT,)),),
    )
    assert statement.to_document() == {
        "Effect": "Allow",
        "Principal": {"AWS": ROOT},
        "Action": "ecr:PutImage",
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }


def test_a_principal_beside_star_is_not_lost() -> None:
    """``*`` alone is short for ``{"AWS": "*"}``; beside a service it is written out."""
    principals = (ANYONE, Principal("Service", "lambda.amazonaws.com"))
    document = Statement(principals=principals, actions=("ecr:PutImage",)).to_document()
    assert document["Principal"] == {"AWS": "*", "Service": "lambda.amazonaws.com"}


@pytest.mark.parametrize(
    ("value", "account"),
    [
        (ACCOUNT, ACCOUNT),
        (ROOT, ACCOUNT),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/Build/session", ACCOUNT),
        ("*", None),
        (Unresolved(("arn:aws:iam::", Unknown("Id"), ":root")), Unresolved.of("Id")),
        (Unresolved.of("Role.Arn"), Unresolved.of("${Role.Arn}")),
        ("${Token[TOKEN.1]}", Unresolved.of("${Token[TOKEN.1]}")),
    ],
)
def test_tells_the_account_of_a_principal(value: Any, account: object) -> None:
    assert Principal("AWS", value).account == account


def test_a_service_has_no_account() -> None:
    assert Principal("Service", "lambda.amazonaws.com").account is None


def test_condition_keys_are_found_in_any_case() -> None:
    statement = Statement(conditions=(Condition("ArnLike", "AWS:sourcearn", ("arn:*",)),))
    assert statement.has_condition("aws:SourceAccount", "aws:SourceArn")
    assert not statement.has_condition("aws:SourceAccount")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (Statement(conditions=(Condition("StringLike", "a", ("${aws:username}",)),)), True),
        (Statement(resources=("arn:aws:ecr:*:*:repository/${aws:username}/*",)), True),
        (Statement(not_resources=(Unresolved(("${aws:userid}", Unknown("X"))),)), True),
        (Statement(conditions=(Condition("StringLike", "a", ("$plain", "{x}")),)), False),
        (Statement(conditions=(Condition("StringLike", "a", ("${Token[T.1]}",)),)), False),
        (Statement(actions=("${aws:username}",)), False),
    ],
)
def test_policy_variables_are_told_from_tokens(statement: Statement, expected: object) -> None:
    assert statement.has_variables is expected


def test_lists_and_single_values_are_taken_for_what_they_mean() -> None:
    """A list is as good as a tuple; one text is one entry and no list of letters."""
    exact = Statement(
        principals=(ANYONE,),
        actions=("ecr:PutImage", "ecr:BatchGetImage"),
        conditions=(Condition("StringEquals", "aws:PrincipalOrgID", ("o-a1b2c3d4e5",)),),
    )
    loose = Statement(
        principals=ANYONE,
        actions=["ecr:PutImage", "ecr:BatchGetImage"],
        conditions=iter([Condition("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5")]),
    )
    assert loose == exact
    assert hash(loose) == hash(exact)
    assert loose.to_document() == exact.to_document()
    one = Statement(principals=(ANYONE,), resources="*", actions=Unresolved.of("A"))
    assert (one.resources, one.actions) == (("*",), (Unresolved.of("A"),))
