"""Which controls a value loosens: what constructs refuse and checks find is told here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from ecr_constructs.model.baseline import Baseline, Control
from ecr_constructs.model.creation_template import AppliedFor, CreationTemplate
from ecr_constructs.model.encryption import Encryption, EncryptionType
from ecr_constructs.model.governance import (
    Loosening,
    repository_loosenings,
    retention_loosenings,
    statement_loosenings,
    template_loosenings,
)
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule
from ecr_constructs.model.policy import Policy, PolicyKind
from ecr_constructs.model.problem import Malformed, Severity, Status
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.statement import ANYONE, Condition, Effect, Principal, Statement
from ecr_constructs.model.tag_mutability import TagMutability
from ecr_constructs.model.unresolved import Unknown, Unresolved
from ecr_constructs.service import actions

ACCOUNT: Final = "111111111111"
OTHER: Final = "222222222222"
UNKNOWN: Final = Unresolved.of("Param")
SAFE: Final = Repository(
    repository_name="payments/api",
    image_tag_mutability=TagMutability.IMMUTABLE,
    scan_on_push=True,
    lifecycle_policy=LifecyclePolicy.of(LifecycleRule.expire_untagged(older_than_days=14)),
    deletion_policy="Retain",
)


def loosened(repository: Repository, baseline: Baseline | None = None) -> list[Control]:
    found = repository_loosenings(repository, baseline or Baseline(), account=ACCOUNT)
    return [each.control for each in found]


def statement(*principals: Principal, **members: Any) -> Statement:
    return Statement(principals=principals, **({"actions": ("ecr:BatchGetImage",)} | members))


def of_statement(given: Statement, **parameters: Any) -> list[Control]:
    found = statement_loosenings(given, **({"account": ACCOUNT} | parameters))
    return [each.control for each in found]


def account(number: str = OTHER) -> Principal:
    return Principal("AWS", f"arn:aws:iam::{number}:root")


# Repositories


def test_a_repository_that_meets_the_baseline_loosens_nothing() -> None:
    assert loosened(SAFE) == []


@pytest.mark.parametrize(
    ("given", "control"),
    [
        ({"image_tag_mutability": TagMutability.MUTABLE}, Control.TAG_IMMUTABILITY),
        (
            {
                "image_tag_mutability": TagMutability.MUTABLE_WITH_EXCLUSION,
                "exclusion_filters": ("v*",),
            },
            Control.TAG_IMMUTABILITY,
        ),
        (
            {
                "image_tag_mutability": TagMutability.IMMUTABLE_WITH_EXCLUSION,
                "exclusion_filters": ("*",),
            },
            Control.TAG_IMMUTABILITY,
        ),
        ({"scan_on_push": False}, Control.SCAN_ON_PUSH),
        ({"lifecycle_policy": None}, Control.UNTAGGED_EXPIRY),
        (
            {
                "lifecycle_policy": LifecyclePolicy.of(
                    LifecycleRule.keep_newest(5, tag_patterns=["v*"])
                )
            },
            Control.UNTAGGED_EXPIRY,
        ),
        (
            {"lifecycle_policy": LifecyclePolicy.of(LifecycleRule.expire_archived(after_days=90))},
            Control.UNTAGGED_EXPIRY,
        ),
        ({"deletion_policy": "Delete"}, Control.RETAIN_ON_DELETE),
        ({"repository_policy": Policy.of(statement(ANYONE))}, Control.PUBLIC_ACCESS),
        (
            {"repository_policy": Policy.of(statement(account(), actions=("ecr:TagResource",)))},
            Control.ADMINISTRATIVE_ACCESS,
        ),
    ],
)
def test_each_control_is_loosened_by_itself(given: dict[str, Any], control: Control) -> None:
    assert loosened(replace(SAFE, **given)) == [control]


@pytest.mark.parametrize(
    "given",
    [
        {
            "image_tag_mutability": TagMutability.IMMUTABLE_WITH_EXCLUSION,
            "exclusion_filters": ("latest",),
        },
        {"image_tag_mutability": UNKNOWN},
        {"scan_on_push": UNKNOWN},
        {"lifecycle_policy": UNKNOWN},
        {"lifecycle_policy": Malformed("{", ())},
        {"lifecycle_policy": LifecyclePolicy.of(LifecycleRule.expire(older_than_days=30))},
        {"lifecycle_policy": LifecyclePolicy.of(LifecycleRule.archive(older_than_days=30))},
        {"deletion_policy": "RetainExceptOnCreate"},
        {"repository_policy": UNKNOWN},
        {"repository_policy": Malformed("{", ())},
        {"repository_policy": Policy.of(statement(account()))},
    ],
)
def test_what_is_met_or_not_known_loosens_nothing(given: dict[str, Any]) -> None:
    assert loosened(replace(SAFE, **given)) == []


def test_a_baseline_may_ask_for_keys_of_ones_own() -> None:
    baseline = Baseline(customer_managed_keys=True)
    assert loosened(SAFE, baseline) == [Control.CUSTOMER_MANAGED_KEY]
    managed = replace(SAFE, encryption=Encryption(EncryptionType.KMS))
    assert loosened(managed, baseline) == [Control.CUSTOMER_MANAGED_KEY]
    own = replace(SAFE, encryption=Encryption(EncryptionType.KMS, UNKNOWN))
    assert loosened(own, baseline) == []


@pytest.mark.parametrize(
    ("name", "controls"),
    [
        ("payments/api", []),
        ("web/api", [Control.NAMESPACE]),
        ("payments", [Control.NAMESPACE]),
        (None, []),
        (UNKNOWN, []),
        (Unresolved(("web/", Unknown("Stage"))), []),
        ("web/${Token[Stage.7]}", []),
    ],
)
def test_a_baseline_may_ask_for_a_namespace(name: Any, controls: list[Control]) -> None:
    repository = replace(SAFE, repository_name=name)
    assert loosened(repository, Baseline(namespaces=["payments/"])) == controls


@pytest.mark.parametrize(
    ("deletion", "controls"),
    [
        ("Delete", [Control.RETAIN_ON_DELETE]),
        ("Retain", []),
        ("RetainExceptOnCreate", []),
        ("Snapshot", []),
    ],
)
def test_deleting_with_the_stack_loosens_retention(deletion: str, controls: list[Control]) -> None:
    assert [each.control for each in retention_loosenings(deletion)] == controls


def test_a_loosening_becomes_an_error_that_shows_both_ways_out() -> None:
    (found,) = repository_loosenings(
        replace(SAFE, repository_name="web/api"),
        Baseline(namespaces=["payments", "data"]),
        account=ACCOUNT,
    )
    problem = found.to_problem()
    assert problem.id == "namespace"
    assert problem.severity is Severity.ERROR
    assert problem.status is Status.FAIL
    assert problem.sentence == (
        "repository_name must lie in one of the namespaces ['payments', 'data'], got 'web/api';"
        " write 'payments/api', or pass exemptions=[Exemption(Control.NAMESPACE, '<why>')]"
    )


# Statements


@pytest.mark.parametrize(
    "given",
    [
        statement(account()),
        statement(account(), actions=("ecr:*Layer*",)),
        statement(account(ACCOUNT), actions=("ecr:*",)),
        statement(Principal("AWS", ACCOUNT), actions=("*",)),
        statement(Principal("AWS", f"arn:aws:iam::{ACCOUNT}:role/Admin"), actions=("ecr:*",)),
        statement(Principal("Service", "lambda.amazonaws.com"), actions=("ecr:*",)),
        statement(Principal("AWS", UNKNOWN), actions=("ecr:DeleteRepository",)),
        statement(Principal("AWS", "AROAEXAMPLEEXAMPLE12"), actions=("ecr:DeleteRepository",)),
        statement(ANYONE, effect=Effect.DENY, actions=("ecr:*",)),
        Statement(not_principals=(account(),), actions=("ecr:*",), effect=Effect.DENY),
        statement(account(), actions=(UNKNOWN,)),
        statement(ANYONE, conditions=(Condition("StringEquals", "aws:PrincipalOrgID", ("o-a",)),)),
    ],
)
def test_a_statement_within_bounds_loosens_nothing(given: Statement) -> None:
    assert of_statement(given) == []


@pytest.mark.parametrize(
    "given",
    [
        statement(ANYONE),
        statement(account(), ANYONE),
        Statement(not_principals=(account(),), actions=("ecr:BatchGetImage",)),
        statement(
            ANYONE,
            conditions=(Condition("StringEqualsIfExists", "aws:PrincipalOrgID", ("o-a",)),),
        ),
        statement(ANYONE, conditions=(Condition("Bool", "aws:SecureTransport", ("true",)),)),
        statement(ANYONE, conditions=(Condition("StringEquals", "aws:PrincipleOrgID", ("o-a",)),)),
    ],
)
def test_a_statement_for_anybody_is_public(given: Statement) -> None:
    assert of_statement(given) == [Control.PUBLIC_ACCESS]


@pytest.mark.parametrize("action", [*sorted(actions.ADMINISTER), "ecr:*", "*", "ecr:Delete*"])
@pytest.mark.parametrize(
    "principal",
    [
        account(),
        Principal("AWS", OTHER),
        Principal("AWS", f"arn:aws:iam::{OTHER}:role/Admin"),
        Principal("AWS", Unresolved((f"arn:aws:iam::{OTHER}:role/", Unknown("Name")))),
    ],
    ids=["root", "id", "role", "role whose name is not known"],
)
def test_administration_is_not_for_other_accounts(action: str, principal: Principal) -> None:
    assert of_statement(statement(principal, actions=(action,))) == [Control.ADMINISTRATIVE_ACCESS]


@pytest.mark.parametrize(
    ("not_actions", "controls"),
    [
        (("ecr:PutImage",), [Control.ADMINISTRATIVE_ACCESS]),
        (("ecr:Delete*", "ecr:Put*"), [Control.ADMINISTRATIVE_ACCESS]),
        (tuple(sorted(actions.ADMINISTER)), []),
        (("ecr:*",), []),
        ((UNKNOWN,), [Control.ADMINISTRATIVE_ACCESS]),
    ],
)
def test_not_action_allows_what_it_does_not_name(
    not_actions: tuple[Any, ...], controls: list[Control]
) -> None:
    given = Statement(principals=(account(),), not_actions=not_actions)
    assert of_statement(given) == controls


def test_an_organisation_reaches_other_accounts() -> None:
    given = statement(
        ANYONE,
        actions=("ecr:DeleteRepository",),
        conditions=(Condition("StringEquals", "aws:PrincipalOrgID", ("o-a",)),),
    )
    assert of_statement(given) == [Control.ADMINISTRATIVE_ACCESS]


def test_a_statement_may_loosen_both() -> None:
    given = statement(ANYONE, actions=("ecr:*",))
    assert of_statement(given) == [Control.PUBLIC_ACCESS, Control.ADMINISTRATIVE_ACCESS]


def test_the_message_names_who_what_and_on_which_condition() -> None:
    given = statement(
        account(),
        Principal("AWS", "333333333333"),
        actions=("ecr:Delete*",),
        conditions=(Condition("StringEquals", "aws:PrincipalTag/team", ("web",)),),
    )
    (found,) = statement_loosenings(given, account=ACCOUNT)
    assert found == Loosening(
        Control.ADMINISTRATIVE_ACCESS,
        "a statement must not let other accounts administer the repository, got"
        " ecr:DeleteLifecyclePolicy, ecr:DeleteRepository, ecr:DeleteRepositoryPolicy for"
        f" 'arn:aws:iam::{OTHER}:root', '333333333333' with StringEquals aws:PrincipalTag/team",
        "allow pull and push only: allow_pull_push(...)",
        "repository_policy",
    )


def test_the_message_shortens_a_long_list_of_actions() -> None:
    (found,) = statement_loosenings(statement(account(), actions=("ecr:*",)), account=ACCOUNT)
    more = len(actions.ADMINISTER) - 3
    assert f"ecr:DeleteLifecyclePolicy and {more} more for" in found.message


def test_a_registry_is_called_one() -> None:
    given = statement(ANYONE, resources=("*",))
    (found,) = statement_loosenings(given, account=ACCOUNT, kind=PolicyKind.REGISTRY)
    assert "must not open the registry to anybody" in found.message
    assert found.path == "registry_policy"


# Creation templates: the repositories that they would make


def template(**members: Any) -> CreationTemplate:
    given: dict[str, Any] = {
        "prefix": "payments",
        "applied_for": (AppliedFor.REPLICATION,),
        "image_tag_mutability": TagMutability.IMMUTABLE,
        "lifecycle_policy": SAFE.lifecycle_policy,
    }
    return CreationTemplate(**(given | members))


def of_template(given: CreationTemplate, **baseline: Any) -> list[Control]:
    found = template_loosenings(given, Baseline(**baseline), account=ACCOUNT)
    return [each.control for each in found]


def test_a_template_that_meets_the_baseline_loosens_nothing() -> None:
    assert of_template(template()) == []


@pytest.mark.parametrize(
    ("given", "baseline", "control"),
    [
        ({"image_tag_mutability": TagMutability.MUTABLE}, {}, Control.TAG_IMMUTABILITY),
        ({"lifecycle_policy": None}, {}, Control.UNTAGGED_EXPIRY),
        ({}, {"customer_managed_keys": True}, Control.CUSTOMER_MANAGED_KEY),
        (
            {"applied_for": (AppliedFor.CREATE_ON_PUSH,), "prefix": "web"},
            {"namespaces": ["payments"]},
            Control.NAMESPACE,
        ),
        ({"repository_policy": Policy.of(statement(ANYONE))}, {}, Control.PUBLIC_ACCESS),
    ],
)
def test_each_control_is_loosened_by_a_template(
    given: dict[str, Any], baseline: dict[str, Any], control: Control
) -> None:
    assert of_template(template(**given), **baseline) == [control]


def test_the_tags_of_a_cache_move_with_the_upstream() -> None:
    cache = template(
        applied_for=(AppliedFor.PULL_THROUGH_CACHE,), image_tag_mutability=TagMutability.MUTABLE
    )
    assert of_template(cache) == []
    both = replace(cache, applied_for=(AppliedFor.PULL_THROUGH_CACHE, AppliedFor.REPLICATION))
    assert of_template(both) == [Control.TAG_IMMUTABILITY]


def test_the_source_of_what_is_replicated_chooses_the_name() -> None:
    assert of_template(template(prefix="web"), namespaces=["payments"]) == []
