"""Unite what several parts of an app want signed into as few rules as it fits.

Layer: model; imports ``service`` only.

A registry has at most 10 rules of 100 filters, and one construct more would be one rule more.
"""

from __future__ import annotations

from collections.abc import Iterable

from ecr_constructs.model.signing import SigningRule
from ecr_constructs.model.statement import SortKey
from ecr_constructs.model.unresolved import Text
from ecr_constructs.service import limits


def unite(rules: Iterable[SigningRule], *, key: SortKey = str) -> tuple[SigningRule, ...]:
    """Return the rules with one for each profile, in one order.

    What is signed with which profile stays as it is, but once: where two rules
    with the same profile take a repository, Amazon ECR signs its images twice
    with it, which no part of an app asks for. A rule has at most 100 filters; a
    profile with more has several rules.

    The result is the same for every order of ``rules``.

    Args:
        rules: Such as one for each request.
        key: How strings sort.

    >>> [rule.repository_filters for rule in unite([
    ...     SigningRule(signing_profile_arn="arn", repository_filters=["web/*"]),
    ...     SigningRule(signing_profile_arn="arn", repository_filters=["api/*"]),
    ... ])]
    [('api/*', 'web/*')]
    """
    wanted: dict[Text, dict[Text, None]] = {}
    everything: set[Text] = set()
    for rule in rules:
        filters = wanted.setdefault(rule.signing_profile_arn, {})
        if rule.repository_filters is None:
            everything.add(rule.signing_profile_arn)
        else:
            filters.update(dict.fromkeys(rule.repository_filters))
    united: list[SigningRule] = []
    for profile in sorted(wanted, key=key):
        if profile in everything:
            united.append(SigningRule(signing_profile_arn=profile))
            continue
        ordered = tuple(sorted(wanted[profile], key=key))
        united += (
            SigningRule(
                signing_profile_arn=profile,
                repository_filters=ordered[start : start + limits.SIGNING_FILTERS],
            )
            for start in range(0, max(len(ordered), 1), limits.SIGNING_FILTERS)
        )
    return tuple(united)
