"""Who gains and who loses access: on what is evaluated, never on text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.checks.deployments import write_assembly
from tests.review.templates import (
    ACCOUNT,
    NOW,
    ORGANIZATION,
    OTHER,
    PULL,
    PUSH,
    account,
    change,
    moved_into_parameters,
    policy,
    repository,
    shared,
    statement,
    told,
)

from ecr_constructs.review import review

ORG = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}
ORGS = {"StringEquals": {"aws:PrincipalOrgID": [ORGANIZATION, "o-zzzzzzzzzz"]}}
OUTSIDE = {
    "StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION},
    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
}
DENY = statement("*", "ecr:*", OUTSIDE, Effect="Deny")
LAMBDA = {"Service": "lambda.amazonaws.com"}
FUNCTIONS = {"ArnLike": {"aws:SourceArn": f"arn:aws:lambda:eu-west-1:{OTHER}:function:*"}}

WIDENED = {
    "an account": ([], [statement(account(OTHER))], f"account {OTHER} can now pull payments/api"),
    "push beside pull": (
        [statement(account(OTHER))],
        [statement(account(OTHER), [*PULL, *PUSH])],
        f"account {OTHER} can now push payments/api",
    ),
    "an organisation": (
        [],
        [statement("*", condition=ORG)],
        f"anyone of organisation {ORGANIZATION} can now pull payments/api",
    ),
    "another organisation": (
        [statement("*", condition=ORG)],
        [statement("*", condition=ORGS)],
        (
            f"anyone of organisation {ORGANIZATION} or o-zzzzzzzzzz can now pull payments/api,"
            f" where before only anyone of organisation {ORGANIZATION} could"
        ),
    ),
    "everybody": (
        [statement("*", condition=ORG)],
        [statement("*")],
        (
            "anyone in any AWS account can now pull payments/api, where before only anyone of"
            f" organisation {ORGANIZATION} could"
        ),
    ),
    "a condition is gone": (
        [statement(account(OTHER), condition=ORG)],
        [statement(account(OTHER))],
        (
            f"account {OTHER} can now pull payments/api without a condition, where before it could"
            f" only if it is of organisation {ORGANIZATION}"
        ),
    ),
    "a deny is gone": (
        [statement(account(OTHER)), DENY],
        [statement(account(OTHER))],
        (
            f"account {OTHER} can now pull payments/api without a condition, where before it could"
            f" only if it is of organisation {ORGANIZATION}"
        ),
    ),
    "a service": (
        [],
        [statement(LAMBDA, condition=FUNCTIONS)],
        (
            f"lambda.amazonaws.com for function:* of account {OTHER} in eu-west-1 can now pull"
            " payments/api"
        ),
    ),
    "a wildcard": (
        [statement(account(OTHER))],
        [statement(account(OTHER), "ecr:*")],
        (
            f"account {OTHER} can now push, delete images of, delete, change the policy of, change"
            " the lifecycle policy of, "
        ),
    ),
    "a larger network": (
        [statement(account(OTHER), condition={"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}})],
        [statement(account(OTHER), condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})],
        (
            f"account {OTHER} can now pull payments/api if it comes from 10.0.0.0/8, where before"
            " it could only if it comes from 10.1.0.0/16"
        ),
    ),
}
NARROWED = {
    "an account": (
        [statement(account(OTHER))],
        [],
        f"account {OTHER} can no longer pull payments/api",
    ),
    "a role for its account": (
        [statement(account(OTHER))],
        [statement({"AWS": f"arn:aws:iam::{OTHER}:role/Deploy"})],
        f"account {OTHER} can no longer pull payments/api",
    ),
    "a condition": (
        [statement(account(OTHER))],
        [statement(account(OTHER), condition={"StringEquals": {"aws:SourceVpce": "vpce-1a2b"}})],
        (
            f"account {OTHER} can pull payments/api only if it comes through VPC endpoint"
            " vpce-1a2b, where before it could without a condition"
        ),
    ),
    "a deny": (
        [statement(account(OTHER))],
        [statement(account(OTHER)), DENY],
        (
            f"account {OTHER} can pull payments/api only if it is of organisation {ORGANIZATION},"
            " where before it could without a condition"
        ),
    ),
    "a deny of one role": (
        [statement(account(OTHER))],
        [
            statement(account(OTHER)),
            statement({"AWS": f"arn:aws:iam::{OTHER}:role/Deploy"}, Effect="Deny"),
        ],
        f"role Deploy of account {OTHER} can no longer pull payments/api",
    ),
    "the owner locks itself out": (
        [],
        [statement("*", "ecr:SetRepositoryPolicy", Effect="Deny")],
        "its own account can no longer change the policy of payments/api",
    ),
}
#: The same access in other words.
HARMLESS = {
    "order": (
        [statement(account(OTHER)), statement("*", condition=ORG), DENY],
        [DENY, statement("*", PULL[::-1], ORG), statement(account(OTHER))],
    ),
    "ids": ([statement(account(OTHER), Sid="One")], [statement(account(OTHER), Sid="Two")]),
    "folded principals": (
        [statement(account(OTHER)), statement(account("333333333333"))],
        [statement({"AWS": ["333333333333", f"arn:aws:iam::{OTHER}:root"]})],
    ),
    "folded conditions": (
        [
            statement("*", condition=ORG),
            statement("*", condition={"StringEquals": {"aws:PrincipalOrgID": "o-zzzzzzzzzz"}}),
        ],
        [statement("*", condition=ORGS)],
    ),
    "split actions": (
        [statement(account(OTHER))],
        [statement(account(OTHER), action) for action in PULL],
    ),
    "an account by a condition": (
        [statement(account(OTHER))],
        [statement("*", condition={"StringEquals": {"aws:PrincipalAccount": OTHER}})],
    ),
    "a role by a condition on its account": (
        [statement({"AWS": f"arn:aws:iam::{OTHER}:role/Deploy"})],
        [
            statement(
                account(OTHER),
                condition={"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/Deploy"}},
            )
        ],
    ),
    "one that another covers": (
        [statement(account(OTHER), "ecr:*")],
        [statement(account(OTHER), "ecr:*"), statement(account(OTHER))],
    ),
    "a deny of nobody who is allowed": (
        [statement(account(OTHER))],
        [statement(account(OTHER)), statement(account("333333333333"), "ecr:*", Effect="Deny")],
    ),
    "case of a key": (
        [statement("*", condition=ORG)],
        [statement("*", condition={"StringEquals": {"AWS:principalorgid": ORGANIZATION}})],
    ),
}


@pytest.mark.parametrize("name", WIDENED)
def test_access_widens(tmp_path: Path, name: str) -> None:
    before, after, sentence = WIDENED[name]
    found = told(change(tmp_path, shared(*before), shared(*after)))
    assert any(k == "widened" and s.startswith(sentence) for k, s in found), found


@pytest.mark.parametrize("name", NARROWED)
def test_access_narrows(tmp_path: Path, name: str) -> None:
    before, after, sentence = NARROWED[name]
    found = told(change(tmp_path, shared(*before), shared(*after)))
    assert ("narrowed", sentence) in found
    assert "widened" not in {kind for kind, _ in found}


@pytest.mark.parametrize("name", HARMLESS)
def test_same_access_in_other_words_is_harmless(tmp_path: Path, name: str) -> None:
    before, after = HARMLESS[name]
    assert {k for k, _ in told(change(tmp_path, shared(*before), shared(*after)))} <= {"harmless"}
    assert {k for k, _ in told(change(tmp_path, shared(*after), shared(*before)))} <= {"harmless"}


@pytest.mark.parametrize("pairs", [WIDENED, NARROWED], ids=["widened", "narrowed"])
def test_policies_whose_values_moved_into_parameters_are_no_change(
    tmp_path: Path, pairs: dict[str, tuple[list[Any], list[Any], str]]
) -> None:
    for before, after, _ in pairs.values():
        for side in (shared(*before), shared(*after)):
            moved, parameters = moved_into_parameters(side)
            assert told(change(tmp_path, side, moved, sections=({}, parameters))) == []


def test_cause_names_the_statements(tmp_path: Path) -> None:
    before = shared(statement(account(OTHER), Sid="Theirs"))
    after = shared(statement("*", condition=ORG, Sid="Ours"))
    causes = {str(each.kind): each.cause for each in change(tmp_path, before, after).differences}
    assert causes["widened"] == (
        "statement 'Ours' of the repository policy allows anyone to pull if aws:PrincipalOrgID is"
        f" '{ORGANIZATION}'"
    )
    assert causes["narrowed"].endswith(
        f"statement 'Theirs' of the repository policy no longer allows account {OTHER} to pull"
    )


def test_what_is_said_of_many_is_said_once(tmp_path: Path) -> None:
    def fleet(*statements: Any) -> dict[str, Any]:
        document = policy(*statements) if statements else None
        return {f"R{n}": repository(f"team/r{n}", RepositoryPolicyText=document) for n in range(30)}

    accounts = [f"{n:012d}" for n in range(1, 8)]
    found = change(tmp_path, fleet(), fleet(statement({"AWS": accounts})))
    (difference,) = found.differences
    assert difference.sentence == (
        "account 000000000001, account 000000000002, account 000000000003 and 4 more can now pull"
        " team/r0, team/r1, team/r10 and 27 more repositories"
    )
    assert len(difference.repositories) == len(difference.origins) == 30


def test_role_of_the_assembly_gains_by_its_own_policy(tmp_path: Path) -> None:
    def role(*allowed: str) -> dict[str, Any]:
        arn = {"Fn::GetAtt": ["Api", "Arn"]}
        own = {"Effect": "Allow", "Action": list(allowed), "Resource": arn}
        return {
            "Api": repository(),
            "Deploy": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": "Deploy",
                    "AssumeRolePolicyDocument": {},
                    "Policies": [{"PolicyName": "Own", "PolicyDocument": policy(own)}],
                },
            },
        }

    found = change(tmp_path, role("ecr:DescribeImages"), role("ecr:DescribeImages", *PULL))
    (difference,) = found.differences
    assert difference.kind == "widened"
    assert difference.sentence == f"role Deploy of account {ACCOUNT} can now pull payments/api"
    assert difference.cause.startswith("the identity policy allows it to do ecr:DescribeImages, ")


def _beside_role_elsewhere(*allowed: str) -> dict[str, Any]:
    """A repository that a whole account may pull from, and that account's stack with a role."""
    arn = f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/payments/api"
    own = {"Effect": "Allow", "Action": list(allowed), "Resource": arn}
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "Deploy",
            "AssumeRolePolicyDocument": {},
            "Policies": [{"PolicyName": "Own", "PolicyDocument": policy(own)}],
        },
    }
    queue = {"Queue": {"Type": "AWS::SQS::Queue"}}
    return {
        "Home": {"Resources": shared(statement(account(OTHER)))},
        "Away": {"Resources": queue | ({"Deploy": role} if allowed else {})},
    }


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # What the policies of a role that is gone might allow allows nobody anything.
        (["ecr:DescribeImages"], [], []),
        (PULL, [], [("narrowed", "can no longer pull payments/api")]),
        ([], ["ecr:DescribeImages"], []),
        ([], PULL, [("widened", "can now pull payments/api")]),
    ],
)
def test_role_elsewhere_that_comes_or_goes_is_told_by_its_own_policy(
    tmp_path: Path, before: list[str], after: list[str], expected: list[tuple[str, str]]
) -> None:
    places = {"Away": f"aws://{OTHER}/eu-west-1", "Home": f"aws://{ACCOUNT}/eu-west-1"}
    old, new = (
        write_assembly(tmp_path / name, _beside_role_elsewhere(*allowed), environments=places)
        for name, allowed in (("old", before), ("new", after))
    )
    found = review(new, against=old, now=NOW).change
    assert found is not None
    role = f"role Away/Deploy of account {OTHER}"
    assert told(found) == [(kind, f"{role} {sentence}") for kind, sentence in expected]


