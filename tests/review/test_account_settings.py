"""What account settings an app sets is told, and what changes when it sets others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.review.templates import change, reviewed, told

from ecr_constructs.review.render.document import to_document
from ecr_constructs.review.render.html import to_html
from ecr_constructs.review.render.markdown import to_markdown
from ecr_constructs.review.render.terminal import to_text


def setting(name: str = "BLOB_MOUNTING", value: str = "ENABLED") -> dict[str, Any]:
    properties = {"ServiceToken": "arn", "Name": name, "Value": value, "Earlier": "DISABLED"}
    return {"Setting": {"Type": "Custom::EcrAccountSetting", "Properties": properties}}


SCOPE = setting("REGISTRY_POLICY_SCOPE", "V2")
POLICY = {
    "Policy": {
        "Type": "AWS::ECR::RegistryPolicy",
        "Properties": {"PolicyText": {"Version": "2012-10-17", "Statement": []}},
    }
}
SCOPED = (
    "the account setting REGISTRY_POLICY_SCOPE becomes V2, so that the registry policy covers every"
    " action"
)
UNSCOPED = (
    "the account setting REGISTRY_POLICY_SCOPE goes back to what it was before it was set: under V1"
    " the registry policy covers three actions alone"
)
ASSUMED = "the scope of registry policies is V2, so that they cover every action"


def test_every_form_of_the_report_tells_the_settings(tmp_path: Path) -> None:
    review = reviewed(tmp_path, None, setting())
    said = "BLOB_MOUNTING is ENABLED"
    assert said in to_text(review, width=200)
    assert said.replace("_", r"\_") in to_markdown(review)
    assert said in to_html(review)
    (registry,) = to_document(review)["registries"]
    assert registry["account_settings"] == [said]


@pytest.mark.parametrize(
    ("before", "after", "kind", "sentence"),
    [
        ({}, setting(), "harmless", "the account setting BLOB_MOUNTING becomes ENABLED"),
        (
            setting(value="DISABLED"),
            setting(),
            "harmless",
            "the account setting BLOB_MOUNTING becomes ENABLED, where before it was DISABLED",
        ),
        (
            setting(),
            {},
            "harmless",
            "the account setting BLOB_MOUNTING goes back to what it was before it was set",
        ),
        (
            {},
            SCOPE,
            "harmless",
            SCOPED,
        ),
        (
            SCOPE,
            setting("REGISTRY_POLICY_SCOPE", "V1"),
            "weakened",
            (
                "the account setting REGISTRY_POLICY_SCOPE becomes V1, where before it was V2: the"
                " registry policy covers three actions alone, and denies nothing else"
            ),
        ),
        (
            setting("REGISTRY_POLICY_SCOPE", "V1"),
            SCOPE,
            "strengthened",
            (
                "the account setting REGISTRY_POLICY_SCOPE becomes V2, where before it was V1: the"
                " registry policy covers every action"
            ),
        ),
        (
            SCOPE,
            {},
            "weakened",
            UNSCOPED,
        ),
    ],
)
def test_a_change_is_told(
    tmp_path: Path, before: dict[str, Any], after: dict[str, Any], kind: str, sentence: str
) -> None:
    assert told(change(tmp_path, before, after)) == [(kind, sentence)]


def test_the_same_setting_is_no_change(tmp_path: Path) -> None:
    assert told(change(tmp_path, setting(), setting())) == []


@pytest.mark.parametrize(
    ("resources", "is_assumed"), [({}, False), (POLICY, True), ({**POLICY, **SCOPE}, False)]
)
def test_the_scope_is_assumed_where_a_policy_is_and_nothing_sets_it(
    tmp_path: Path, resources: dict[str, Any], *, is_assumed: bool
) -> None:
    review = reviewed(tmp_path, None, {**resources, "Other": setting()["Setting"]})
    assert (ASSUMED in to_document(review)["assumptions"]) is is_assumed
