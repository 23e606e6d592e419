from __future__ import annotations

from typing import Any

import pytest

from ecr_constructs.checks.rules import CATALOGUE, RULES
from ecr_constructs.checks.selection import find_rules, select_rules
from ecr_constructs.errors import ConfigurationError


def names(**given: list[str]) -> set[str]:
    return {rule.name for rule in select_rules(CATALOGUE, **given)}


def test_default_is_every_rule_but_those_that_must_be_asked_for() -> None:
    assert select_rules(CATALOGUE) == RULES
    assert "CustomerManagedKey" not in names()


def test_selected_rules_run_alone() -> None:
    assert names(select=["TagImmutability", "UntaggedExpiry"]) == {
        "TagImmutability",
        "UntaggedExpiry",
    }


def test_a_single_name_is_no_list_of_letters() -> None:
    alone: Any = "TagImmutability"
    assert select_rules(CATALOGUE, select=alone) == select_rules(CATALOGUE, select=[alone])
    assert select_rules(CATALOGUE, ignore=alone) == select_rules(CATALOGUE, ignore=[alone])


def test_opt_in_rule_joins_the_default_ones() -> None:
    assert names(select=["default", "CustomerManagedKey"]) == names() | {"CustomerManagedKey"}


def test_all_is_the_whole_catalogue() -> None:
    assert select_rules(CATALOGUE, select=["all"]) == CATALOGUE


def test_ignored_rule_does_not_run_even_if_selected() -> None:
    assert names(ignore=["TagImmutability"]) == names() - {"TagImmutability"}
    both = ["TagImmutability", "UntaggedExpiry"]
    assert names(select=both, ignore=["TagImmutability"]) == {"UntaggedExpiry"}


def test_refuses_to_run_no_rule() -> None:
    """A check that finds nothing because it looks for nothing passes for one that is clean."""
    with pytest.raises(ConfigurationError, match="ignore must leave a rule to run, got every one"):
        names(ignore=["all"])


def test_order_is_that_of_the_catalogue() -> None:
    chosen = select_rules(CATALOGUE, select=["UntaggedExpiry", "TagImmutability"])
    assert [rule.name for rule in chosen] == ["TagImmutability", "UntaggedExpiry"]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("EcrGovernance-TagImmutability", "TagImmutability"),
        ("tagimmutability", "TagImmutability"),
        ("ECR.2", "TagImmutability"),
        ("CT.ECR.PR.1", "LifecyclePolicy"),
        ("ckv_aws_32", "PublicPrincipal"),
        ("AwsSolutions-ECR1", "PublicPrincipal"),
    ],
)
def test_rule_is_found_by_the_names_people_know_it_by(name: str, rule: str) -> None:
    assert [found.name for found in find_rules(CATALOGUE, name, parameter="select")] == [rule]


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("TagImutability", "did you mean 'TagImmutability'"),
        ("EcrGovernance-PublicPrinciple", "did you mean 'PublicPrincipal'"),
        ("zzz", "`ecr-constructs check --explain all` lists them"),
    ],
)
def test_refuses_a_rule_that_is_none_and_names_the_closest(name: str, fix: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^ignore must be a rule.*{name!r}; {fix}$"):
        select_rules(CATALOGUE, ignore=[name])
