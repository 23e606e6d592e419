"""Lifecycle policies for what teams do with a repository.

Layer: lifecycle; imports ``model``.

A preset takes the tag patterns whose images must stay, as only the team knows
how it names them, and keeps that promise with rules that come before all
others: one for each pattern, as a list of tags in one rule is an AND. The
tests evaluate every preset on repositories that look like real teams'. Each
returns a plain policy: take its ``rules`` to build on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule

if TYPE_CHECKING:
    from collections.abc import Iterable


def releases(
    *, keep: Iterable[str], others_days: int = 30, untagged_days: int = 7
) -> LifecyclePolicy:
    """Keep every release for ever, and what is in between for a while.

    Args:
        keep: Patterns of the tags whose images stay for ever: ``["v*", "latest"]``.
        others_days: Days after which all other images expire: builds of
            commits, of nights, of pull requests. Default: 30.
        untagged_days: Days after which untagged images expire. Default: 7.
    """
    return LifecyclePolicy.of(
        *_protect(keep),
        LifecycleRule.expire_untagged(older_than_days=untagged_days),
        LifecycleRule.expire(older_than_days=others_days),
    )


def nightly_builds(
    *,
    keep: Iterable[str],
    nightly: Iterable[str] = ("nightly*",),
    nights: int = 30,
    others_days: int = 30,
    untagged_days: int = 7,
) -> LifecyclePolicy:
    """Keep every release for ever and a number of nightly builds, however old these are.

    Args:
        keep: Patterns of the tags whose images stay for ever: ``["v*", "latest"]``.
        nightly: Patterns of the tags of nightly builds. Default: ``nightly*``.
        nights: How many builds of each pattern are kept. Default: 30.
        others_days: Days after which all other images expire. Default: 30.
        untagged_days: Days after which untagged images expire. Default: 7.
    """
    return LifecyclePolicy.of(
        *_protect(keep),
        *(LifecycleRule.keep_newest(nights, tag_patterns=[pattern]) for pattern in _alone(nightly)),
        LifecycleRule.expire_untagged(older_than_days=untagged_days),
        LifecycleRule.expire(older_than_days=others_days),
    )


def continuous_delivery(
    *,
    keep: Iterable[str],
    pull_requests: Iterable[str] = ("pr-*",),
    pull_request_days: int = 14,
    builds: Iterable[str] = ("*",),
    newest: int = 100,
    untagged_days: int = 7,
) -> LifecyclePolicy:
    """Keep what runs and the newest builds, to which a deployment may be rolled back.

    Args:
        keep: Patterns of the tags that mark what runs, and of others whose
            images stay for ever: ``["prod*", "staging*"]``.
        pull_requests: Patterns of the tags that pull requests push. Default: ``pr-*``.
        pull_request_days: Days after which these expire. Default: 14.
        builds: Patterns of the tags of builds. Default: every tagged image, so
            that those of pull requests take places among the newest.
        newest: How many builds of each pattern are kept, by number, so that a
            repository nobody pushes to keeps its last ones. Default: 100.
        untagged_days: Days after which untagged images expire. Default: 7.
    """
    return LifecyclePolicy.of(
        *_protect(keep),
        LifecycleRule.expire_untagged(older_than_days=untagged_days),
        *(
            LifecycleRule.expire(older_than_days=pull_request_days, tag_patterns=[pattern])
            for pattern in _alone(pull_requests)
        ),
        *(LifecycleRule.keep_newest(newest, tag_patterns=[pattern]) for pattern in _alone(builds)),
    )


def pull_through_cache(
    *, keep: Iterable[str] = (), days: int = 30, untagged_days: int = 1
) -> LifecyclePolicy:
    """Let the images of a cache go: the next pull fetches from upstream what is still wanted.

    Nothing is archived, as an archived image cannot be pulled. An image that
    upstream no longer has is lost: name its tags in ``keep``.

    Args:
        keep: Patterns of the tags whose images stay for ever. Default: none.
        days: Days after which cached images expire. Default: 30.
        untagged_days: Days after which untagged images expire: those from which
            upstream moved a tag away. Default: 1.
    """
    return LifecyclePolicy.of(
        *_protect(keep),
        LifecycleRule.expire_untagged(older_than_days=untagged_days),
        LifecycleRule.expire(older_than_days=days),
    )


def archive_unused(
    *,
    keep: Iterable[str],
    not_pulled_for_days: int = 90,
    expire_after_days: int = 365,
    untagged_days: int = 7,
) -> LifecyclePolicy:
    """Archive what nobody pulls, and delete it when nobody has restored it for long.

    ECR cannot delete by the last pull: images are archived first, and deleted
    90 days later at the earliest.

    Args:
        keep: Patterns of the tags whose images are neither archived nor, where
            somebody archived them by hand, deleted: ``["prod*", "latest"]``.
        not_pulled_for_days: Days without a pull after which images are
            archived. Default: 90.
        expire_after_days: Days in the archive after which they are deleted, at
            least 90. Default: 365.
        untagged_days: Days after which untagged images expire. Default: 7.
    """
    kept = _alone(keep)
    return LifecyclePolicy.of(
        *_protect(kept),
        *(LifecycleRule.protect(tag_patterns=[pattern], archived=True) for pattern in kept),
        LifecycleRule.expire_untagged(older_than_days=untagged_days),
        LifecycleRule.archive(not_pulled_for_days=not_pulled_for_days),
        LifecycleRule.expire_archived(after_days=expire_after_days),
    )


def long_term_retention(
    *, archive_after_days: int = 90, retain_days: int = 2555, untagged_days: int = 30
) -> LifecyclePolicy:
    """Keep every tagged image for years, in the archive once it is old.

    Args:
        archive_after_days: Days after which tagged images are archived. Default: 90.
        retain_days: Days in the archive after which they are deleted, at least
            90. Default: 2555, seven years.
        untagged_days: Days after which untagged images expire. Default: 30.
    """
    return LifecyclePolicy.of(
        LifecycleRule.expire_untagged(older_than_days=untagged_days),
        LifecycleRule.archive(older_than_days=archive_after_days, tag_patterns=["*"]),
        LifecycleRule.expire_archived(after_days=retain_days),
    )


def _protect(patterns: Iterable[str]) -> list[LifecycleRule]:
    """Return a rule for each pattern: in one rule they would be an AND."""
    return [LifecycleRule.protect(tag_patterns=[pattern]) for pattern in _alone(patterns)]


def _alone(patterns: Iterable[str]) -> tuple[str, ...]:
    """Return each pattern; a single one, not in a list, is one and no list of letters."""
    return (patterns,) if isinstance(patterns, str) else tuple(patterns)
