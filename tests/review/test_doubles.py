"""Repositories that several resources declare, of which CloudFormation makes one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from tests.review.resources import MUTABLE
from tests.review.templates import OTHER, account, change, policy, repository, statement, told

SHARED: Final = policy(statement(account(OTHER)))
TWICE: Final = {"Api": repository(), "Again": repository()}


def kept(deletion: str, **properties: Any) -> dict[str, Any]:
    return {"Api": repository(), "Again": repository(deletion=deletion, **properties)}


def test_second_resource_of_a_name_is_told_and_is_no_new_repository(tmp_path: Path) -> None:
    older = {"Api": repository(RepositoryPolicyText=SHARED)}
    newer = older | {"Again": repository(RepositoryPolicyText=SHARED)}
    (found,) = change(tmp_path, older, newer).differences
    assert (str(found.kind), found.cause) == ("replaced", "Main/Api and Main/Again declare it")
    assert found.sentence == (
        "payments/api is declared by several resources: one of them is made, and the others fail"
    )


def test_what_the_second_resource_says_otherwise_is_told(tmp_path: Path) -> None:
    newer = {"Api": repository(), "Again": repository(RepositoryPolicyText=SHARED, **MUTABLE)}
    found = told(change(tmp_path, {"Api": repository()}, newer))
    assert [kind for kind, _ in found] == ["widened", "weakened", "replaced"]
    assert found[0][1] == f"account {OTHER} can now pull payments/api"


def test_two_new_resources_of_a_name_are_told(tmp_path: Path) -> None:
    kinds = [kind for kind, _ in told(change(tmp_path, {}, TWICE))]
    assert kinds == ["replaced", "harmless"]


def test_resource_that_goes_while_another_stays_leaves_nothing_alone(tmp_path: Path) -> None:
    assert told(change(tmp_path, kept("Retain"), {"Api": repository()})) == [
        ("harmless", "payments/api is declared by one resource less")
    ]


def test_resource_that_goes_may_take_the_repository_with_it(tmp_path: Path) -> None:
    (found,) = change(tmp_path, kept("Delete"), {"Api": repository()}).differences
    assert (str(found.kind), found.certain) == ("lost", False)
    assert found.sentence.startswith("whether payments/api is deleted cannot be told: a resource")


def test_doubles_that_stay_are_no_change(tmp_path: Path) -> None:
    assert change(tmp_path, TWICE, TWICE).is_empty
