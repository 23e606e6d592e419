"""Verdicts one by one: their reasons, how rules see an image, what was assumed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from tests.lifecycle.strategies import NOW, days_ago, digest, repositories
from tests.model.lifecycle_strategies import policies

from ecr_constructs.errors import ConfigurationError
from ecr_constructs.lifecycle.evaluate import evaluate
from ecr_constructs.lifecycle.evaluation import Evaluation
from ecr_constructs.lifecycle.images import Image
from ecr_constructs.lifecycle.notes import notes
from ecr_constructs.lifecycle.preview import preview_results, preview_summary
from ecr_constructs.lifecycle.verdict import Assumptions, Outcome
from ecr_constructs.lifecycle.words import describe
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule

R = LifecycleRule
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def image(name: str, days: float, *tags: str, **members: Any) -> Image:
    return Image(digest=digest(name), pushed_at=days_ago(days), tags=tags, **members)


def evaluated(images: list[Image], *rules: LifecycleRule, **assumed: bool) -> Evaluation:
    return evaluate(LifecyclePolicy.of(*rules), images, NOW, assumptions=Assumptions(**assumed))


def reason(one: Image, *rules: LifecycleRule, beside: tuple[Image, ...] = ()) -> str:
    return evaluated([one, *beside], *rules).verdict(one.digest).reason


# Reasons -------------------------------------------------------------------------------------

TWO_DAYS = R.expire(older_than_days=2)
UNPULLED = R.archive(not_pulled_for_days=90)


@pytest.mark.parametrize(
    ("members", "rules", "expected"),
    [
        ({"days": 3}, [TWO_DAYS], "expires: pushed on 2026-01-28 12:00, more than 2 days ago"),
        ({"days": 1}, [TWO_DAYS], "kept: pushed on 2026-01-30 12:00, not more than 2 days ago"),
        (
            {"days": 9, "last_activated_at": days_ago(1)},
            [R.expire(older_than_days=1)],
            "kept: restored on 2026-01-30 12:00, not more than 1 day ago",
        ),
        (
            {"days": 99},
            [UNPULLED],
            "archived: never pulled, pushed on 2025-10-24 12:00, more than 90 days ago",
        ),
        (
            {"days": 99, "last_recorded_pull_time": days_ago(2)},
            [UNPULLED],
            "kept: last pulled on 2026-01-29 12:00, not more than 90 days ago",
        ),
        (
            {"days": 99, "last_activated_at": days_ago(2)},
            [UNPULLED],
            "kept: never pulled since its restore on 2026-01-29 12:00, not more than 90 days ago",
        ),
        (
            {"days": 999, "status": "ARCHIVED", "last_archived_at": days_ago(91)},
            [R.expire_archived(after_days=90)],
            "expires: archived on 2025-11-01 12:00, more than 90 days ago",
        ),
        (
            {"days": 9, "status": "ARCHIVED", "last_archived_at": days_ago(1)},
            [TWO_DAYS],
            "untouched: no rule on archived images selects it",
        ),
        (
            {"days": 9, "status": "ACTIVATING"},
            [TWO_DAYS],
            "untouched: it is being restored from the archive",
        ),
        ({"days": 9, "status": "DELETING"}, [TWO_DAYS], "untouched: its status is DELETING"),
        (
            {"days": 9},
            [R.keep_newest(2, tag_patterns=["v*"])],
            "untouched: no rule selects it",
        ),
        ({"days": 9}, [R.keep_newest(1)], "kept: the newest image"),
        ({"days": 9}, [R.keep_newest(5)], "kept: one of the newest 5 images"),
    ],
)
def test_says_why(members: dict[str, Any], rules: list[LifecycleRule], expected: str) -> None:
    assert reason(image("a", **members), *rules) == expected


def test_says_which_number_of_images_an_image_is_not_among() -> None:
    younger = tuple(image(f"n{n}", n, "v1") for n in range(3))
    old = image("old", 9, "v0")
    assert reason(old, R.keep_newest(3, tag_patterns=["v*"]), beside=younger) == (
        "expires: not one of the newest 3 images that match v*"
    )
    assert reason(old, R.keep_newest(1, tag_prefixes=["v"]), beside=younger) == (
        "expires: not the newest image tagged v*"
    )


def test_says_what_shields_an_image_and_from_what() -> None:
    one = image("a", 99, "prod")
    protect = R.protect(tag_patterns=["prod"])
    assert reason(one, protect) == "shielded by rule 1, which never acts on it"
    assert reason(one, protect, TWO_DAYS) == (
        "shielded by rule 1, which never acts on it; rule 2 would act on it, but rule 1 comes first"
    )
    rules = [
        R.keep_newest(5, tag_patterns=["p*"]),
        R.expire(older_than_days=5, tag_patterns=["prod"]),
        TWO_DAYS,
    ]
    assert reason(one, *rules) == (
        "kept: one of the newest 5 images that match p*; "
        "rules 2, 3 would act on it, but rule 1 comes first"
    )


def test_says_what_holds_an_image() -> None:
    index = image("index", 1, "v1", media_type=INDEX)
    child = image("child", 9, referenced_by=(index.digest,))
    assert reason(child, TWO_DAYS, beside=(index,)) == (
        "kept: rule 1 would expire it, but index v1 lists it"
    )
    assert reason(child, R.archive(older_than_days=2), beside=(index,)) == (
        "kept: rule 1 would archive it, but index v1 lists it"
    )
    young = image("young", 1, referenced_by=(index.digest,))
    assert reason(young, TWO_DAYS, beside=(index,)).startswith("kept: pushed on")


def test_says_whom_a_referrer_follows() -> None:
    old, new = image("old", 9, "v1"), image("new", 1, "v2")
    archived = image("gone", 9, "v3")
    for subject, rule, expected in [
        (old, TWO_DAYS, "expires with its subject, v1"),
        (new, TWO_DAYS, "stays with its subject, v2"),
        (archived, R.archive(older_than_days=2), "archived with its subject, v3"),
    ]:
        signature = image("sig", 1, subject_digest=subject.digest)
        assert reason(signature, rule, beside=(subject,)) == expected


def test_a_referrer_in_the_archive_already_stays() -> None:
    subject = image("subject", 9, "v1")
    signature = image(
        "sig", 9, subject_digest=subject.digest, status="ARCHIVED", last_archived_at=days_ago(1)
    )
    rule = R.archive(older_than_days=2)
    assert reason(signature, rule, beside=(subject,)) == "stays with its subject, v1"


def test_a_referrer_that_rules_see_may_go_by_itself() -> None:
    subject = image("subject", 1, "v1")
    signature = image("sig", 9, subject_digest=subject.digest)
    verdict = evaluated([subject, signature], TWO_DAYS, rules_see_referrers=True).verdict(
        signature.digest
    )
    assert (verdict.outcome, verdict.reason) == (
        Outcome.EXPIRE,
        "expires: pushed on 2026-01-22 12:00, more than 2 days ago",
    )


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (R.protect(tag_patterns=["a", "b*"]), "protect images that match a and b*"),
        (R.protect(tag_patterns=["a"], archived=True), "protect archived images that match a"),
        (R.keep_newest(1), "keep the newest image"),
        (R.keep_newest(2, tag_patterns=["*"]), "keep the newest 2 tagged images"),
        (R.keep_newest(1, tag_patterns=["v*"]), "keep the newest image that matches v*"),
        (R.expire_untagged(older_than_days=1), "expire untagged images after 1 day"),
        (R.expire(older_than_days=9, tag_prefixes=["v"]), "expire images tagged v* after 9 days"),
        (R.archive(older_than_days=9), "archive images after 9 days"),
        (UNPULLED, "archive images that nobody pulled for 90 days"),
        (
            R.archive(not_pulled_for_days=90, tag_patterns=["v*"]),
            "archive images that match v* and that nobody pulled for 90 days",
        ),
        (R.expire_archived(after_days=90), "expire archived images after 90 days in the archive"),
        (
            R(
                tag_status="untagged",
                count_type="imageCountMoreThan",
                count_number=2,
                action="transition",
            ),
            "archive all but the newest 2 untagged images",
        ),
    ],
)
def test_describes_a_rule(rule: LifecycleRule, words: str) -> None:
    assert describe(rule) == words


@given(policies(), repositories())
def test_every_verdict_has_a_reason_that_fits_its_outcome(
    policy: LifecyclePolicy, images: list[Image]
) -> None:
    words = {
        Outcome.EXPIRE: ("expires",),
        Outcome.ARCHIVE: ("archived",),
        Outcome.RETAIN: ("kept", "shielded", "stays"),
        Outcome.NOT_SELECTED: ("untouched",),
    }
    evaluation = evaluate(policy, images, NOW)
    for verdict in evaluation:
        assert verdict.reason.startswith(words[verdict.outcome])
        decides = [v.rule for v in evaluation.views(verdict.image.digest) if v.decides]
        assert decides == ([verdict.rule] if verdict.rule else [])
    assert sum(evaluation.totals.values()) == len(images)


# One image -----------------------------------------------------------------------------------


def test_finds_an_image_by_tag_digest_and_the_start_of_a_digest() -> None:
    one = image("a", 1, "v1", "latest")
    evaluation = evaluated([one, image("b", 2, "v2")], TWO_DAYS)
    for name in ("v1", "latest", one.digest, one.digest[7:], one.digest[7:14], one.digest[:20]):
        assert evaluation.verdict(name).image == one


def test_refuses_a_name_that_is_none_or_two() -> None:
    evaluation = evaluated([image("a", 1, "v1"), image("b", 2, "v1", "v2")], TWO_DAYS)
    for name in ("v", digest("a")[7:13], "sha256:", ""):
        with pytest.raises(ConfigurationError, match=f"no image has the tag or digest '{name}'; n"):
            evaluation.verdict(name)
    with pytest.raises(ConfigurationError, match="more than one image has the tag or digest 'v1'"):
        evaluation.views("v1")


def test_shows_how_each_rule_sees_an_image() -> None:
    evaluation = evaluated(
        [image("a", 9, "v1"), image("sig", 9, subject_digest=digest("a"))],
        R.keep_newest(1, tag_patterns=["v*"]),
        R.expire(older_than_days=5, tag_patterns=["x"]),
        TWO_DAYS,
    )
    views = [(v.selects, v.would_act, v.decides) for v in evaluation.views("v1")]
    assert views == [(True, False, True), (False, False, False), (True, True, False)]
    led = [(v.selects, v.would_act, v.decides) for v in evaluation.views(digest("sig"))]
    assert led == [(False, False, True), (False, False, False), (False, False, False)]


# What was assumed ----------------------------------------------------------------------------


def test_calls_an_upper_bound_what_an_index_may_hold() -> None:
    child = image("child", 9, media_type=MANIFEST)
    index = image("index", 1, "v1", media_type=INDEX)
    (note,) = notes(evaluated([index, child], TWO_DAYS))
    assert note.startswith("this is an upper bound")
    assert "such children may be among what goes (1 at most)" in note
    told = child._replace(referenced_by=())
    assert notes(evaluated([index, told], TWO_DAYS)) == []
    assert notes(evaluated([child], TWO_DAYS)) == []  # there is no index
    signature = image("sig", 9, media_type=MANIFEST, subject_digest=digest("gone"))
    assert notes(evaluated([index, signature], TWO_DAYS)) == []  # no index lists a signature
    archived = index._replace(status="ARCHIVED", last_archived_at=days_ago(1))
    assert notes(evaluated([archived, child], TWO_DAYS)) == []  # it would hold nothing
    assert notes(evaluated([index, child], R.expire(older_than_days=20))) == []  # nothing goes


def test_without_media_types_untagged_images_may_be_children() -> None:
    assert notes(evaluated([image("a", 9)], TWO_DAYS))
    assert notes(evaluated([image("a", 9, "v1")], TWO_DAYS)) == []


def test_says_where_a_line_falls_between_images_of_one_time() -> None:
    twins = [image("a", 1, "v1"), image("b", 1, "v2"), image("c", 2, "v3")]
    assert "rule 1 draws its line between" in notes(evaluated(twins, R.keep_newest(1)))[0]
    assert notes(evaluated(twins, R.keep_newest(2))) == []
    assert notes(evaluated(twins, R.keep_newest(3))) == []


def test_says_that_children_were_not_counted() -> None:
    index = image("index", 1, "v1", media_type=INDEX)
    child = image("child", 1, referenced_by=(index.digest,))
    (note,) = notes(evaluated([index, child], R.keep_newest(5)))
    assert note.startswith(
        "untagged manifests that an index lists take no place in counts (1 here)"
    )
    assert notes(evaluated([index, child], TWO_DAYS)) == []
    assert notes(evaluated([index, child], R.keep_newest(5), count_index_children=True)) == []


def test_says_that_referrers_follow_their_subject() -> None:
    images = [image("a", 1, "v1"), image("sig", 1, subject_digest=digest("a"))]
    (note,) = notes(evaluated(images, R.expire_untagged(older_than_days=9)))
    assert note.startswith("signatures, SBOMs and attestations that rules would select (1 here)")
    tagged = R.expire(older_than_days=9, tag_patterns=["v*"])
    assert notes(evaluated(images, tagged)) == []
    untagged = R.expire_untagged(older_than_days=9)
    assert notes(evaluated(images, untagged, rules_see_referrers=True)) == []


def test_says_that_images_are_being_restored() -> None:
    restoring = image("a", 1, status="ACTIVATING", media_type=MANIFEST)
    (note,) = notes(evaluated([restoring], TWO_DAYS))
    assert note.startswith("images that are being restored (1 here)")


# AWS's form of the answer --------------------------------------------------------------------


def test_answers_as_the_preview_of_ecr() -> None:
    images = [
        image("old", 50, "pr-1"),
        image("older", 60, "pr-2", "x"),
        image("unpulled", 200, "v1"),
        image("archived", 999, status="ARCHIVED", last_archived_at=days_ago(400)),
        image("young", 1),
    ]
    evaluation = evaluated(
        images,
        R.expire(older_than_days=30, tag_patterns=["pr-*"]),
        UNPULLED,
        R.expire_archived(after_days=365),
    )
    assert [
        (r["imageTags"], r["action"], r["appliedRulePriority"], r["storageClass"])
        for r in preview_results(evaluation)
    ] == [
        (("pr-1",), {"type": "EXPIRE"}, 1, "STANDARD"),
        (("pr-2", "x"), {"type": "EXPIRE"}, 1, "STANDARD"),
        (("v1",), {"type": "TRANSITION", "targetStorageClass": "ARCHIVE"}, 2, "STANDARD"),
        ((), {"type": "EXPIRE"}, 3, "ARCHIVE"),
    ]
    assert next(preview_results(evaluation))["imagePushedAt"] == "2025-12-12T12:00:00+00:00"
    assert preview_summary(evaluation) == {
        "expiringImageTotalCount": 3,
        "transitioningImageTotalCounts": [{"targetStorageClass": "ARCHIVE", "imageTotalCount": 1}],
    }


def test_the_summary_has_no_transitions_where_nothing_transitions() -> None:
    assert preview_summary(evaluated([], TWO_DAYS)) == {"expiringImageTotalCount": 0}
