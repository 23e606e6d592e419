"""The actions of Amazon ECR beside AWS's own tables of them."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import cfnlint
import pytest
from botocore.loaders import Loader
from hypothesis import given
from hypothesis import strategies as st

from ecr_constructs.service import actions

ALL = actions.REPOSITORY | actions.REGISTRY
#: Newer than the table of IAM's actions that cfn-lint ships; the API has them.
NEWER = {
    "ecr:DescribeReplicationBackfillResults",
    "ecr:ListReplicationBackfills",
    "ecr:StartReplicationBackfill",
    "ecr:StopReplicationBackfill",
}


def iam_table() -> dict[str, bool]:
    """Return IAM's actions of ECR in lower case, and whether each acts on a repository."""
    path = Path(cfnlint.__file__).parent / "data/AdditionalSpecs/Policies.json"
    table = json.loads(path.read_text(encoding="utf-8"))["ecr"]["Actions"]
    return {
        f"ecr:{name}".lower(): "repository" in action.get("Resources", [])
        for name, action in table.items()
    }


def test_every_action_of_iams_table_is_known_and_no_other() -> None:
    assert {action.lower() for action in ALL - NEWER} == set(iam_table())


def test_every_action_is_where_iams_table_has_it() -> None:
    table = iam_table()
    on_repositories = {action.lower() for action in actions.REPOSITORY}
    assert on_repositories == {action for action, acts_on_one in table.items() if acts_on_one}


def test_every_operation_of_the_api_is_an_action_but_one() -> None:
    model = Loader().load_service_model("ecr", "service-2", "2015-09-21")
    operations = {f"ecr:{operation}" for operation in model["operations"]}
    # Its permission is that of BatchGetImage.
    assert operations - ALL == {"ecr:ListImageReferrers"}


def test_no_action_is_in_both_sets() -> None:
    assert actions.REPOSITORY.isdisjoint(actions.REGISTRY)
    assert "ecr:GetAuthorizationToken" in actions.REGISTRY


@pytest.mark.parametrize(
    ("purpose", "expected"),
    [
        (
            actions.PULL,
            {"BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"},
        ),
        (
            actions.PUSH,
            {
                "BatchCheckLayerAvailability",
                "CompleteLayerUpload",
                "InitiateLayerUpload",
                "PutImage",
                "UploadLayerPart",
            },
        ),
        (actions.READ, {"DescribeImages", "DescribeRepositories"}),
        (
            actions.PULL_PUSH,
            {action.removeprefix("ecr:") for action in actions.PULL | actions.PUSH},
        ),
    ],
)
def test_a_purpose_is_what_cdk_grants_for_it(purpose: frozenset[str], expected: set[str]) -> None:
    assert {action.removeprefix("ecr:") for action in purpose} == expected


def test_administering_neither_pulls_nor_pushes_nor_reads() -> None:
    assert actions.ADMINISTER <= actions.REPOSITORY
    assert actions.DELETE <= actions.ADMINISTER
    assert actions.ADMINISTER.isdisjoint(actions.PULL_PUSH | actions.READ)
    # Whatever changes how a repository is governed is there.
    changing = re.compile(r"ecr:(Batch)?(Create|Delete|Put|Set|Tag|Untag|Update)(?!Image$)")
    assert {action for action in actions.REPOSITORY if changing.match(action)} <= actions.ADMINISTER


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("ecr:PutImage", {"ecr:PutImage"}),
        ("ECR:putimage", {"ecr:PutImage"}),
        ("ecr:Put*", {a for a in actions.REPOSITORY if a.startswith("ecr:Put")}),
        ("ecr:PutImag?", {"ecr:PutImage"}),
        ("ecr:PutImage?", set()),
        ("ecr:*", actions.REPOSITORY),
        ("*", actions.REPOSITORY),
        ("ecr:**", actions.REPOSITORY),
        ("ecr:*Image", {a for a in actions.REPOSITORY if a.endswith("Image")}),
        ("ecr:GetAuthorizationToken", set()),
        ("ecr-public:PutImage", set()),
        ("ecr:", set()),
        ("", set()),
        ("ecr.PutImage", set()),
        ("PutImage", set()),
    ],
)
def test_a_pattern_covers_what_iam_matches(pattern: str, expected: set[str]) -> None:
    assert actions.expand(pattern) == expected


def test_a_pattern_may_be_asked_about_other_actions() -> None:
    assert actions.expand("ecr:Get*Token", actions.REGISTRY) == {"ecr:GetAuthorizationToken"}


@given(st.lists(st.sampled_from(["*", "?", "e", "a", "Put", "ecr:", "Image", "."]), max_size=6))
def test_matching_is_what_a_regular_expression_says(pieces: list[str]) -> None:
    pattern = "".join(pieces)
    wanted = re.compile(
        "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern), re.IGNORECASE
    )
    expected = {action for action in actions.REPOSITORY if wanted.fullmatch(action)}
    assert actions.expand(pattern) == expected


@pytest.mark.parametrize("pattern", ["*" * 40 + "Q", "*?" * 30 + "Q", "ecr:" + "*e" * 20 + "Q"])
def test_no_pattern_takes_for_ever(pattern: str) -> None:
    start = time.perf_counter()
    assert actions.expand(pattern) == set()
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    ("misspelt", "nearest"),
    [
        ("ecr:BatchGetImagee", "ecr:BatchGetImage"),
        ("ecr:batchgetimages", "ecr:BatchGetImage"),
        ("BatchGetImage", "ecr:BatchGetImage"),
        ("ecr:GetAuthorisationToken", "ecr:GetAuthorizationToken"),
        ("ecr:Pull", None),
        ("s3:GetObject", None),
        ("", None),
    ],
)
def test_a_misspelt_name_comes_with_the_nearest(misspelt: str, nearest: str | None) -> None:
    assert actions.nearest(misspelt) == nearest