def test_registry_policy_counts_for_each_repository_and_for_those_to_come(tmp_path: Path) -> None:
    def registry(*statements: Any) -> dict[str, Any]:
        document = {"PolicyText": policy(*statements)}
        resource = {"Type": "AWS::ECR::RegistryPolicy", "Properties": document}
        return {"Api": repository(), "Policy": resource}

    arn = f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/payments/*"
    other = statement(account("333333333333"), Resource="*")
    found = change(
        tmp_path, registry(other), registry(other, statement(account(OTHER), Resource=arn))
    )
    assert told(found) == [
        (
            "widened",
            f"account {OTHER} can now pull payments/api and repositories named payments/*",
        )
    ]


def test_new_repository_is_widened_only_for_others(tmp_path: Path) -> None:
    build = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/Build"}
    own = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    new = repository(
        "web/shop",
        RepositoryPolicyText=policy(
            statement(build), statement(LAMBDA, condition=own), statement(account(OTHER))
        ),
    )
    found = change(tmp_path, {"Api": repository()}, {"Api": repository(), "Shop": new})
    assert told(found) == [
        ("widened", f"account {OTHER} can now pull web/shop"),
        ("harmless", "web/shop is new"),
    ]


def test_template_of_repositories_to_come_counts(tmp_path: Path) -> None:
    def template(*statements: Any) -> dict[str, Any]:
        import json

        properties = {"Prefix": "hub", "AppliedFor": ["PULL_THROUGH_CACHE"]}
        if statements:
            properties["RepositoryPolicy"] = json.dumps(policy(*statements))
        return {"T": {"Type": "AWS::ECR::RepositoryCreationTemplate", "Properties": properties}}

    found = change(tmp_path, template(), template(statement(account(OTHER))))
    assert told(found) == [
        (
            "widened",
            f"account {OTHER} can now pull repositories that are created below hub",
        )
    ]


@pytest.mark.parametrize(
    "text", [{"Fn::ImportValue": "Policy"}, {"Statement": "nonsense"}], ids=["unknown", "malformed"]
)
def test_policy_that_cannot_be_evaluated_is_never_fine(tmp_path: Path, text: Any) -> None:
    before, after = (
        shared(statement(account(OTHER))),
        {"Api": repository(RepositoryPolicyText=text)},
    )
    (difference,) = change(tmp_path, before, after).differences
    assert (difference.kind, difference.certain) == ("widened", False)
    assert difference.sentence.startswith("whether access to payments/api widens cannot be told")


def test_value_that_moved_into_a_parameter_is_no_change(tmp_path: Path) -> None:
    arn = {"Fn::Sub": "arn:aws:iam::${Theirs}:root"}
    before, after = shared(statement(account(OTHER))), shared(statement({"AWS": arn}))
    parameters = {"Parameters": {"Theirs": {"Type": "String", "Default": OTHER}}}
    assert change(tmp_path, before, after, sections=({}, parameters)).is_empty


def registry_policy(text: Any, *statements: Any) -> dict[str, Any]:
    """A registry whose policy is a text, and a repository with these statements."""
    properties = {"PolicyText": text}
    return {"Policy": {"Type": "AWS::ECR::RegistryPolicy", "Properties": properties}} | shared(
        *statements
    )


@pytest.mark.parametrize("unknown", [{"Fn::ImportValue": "P"}, "{"], ids=["at deployment", "none"])
@pytest.mark.parametrize("is_newer", [True, False])
def test_registry_policy_that_is_not_known_is_said_once(
    tmp_path: Path, *, unknown: Any, is_newer: bool
) -> None:
    """What the policies of repositories say otherwise is told all the same."""
    known = policy(statement(account("333333333333"), Resource="*"))
    sides = [known, unknown] if is_newer else [unknown, known]
    doubt = (
        "whether access to the repositories of this registry widens cannot be told: its policy is"
        " known only at deployment, or is none"
    )
    found = change(tmp_path, *(registry_policy(each) for each in sides)).differences
    assert [(each.sentence, each.certain) for each in found] == [(doubt, False)]
    before, after = sides
    found = change(
        tmp_path, registry_policy(before), registry_policy(after, statement(account(OTHER)))
    ).differences
    assert [each.sentence for each in found] == [
        f"account {OTHER} can now pull payments/api",
        doubt,
    ]


ARN = f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/"


def test_repository_of_another_stack_that_a_registry_policy_names_is_told(tmp_path: Path) -> None:
    after = registry_policy(policy(statement(account(OTHER), Resource=f"{ARN}web/shop")))
    assert told(change(tmp_path, shared(), after)) == [
        ("widened", f"account {OTHER} can now pull repositories named web/shop")
    ]
    named = registry_policy(policy(statement(account(OTHER), Resource=f"{ARN}payments/api")))
    assert told(change(tmp_path, shared(), named)) == [
        ("widened", f"account {OTHER} can now pull payments/api")
    ]


def test_registry_policy_that_leaves_names_out_is_about_all_others(tmp_path: Path) -> None:
    after = registry_policy(policy(statement(account(OTHER), NotResource=f"{ARN}payments/*")))
    assert told(change(tmp_path, shared(), after)) == [
        ("widened", f"account {OTHER} can now pull repositories that nothing here names")
    ]


def test_registry_policy_in_other_words_is_harmless(tmp_path: Path) -> None:
    """Beside whatever else is told."""
    every = statement(account(OTHER), Resource="*")
    one, two = (
        registry_policy(policy(every, *more))
        for more in ([], [statement(account(OTHER), Resource=f"{ARN}web/*")])
    )
    harmless = ("harmless", "the registry policy is written otherwise, to the same effect")
    assert told(change(tmp_path, one, two)) == [harmless]
    third = "333333333333"
    shared_too = shared(statement(account(third)))
    assert told(change(tmp_path, one, two | shared_too)) == [
        ("widened", f"account {third} can now pull payments/api"),
        harmless,
    ]


def test_tag_that_a_condition_hangs_on_is_the_cause(tmp_path: Path) -> None:
    policed = [statement(account(OTHER), condition={"StringEquals": {"aws:ResourceTag/t": "1"}})]
    sides = [shared(*policed, Tags=[{"Key": "t", "Value": each}]) for each in ("1", "2")]
    narrowed, _ = change(tmp_path, *sides).differences
    assert str(narrowed.kind) == "narrowed"
    assert narrowed.cause == "its resource tags change, on which a condition hangs"


def test_version_that_changes_what_a_variable_stands_for_is_doubt(tmp_path: Path) -> None:
    """In the old one ``${...}`` is a text like any other."""
    condition = {"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}
    said = [statement("*", condition=condition, Resource="*")]
    sides = [{"Version": each, "Statement": said} for each in ("2008-10-17", "2012-10-17")]
    for older, newer in (sides, sides[::-1]):
        of_repository = [{"Api": repository(RepositoryPolicyText=each)} for each in (older, newer)]
        of_registry = [registry_policy(each) for each in (older, newer)]
        for one, two in (of_repository, of_registry):
            (found,) = change(tmp_path, one, two).differences
            assert (str(found.kind), found.certain) == ("widened", False)
            assert "cannot be told" in found.sentence
            assert "the Version of its policy was" in found.cause


def test_identity_provider_is_not_said_to_gain_nothing(tmp_path: Path) -> None:
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/example.com"
    (found,) = change(tmp_path, shared(), shared(statement({"Federated": provider}))).differences
    assert (str(found.kind), found.certain) == ("widened", False)
    assert provider in found.cause
    (gone,) = change(tmp_path, shared(statement({"Federated": provider})), shared()).differences
    assert str(gone.kind) == "harmless"


def test_account_that_not_principal_may_mean_is_told_in_words(tmp_path: Path) -> None:
    """To name an account leaves out its root user, and may leave the others in."""
    allowed = statement(account(OTHER))
    denied = {"Effect": "Deny", "NotPrincipal": account(OTHER), "Action": "ecr:*"}
    found = told(change(tmp_path, shared(allowed), shared(allowed, denied)))
    assert (
        "narrowed",
        (
            f"account {OTHER} can pull payments/api only if not (NotPrincipal means it, too), where"
            " before it could without a condition"
        ),
    ) in found
