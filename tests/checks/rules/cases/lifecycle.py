"""Lifecycle policies, of repositories and of creation templates."""

from __future__ import annotations

import json
from typing import Any

from tests.checks.deployments import LIFECYCLE, repository
from tests.checks.rules.cases.case import GIVEN, UNKNOWN, Case, case, resource


def rule(number: int, *tags: str, days: int = 0, keep: int = 0, **selection: Any) -> dict[str, Any]:
    """Return a rule that expires images by their age or beyond a number."""
    chosen: dict[str, Any] = {"tagStatus": "tagged", "tagPatternList": list(tags)} if tags else {}
    age = {"countType": "sinceImagePushed", "countUnit": "days", "countNumber": days}
    count = {"countType": "imageCountMoreThan", "countNumber": keep}
    return {
        "rulePriority": number,
        "selection": {**chosen, **(age if days else count), **selection},
        "action": {"type": "expire"},
    }


def untagged(number: int) -> dict[str, Any]:
    return rule(number, days=14, tagStatus="untagged")


def archive(number: int, *tags: str) -> dict[str, Any]:
    archived = rule(number, *tags, days=90, countType="sinceImagePulled")
    return archived | {"action": {"type": "transition", "targetStorageClass": "archive"}}


def text(*rules: dict[str, Any]) -> str:
    return json.dumps({"rules": list(rules)})


def api(given: object) -> dict[str, Any]:
    policy = None if given is None else {"LifecyclePolicyText": given}
    return {"Api": repository(LifecyclePolicy=policy)}


def template(given: object) -> dict[str, Any]:
    members = {} if given is None else {"LifecyclePolicy": given}
    return {
        "T": resource(
            "RepositoryCreationTemplate", Prefix="ci", AppliedFor=["REPLICATION"], **members
        )
    }


def cache(given: str) -> dict[str, Any]:
    members = {"Prefix": "hub", "AppliedFor": ["PULL_THROUGH_CACHE"], "LifecyclePolicy": given}
    return {"T": resource("RepositoryCreationTemplate", **members)}


def both(name: str, about: str, given: object, status: str = "") -> tuple[Case, Case]:
    """Return a case of a repository and one of a template with the same policy."""
    sections = UNKNOWN if given == GIVEN else {}
    return (
        case(name, about, api(given), *([f"{status} Api"] if status else []), **sections),
        case(
            name,
            f"{about}, in a template",
            template(given),
            *([f"{status} T"] if status else []),
            **sections,
        ),
    )


ANY = {"tagStatus": "any"}
UNVERIFIED = text(
    untagged(1),
    rule(2, days=20, tagStatus="tagged", tagPrefixList=["a", "b"]),
    rule(3, days=20, tagStatus="tagged", tagPrefixList=["b", "c"]),
)
HUGE = text(untagged(1), rule(2, "v*", keep=2**31))

CASES: tuple[Case, ...] = (
    *both("LifecyclePolicy", "one", LIFECYCLE),
    *both("LifecyclePolicy", "none", None, "fail"),
    *both("LifecyclePolicy", "parameter", GIVEN, "unknown"),
    case("LifecyclePolicy", "malformed, which is another rule's", api("{")),
    *both("LifecycleGrammar", "one", LIFECYCLE),
    *both("LifecycleGrammar", "no JSON", "{", "fail"),
    *both("LifecycleGrammar", "count 0", text(rule(1, "v*", keep=0)), "fail"),
    *both(
        "LifecycleGrammar",
        "a member that is none",
        text({**untagged(1), "rulePriorty": 1}),
        "fail",
    ),
    *both("LifecycleGrammar", "parameter", GIVEN, "unknown"),
    case("LifecycleGrammar", "none", api(None)),
    *both("UntaggedExpiry", "untagged", LIFECYCLE),
    *both("UntaggedExpiry", "any", text(rule(1, days=400, **ANY))),
    *both("UntaggedExpiry", "tagged alone", text(rule(1, "v*", keep=50)), "fail"),
    *both("UntaggedExpiry", "parameter", GIVEN, "unknown"),
    case("UntaggedExpiry", "no policy, which is another rule's", api(None)),
    *both("LifecycleTagsAreAnd", "one tag", text(untagged(1), rule(2, "v*", keep=50))),
    *both(
        "LifecycleTagsAreAnd",
        "several tags",
        text(untagged(1), rule(2, "latest", "main", keep=50)),
        "fail",
    ),
    *both("LifecycleTagsAreAnd", "parameter", GIVEN, "unknown"),
    *both("LifecycleEntryMatchesNothing", "a pattern", text(untagged(1), rule(2, "v*", keep=5))),
    *both(
        "LifecycleEntryMatchesNothing",
        "a star in a prefix",
        text(untagged(1), rule(2, keep=5, tagStatus="tagged", tagPrefixList=["v*"])),
        "fail",
    ),
    *both(
        "LifecycleEntryMatchesNothing",
        "an image instead of a tag",
        text(untagged(1), rule(2, "payments/api:v1", keep=5)),
        "fail",
    ),
    *both("LifecycleEntryMatchesNothing", "parameter", GIVEN, "unknown"),
    *both("LifecycleShielded", "apart", text(untagged(1), rule(2, "v*", keep=50))),
    *both(
        "LifecycleShielded",
        "all of it was selected before",
        text(untagged(1), rule(2, "*", keep=50), rule(3, "v*", days=30)),
        "fail",
    ),
    *both("LifecycleShielded", "parameter", GIVEN, "unknown"),
    *both(
        "LifecyclePartlyShielded",
        "exceptions before a catch-all",
        text(rule(1, "v*", keep=50), rule(2, days=400, **ANY)),
    ),
    *both(
        "LifecyclePartlyShielded",
        "archive after keep",
        text(untagged(1), rule(2, "v*", keep=50), archive(3, "*")),
        "fail",
    ),
    *both("LifecyclePartlyShielded", "parameter", GIVEN, "unknown"),
    *both(
        "LifecycleCatchAll",
        "releases are spared",
        text(rule(1, "v*", keep=50), rule(2, days=30, **ANY)),
    ),
    *both("LifecycleCatchAll", "nothing is spared", text(rule(1, keep=5, **ANY)), "fail"),
    *both("LifecycleCatchAll", "parameter", GIVEN, "unknown"),
    case("LifecycleCatchAll", "a cache, which pulls again", cache(text(rule(1, keep=5, **ANY)))),
    case("LifecycleEmptiesRepository", "a cache", cache(text(rule(1, days=30, **ANY)))),
    case("UntaggedExpiry", "a cache", cache(text(rule(1, "v*", keep=5))), "fail T"),
    *both(
        "LifecycleEmptiesRepository",
        "a number stays",
        text(rule(1, "v*", keep=5), rule(2, days=30, **ANY)),
    ),
    *both("LifecycleEmptiesRepository", "an age alone", text(rule(1, days=30, **ANY)), "fail"),
    *both("LifecycleEmptiesRepository", "parameter", GIVEN, "unknown"),
    *both("LifecycleUnverified", "what is known", text(untagged(1), rule(2, "v*", keep=50))),
    *both("LifecycleUnverified", "a prefix in two lists", UNVERIFIED, "fail"),
    *both("LifecycleUnverified", "a huge number", HUGE, "fail"),
    *both("LifecycleUnverified", "parameter", GIVEN, "unknown"),
)
