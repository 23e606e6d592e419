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


def exempt(reason: str) -> dict[str, Any]:
    exemption = {"control": "public-access", "reason": reason}
    return {"Tool": public()["Tool"] | {"Metadata": {"EcrConstructs": {"exemptions": [exemption]}}}}


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
        f"the policy of {NAME} now allows account {OTHER} to do {PUSH}",
        "its policy changes",
    ),
    "others push no longer": (
        public(ALLOW),
        public(),
        "narrowed",
        f"the policy of {NAME} no longer allows account {OTHER} to do {PUSH}",
        "its policy changes",
    ),
    "others are refused": (
        public(),
        public(DENY),
        "narrowed",
        f"the policy of {NAME} now denies account {OTHER} to do {PUSH}",
        "its policy changes",
    ),
    "others are refused no longer": (
        public(DENY),
        public(),
        "widened",
        f"the policy of {NAME} no longer denies account {OTHER} to do {PUSH}",
        "its policy changes",
    ),
    "resource tags": (
        public(),
        public(Tags=[{"Key": "team", "Value": "tools"}]),
        "harmless",
        f"the resource tags of {NAME} change",
        "'team' is 'tools'",
    ),
    "an exemption": (
        exempt("open data"),
        exempt("a mirror"),
        "harmless",
        f"the exemption from public-access of {NAME} is written otherwise",
        "its reason is 'a mirror', with no expiry date",
    ),
    "it stays for another reason": (
        public(),
        public(deletion="RetainExceptOnCreate"),
        "harmless",
        f"{NAME} stays as before when it leaves its stack",
        "DeletionPolicy was Retain and becomes RetainExceptOnCreate",
    ),
    "it stays when it is replaced": (
        public(),
        {"Tool": public()["Tool"] | {"UpdateReplacePolicy": "Retain"}},
        "strengthened",
        f"{NAME} stays when it is replaced",
        "UpdateReplacePolicy was Delete and becomes Retain",
    ),
    "another id": (
        public(),
        {"Other": public()["Tool"]},
        "replaced",
        (
            f"{NAME} is declared under another logical id, which CloudFormation takes for a new"
            " repository of a name that is taken, so that the deployment fails; keep the id, or"
            " move the resource with `cdk refactor`"
        ),
        "it was Main/Tool and is Main/Other",
    ),
    "twice": (
        public(),
        {"Other": public()["Tool"]} | public(),
        "replaced",
        f"{NAME} is declared by several resources: one of them is made, and the others fail",
        "Main/Other and Main/Tool declare it",
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
    ("replacement", "fate"), [("Retain", "stays, outside of its stack"), ("Delete", "is deleted")]
)
def test_another_name_is_an_empty_repository(tmp_path: Path, replacement: str, fate: str) -> None:
    before = {"Tool": public()["Tool"] | {"UpdateReplacePolicy": replacement}}
    after = public(RepositoryName="tools/other")
    after["Tool"]["UpdateReplacePolicy"] = replacement
    lost, new = change(tmp_path, before, after).differences
    assert (str(lost.kind), lost.sentence) == (
        "lost",
        (
            f"{NAME} is replaced by an empty one, tools/other, to which its images do not move;"
            f" the old one {fate}"
        ),
    )
    assert str(new.kind) == "widened"


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


def test_name_that_may_be_the_same_is_not_lost_for_sure(tmp_path: Path) -> None:
    after = public(RepositoryName={"Fn::ImportValue": "N"})
    lost, _ = change(tmp_path, public(), after).differences
    assert (str(lost.kind), lost.certain) == ("lost", False)
