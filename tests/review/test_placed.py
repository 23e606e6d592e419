"""Stacks that name an account and a Region from now on: what is there is the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from tests.checks.deployments import write_assembly
from tests.review.resources import MUTABLE, one
from tests.review.templates import ACCOUNT, NOW, REGION, shared, statement

from ecr_constructs.review import Change, review

NOWHERE: Final = "aws://unknown-account/unknown-region"
HERE: Final = f"aws://{ACCOUNT}/{REGION}"
ROOT: Final = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
TAKEN: Final = (
    f"whether the stacks were deployed to account {ACCOUNT} in {REGION} before cannot be told: what"
    " is told here takes them for it"
)


def changed(
    tmp_path: Path,
    older: dict[str, tuple[str, dict[str, Any]]],
    newer: dict[str, tuple[str, dict[str, Any]]],
) -> Change:
    sides = [
        write_assembly(
            tmp_path / name,
            {stack: {"Resources": resources} for stack, (_, resources) in stacks.items()},
            environments={stack: place for stack, (place, _) in stacks.items()},
        )
        for name, stacks in (("old", older), ("new", newer))
    ]
    found = review(sides[1], against=sides[0], now=NOW).change
    assert found is not None
    return found


def test_stack_that_names_a_place_leaves_nothing_behind(tmp_path: Path) -> None:
    """Nor does a principal change that is the account's own."""
    resources = shared(statement(ROOT))
    (taken,) = changed(tmp_path, {"A": (NOWHERE, resources)}, {"A": (HERE, resources)}).differences
    assert (str(taken.kind), taken.sentence, taken.certain) == ("harmless", TAKEN, False)


def test_what_else_changes_is_told(tmp_path: Path) -> None:
    other = one("web/shop")
    older = {"A": (NOWHERE, one()), "B": (NOWHERE, other)}
    newer = {"A": (HERE, one(**MUTABLE)), "B": (HERE, other)}
    found = changed(tmp_path, older, newer).differences
    assert [str(each.kind) for each in found] == ["weakened", "harmless"]


@pytest.mark.parametrize(
    "newer",
    [
        {"A": (HERE, one()), "B": (f"aws://{ACCOUNT}/eu-central-1", one("web/shop"))},
        {"A": (HERE, one())},
    ],
    ids=["two places", "one is gone"],
)
def test_nothing_is_taken_for_what_nobody_can_tell(
    tmp_path: Path, newer: dict[str, tuple[str, dict[str, Any]]]
) -> None:
    older = {"A": (NOWHERE, one()), "B": (NOWHERE, one("web/shop"))}
    found = changed(tmp_path, older, newer).differences
    assert TAKEN not in {each.sentence for each in found}
