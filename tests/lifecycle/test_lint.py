"""What lint says beyond ECR's refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from tests.lifecycle.strategies import NOW, days_ago, digest, repositories
from tests.model.lifecycle_strategies import policies

from ecr_constructs.errors import ConfigurationError
from ecr_constructs.lifecycle.images import Image
from ecr_constructs.lifecycle.lint import lint, lint_text
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule
from ecr_constructs.model.problem import Problem, Severity

R = LifecycleRule
UNTAGGED = R.expire_untagged(older_than_days=7)


def image(days: float, *tags: str, **members: Any) -> Image:
    return Image(digest=digest((days, tags)), pushed_at=days_ago(days), tags=tags, **members)


def said(*rules: LifecycleRule, images: list[Image] | None = None) -> dict[str, Problem]:
    problems = lint(LifecyclePolicy.of(*rules), images=images, now=NOW)
    assert len({p.id for p in problems}) == len(problems)
    return {problem.id: problem for problem in problems}


def test_a_sound_policy_has_no_warning() -> None:
    problems = said(
        R.protect(tag_patterns=["latest"]),
        UNTAGGED,
        R.keep_newest(50, tag_patterns=["v*"]),
        R.expire(older_than_days=30, tag_patterns=["pr-*"]),
        R.keep_newest(100),
    )
    (note,) = problems.values()
    assert (note.severity, note.message) == (
        Severity.NOTE,
        (
            "the rule never acts on what earlier rules decide: images that match v* (rules[2]), "
            "images that match pr-* (rules[3])"
        ),
    )


def test_says_the_errors_alone_while_there_are_some() -> None:
    (problem,) = lint(LifecyclePolicy.of(R.keep_newest(0)))
    assert (problem.id, problem.path) == ("number", "rules[0].selection.countNumber")
    assert lint({"rules": 7})[0].id == "type"


def test_puts_errors_before_warnings_and_notes() -> None:
    problems = lint(
        LifecyclePolicy.of(
            R.keep_newest(5, tag_patterns=["v*"]),
            R.archive(older_than_days=90, tag_patterns=["a*", "b*"]),
            R.expire(older_than_days=90),
        )
    )
    weights = [problem.severity.weight for problem in problems]
    assert weights == sorted(weights)
    assert len(set(weights)) == 2


# Lists that are an AND -----------------------------------------------------------------------


def test_warns_of_a_list_meant_as_or() -> None:
    problem = said(R.protect(tag_patterns=["latest", "main", "cache"]), UNTAGGED)["tags-are-and"]
    assert problem.sentence == (
        "rules[0].selection.tagPatternList: tagPatternList is an AND, so only an image with a tag "
        "for each entry is selected, got ['latest', 'main', 'cache']; write a rule for each entry "
        "where one of them should do"
    )


def test_names_the_images_that_an_and_list_misses() -> None:
    rule = R.protect(tag_prefixes=["v", "release"])
    images = [image(1, "v1"), image(2, "release-2"), image(3, "v3", "release-3"), image(4, "x")]
    problem = said(rule, UNTAGGED, images=images)["tags-are-and"]
    assert problem.path == "rules[0].selection.tagPrefixList"
    assert "it selects 1 images, not v1, release-2; write" in problem.sentence


def test_a_list_that_the_images_are_tagged_for_is_none_meant_as_or() -> None:
    rule = R.protect(tag_patterns=["v*", "sha-*"])
    assert "tags-are-and" not in said(rule, UNTAGGED, images=[image(1, "v1", "sha-1")])


# Entries that match other tags than they seem to ---------------------------------------------


@pytest.mark.parametrize(
    ("tags", "said_of_it"),
    [
        ({"tag_prefixes": ["v*"]}, "'*' is no wildcard, got 'v*'; write tagPatternList"),
        ({"tag_patterns": ["repo:v*"]}, "so no tag matches, got 'repo:v*'; write the tag without"),
        ({"tag_patterns": ["team/v1"]}, "so no tag matches, got 'team/v1'"),
        ({"tag_patterns": ["pr-"]}, "matches that one tag only, got 'pr-'; write 'pr-*'"),
    ],
)
def test_warns_of_an_entry_that_matches_nothing(tags: dict[str, Any], said_of_it: str) -> None:
    problem = said(R.keep_newest(5, **tags), UNTAGGED)["entry-matches-nothing"]
    assert said_of_it in problem.sentence
    assert problem.path.endswith("List[0]")


def test_warns_of_a_pattern_that_is_one_tag_while_the_images_have_longer_ones() -> None:
    images = [image(1, "v1")]
    problems = said(R.keep_newest(5, tag_patterns=["v"]), UNTAGGED, images=images)
    assert "write 'v*'" in problems["entry-matches-nothing"].fix
    exact = said(R.keep_newest(5, tag_patterns=["v1"]), UNTAGGED, images=images)
    assert "entry-matches-nothing" not in exact


# Shields -------------------------------------------------------------------------------------


def test_warns_of_a_rule_that_is_wholly_shielded() -> None:
    problem = said(
        UNTAGGED,
        R.keep_newest(5, tag_patterns=["v*"]),
        R.expire(older_than_days=7, tag_patterns=["v*-rc*"]),
    )["shielded"]
    assert problem.sentence == (
        "rules[2]: the rule never acts, as rules[1] selects all its images before it; "
        "give it a lower rulePriority than rules[1], or drop it"
    )


def test_a_tagged_and_an_untagged_rule_together_shield_any() -> None:
    problem = said(UNTAGGED, R.keep_newest(5, tag_patterns=["*"]), R.archive(older_than_days=9))
    assert "rules[1] and rules[0] select all its images" in problem["shielded"].message


def test_a_rule_for_any_image_reaches_the_untagged_below_one_for_every_tag() -> None:
    problems = said(R.keep_newest(5, tag_patterns=["*"]), R.archive(older_than_days=9))
    assert "shielded" not in problems
    assert "partly-shielded" in problems


def test_a_protection_that_comes_too_late_protects_nothing() -> None:
    problem = said(
        UNTAGGED, R.expire(older_than_days=5, tag_patterns=["*"]), R.protect(tag_patterns=["v*"])
    )["shielded"]
    assert "the rule protects nothing, as rules[1]" in problem.message


def test_warns_of_an_archive_rule_under_a_rule_that_keeps() -> None:
    """The example of the design: it archives no image that matches v* at all."""
    rules = [R.keep_newest(50, tag_patterns=["v*"]), R.archive(not_pulled_for_days=90)]
    problem = said(*rules)["partly-shielded"]
    assert problem.sentence == (
        "rules[1]: the rule never acts on images that match v*, as rules[0] decides them before "
        "it; give it a lower rulePriority than rules[0], or narrow the tags of one"
    )
    assert problem.severity is Severity.WARNING
    images = [image(91 + n, f"v{n}") for n in range(9)] + [image(1, "v-new"), image(99, "x")]
    shown = said(*rules, images=images)["partly-shielded"].message
    assert shown.endswith("; out of its reach now: v0, v1, v2 and 6 more")


def test_paths_are_those_of_the_document_not_of_the_priorities() -> None:
    problems = said(
        R.archive(not_pulled_for_days=90, rule_priority=9),
        R.keep_newest(50, tag_patterns=["v*"], rule_priority=1),
    )
    assert problems["partly-shielded"].path == "rules[0]"
    assert "as rules[1] decides them" in problems["partly-shielded"].message


def test_an_exception_before_a_catch_all_is_a_note() -> None:
    rules = [UNTAGGED, R.keep_newest(50, tag_patterns=["v*"]), R.expire(older_than_days=90)]
    assert said(*rules)["partly-shielded"].severity is Severity.NOTE


def test_a_protection_is_meant_to_shield() -> None:
    rules = [UNTAGGED, R.protect(tag_patterns=["v*"]), R.archive(not_pulled_for_days=90)]
    assert set(said(*rules)) == {"archived-stay"}


def test_rules_of_two_storage_classes_do_not_shield_each_other() -> None:
    assert said(R.archive(older_than_days=90), R.expire_archived(after_days=365)) == {}
    tagged = said(
        UNTAGGED,
        R.keep_newest(5, tag_patterns=["v*"]),
        R.expire_archived(after_days=365, tag_patterns=["v1*"]),
    )
    assert tagged == {}


def test_shields_by_a_second_tag_show_in_the_images_only() -> None:
    rules = [
        UNTAGGED,
        R.keep_newest(5, tag_patterns=["v*"]),
        R.expire(older_than_days=7, tag_patterns=["pr-*"]),
    ]
    assert "partly-shielded" not in said(*rules)
    problem = said(*rules, images=[image(9, "v1", "pr-1")])["partly-shielded"]
    assert problem.message.endswith("out of its reach now: v1, pr-1")


def test_warns_of_images_taken_before_a_rule_that_would_keep_them() -> None:
    rules = [
        UNTAGGED,
        R.expire(older_than_days=7, tag_patterns=["pr-*"]),
        R.keep_newest(5, tag_patterns=["v*"]),
    ]
    assert "taken-before-kept" not in said(*rules, images=[image(9, "v1")])
    problem = said(*rules, images=[image(9, "v1", "pr-1"), image(9, "pr-2")])["taken-before-kept"]
    assert problem.sentence == (
        "rules[2]: rules[1] expires images that the rule would keep, as it comes first: v1, pr-1; "
        "give the rule a lower rulePriority than rules[1]"
    )


# Catch-alls, untagged images, ages -----------------------------------------------------------


def test_warns_of_a_catch_all_without_any_protection() -> None:
    problem = said(R.keep_newest(10))["catch-all"]
    assert "releases too; protect what must stay with a rule before it" in problem.sentence


def test_names_the_releases_that_a_catch_all_takes() -> None:
    rules = [UNTAGGED, R.keep_newest(10, tag_patterns=["v*"]), R.keep_newest(1)]
    images = [
        image(1, "abc123"),
        image(2, "def456"),
        image(3, "1.4.2"),
        image(4, "prod-eu"),
        image(5, "v1"),
    ]
    problem = said(*rules, images=images)["catch-all"]
    assert problem.message.endswith("releases too, among them 1.4.2, prod-eu")
    assert "catch-all" not in said(*rules, images=[*images[:2], image(6)])
    assert "catch-all" not in said(*rules)


def test_a_catch_all_that_archives_loses_nothing() -> None:
    assert "catch-all" not in said(R.archive(older_than_days=9))


def test_warns_when_untagged_images_stay_for_ever() -> None:
    rule = R.keep_newest(5, tag_patterns=["v*"])
    assert said(rule)["untagged-stay"].path == "rules"
    images = [image(1), image(2), image(3, "v1")]
    assert "2 of them now" in said(rule, images=images)["untagged-stay"].message


def test_warns_of_an_age_that_empties_a_quiet_repository() -> None:
    rules = [R.protect(tag_patterns=["latest"]), R.expire(older_than_days=90)]
    assert "empties-repository" not in said(*rules)
    problem = said(rules[1])["empties-repository"]
    assert "an age of 90 days empties a repository that nobody pushes to" in problem.message
    images = [image(91, "a"), image(1, "b")]
    problem = said(rules[1], images=images)["empties-repository"]
    assert problem.message.endswith("of 2 images 1 stay now")
    tagged = said(UNTAGGED, R.expire(older_than_days=90, tag_patterns=["*"]))
    assert "empties-repository" in tagged
    narrow = said(UNTAGGED, R.expire(older_than_days=90, tag_patterns=["pr-*"]))
    assert "empties-repository" not in narrow


def test_warns_of_a_rule_that_selects_nothing() -> None:
    rules = [UNTAGGED, R.keep_newest(5, tag_patterns=["rel-*"])]
    assert "selects-nothing" not in said(*rules)
    problem = said(*rules, images=[image(1, "v1")])["selects-nothing"]
    assert problem.sentence == (
        "rules[1].selection.tagPatternList: no image of the inventory matches, got ['rel-*']; "
        "compare it with the tags that are there"
    )
    archive = R.expire_archived(after_days=90, tag_patterns=["rel-*"])
    assert "selects-nothing" not in said(UNTAGGED, archive, images=[image(1, "v1")])


# The text ------------------------------------------------------------------------------------


def test_refuses_a_text_that_is_no_json() -> None:
    (problem,) = lint_text("rules: []")
    assert problem.id == "json"


def test_warns_of_a_member_that_stands_twice() -> None:
    text = (
        LifecyclePolicy.of(UNTAGGED)
        .to_json()
        .replace('"countNumber":7', '"countNumber":70,"countNumber":7')
    )
    (problem,) = lint_text(text)
    assert (problem.id, problem.path) == ("repeated-member", "rules[0].selection.countNumber")


def test_warns_of_an_indented_text_that_only_cdk_would_shorten() -> None:
    document = LifecyclePolicy.of(UNTAGGED).to_document()
    assert lint_text(json.dumps(document, indent=4)) == []
    (problem,) = lint_text(json.dumps(document, indent=4000))
    assert (problem.id, problem.severity) == ("text-indented", Severity.WARNING)


def test_refuses_images_without_a_time() -> None:
    with pytest.raises(ConfigurationError, match="now is required with images, got none; give"):
        lint(LifecyclePolicy.of(UNTAGGED), images=[])


@given(policies(), repositories())
def test_what_ecr_accepts_has_no_errors(policy: LifecyclePolicy, images: list[Image]) -> None:
    problems = lint(policy, images=images, now=NOW)
    assert all(problem.severity is not Severity.ERROR for problem in problems)
    alone = {(p.id, p.path) for p in lint(policy)}
    assert alone == {(p.id, p.path) for p in lint_text(policy.to_json())} or not _in_order(policy)


def _in_order(policy: LifecyclePolicy) -> bool:
    return policy.normalise().rules == policy.rules
