"""What differs between the policy of a repository, of a registry and of a public repository."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.model.aws_models import service_model
from tests.model.said import errors, warnings

from ecr_constructs.model.policy import Policy, PolicyKind
from ecr_constructs.model.statement import Effect, Principal, Statement
from ecr_constructs.model.unresolved import Unknown, Unresolved

ACCOUNT, REGION = "111122223333", "eu-west-1"
UNKNOWN = Unresolved((Unknown("Main.Arn"),))
REPOSITORIES = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/"
REGISTRY, PUBLIC, PRIVATE = (
    PolicyKind.REGISTRY,
    PolicyKind.PUBLIC_REPOSITORY,
    PolicyKind.REPOSITORY,
)


def statement(*actions: str, **members: Any) -> Statement:
    principal = Principal("AWS", "arn:aws:iam::222222222222:root")
    return Statement(**{"principals": (principal,), "actions": actions, **members})


def found(kind: PolicyKind, *statements: Statement, **place: Any) -> Any:
    return Policy.of(*statements).problems(kind, **({"account": ACCOUNT, "region": REGION} | place))


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        f"{REPOSITORIES}*",
        f"{REPOSITORIES}payments/*",
        f"arn:aws:ecr:*:{ACCOUNT}:repository/*",
        "arn:*:ecr:*:*:repository/payments/ap?",
        "${Token[Arn.12]}",
        UNKNOWN,
    ],
)
def test_a_registry_policy_names_its_repositories(resource: Any) -> None:
    assert found(REGISTRY, statement("ecr:ReplicateImage", resources=(resource,))) == []


@pytest.mark.parametrize(
    ("resources", "said"),
    [
        (
            (),
            (
                "a statement of a registry policy must have a Resource, got none; write"
                rf" '{REPOSITORIES}\*' for all repositories"
            ),
        ),
        (
            (f"arn:aws:ecr:{REGION}:222222222222:repository/*",),
            (
                "of that registry, got 'arn:aws:ecr:eu-west-1:222222222222:.*';"
                rf" write for example '{REPOSITORIES}\*'"
            ),
        ),
        ((f"arn:aws:ecr:eu-west-2:{ACCOUNT}:repository/*",), "got '.*eu-west-2.*'; write for"),
        ((f"arn:aws-cn:ecr:{REGION}:{ACCOUNT}:repository/*",), "got 'arn:aws-cn:.*'; write for"),
        (("payments/*",), r"got 'payments/\*'; write for example"),
        (("arn:aws:s3:::bucket",), "got 'arn:aws:s3:::bucket'; write for example"),
    ],
)
def test_refuses_a_registry_policy_that_names_no_repository_of_its_own(
    resources: tuple[str, ...], said: str
) -> None:
    (sentence,) = errors(found(REGISTRY, statement("ecr:ReplicateImage", resources=resources)))
    assert re.search(said, sentence)
    assert sentence.startswith("Statement[0].Resource: ")


def test_all_but_some_resources_are_resources_too() -> None:
    denied = statement("ecr:*", effect=Effect.DENY, not_resources=(f"{REPOSITORIES}a",))
    assert found(REGISTRY, denied) == []


@pytest.mark.parametrize("place", [{"account": None, "region": None}, {"account": UNKNOWN}])
def test_a_place_that_is_not_known_refuses_no_other(place: dict[str, Any]) -> None:
    other = statement(
        "ecr:ReplicateImage", resources=(f"arn:aws:ecr:{REGION}:222222222222:repository/*",)
    )
    assert found(REGISTRY, other, **place) == []
    bucket = statement("ecr:ReplicateImage", resources=("arn:aws:s3:::bucket",))
    (sentence,) = errors(found(REGISTRY, bucket, account=None, region=None))
    assert "write for example 'arn:aws:ecr:eu-west-1:111122223333:repository/*'" in sentence


#: An operation without an action of its own: its permission is that of BatchGetImage.
#: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImageReferrers.html
NO_ACTION = "ListImageReferrers"


@pytest.mark.parametrize("operation", sorted({*service_model()["operations"]} - {NO_ACTION}))
def test_every_action_may_stand_in_a_registry_policy(operation: str) -> None:
    """Under scope V2, the only one that new registries have."""
    assert found(REGISTRY, statement(f"ecr:{operation}", resources=("*",))) == []


@pytest.mark.parametrize("operation", sorted(service_model("ecr-public")["operations"]))
def test_the_policy_of_a_public_repository_has_actions_of_its_own(operation: str) -> None:
    of_account = operation in {
        "DescribeRegistries",
        "GetAuthorizationToken",
        "GetRegistryCatalogData",
        "PutRegistryCatalogData",
    }
    said = errors(found(PUBLIC, statement(f"ecr-public:{operation}")))
    assert len(said) == of_account
    for sentence in said:
        assert f"got 'ecr-public:{operation}', which acts on the account; allow it in" in sentence


@pytest.mark.parametrize(
    ("kind", "action", "said"),
    [
        (PRIVATE, "ecr:GetAuthorizationToken", "which acts on the account; allow it in the"),
        (PRIVATE, "ecr-public:PutImage", "that Amazon ECR has, .*; did you mean 'ecr:PutImage'"),
        (PUBLIC, "ecr:PutImage", "Amazon ECR Public has, .*; did you mean 'ecr-public:PutImage'"),
        (PUBLIC, "s3:GetObject", "got 's3:GetObject'; write 'ecr-public:...' as IAM spells it"),
        (REGISTRY, "ecr:ReplicateImages", "did you mean 'ecr:ReplicateImage'"),
    ],
)
def test_refuses_an_action_of_another_kind(kind: PolicyKind, action: str, said: str) -> None:
    resources = ("*",) if kind is REGISTRY else ()
    (sentence,) = errors(found(kind, statement(action, resources=resources)))
    assert re.search(said, sentence)


def test_a_resource_is_refused_in_a_repository_policy_and_only_warned_of_in_a_public_one() -> None:
    pull = statement("ecr:BatchGetImage", resources=("*",))
    assert "a repository policy must have no Resource, got ['*']" in errors(found(PRIVATE, pull))[0]
    push = statement("ecr-public:PutImage", resources=("*",))
    assert errors(found(PUBLIC, push)) == []
    assert len(warnings(found(PUBLIC, push))) == 1


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (PRIVATE, "a repository policy"),
        (REGISTRY, "a registry policy"),
        (PUBLIC, "the policy of a public repository"),
    ],
)
def test_every_policy_has_at_most_ten_thousand_characters(kind: PolicyKind, what: str) -> None:
    action = "ecr-public:PutImage" if kind is PUBLIC else "ecr:BatchGetImage"
    resources = ("*",) if kind is REGISTRY else ()
    principals = tuple(Principal("AWS", f"arn:aws:iam::{n:012}:root") for n in range(330))
    large = statement(action, principals=principals, resources=resources)
    (sentence,) = errors(found(kind, large))
    assert sentence.startswith(f"{what} must be at most 10,240 characters, got 1")
    assert "(330 accounts in 1 statements); " in sentence
    half = statement(action, principals=principals[:250], resources=resources)
    assert found(kind, half) == []


@pytest.mark.parametrize("kind", PolicyKind)
def test_every_statement_has_a_principal(kind: PolicyKind) -> None:
    action = "ecr-public:PutImage" if kind is PUBLIC else "ecr:BatchGetImage"
    resources = ("*",) if kind is REGISTRY else ()
    nobody = statement(action, principals=(), resources=resources)
    (sentence,) = errors(found(kind, nobody))
    assert f"a statement of {kind.rules.what} must have a Principal, got none; name" in sentence
    nothing = statement(resources=resources)
    assert f"write 'Action': ['{kind.rules.prefix}...']" in errors(found(kind, nothing))[0]


def test_a_policy_is_that_of_a_repository_unless_told() -> None:
    pull = Policy.of(statement("ecr:BatchGetImage"))
    assert pull.problems() == pull.problems(PRIVATE) == []
    assert pull.whole_problems() == []
