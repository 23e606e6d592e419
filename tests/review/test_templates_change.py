"""What becomes of repositories that Amazon ECR creates by itself, by the template that counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.review.resources import KEY, KMS, template
from tests.review.templates import OTHER, account, change, policy, rule, statement, told

CREATED = "repositories that are created below hub"
ROLE = "arn:aws:iam::111111111111:role/Templates"
TAGS = [{"Key": "team", "Value": "payments"}]
POLICY = json.dumps(policy(statement(account(OTHER))))


def keeping(count: int) -> str:
    return json.dumps({"rules": [rule(1, count=count)]})


def archiving(days: int) -> str:
    action = {"type": "transition", "targetStorageClass": "archive"}
    return json.dumps({"rules": [rule(1, count=days, days=True) | {"action": action}]})


def two(longer: dict[str, Any] | None = None, **shorter: Any) -> dict[str, Any]:
    """A template, and one for a part of what it is for."""
    resources = {"Wide": template(**shorter)["T"]}
    if longer is not None:
        resources["Long"] = template(Prefix="hub/org", **longer)["T"]
    return resources


#: Templates before and after, the class, and what stands behind the name.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str, str]] = {
    "another key": (
        template(EncryptionConfiguration=KMS, CustomRoleArn=ROLE),
        template(
            EncryptionConfiguration=KMS | {"KmsKey": f"{KEY}-2"},
            CustomRoleArn=ROLE,
        ),
        "harmless",
        f"are encrypted with KMS ({KEY}-2), where before with KMS ({KEY})",
    ),
    "no key of one's own": (
        template(EncryptionConfiguration=KMS, CustomRoleArn=ROLE),
        template(EncryptionConfiguration={"EncryptionType": "KMS"}, CustomRoleArn=ROLE),
        "weakened",
        f"are encrypted with KMS (aws/ecr), where before with KMS ({KEY})",
    ),
    "no KMS": (
        template(EncryptionConfiguration={"EncryptionType": "KMS"}, CustomRoleArn=ROLE),
        template(CustomRoleArn=ROLE),
        "weakened",
        "are encrypted with AES256, where before with KMS (aws/ecr)",
    ),
    "KMS": (
        template(CustomRoleArn=ROLE),
        template(EncryptionConfiguration=KMS, CustomRoleArn=ROLE),
        "strengthened",
        f"are encrypted with KMS ({KEY}), where before with AES256",
    ),
    "for less": (
        template(AppliedFor=["PULL_THROUGH_CACHE", "REPLICATION"]),
        template(),
        "weakened",
        "by REPLICATION no longer follow the creation template",
    ),
    "for more": (
        template(),
        template(AppliedFor=["PULL_THROUGH_CACHE", "CREATE_ON_PUSH"]),
        "strengthened",
        "by CREATE_ON_PUSH follow the creation template",
    ),
    "a description": (
        template(Description="a"),
        template(Description="b"),
        "harmless",
        "come from a template with another description",
    ),
    "tags": (
        template(CustomRoleArn=ROLE),
        template(CustomRoleArn=ROLE, ResourceTags=TAGS),
        "harmless",
        "change",
    ),
    "a role": (
        template(CustomRoleArn=ROLE),
        template(CustomRoleArn=f"{ROLE}2"),
        "harmless",
        "are created by another role",
    ),
    "no role, and tags": (
        template(CustomRoleArn=ROLE, ResourceTags=TAGS),
        template(ResourceTags=TAGS),
        "stopped",
        "are no longer created",
    ),
    "a role for a key": (
        template(EncryptionConfiguration=KMS),
        template(EncryptionConfiguration=KMS, CustomRoleArn=ROLE),
        "started",
        "are created from now on",
    ),
    "fewer images": (
        template(LifecyclePolicy=keeping(50)),
        template(LifecyclePolicy=keeping(10)),
        "weakened",
        "expire, which by the template of before stayed",
    ),
    "more images": (
        template(LifecyclePolicy=keeping(10)),
        template(),
        "strengthened",
        "stay, which by the template of before expired or were archived",
    ),
    "images in the archive": (
        template(),
        template(LifecyclePolicy=archiving(30)),
        "weakened",
        "go to the archive, where nobody can pull them, which by the template of before stayed",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_creation_template_is_told_by_what_is_created(tmp_path: Path, name: str) -> None:
    before, after, kind, tail = CASES[name]
    head = "images of " if "the template of before" in tail else ""
    head = "the resource tags of " if tail == "change" else head
    assert told(change(tmp_path, before, after)) == [(kind, f"{head}{CREATED} {tail}")]


def test_exemption_of_what_is_created_is_told_in_the_plural(tmp_path: Path) -> None:
    exempt = template()
    exemptions = [{"control": "tag-immutability", "reason": "mirrors move tags"}]
    exempt["T"]["Metadata"] = {"EcrConstructs": {"exemptions": exemptions}}
    assert told(change(tmp_path, template(), exempt)) == [
        ("weakened", f"{CREATED} are now exempt from tag-immutability")
    ]


def test_shorter_prefix_stands_in_for_a_template_that_is_gone(tmp_path: Path) -> None:
    """They are neither mutable nor without policies, as long as a template covers them."""
    before = two({"ImageTagMutability": "IMMUTABLE"}, RepositoryPolicy=POLICY)
    found = told(change(tmp_path, before, two(RepositoryPolicy=POLICY)))
    below = f"{CREATED}/org"
    assert found == [
        ("widened", f"account {OTHER} can now pull {below}"),
        (
            "weakened",
            f"every tag of {below} can be overwritten, where before no tag could",
        ),
        ("harmless", f"{below} follow the creation template 'hub', and no longer 'hub/org'"),
    ]


def test_longer_prefix_takes_from_a_shorter_one(tmp_path: Path) -> None:
    after = two({"ImageTagMutability": "IMMUTABLE"}, RepositoryPolicy=POLICY)
    found = told(change(tmp_path, two(RepositoryPolicy=POLICY), after))
    below = f"{CREATED}/org"
    assert found == [
        ("narrowed", f"account {OTHER} can no longer pull {below}"),
        (
            "strengthened",
            f"no tag of {below} can be overwritten, where before every tag could",
        ),
        ("harmless", f"{below} follow the creation template 'hub/org', and no longer 'hub'"),
    ]


def test_root_is_told_by_what_it_is_for(tmp_path: Path) -> None:
    ((kind, sentence),) = told(change(tmp_path, {}, template(Prefix="ROOT")))
    assert kind == "harmless"
    assert sentence == (
        "repositories that are created where no other prefix covers them follow a creation template"
    )


def test_prefix_that_may_be_longer_is_no_certainty(tmp_path: Path) -> None:
    unknown = template(Prefix={"Fn::ImportValue": "P"})["T"]
    before = {"Unknown": unknown} | two({})
    found = change(tmp_path, before, {"Unknown": unknown} | two()).differences
    assert [each.sentence for each in found if not each.certain][-1] == (
        f"what {CREATED}/org are like cannot be told, as a prefix is known at deployment alone"
    )


def test_another_spelling_of_a_prefix_replaces_the_template(tmp_path: Path) -> None:
    ((kind, sentence),) = told(change(tmp_path, template(), template(Prefix="hub/")))
    assert kind == "replaced"
    assert sentence.startswith("the creation template 'hub' is replaced by 'hub/', which Amazon")


@pytest.mark.parametrize(
    "properties",
    [{"AppliedFor": {"Fn::ImportValue": "A"}}, {"ResourceTags": {"Fn::ImportValue": "T"}}],
    ids=["purposes", "tags"],
)
def test_what_is_known_at_deployment_is_told_with_doubt(
    tmp_path: Path, properties: dict[str, Any]
) -> None:
    before = template(ResourceTags=TAGS, CustomRoleArn=ROLE)
    after = template(**{"ResourceTags": TAGS, "CustomRoleArn": ROLE} | properties)
    found = change(tmp_path, before, after).differences
    assert found
    assert not any(each.certain for each in found)
