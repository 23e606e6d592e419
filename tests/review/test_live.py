"""A live registry beside an assembly: what stays, and what is no change."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given, settings
from tests.model.registry_strategies import replications, scannings
from tests.model.repository_strategies import repositories
from tests.profiles import examples

from ecr_constructs.model.encryption import Encryption
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.model.replication import Replication
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.scanning import Scanning
from ecr_constructs.model.statement import Principal, Statement
from ecr_constructs.model.unresolved import Unresolved
from ecr_constructs.review import review
from ecr_constructs.review.live import Beside, beside

ARN: Final = "arn:aws:kms:eu-west-1:111122223333:key/1"
OTHER: Final = "arn:aws:kms:eu-west-1:111122223333:key/2"
EMPTY: Final = Registry(account="111122223333", region="eu-west-1")


def of(live: Registry, declared: Registry) -> Beside:
    return beside(Deployment(registries=(live,)), Deployment(registries=(declared,)))


def is_no_change(sides: Beside) -> bool:
    change = review(sides.made, against=sides.there).change
    return change is not None and change.is_empty


@settings(max_examples=examples(10))
@given(repositories().filter(lambda each: each.repository_name), scannings(), replications())
def test_what_is_there_as_it_is_declared_is_no_change(
    repository: Repository, scanning: Scanning, replication: Replication
) -> None:
    """And neither is what nobody declares."""
    declared = replace(
        EMPTY, repositories=(repository,), scanning=scanning, replication=replication
    )
    told = replace(
        repository,
        empty_on_delete=False,
        deletion_policy="Delete",
        update_replace_policy="Delete",
        exemptions=(),
    )
    live = replace(declared, repositories=(told,))
    assert is_no_change(of(live, declared))
    assert is_no_change(of(live, EMPTY))


def test_a_registry_of_which_the_assembly_defines_nothing_stays() -> None:
    live = Deployment(registries=(replace(EMPTY, scanning=Scanning.basic(on_push=["*"])),))
    sides = beside(live, Deployment())
    assert sides.made.registries[0].scanning == Scanning.basic(on_push=["*"])
    assert is_no_change(sides)


@pytest.mark.parametrize(
    ("declared", "there", "is_same"),
    [
        (Encryption("KMS"), Encryption("KMS", ARN), True),
        (Encryption("KMS", "alias/images"), Encryption("KMS", ARN), True),
        (Encryption("KMS", "1"), Encryption("KMS", ARN), True),
        (Encryption("KMS", Unresolved.of("Key.Arn")), Encryption("KMS", ARN), True),
        (Encryption("KMS", OTHER), Encryption("KMS", ARN), False),
        (Encryption("KMS"), Encryption("KMS_DSSE", ARN), False),
        (Encryption("AES256"), Encryption("KMS", ARN), False),
    ],
)
def test_a_key_is_the_one_that_is_there_however_it_is_spelt(
    declared: Encryption, there: Encryption, *, is_same: bool
) -> None:
    """ECR tells the key's ARN whatever the template says; only another ARN is another key."""
    sides = of(
        replace(EMPTY, repositories=(Repository(repository_name="api", encryption=there),)),
        replace(EMPTY, repositories=(Repository(repository_name="api", encryption=declared),)),
    )
    assert is_no_change(sides) is is_same


def test_setting_no_rules_where_there_are_none_is_no_change() -> None:
    assert is_no_change(of(EMPTY, replace(EMPTY, replication=Replication())))


def test_where_a_principal_is_taken_for_the_one_that_is_there_is_said() -> None:
    def of_role(role: str | Unresolved) -> Policy:
        principal = Principal("AWS", role)
        return Policy.of(Statement(principals=(principal,), actions=("ecr:BatchGetImage",)))

    def having(policy: Policy) -> Registry:
        repository = Repository(repository_name="api", repository_policy=policy)
        return replace(EMPTY, registry_policy=policy, repositories=(repository,))

    role = "arn:aws:iam::111122223333:role/Puller"
    live = having(of_role(role))
    sides = of(live, having(of_role(Unresolved.of("Role.Arn"))))
    assert is_no_change(sides)
    (sentence,) = sides.left_out
    assert sentence.endswith(
        "taken for those that are there, in the policy of the registry and api"
    )
    assert of(live, live).left_out == ()
