"""Condition operators and keys, as IAM compares them."""

from __future__ import annotations

import pytest

from ecr_constructs.access.conditions import holds
from ecr_constructs.access.context import Context
from ecr_constructs.access.truth import Truth
from ecr_constructs.model.statement import Condition
from ecr_constructs.model.unresolved import Text, Unknown, Unresolved

NO, UNKNOWN, YES = Truth.NO, Truth.UNKNOWN, Truth.YES
ROLE = "arn:aws:iam::111122223333:role/ci/Build"
KEY = "aws:Key"


def truth(operator: str, given: str | list[str] | None, *expected: Text) -> Truth:
    """Compare the value of a key; None for a key that the request does not carry."""
    values = [] if given is None else [given] if isinstance(given, str) else given
    return holds(Condition(operator, KEY, expected), Context.of({KEY: values}))


@pytest.mark.parametrize(
    ("operator", "given", "expected", "positive"),
    [
        ("StringEquals", "payments", "payments", YES),
        ("StringEquals", "payments", "Payments", NO),
        ("StringEquals", "payments", "pay*", NO),
        ("StringEqualsIgnoreCase", "payments", "PAYMENTS", YES),
        ("StringEqualsIgnoreCase", "payments", "web", NO),
        ("StringLike", "payments", "pay*", YES),
        ("StringLike", "payments", "p?yments", YES),
        ("StringLike", "payments", "PAY*", NO),
        ("StringLike", "payments", "web*", NO),
        ("ArnEquals", ROLE, "arn:aws:iam::111122223333:role/*", YES),
        ("ArnLike", ROLE, "arn:*:iam::*:role/ci/Build", YES),
        ("ArnLike", ROLE, "arn:aws:iam::111122223333:role/Build", NO),
        # Each field is compared alone, so that no wildcard reaches over a colon.
        ("ArnLike", "arn:aws:x:eu:999:store/a:111:b", "arn:aws:x:*:111:b", NO),
        ("ArnLike", "arn:aws:lambda:eu:111:function:a", "arn:aws:lambda:eu:111:function:*", YES),
        ("ArnLike", ROLE, "*", YES),
        ("ArnLike", "not an ARN", "arn:aws:iam::111122223333:role/*", NO),
        ("IpAddress", "203.0.113.7", "203.0.113.0/24", YES),
        ("IpAddress", "203.0.114.7", "203.0.113.0/24", NO),
        ("IpAddress", "203.0.113.7", "203.0.113.7", YES),
        ("IpAddress", "203.0.113.7", "203.0.113.9/24", YES),
        ("IpAddress", "2001:db8:1::7", "2001:db8::/32", YES),
        ("IpAddress", "2001:db8:1::7", "203.0.113.0/24", NO),
        ("NumericEquals", "30", "30.0", YES),
        ("NumericEquals", "30", "31", NO),
        ("DateEquals", "2026-03-01T00:00:00Z", "2026-03-01T01:00:00+01:00", YES),
        ("DateEquals", "2026-03-01T00:00:00Z", "1772323200", YES),
        ("DateEquals", "2026-03-01", "2026-03-02T00:00:00Z", NO),
    ],
)
def test_compares_and_negates(operator: str, given: str, expected: str, positive: Truth) -> None:
    assert truth(operator, given, expected) is positive
    negated = {
        "IpAddress": "NotIpAddress",
    }.get(operator, operator.replace("Equals", "NotEquals").replace("Like", "NotLike"))
    assert negated != operator
    assert truth(negated, given, expected) is {YES: NO, NO: YES}[positive]


