"""Resource policies as values: what ECR refuses in them, and their one text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.policy_strategies import policies

from ecr_constructs.errors import PolicyDocumentError
from ecr_constructs.model.policy import OLD_VERSION, Policy
from ecr_constructs.model.problem import Problem, Severity
from ecr_constructs.model.statement import ANYONE, Condition, Effect, Principal, Statement
from ecr_constructs.model.unresolved import Unresolved
from ecr_constructs.service import actions, limits

ACCOUNT = "111122223333"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
PULL = tuple(sorted(actions.PULL))


def pull(*principals: Principal, **members: Any) -> Statement:
    return Statement(principals=principals or (Principal("AWS", ROOT),), actions=PULL, **members)


def problems_of(*statements: Statement) -> list[Problem]:
    return Policy.of(*statements).problems()


def sentences(*statements: Statement) -> list[str]:
    return [problem.sentence for problem in problems_of(*statements)]


def test_a_plain_pull_has_no_problems() -> None:
    assert problems_of(pull()) == []


# What is read


def test_reads_one_statement_without_a_list() -> None:
    policy = Policy.from_document({"Version": "2012-10-17", "Statement": pull().to_document()})
    assert policy == Policy.of(pull())


def test_an_id_of_a_policy_means_nothing() -> None:
    document = Policy.of(pull()).to_document() | {"Id": "written-by-hand"}
    assert Policy.from_document(document) == Policy.of(pull())


def test_a_policy_that_names_no_version_is_of_the_old_one() -> None:
    """As the user guide of IAM says of the Version element."""
    assert Policy.from_document({"Statement": []}).version == OLD_VERSION


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"a policy must be JSON, got '\{' .*; write an object with a list 'Statement'"),
        ("[]", r"a policy must be an object with 'Statement', got \[\]; write \{'Version'"),
        ("{}", r"a policy must be an object with 'Statement', got \{\}; write \{'Version'"),
        (
            '{"Version": "2012-10-18", "Statement": []}',
            r"Version must be '2012-10-17' or '2008-10-17', got '2012-10-18'; write '2012-10-17'",
        ),
        (
            '{"Statements": [], "Statement": []}',
            r"must have the members Version, Id and Statement, got 'Statements'; leave it out",
        ),
        ('{"Statement": [1]}', r"Statement\[0\]: a statement must be an object, got 1"),
    ],
)
def test_refuses_what_is_no_policy(text: str, message: str) -> None:
    with pytest.raises(PolicyDocumentError, match=message):
        Policy.from_json(text)


def test_refuses_all_statements_that_are_none_at_once() -> None:
    with pytest.raises(PolicyDocumentError, match="2 problems") as caught:
        Policy.from_document({"Statement": [{"Effect": "No"}, 5]})
    assert len(caught.value.sentences) == 2


@given(policies())
def test_reads_back_what_it_writes(policy: Policy) -> None:
    normal = policy.normalise()
    assert Policy.from_document(normal.to_document()) == normal


@given(policies())
def test_a_known_policy_reads_back_from_its_text(policy: Policy) -> None:
    text = policy.to_json()
    known = json.loads(text)
    if "${" not in text.replace("${aws:", ""):
        assert (
            Policy.from_json(text).normalise().to_document()
            == Policy.from_document(known).normalise().to_document()
        )


# Its one form


def test_statements_that_differ_in_principals_alone_become_one() -> None:
    policy = Policy.of(pull(Principal("AWS", "222222222222")), pull(Principal("AWS", ACCOUNT)))
    (statement,) = policy.normalise().statements
    assert [principal.value for principal in statement.principals] == [
        ROOT,
        "arn:aws:iam::222222222222:root",
    ]


@pytest.mark.parametrize(
    "other",
    [
        pull(sid="Named"),
        pull(effect=Effect.DENY),
        pull(conditions=(Condition("StringEquals", "aws:PrincipalOrgID", ("o-a1b2c3d4e5",)),)),
        Statement(not_principals=(Principal("AWS", ROOT),), actions=PULL),
        Statement(actions=PULL),
    ],
)
def test_statements_that_differ_in_more_stay_apart(other: Statement) -> None:
    assert len(Policy.of(pull(), other).normalise().statements) == 2
    assert len(Policy.of(other, pull()).normalise().statements) == 2


def test_the_old_version_stays_where_it_makes_a_difference() -> None:
    value = Condition("StringEquals", "aws:PrincipalTag/team", ("${aws:username}",))
    old = Policy((pull(conditions=(value,)),), OLD_VERSION)
    assert old.normalise().version == OLD_VERSION
    assert Policy((pull(),), OLD_VERSION).normalise() == Policy.of(pull()).normalise()


@given(policies())
def test_normalising_twice_changes_nothing(policy: Policy) -> None:
    once = policy.normalise()
    assert once.normalise() == once


@given(policies(), st.randoms())
def test_the_order_of_statements_means_nothing(policy: Policy, random: Any) -> None:
    shuffled = Policy(
        tuple(random.sample(policy.statements, len(policy.statements))), policy.version
    )
    assert shuffled.normalise() == policy.normalise()


# What ECR refuses


def test_refuses_an_unknown_action_with_the_nearest() -> None:
    assert sentences(Statement(principals=(ANYONE,), actions=("ecr:BatchGetImages",))) == [
        (
            "Statement[0].Action: an action must be one that Amazon ECR has, got"
            " 'ecr:BatchGetImages'; did you mean 'ecr:BatchGetImage'"
        )
    ]


def test_refuses_an_action_of_another_service() -> None:
    assert sentences(Statement(principals=(ANYONE,), actions=("s3:GetObject",))) == [
        (
            "Statement[0].Action: an action must be one that Amazon ECR has, got 's3:GetObject';"
            " write 'ecr:...' as IAM spells it"
        )
    ]


@pytest.mark.parametrize("action", sorted(actions.REGISTRY))
def test_refuses_an_action_without_a_repository(action: str) -> None:
    """``ecr:GetAuthorizationToken`` and its like come from identity policies only."""
    assert sentences(Statement(principals=(ANYONE,), actions=(action,))) == [
        (
            f"Statement[0].Action: an action must act on a repository, got {action!r}, which acts"
            " on the account; allow it in the principal's identity policy instead"
        )
    ]


@pytest.mark.parametrize("action", [*sorted(actions.REPOSITORY), "ecr:*", "ECR:putimage", "*"])
def test_takes_every_action_on_a_repository(action: str) -> None:
    assert problems_of(Statement(principals=(ANYONE,), actions=(action,))) == []


def test_not_action_is_checked_as_well() -> None:
    assert (
        "got 'ecr:Nothing'"
        in sentences(Statement(principals=(ANYONE,), not_actions=("ecr:Nothing",)))[0]
    )


def test_an_action_that_is_not_known_is_not_refused() -> None:
    unknown = ("${Token[TOKEN.3]}", Unresolved.of("Parameter"))
    assert problems_of(Statement(principals=(ANYONE,), actions=unknown)) == []


def test_refuses_a_statement_without_actions() -> None:
    assert sentences(Statement(principals=(ANYONE,))) == [
        "Statement[0].Action: a statement must name actions, got none; write 'Action': ['ecr:...']"
    ]


def test_refuses_a_statement_without_principal() -> None:
    assert sentences(Statement(actions=PULL)) == [
        (
            "Statement[0].Principal: a statement of a repository policy must have a Principal,"
            " got none; name who it is about"
        )
    ]


@pytest.mark.parametrize("member", ["resources", "not_resources"])
def test_refuses_resource(member: str) -> None:
    assert sentences(pull(**{member: ("*",)})) == [
        (
            "Statement[0].Resource: a repository policy must have no Resource, got ['*'];"
            " leave it out: the policy acts on its own repository"
        )
    ]


@pytest.mark.parametrize(
    "value",
    [
        "*",
        ACCOUNT,
        ROOT,
        f"arn:aws-cn:iam::{ACCOUNT}:role/path/Deploy",
        f"arn:aws:iam::{ACCOUNT}:user/eva@example.com",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/session",
        f"arn:aws:sts::{ACCOUNT}:federated-user/eva",
        "AROAEXAMPLEEXAMPLE01",
        "${Token[TOKEN.3]}",
        Unresolved.of("Role.Arn"),
    ],
)
def test_takes_every_kind_of_principal(value: Any) -> None:
    assert problems_of(pull(Principal("AWS", value))) == []


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/*", "a whole ARN without wildcards"),
        ("arn:aws:iam::????????????:root", "a whole ARN without wildcards"),
        ("11112222333", "'*', a 12-digit account id or the ARN"),
        (f"arn:aws:iam::{ACCOUNT}:group/Developers", "'*', a 12-digit account id or the ARN"),
        (f"arn:aws:s3::{ACCOUNT}:role/Deploy", "'*', a 12-digit account id or the ARN"),
        ("lambda.amazonaws.com", "'*', a 12-digit account id or the ARN"),
    ],
)
def test_refuses_what_is_no_principal(value: str, words: str) -> None:
    (sentence,) = sentences(pull(Principal("AWS", value)))
    assert words in sentence
    assert f"got {value!r}; " in sentence


@pytest.mark.parametrize("value", ["*", "lambda", "lambda.amazonaws.*", "*.amazonaws.com"])
def test_refuses_what_is_no_service(value: str) -> None:
    deny = pull(Principal("Service", value), effect=Effect.DENY)
    assert sentences(deny) == [
        (
            "Statement[0].Principal: a service must be given by the whole name of its principal,"
            f" got {value!r}; write for example 'lambda.amazonaws.com'"
        )
    ]


@pytest.mark.parametrize(
    "value", ["ecs-tasks.amazonaws.com", "s3.amazonaws.com.cn", "delivery.logs.aws.internal"]
)
def test_takes_the_name_of_every_service(value: str) -> None:
    assert problems_of(pull(Principal("Service", value), effect=Effect.DENY)) == []


@pytest.mark.parametrize(
    ("kind", "fix"),
    [("Federated", "name the role whose"), ("CanonicalUser", "name the account by its 12 digits")],
)
def test_warns_of_a_principal_that_signs_no_request(kind: str, fix: str) -> None:
    (problem,) = problems_of(pull(Principal(kind, "cognito-identity.amazonaws.com")))
    assert problem.severity is Severity.WARNING
    assert f"got the {kind} 'cognito-identity.amazonaws.com'; {fix}" in problem.sentence


def test_refuses_a_principal_of_another_partition() -> None:
    china = pull(Principal("AWS", f"arn:aws-cn:iam::{ACCOUNT}:root"))
    (problem,) = Policy((china,)).problems(account=ACCOUNT, region="us-gov-west-1")
    assert problem.sentence == (
        "Statement[0].Principal: an AWS principal must be of the registry's partition,"
        f" 'aws-us-gov', got 'arn:aws-cn:iam::{ACCOUNT}:root'; write 'arn:aws-us-gov:...', or"
        " Fn::Sub with ${AWS::Partition}"
    )
    assert Policy((china,)).problems(account=ACCOUNT, region="cn-north-1") == []


def test_refuses_an_operator_that_iam_does_not_have() -> None:
    matches = pull(conditions=(Condition("StringEqual", "aws:PrincipalOrgID", ("o-1",)),))
    assert sentences(matches) == [
        (
            "Statement[0].Condition.StringEqual: a condition must have an operator that IAM has,"
            " got 'StringEqual'; did you mean 'StringEquals'"
        )
    ]


def test_refuses_a_condition_key_twice_under_one_operator() -> None:
    """A JSON object cannot hold a key twice: the second would silently replace the first."""
    twice = tuple(Condition("StringEquals", "aws:PrincipalOrgID", (each,)) for each in ("a", "b"))
    assert sentences(pull(conditions=twice)) == [
        (
            "Statement[0].Condition.StringEquals.aws:PrincipalOrgID: a statement must compare a key"
            " once with one operator, got 'aws:PrincipalOrgID' 2 times with 'StringEquals'; write"
            " one list of values, of which one has to match"
        )
    ]


def test_refuses_a_sid_twice() -> None:
    deny = pull(sid="Pull", effect=Effect.DENY)
    assert sentences(pull(sid="Pull"), deny) == [
        (
            "Statement: a Sid must be unique within the policy, got 'Pull' 2 times;"
            " give each statement a Sid of its own, or none"
        )
    ]


def test_warns_of_a_service_without_its_source() -> None:
    (problem,) = problems_of(pull(Principal("Service", "lambda.amazonaws.com")))
    assert problem.severity is Severity.WARNING
    assert problem.sentence == (
        "Statement[0].Condition: a service principal must be bound to its source, got"
        " 'lambda.amazonaws.com' without aws:SourceArn or aws:SourceAccount;"
        " use Principals.service('lambda.amazonaws.com', source_account=...)"
    )


@pytest.mark.parametrize("key", ["aws:SourceArn", "AWS:SourceAccount", "aws:SourceOrgID"])
def test_a_service_with_its_source_is_fine(key: str) -> None:
    service = Principal("Service", "lambda.amazonaws.com")
    assert problems_of(pull(service, conditions=(Condition("StringEquals", key, ("x",)),))) == []


def test_a_service_may_be_denied_without_its_source() -> None:
    service = Principal("Service", "lambda.amazonaws.com")
    assert problems_of(pull(service, effect=Effect.DENY)) == []


def policy_of_size(size: int) -> Policy:
    empty = len(Policy.of(pull(sid="")).to_json())
    return Policy.of(pull(sid="x" * (size - empty)))


def test_takes_10_240_characters() -> None:
    assert policy_of_size(limits.POLICY_TEXT_MAX).problems() == []


def test_refuses_10_241_characters_and_says_how_to_fold_accounts() -> None:
    (problem,) = policy_of_size(limits.POLICY_TEXT_MAX + 1).problems()
    assert problem.message == (
        "a repository policy must be at most 10,240 characters, got 10,241 (1 accounts in 1"
        " statements)"
    )
    assert "Principals.organization()" in problem.fix


def test_a_token_has_no_length_yet() -> None:
    policy = policy_of_size(limits.POLICY_TEXT_MAX)
    token = pull(Principal("AWS", "${Token[" + "T" * 9000 + ".1]}"))
    shorter = Policy.of(*policy_of_size(limits.POLICY_TEXT_MAX - 400).statements, token)
    assert policy.problems() == shorter.problems() == []


@pytest.mark.parametrize("given", [{"Statement": []}, 5, None])
def test_refuses_what_is_no_text_and_names_what_takes_it(given: Any) -> None:
    sentence = r"^a policy must be a text, got .*; write from_document\(\.\.\.\) for what is"
    with pytest.raises(PolicyDocumentError, match=sentence):
        Policy.from_json(given)
