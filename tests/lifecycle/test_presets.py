"""The presets on repositories that look like real teams'."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.lifecycle.naive import glob
from tests.lifecycle.strategies import repositories
from tests.lifecycle.teams import NOW, TEAMS
from tests.model.lifecycle_strategies import PATTERNS

from ecr_constructs.lifecycle import presets
from ecr_constructs.lifecycle.evaluate import evaluate
from ecr_constructs.lifecycle.images import Image
from ecr_constructs.lifecycle.lint import lint
from ecr_constructs.lifecycle.verdict import Outcome
from ecr_constructs.model.problem import Severity
from ecr_constructs.testing import assert_expires, assert_retains

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecr_constructs.model.lifecycle import LifecyclePolicy

KEEPING: dict[str, Callable[[list[str]], LifecyclePolicy]] = {
    "releases": lambda keep: presets.releases(keep=keep, others_days=1, untagged_days=1),
    "nightly builds": lambda keep: presets.nightly_builds(
        keep=keep, nights=1, others_days=1, untagged_days=1
    ),
    "continuous delivery": lambda keep: presets.continuous_delivery(
        keep=keep, pull_requests=["b*"], pull_request_days=1, newest=1, untagged_days=1
    ),
    "pull-through cache": lambda keep: presets.pull_through_cache(keep=keep, days=1),
    "archive unused": lambda keep: presets.archive_unused(
        keep=keep, not_pulled_for_days=1, expire_after_days=90, untagged_days=1
    ),
}
DEFAULTS = {
    "releases": presets.releases(keep=["v*", "latest", "stable"]),
    "nightly builds": presets.nightly_builds(keep=["v*", "latest", "stable"]),
    "continuous delivery": presets.continuous_delivery(keep=["prod*", "staging*", "main"]),
    "pull-through cache": presets.pull_through_cache(),
    "archive unused": presets.archive_unused(keep=["prod*", "latest"]),
    "long-term retention": presets.long_term_retention(),
}


def outcomes(policy: LifecyclePolicy, team: str) -> dict[str, Outcome]:
    """The outcome of each tag of a team's repository."""
    return {tag: v.outcome for v in evaluate(policy, TEAMS[team], NOW) for tag in v.image.tags}


def gone(policy: LifecyclePolicy, team: str) -> set[str]:
    return {tag for tag, outcome in outcomes(policy, team).items() if outcome.acts}


@pytest.mark.parametrize("preset", KEEPING)
@given(
    keep=st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=3, unique=True),
    images=repositories(),
)
def test_never_takes_an_image_with_a_tag_that_it_promises_to_keep(
    preset: str, keep: list[str], images: list[Image]
) -> None:
    policy = KEEPING[preset](keep)
    images = [image._replace(subject_digest=None) for image in images]
    for verdict in evaluate(policy, images, NOW):
        if any(glob(pattern, tag) for pattern in keep for tag in verdict.image.tags):
            assert not verdict.outcome.acts, verdict


@pytest.mark.parametrize("preset", DEFAULTS)
def test_is_accepted_by_ecr_and_holds_no_surprise(preset: str) -> None:
    warnings = [p for p in lint(DEFAULTS[preset]) if p.severity is not Severity.NOTE]
    expected = {"pull-through cache": ["catch-all", "empties-repository"]}
    assert [p.id for p in warnings] == expected.get(preset, [])


@pytest.mark.parametrize("preset", KEEPING)
def test_a_single_pattern_is_no_list_of_letters(preset: str) -> None:
    alone: Any = "latest"
    assert KEEPING[preset](alone) == KEEPING[preset](["latest"])


def test_single_patterns_of_what_goes_are_none_either() -> None:
    alone: Any = "b-*"
    assert presets.nightly_builds(keep=[], nightly=alone) == presets.nightly_builds(
        keep=[], nightly=["b-*"]
    )
    assert presets.continuous_delivery(
        keep=[], pull_requests=alone, builds=alone
    ) == presets.continuous_delivery(keep=[], pull_requests=["b-*"], builds=["b-*"])