@pytest.mark.parametrize(
    ("operator", "given", "expected", "result"),
    [
        ("Bool", "true", "True", YES),
        ("Bool", "false", "true", NO),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", YES),
        ("BinaryEquals", "QmluYXJ5", "T3RoZXI=", NO),
        ("NumericLessThan", "2", "10", YES),
        ("NumericLessThan", "10", "10", NO),
        ("NumericLessThanEquals", "10", "10", YES),
        ("NumericGreaterThan", "10", "9.5", YES),
        ("NumericGreaterThan", "10", "10", NO),
        ("NumericGreaterThanEquals", "10", "10", YES),
        ("DateLessThan", "2026-03-01T00:00:00Z", "2026-03-01T00:00:01Z", YES),
        ("DateLessThan", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z", NO),
        ("DateLessThanEquals", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z", YES),
        ("DateGreaterThan", "2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z", YES),
        ("DateGreaterThanEquals", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z", YES),
        ("stringequals", "a", "a", YES),
        ("forANYvalue:stringLIKEifexists", "a", "*", YES),
    ],
)
def test_compares(operator: str, given: str, expected: str, result: Truth) -> None:
    assert truth(operator, given, expected) is result


def test_the_values_of_a_condition_are_alternatives() -> None:
    assert truth("StringEquals", "b", "a", "b") is YES
    assert truth("StringEquals", "c", "a", "b") is NO


def test_of_a_negated_condition_no_value_may_match() -> None:
    assert truth("StringNotEquals", "b", "a", "b") is NO
    assert truth("StringNotEquals", "c", "a", "b") is YES


@pytest.mark.parametrize(
    ("operator", "result"),
    [
        ("StringEquals", NO),
        ("StringLike", NO),
        ("ArnLike", NO),
        ("IpAddress", NO),
        ("Bool", NO),
        ("NumericLessThan", NO),
        ("DateGreaterThan", NO),
        ("StringNotEquals", YES),
        ("StringNotLike", YES),
        ("ArnNotEquals", YES),
        ("NotIpAddress", YES),
        ("NumericNotEquals", YES),
        ("StringEqualsIfExists", YES),
        ("StringNotEqualsIfExists", YES),
        ("BoolIfExists", YES),
        ("ForAnyValue:StringEquals", NO),
        ("ForAnyValue:StringNotEquals", NO),
        ("ForAllValues:StringEquals", YES),
        ("ForAllValues:StringNotEquals", YES),
        ("ForAnyValue:StringEqualsIfExists", YES),
    ],
)
def test_a_key_that_the_request_does_not_carry(operator: str, result: Truth) -> None:
    assert truth(operator, None, "a") is result


@pytest.mark.parametrize(
    ("operator", "given", "result"),
    [
        ("ForAnyValue:StringEquals", ["a", "x"], YES),
        ("ForAnyValue:StringEquals", ["x", "y"], NO),
        ("ForAllValues:StringEquals", ["a", "b"], YES),
        ("ForAllValues:StringEquals", ["a", "x"], NO),
        ("ForAnyValue:StringNotEquals", ["a", "x"], YES),
        ("ForAnyValue:StringNotEquals", ["a", "b"], NO),
        ("ForAllValues:StringNotEquals", ["x", "y"], YES),
        ("ForAllValues:StringNotEquals", ["a", "x"], NO),
        ("ForAnyValue:StringLike", ["xa", "y"], NO),
    ],
)
def test_a_key_with_several_values(operator: str, given: list[str], result: Truth) -> None:
    assert truth(operator, given, "a", "b") is result


def test_a_key_with_several_values_needs_a_set_operator() -> None:
    assert truth("StringEquals", ["a", "b"], "a") is UNKNOWN
    assert truth("StringEquals", ["a"], "a") is YES


@pytest.mark.parametrize(
    ("expected", "given", "result"),
    [
        (["true"], None, YES),
        (["true"], "x", NO),
        (["false"], None, NO),
        (["false"], "x", YES),
        (["True"], None, YES),
        (["true", "false"], "x", YES),
    ],
)
def test_null_asks_whether_the_key_is_absent(
    expected: list[str], given: str | None, result: Truth
) -> None:
    assert truth("Null", given, *expected) is result


@pytest.mark.parametrize(
    "operator",
    ["StringEquals", "StringNotEquals", "ForAllValues:StringLike", "BoolIfExists", "Null"],
)
def test_a_key_that_is_not_known_cannot_be_told(operator: str) -> None:
    assert holds(Condition(operator, KEY, ("true",)), Context()) is UNKNOWN


@pytest.mark.parametrize("operator", ["StringMatches", "IfExists", "NullIfExists", "Equals"])
def test_an_operator_that_iam_does_not_have_cannot_be_told(operator: str) -> None:
    assert truth(operator, "a", "a") is UNKNOWN


@pytest.mark.parametrize(
    ("operator", "given", "expected"),
    [
        ("IpAddress", "203.0.113.7", "here"),
        ("IpAddress", "here", "203.0.113.0/24"),
        ("NumericLessThan", "ten", "10"),
        ("DateLessThan", "today", "2026-03-01"),
        ("BinaryEquals", "***", "QmluYXJ5"),
        # Fewer fields than an ARN has: it would match as text.
        ("ArnLike", ROLE, "arn:aws:iam::*"),
    ],
)
def test_values_of_another_type_cannot_be_told(operator: str, given: str, expected: str) -> None:
    assert truth(operator, given, expected) is UNKNOWN


def test_an_incomplete_arn_that_does_not_even_match_as_text_does_not_match() -> None:
    assert truth("ArnLike", ROLE, "arn:aws:s3:*") is NO


@pytest.mark.parametrize(
    ("operator", "expected", "result"),
    [
        ("StringEquals", Unresolved.of("Organisation"), UNKNOWN),
        ("StringEquals", Unresolved(("o-", Unknown("Rest"))), NO),
        ("StringNotEquals", Unresolved(("o-", Unknown("Rest"))), YES),
        ("ArnLike", Unresolved(("arn:", Unknown("Partition"), ":iam::1:*")), NO),
        ("ArnLike", Unresolved(("arn:aws:iam::111122223333:role/", Unknown("Name"))), UNKNOWN),
        ("ArnEquals", Unresolved.of("Role.Arn"), UNKNOWN),
        ("IpAddress", Unresolved.of("Network"), UNKNOWN),
        ("NumericEquals", Unresolved.of("Number"), UNKNOWN),
    ],
)
def test_a_value_that_is_not_known_is_compared_as_far_as_it_goes(
    operator: str, expected: Text, result: Truth
) -> None:
    assert truth(operator, ROLE, expected) is result


def test_an_arn_of_the_request_that_is_not_known_matches_itself() -> None:
    role = Unresolved(("arn:aws:iam::111122223333:role/", Unknown("Main.Role")))
    context = Context.of({KEY: [role]})
    assert holds(Condition("ArnEquals", KEY, (role,)), context) is YES
    wide = "arn:aws:iam::111122223333:role/*"
    assert holds(Condition("ArnLike", KEY, (wide,)), context) is YES
    other = "arn:aws:iam::111122223333:user/*"
    assert holds(Condition("ArnLike", KEY, (other,)), context) is NO
    assert holds(Condition("ArnLike", KEY, (f"{wide[:-1]}Build",)), context) is UNKNOWN


# Policy variables


CONTEXT = Context.of(
    {
        KEY: ["payments"],
        "aws:PrincipalTag/team": ["payments"],
        "aws:username": [],
        "aws:CalledVia": ["a", "b"],
        "aws:Star": ["*"],
        "aws:Principal": [ROLE],
    }
)


@pytest.mark.parametrize(
    ("operator", "value", "result"),
    [
        ("StringEquals", "${aws:PrincipalTag/team}", YES),
        ("StringEquals", "${AWS:principaltag/TEAM}", YES),
        ("StringLike", "${aws:PrincipalTag/team}*", YES),
        ("StringLike", "pay${aws:Star}", NO),  # a value's star is no wildcard
        ("StringLike", "pay${*}", NO),
        ("StringEquals", "${aws:username, 'payments'}", YES),
        ("StringEquals", "${aws:username,'web'}", NO),
        ("StringEquals", "${aws:PrincipalTag/team, 'web'}", YES),
        ("StringEquals", "${aws:username}", NO),
        ("StringNotEquals", "${aws:username}", UNKNOWN),  # "might" be invalid, says AWS
        ("StringEquals", "${aws:userid}", UNKNOWN),
        ("StringEquals", "x${aws:userid}", NO),
        ("StringNotEquals", "x${aws:userid}", YES),
        ("StringEquals", "${aws:CalledVia}", UNKNOWN),
        # Other operators take no variables.
        ("IpAddress", "${aws:PrincipalTag/team}", UNKNOWN),
        ("NumericEquals", "${aws:PrincipalTag/team}", UNKNOWN),
    ],
)
def test_policy_variables(operator: str, value: str, result: Truth) -> None:
    assert holds(Condition(operator, KEY, (value,)), CONTEXT) is result


@pytest.mark.parametrize(("given", "value"), [("a*b", "a${*}b"), ("a?", "a${?}"), ("a$", "a${$}")])
def test_special_characters_have_variables(given: str, value: str) -> None:
    context = Context.of({KEY: [given]})
    assert holds(Condition("StringLike", KEY, (value,)), context) is YES
    assert holds(Condition("StringEquals", KEY, (value,)), context) is YES


def test_an_arn_takes_variables_with_colons_in_their_names() -> None:
    context = Context.of({KEY: [ROLE], "aws:PrincipalTag/role": ["Build"]})
    value = "arn:aws:iam::*:role/ci/${aws:PrincipalTag/role}"
    assert holds(Condition("ArnLike", KEY, (value,)), context) is YES
    assert holds(Condition("ArnEquals", KEY, ("${aws:key}",)), context) is YES


def test_the_old_version_has_no_variables() -> None:
    literal = Context.of({KEY: ["${aws:username}"]})
    condition = Condition("StringEquals", KEY, ("${aws:username}",))
    assert holds(condition, literal, variables=False) is YES
    assert holds(condition, CONTEXT, variables=False) is NO


def test_a_variable_beside_an_unknown_part() -> None:
    value = Unresolved(("${aws:PrincipalTag/team}", Unknown("Rest")))
    assert holds(Condition("StringLike", KEY, (value,)), CONTEXT) is UNKNOWN
    other = Unresolved(("web${aws:PrincipalTag/team}", Unknown("Rest")))
    assert holds(Condition("StringLike", KEY, (other,)), CONTEXT) is NO


def test_keys_are_found_in_any_case() -> None:
    context = Context.of({"AWS:PrincipalTag/Team": ["payments"]}, absent=["aws:RequestTag/"])
    assert context.get("aws:principaltag/TEAM") == ("payments",)
    assert context.get("AWS:requesttag/any") == ()
    assert context.get("aws:PrincipalTag/other") is None


def test_the_first_layer_that_has_a_key_wins() -> None:
    context = Context([{"a:b": ()}, {"a:b": ("x",), "a:c": ("y",)}])
    assert context.get("a:b") == ()
    assert context.get("a:c") == ("y",)
