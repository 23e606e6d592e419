"""What no longer arrives where, and what begins to: neither more nor less than changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.review.resources import cache, replication
from tests.review.templates import ACCOUNT, OTHER, change, repository, told

THERE = f"the registry of account {OTHER} in eu-central-1"
STAY = "; the images that are there stay, and grow old"
LATER = " from now on; images that were pushed before are not copied"
EVERYTHING = replication(("eu-central-1", OTHER, [])) | {"Web": repository("web/shop")}
PAYMENTS = replication(("eu-central-1", OTHER, ["payments/"])) | {"Web": repository("web/shop")}


def deleting(*rules: tuple[list[str], Any]) -> dict[str, Any]:
    """Rules for one destination: prefixes, and whether deletions are carried out."""
    resources = replication(*(("eu-central-1", OTHER, prefixes) for prefixes, _ in rules))
    document = resources["Replication"]["Properties"]["ReplicationConfiguration"]["Rules"]
    for written, (_, deletes) in zip(document, rules, strict=True):
        written["DeleteReplication"] = {"Enabled": deletes}
    return resources


def test_narrower_prefix_stops_no_more_than_it_leaves_out(tmp_path: Path) -> None:
    found = told(change(tmp_path, EVERYTHING, PAYMENTS))
    sentence = f"{THERE} no longer receives images except payments/ (1 repository of this app)"
    assert found == [("stopped", f"{sentence}{STAY}")]


def test_wider_prefix_starts_no_more_than_it_adds(tmp_path: Path) -> None:
    found = told(change(tmp_path, PAYMENTS, EVERYTHING))
    sentence = f"{THERE} receives images beside payments/ (1 repository of this app)"
    assert found == [("started", f"{sentence}{LATER}")]


@pytest.mark.parametrize(
    ("prefixes", "account"), [([{"Ref": "P"}], OTHER), (["payments/"], {"Ref": "P"})]
)
def test_what_may_go_on_is_not_said_to_stop_for_sure(
    tmp_path: Path, prefixes: Any, account: Any
) -> None:
    newer = replication(("eu-central-1", account, prefixes))
    sections: Any = ({}, {"Parameters": {"P": {"Type": "String"}}})
    older = replication(("eu-central-1", OTHER, ["payments/"]))
    found = change(tmp_path, older, newer, sections=sections)
    assert [str(each.kind) for each in found.differences] == ["stopped", "started"]
    assert not any(each.certain for each in found.differences)
    elsewhere = replication(("eu-west-2", OTHER, ["payments/"]))
    moved = change(tmp_path, older, elsewhere, sections=sections)
    assert all(each.certain for each in moved.differences)


#: Rules before and after, the class, and where deletions are carried out.
DELETIONS: dict[str, tuple[Any, Any, str, str]] = {
    "on": (
        deleting(([], False)),
        deleting(([], True)),
        "weakened",
        "deletions, lifecycle expiry included, are now carried out in ",
    ),
    "off": (
        deleting(([], True)),
        deleting(([], False)),
        "strengthened",
        "deletions, lifecycle expiry included, are no longer carried out in ",
    ),
    "for one prefix of two": (
        deleting((["pay/"], True), (["web/"], False)),
        deleting((["pay/"], True), (["web/"], True)),
        "weakened",
        "deletions of web/, lifecycle expiry included, are now carried out in ",
    ),
    "no longer, in a wider rule": (
        deleting((["pay/"], True), (["web/"], False)),
        deleting(([], False)),
        "strengthened",
        "deletions of pay/, lifecycle expiry included, are no longer carried out in ",
    ),
    "both": (
        deleting((["pay/"], False)),
        deleting((["pay/"], False), (["pay/"], True)),
        "weakened",
        "whether deletions of pay/, lifecycle expiry included, are carried out in ",
    ),
    "known at deployment": (
        deleting(([], False)),
        deleting(([], {"Fn::ImportValue": "D"})),
        "weakened",
        "whether deletions, lifecycle expiry included, are carried out in ",
    ),
}


@pytest.mark.parametrize("name", DELETIONS)
def test_deletions_are_told_by_what_they_are_of(tmp_path: Path, name: str) -> None:
    before, after, kind, sentence = DELETIONS[name]
    found = [each for each in change(tmp_path, before, after).differences if each.kind == kind]
    (deletions,) = found
    is_known = not sentence.startswith("whether")
    assert deletions.sentence == f"{sentence}{THERE}{'' if is_known else ' cannot be told'}"
    assert deletions.certain is is_known


def test_deletions_of_what_is_no_longer_replicated_are_not_told(tmp_path: Path) -> None:
    before = deleting((["pay/"], True), (["web/"], False))
    found = told(change(tmp_path, before, deleting((["web/"], False))))
    assert [kind for kind, _ in found] == ["stopped"]


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        (
            cache(),
            cache(UpstreamRegistry="quay"),
            "UpstreamRegistry was none and is 'quay'",
        ),
        (
            cache(UpstreamRegistry="quay"),
            cache(UpstreamRegistry="docker-hub"),
            "UpstreamRegistry was 'quay' and is 'docker-hub'",
        ),
        (
            cache(),
            cache(UpstreamRepositoryPrefix="ROOT"),
            "the prefix at the upstream was none and is 'ROOT'",
        ),
        (cache(), cache(EcrRepositoryPrefix="quay/"), "its prefix was 'quay' and is 'quay/'"),
    ],
)
def test_cache_rule_is_replaced_for_what_is_written_out(
    tmp_path: Path, before: Any, after: Any, cause: str
) -> None:
    """CloudFormation replaces it for every property, whatever Amazon ECR makes of it."""
    (found,) = change(tmp_path, before, after).differences
    assert (str(found.kind), found.cause) == ("replaced", cause)


def test_own_account_in_another_region_is_told(tmp_path: Path) -> None:
    found = told(change(tmp_path, PAYMENTS, replication(("eu-central-1", ACCOUNT, ["payments/"]))))
    assert (
        "stopped",
        f"{THERE} no longer receives payments/ (1 repository of this app){STAY}",
    ) in found


@pytest.mark.parametrize(
    ("older", "newer", "is_certain"),
    [
        (cache(), cache(UpstreamRegistryUrl={"Fn::ImportValue": "U"}), False),
        (cache(EcrRepositoryPrefix={"Fn::ImportValue": "P"}), cache(), False),
        (cache(), cache(UpstreamRegistryUrl={"Fn::Sub": "${P}.azurecr.io"}), True),
        (cache(EcrRepositoryPrefix={"Fn::Sub": "${P}-x"}), cache(), True),
    ],
)
def test_cache_rule_that_may_be_the_same_is_not_replaced_for_sure(
    tmp_path: Path, older: Any, newer: Any, *, is_certain: bool
) -> None:
    sections: Any = ({"Parameters": {"P": {"Type": "String"}}},) * 2
    found = change(tmp_path, older, newer, sections=sections).differences
    kinds = {str(each.kind): each.certain for each in found}
    assert (kinds.get("replaced", kinds.get("started"))) is is_certain