def test_releases_stay_for_ever_and_builds_go() -> None:
    policy = DEFAULTS["releases"]
    assert_retains(policy, TEAMS["library"], tags=["v*", "latest", "stable"])
    taken = gone(policy, "library")
    assert {tag.split("-")[0] for tag in taken if "-" in tag} == {"nightly", "pr"}
    assert not any(tag.startswith("v") for tag in taken)
    assert "pr-900" not in taken  # it is v2.9.1, too
    assert len([tag for tag in taken if tag.startswith("nightly")]) == 200 - 30


def test_the_last_nights_stay_however_old() -> None:
    policy = presets.nightly_builds(keep=["v*", "latest"], nights=50, others_days=10)
    taken = gone(policy, "library")
    assert len([tag for tag in taken if tag.startswith("nightly")]) == 200 - 50
    assert not any(tag.startswith("v") for tag in taken)
    assert_retains(policy, TEAMS["library"], tags=["nightly-2026.049"])
    assert_expires(policy, TEAMS["library"], tags=["nightly-2026.050"])


def test_what_runs_stays_and_the_newest_builds() -> None:
    policy = presets.continuous_delivery(keep=["prod*", "staging*", "main"], newest=300)
    assert_retains(policy, TEAMS["service"], tags=["prod-eu", "prod-us", "staging-eu", "main"])
    taken = gone(policy, "service")
    assert "pr-199-0" in taken
    assert f"{0:040x}" not in taken
    commits = [tag for tag in outcomes(policy, "service") if len(tag) == 40]
    assert 150 < len([tag for tag in commits if tag not in taken]) <= 303


def test_a_quiet_repository_keeps_its_last_builds() -> None:
    policy = presets.continuous_delivery(keep=["prod*"], newest=5)
    stay = [v for v in evaluate(policy, TEAMS["quiet"], NOW) if not v.outcome.acts]
    assert len(stay) > 5


@pytest.mark.parametrize("preset", DEFAULTS)
def test_indexes_keep_their_children_and_signatures(preset: str) -> None:
    images = TEAMS["multi-architecture"]
    by_digest = {v.image.digest: v for v in evaluate(DEFAULTS[preset], images, NOW)}
    checked = Counter[str]()
    for verdict in by_digest.values():
        for index in verdict.image.referenced_by or ():
            checked["child"] += 1
            assert not verdict.outcome.acts or not by_digest[index].outcome.acts
            assert not verdict.outcome.acts
        if verdict.image.subject_digest:
            checked["referrer"] += 1
            assert verdict.outcome is by_digest[verdict.image.subject_digest].outcome
    assert checked == {"child": 80, "referrer": 120}


@pytest.mark.parametrize("preset", ["releases", "continuous delivery", "archive unused"])
def test_orphans_go(preset: str) -> None:
    verdicts = evaluate(DEFAULTS[preset], TEAMS["multi-architecture"], NOW)
    orphans = [v.outcome for v in verdicts if v.image.referenced_by == ()]
    assert Counter(orphans) == {Outcome.RETAIN: 2, Outcome.EXPIRE: 18}


def test_a_cache_lets_go_what_is_old() -> None:
    assert gone(DEFAULTS["pull-through cache"], "cache") == {"1.28", "1.27.3-alpine"}
    kept = presets.pull_through_cache(keep=["1.28"])
    assert gone(kept, "cache") == {"1.27.3-alpine"}


def test_what_nobody_pulls_is_archived_then_deleted() -> None:
    seen = outcomes(DEFAULTS["archive unused"], "quiet")
    assert seen["prod-eu"] is Outcome.RETAIN
    assert seen["v0.3"] is Outcome.ARCHIVE
    assert seen["v0.9-hotfix"] is Outcome.RETAIN  # restored two days ago
    assert seen["v0.0.3"] is Outcome.RETAIN  # 300 days in the archive
    assert seen["v0.0.4"] is Outcome.EXPIRE  # 400 days
    assert seen["prod-old"] is Outcome.RETAIN  # archived by hand 500 days ago


@pytest.mark.parametrize("team", TEAMS)
def test_long_term_retention_deletes_no_tagged_image(team: str) -> None:
    seen = outcomes(DEFAULTS["long-term retention"], team)
    assert Outcome.EXPIRE not in seen.values()


def test_long_term_retention_archives_what_is_old() -> None:
    seen = outcomes(DEFAULTS["long-term retention"], "library")
    assert seen["v7.3.0"] is Outcome.RETAIN
    assert seen["v6.0.0"] is Outcome.ARCHIVE
