"""What a change means, apart from access: pairs for each class, traps, and what is not known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.checks.deployments import write_assembly
from tests.review.pairs import PAIRS
from tests.review.resources import (
    KMS,
    MUTABLE,
    NOT_ON_PUSH,
    excluding,
    one,
    replication,
    scanning,
    signing,
)
from tests.review.templates import (
    ACCOUNT,
    NOW,
    OTHER,
    change,
    expiring,
    moved_into_parameters,
    policy,
    repository,
    rule,
    statement,
    told,
    write,
)

from ecr_constructs.review import ChangeClass, review
from ecr_constructs.review.change.difference import named

CASES = [(kind, name) for kind, pairs in PAIRS.items() for name in pairs]
#: What must be no change at all.
SAME = {
    "numbers of priorities": (
        expiring(rule(1, count=5, tags=["v*"]), rule(2, count=9)),
        expiring(rule(10, count=5, tags=["v*"]), rule(20, count=9)),
    ),
    "order in the document": (
        expiring(rule(1, count=5, tags=["v*"]), rule(2, count=9)),
        expiring(rule(2, count=9), rule(1, count=5, tags=["v*"])),
    ),
    "descriptions": (
        expiring(rule(1, count=5, description="one")),
        expiring(rule(1, count=5, description="another")),
    ),
    "order of replication rules": (
        replication(("eu-central-1", ACCOUNT, ["a-"]), ("eu-west-2", OTHER, ["b-"])),
        replication(("eu-west-2", OTHER, ["b-"]), ("eu-central-1", ACCOUNT, ["a-"])),
    ),
    "folded replication rules": (
        replication(("eu-central-1", ACCOUNT, ["aa"]), ("eu-central-1", ACCOUNT, ["bb"])),
        replication(("eu-central-1", ACCOUNT, ["bb", "aa", "aab"])),
    ),
    "order of scanning filters": (
        scanning("BASIC", ("SCAN_ON_PUSH", ["payments/*", "web/*"])),
        scanning("BASIC", ("SCAN_ON_PUSH", ["web/*", "payments/*"])),
    ),
    "order of tags": (
        one(Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]),
        one(Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]),
    ),
    "order of exclusions": (
        one(**excluding("IMMUTABLE_WITH_EXCLUSION", "a", "b")),
        one(**excluding("IMMUTABLE_WITH_EXCLUSION", "b", "a")),
    ),
}


#: What is not known -> before, after, the class that cannot be ruled out, the sentence.
UNKNOWN: dict[str, tuple[Any, Any, str, str]] = {
    "mutability": (
        one(),
        one(ImageTagMutability={"Fn::ImportValue": "M"}),
        "weakened",
        "whether tags of payments/api can be overwritten cannot be told",
    ),
    "a tag filter": (
        one(**excluding("IMMUTABLE_WITH_EXCLUSION", "latest")),
        one(
            ImageTagMutability="IMMUTABLE_WITH_EXCLUSION",
            ImageTagMutabilityExclusionFilters=[
                {
                    "ImageTagMutabilityExclusionFilterType": "WILDCARD",
                    "ImageTagMutabilityExclusionFilterValue": {"Fn::ImportValue": "T"},
                }
            ],
        ),
        "weakened",
        "whether tags of payments/api can be overwritten cannot be told",
    ),
    "two owners of replication": (
        replication(("eu-central-1", ACCOUNT, ["a/"])),
        replication(("eu-central-1", ACCOUNT, ["a/"]))
        | {"Again": replication(("eu-central-1", OTHER, ["b/"]))["Replication"]},
        "stopped",
        "what this registry replicates cannot be told",
    ),
    "two owners of signing": (
        signing("web/*"),
        signing("web/*") | {"Again": signing("a/*")["Signing"]},
        "weakened",
        "which images are signed cannot be told",
    ),
    "whether it goes with its images": (
        one(deletion="Delete", EmptyOnDelete={"Fn::ImportValue": "E"}),
        {},
        "lost",
        "whether payments/api is deleted with its images cannot be told",
    ),
    "whether it would go with its images": (
        one(deletion="Delete"),
        one(deletion="Delete", EmptyOnDelete={"Fn::ImportValue": "E"}),
        "weakened",
        (
            "payments/api may go with its images when it leaves its stack, where before it was"
            " deleted if it holds no image"
        ),
    ),
    "its tags": (
        one(Tags=[{"Key": "team", "Value": "payments"}]),
        one(Tags={"Fn::ImportValue": "T"}),
        "harmless",
        "whether the resource tags of payments/api change cannot be told",
    ),
    "a lifecycle policy": (
        expiring(rule(1, count=5)),
        one(LifecyclePolicy={"LifecyclePolicyText": {"Fn::ImportValue": "P"}}),
        "lost",
        "whether images of payments/api expire cannot be told",
    ),
    "a lifecycle policy that is none": (
        expiring(rule(1, count=5)),
        one(LifecyclePolicy={"LifecyclePolicyText": "{"}),
        "lost",
        "whether images of payments/api expire cannot be told",
    ),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_known_is_never_fine(tmp_path: Path, name: str) -> None:
    before, after, kind, sentence = UNKNOWN[name]
    doubtful = [each for each in change(tmp_path, before, after).differences if not each.certain]
    assert (kind, sentence) in [(str(each.kind), each.sentence) for each in doubtful]
    assert not any(each.hides_doubt for each in doubtful)


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_change_is_called_what_it_means(tmp_path: Path, kind: str, name: str) -> None:
    before, after, sentence = PAIRS[kind][name]
    found = told(change(tmp_path, before, after))
    assert any(k == kind and s.startswith(sentence) for k, s in found), found


@pytest.mark.parametrize("name", SAME)
def test_same_intent_is_no_change(tmp_path: Path, name: str) -> None:
    before, after = SAME[name]
    assert told(change(tmp_path, before, after)) == []
    assert told(change(tmp_path, after, before)) == []


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_side_against_itself_is_no_change(tmp_path: Path, kind: str, name: str) -> None:
    for side in PAIRS[kind][name][:2]:
        assert change(tmp_path, side, side).is_empty


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_values_that_moved_into_parameters_are_no_change(
    tmp_path: Path, kind: str, name: str
) -> None:
    """Every text of every property, each with a parameter of its own."""
    for side in PAIRS[kind][name][:2]:
        moved, parameters = moved_into_parameters(side)
        assert told(change(tmp_path, side, moved, sections=({}, parameters))) == []


def test_each_class_has_pairs() -> None:
    """Those of access are in ``test_access_change.py``."""
    assert set(PAIRS) | {"widened", "narrowed"} == set(ChangeClass)
    assert all(len(pairs) >= 3 for pairs in PAIRS.values())


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (True, False, ("unscanned", "payments/api is scanned only when somebody asks for it")),
        (False, True, ("scanned", "whether payments/api is scanned cannot be told")),
    ],
    ids=["taken away", "set"],
)
def test_own_flag_beside_rules_for_others_is_told_with_doubt(
    tmp_path: Path, *, before: bool, after: bool, expected: tuple[str, str]
) -> None:
    """Whether the flag of a repository that no rule selects counts is not documented."""
    sides = [
        scanning(
            "BASIC", ("SCAN_ON_PUSH", ["web/*"]), ImageScanningConfiguration={"ScanOnPush": flag}
        )
        for flag in (before, after)
    ]
    (found,) = change(tmp_path, *sides).differences
    assert (str(found.kind), found.sentence) == expected
    assert not found.certain
    assert "its own flag, against the registry's rules" in found.cause


def test_scanning_that_comes_to_be_known_is_told_by_what_it_is(tmp_path: Path) -> None:
    """A rule that selects the repository settles what its flag left open."""
    open_ = scanning("BASIC", ("SCAN_ON_PUSH", ["web/*"]))
    covered = scanning("BASIC", ("SCAN_ON_PUSH", ["web/*", "payments/*"]))
    (gained,) = change(tmp_path, open_, covered).differences
    assert (gained.kind, gained.certain) == ("scanned", True)
    assert gained.sentence == "payments/api and repositories named payments/* are scanned on push"
    (lost,) = change(tmp_path, covered, open_).differences
    assert (lost.kind, lost.certain) == ("unscanned", False)


def test_worst_comes_first(tmp_path: Path) -> None:
    before = one(None) | {"Web": repository("web/shop")}
    after = {
        "Api": repository("payments/core", Tags=[{"Key": "a", "Value": "b"}]),
        "Web": repository("web/shop", **MUTABLE, **NOT_ON_PUSH),
        "New": repository("web/new"),
    }
    kinds = [kind for kind, _ in told(change(tmp_path, before, after))]
    assert kinds == ["lost", "weakened", "unscanned", "harmless", "harmless"]


def test_lower_rule_that_is_taken_by_a_higher_one_changes_nothing(tmp_path: Path) -> None:
    before = expiring(rule(1, count=5, tags=["v*"]), rule(2, count=9))
    after = expiring(
        rule(1, count=5, tags=["v*"]), rule(2, count=2, tags=["v1*"]), rule(3, count=9)
    )
    assert {kind for kind, _ in told(change(tmp_path, before, after))} == {"harmless"}


def test_archive_is_told_apart_from_loss(tmp_path: Path) -> None:
    archive = rule(1, count=30, days=True, tags=["v*"]) | {
        "action": {"type": "transition", "targetStorageClass": "archive"}
    }
    found = told(change(tmp_path, expiring(), expiring(archive)))
    assert found == [
        (
            "weakened",
            "images of payments/api that stay today go to the archive, where nobody can pull them",
        )
    ]


def test_name_that_may_stay_is_not_called_lost_for_sure(tmp_path: Path) -> None:
    parameters = {"Parameters": {"Name": {"Type": "String"}}}
    found = change(tmp_path, one(), one({"Ref": "Name"}), sections=({}, parameters))  # type: ignore[arg-type]
    (difference,) = found.differences
    assert (difference.kind, difference.certain) == ("lost", False)
    assert difference.sentence.startswith("payments/api may be replaced by an empty repository")


def test_name_that_moved_into_a_parameter_is_no_change(tmp_path: Path) -> None:
    parameters = {"Parameters": {"Name": {"Type": "String", "Default": "payments/api"}}}
    found = change(tmp_path, one(), one({"Ref": "Name"}), sections=({}, parameters))  # type: ignore[arg-type]
    assert found.is_empty


def test_lifecycle_policy_that_cannot_be_told_may_lose_images(tmp_path: Path) -> None:
    text = {"LifecyclePolicyText": {"Fn::ImportValue": "Policy"}}
    found = change(tmp_path, expiring(rule(1, count=5)), one(LifecyclePolicy=text))
    (difference,) = found.differences
    assert (difference.kind, difference.certain) == ("lost", False)


def test_same_template_under_another_file_name_is_no_change(tmp_path: Path) -> None:
    key = {"EncryptionType": "KMS", "KmsKey": {"Fn::ImportValue": "Key"}}
    text = policy(statement({"AWS": {"Fn::GetAtt": ["Role", "Arn"]}}))
    resources = {
        "Api": repository(None, EncryptionConfiguration=key, RepositoryPolicyText=text),
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}},
    }
    old = write(tmp_path / "old.json", resources)
    new = write(tmp_path / "new.json", resources)
    found = review(new, against=old, now=NOW).change
    assert found is not None
    assert told(found) == []


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("a", "b", "c", "d"), "a, b, c and d"),
        (("a", "b", "c", "d", "e"), "a, b, c and 2 more repositories"),
        (
            ("a", "b", "repositories that are not in this app", "repositories created below x"),
            "a, b, repositories that are not in this app and repositories created below x",
        ),
        (
            ("a", "b", "c", "d", "e", "repositories that are not in this app"),
            "a, b, c, 2 more repositories and repositories that are not in this app",
        ),
        (
            tuple(f"repositories created below {prefix}" for prefix in "vwxyz"),
            (
                "repositories created below v, repositories created below w,"
                " repositories created below x and 2 more such kinds"
            ),
        ),
    ],
    ids=len,
)
def test_repositories_that_nobody_can_count_are_not_counted(
    names: tuple[str, ...], told: str
) -> None:
    assert named(names) == told


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (True, False, "whether payments/api, web/b and {} are scanned cannot be told"),
        (False, True, "payments/api, web/b and {} are scanned on push"),
    ],
    ids=["no longer known", "known"],
)
def test_scanning_of_several_is_told_in_the_plural(
    tmp_path: Path, *, before: bool, after: bool, expected: str
) -> None:
    sides = []
    for known in (before, after):
        flag = {"ImageScanningConfiguration": {"ScanOnPush": not known}}
        selected = ["*"] if known else ["other/*"]
        resources = scanning("BASIC", ("SCAN_ON_PUSH", selected), **flag)
        sides.append(resources | {"B": repository("web/b", **flag)})
    (found,) = change(tmp_path, *sides).differences
    assert found.sentence == expected.format("repositories that nothing here names")


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        (one(), one(EmptyOnDelete=True), "EmptyOnDelete was False and becomes True"),
        (
            one(),
            one(deletion="RetainExceptOnCreate"),
            "DeletionPolicy was Retain and becomes RetainExceptOnCreate",
        ),
    ],
)
def test_attributes_that_count_for_nothing_are_told_as_harmless(
    tmp_path: Path, before: Any, after: Any, cause: str
) -> None:
    (found,) = change(tmp_path, before, after).differences
    assert (str(found.kind), found.cause) == ("harmless", cause)
    assert found.sentence == (
        "what becomes of payments/api without its resource is written otherwise, to the same effect"
    )


def test_flag_that_the_registry_overrules_is_told_as_harmless(tmp_path: Path) -> None:
    sides = [scanning("ENHANCED", ("CONTINUOUS_SCAN", ["*"]), **each) for each in ({}, NOT_ON_PUSH)]
    (found,) = change(tmp_path, *sides).differences
    assert (str(found.kind), found.sentence) == (
        "harmless",
        "payments/api is scanned as before, whatever its own flag says",
    )


def test_repository_that_moves_to_another_stack_is_told_with_what_else_changes(
    tmp_path: Path,
) -> None:
    sides = [
        write_assembly(tmp_path / name, {name: {"Resources": resources}})
        for name, resources in (("Old", one()), ("New", one(EncryptionConfiguration=KMS)))
    ]
    found = review(sides[1], against=sides[0], now=NOW).change
    assert found is not None
    assert [each.sentence.split(",")[0] for each in found.differences] == [
        "payments/api would be replaced by an empty repository",
        "payments/api is declared in another stack",
    ]
