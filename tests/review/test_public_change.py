"""What a change means for public repositories, from which anyone may pull."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.review.templates import (
    ACCOUNT,
    OTHER,
    account,
    change,
    policy,
    repository,
    reviewed,
    statement,
    told,
)

from ecr_constructs.review.render.html import to_html
from ecr_constructs.review.render.markdown import to_markdown

PUSH = "ecr-public:PutImage"
NAME = "the public repository tools/scanner"


def public(*statements: Any, deletion: str = "Retain", **properties: Any) -> dict[str, Any]:
    given = {"RepositoryName": "tools/scanner"} | properties
    if statements:
        given["RepositoryPolicyText"] = policy(*statements)
    resource = {
        "Type": "AWS::ECR::PublicRepository",
        "Properties": given,
        "DeletionPolicy": deletion,
    }
    return {"Tool": resource}


ALLOW = statement(account(OTHER), PUSH)
DENY = statement(account(OTHER), PUSH, Effect="Deny")
#: What changes -> before, after, class, sentence, what the cause has in it.
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any], str, str, str]] = {
    "it is new": ({}, public(), "widened", f"anyone can pull from {NAME}", "it is new"),
    "it is deleted": (
        public(deletion="Delete"),
        {},
        "lost",
        f"{NAME} is deleted, and nobody can pull its images any more",
        "its DeletionPolicy was Delete",
    ),
    "it leaves its stack": (
        public(),
        {},
        "weakened",
        f"{NAME} leaves its stack and stays, governed by nobody",
        "its DeletionPolicy was Retain",
    ),
    "others push": (
        public(),
        public(ALLOW),
        "widened",
        f"{NAME} has another policy",
        f"allows account {OTHER} to do {PUSH}",
    ),
    "others push no longer": (
        public(ALLOW),
        public(),
        "narrowed",
        f"{NAME} has another policy",
        f"it no longer allows account {OTHER} to do {PUSH}",
    ),
    "others are refused": (
        public(),
        public(DENY),
        "narrowed",
        f"{NAME} has another policy",
        f"denies account {OTHER} to do {PUSH}",
    ),
    "others are refused no longer": (
        public(DENY),
        public(),
        "widened",
        f"{NAME} has another policy",
        f"it no longer denies account {OTHER} to do {PUSH}",
    ),
    "what the gallery says": (
        public(),
        public(RepositoryCatalogData={"RepositoryDescription": "Scans."}),
        "harmless",
        f"{NAME} is described otherwise",
        "its catalogue data changes",
    ),
    "it goes with its stack": (
        public(),
        public(deletion="Delete"),
        "weakened",
        f"{NAME} goes when it leaves its stack",
        "DeletionPolicy was Retain and becomes Delete",
    ),
    "it stays": (
        public(deletion="Delete"),
        public(),
        "strengthened",
        f"{NAME} stays when it leaves its stack",
        "DeletionPolicy was Delete and becomes Retain",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_change_is_called_what_it_means(tmp_path: Path, name: str) -> None:
    before, after, kind, sentence, cause = CHANGES[name]
    (found,) = change(tmp_path, before, after).differences
    assert (str(found.kind), found.sentence) == (kind, sentence)
    assert cause in found.cause
    assert str(found.place) == f"{ACCOUNT} in Amazon ECR Public"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (public(ALLOW), public(ALLOW | {"Sid": "Theirs"})),
        (public(ALLOW), public(statement({"AWS": OTHER}, [PUSH]))),
        (public(ALLOW, DENY), public(DENY, ALLOW)),
    ],
    ids=["an id", "an account's id", "order"],
)
def test_same_policy_in_other_words_is_no_change(
    tmp_path: Path, before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert told(change(tmp_path, before, after)) == []


def test_policy_that_is_not_known_is_never_fine(tmp_path: Path) -> None:
    after = public(RepositoryPolicyText={"Fn::ImportValue": "Policy"})
    (found,) = change(tmp_path, public(ALLOW), after).differences
    assert (str(found.kind), found.certain) == ("widened", False)
    assert found.sentence == f"whether others can push to {NAME} cannot be told"


def test_name_that_is_made_up_is_known_by_its_place(tmp_path: Path) -> None:
    unnamed = public(RepositoryName={"Ref": "AWS::NoValue"})
    (found,) = change(tmp_path, {}, unnamed).differences
    assert found.sentence == "anyone can pull from the public repository Main/Tool"


@pytest.mark.parametrize("render", [to_html, to_markdown])
def test_public_repositories_are_counted_apart(tmp_path: Path, render: Any) -> None:
    resources = public() | {"Api": repository()}
    shown = render(reviewed(tmp_path, None, resources))
    assert re.search(r"1 repository(</span>\s*<span>|, )1 public repository", shown)
