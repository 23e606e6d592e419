"""Merge what several parts of an app ask of replication into as few rules as they fit.

Layer: model; imports ``service`` only.

A registry has at most 25 rules of 100 filters, and one construct more would be one rule more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ecr_constructs.model.replication_rule import Destination, ReplicationRule
from ecr_constructs.model.statement import SortKey
from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.service import limits

#: The prefix of every name: what a rule without filters takes.
_EVERYTHING: Final = ""


def merge(rules: Iterable[ReplicationRule], *, key: SortKey = str) -> tuple[ReplicationRule, ...]:
    """Return as few rules as hold what all the rules together ask for, in one order.

    What is replicated where stays as it is. A prefix that another one of the
    same destination takes is left out, and no filter takes everything.
    Destinations with the same filters share a rule; if it makes fewer rules,
    filters with the same destinations do. A rule has at most 100 filters.

    The result is the same for every order of ``rules``, and for rules in which
    destinations or filters are repeated.

    Args:
        rules: Such as one :meth:`ReplicationRule.to` for each request.
        key: How strings sort.

    >>> a, b = Destination("eu-west-1", "111111111111"), Destination("eu-west-2", "111111111111")
    >>> [rule.repository_filters for rule in merge(
    ...     [ReplicationRule.to(a, ["web/"]), ReplicationRule.to(b, ["web/"])]
    ... )]
    [('web/',)]
    """
    merged: list[ReplicationRule] = []
    asked = list(rules)
    for deletes in dict.fromkeys(rule.delete_replication for rule in asked):
        wanted = _wanted(rule for rule in asked if rule.delete_replication == deletes)
        merged += _fewest(wanted, deletes=deletes, key=key)
    return tuple(sorted(merged, key=lambda rule: _rule_key(rule, key)))


def minimal_prefixes(prefixes: Iterable[Text]) -> frozenset[Text]:
    """Return the prefixes without those that another of them takes."""
    given = set(prefixes)
    known = {prefix for prefix in given if isinstance(prefix, str)}
    swallowed = {
        prefix for prefix in known if any(prefix[:end] in known for end in range(len(prefix)))
    }
    # An unknown prefix is one of names too, which a prefix of every name takes.
    return frozenset({_EVERYTHING}) if _EVERYTHING in known else frozenset(given - swallowed)


def _wanted(rules: Iterable[ReplicationRule]) -> dict[Destination, frozenset[Text]]:
    prefixes: dict[Destination, set[Text]] = {}
    for rule in rules:
        for destination in rule.destinations:
            prefixes.setdefault(destination, set()).update(
                rule.repository_filters or (_EVERYTHING,)
            )
    return {destination: minimal_prefixes(given) for destination, given in prefixes.items()}


def _fewest(
    wanted: Mapping[Destination, frozenset[Text]], *, deletes: bool | Unresolved, key: SortKey
) -> list[ReplicationRule]:
    by_destination = [
        rule
        for prefixes, destinations in _alike(wanted).items()
        for rule in _rules(destinations, prefixes, deletes=deletes, key=key)
    ]
    takers: dict[Text, set[Destination]] = {}
    for destination, prefixes in wanted.items():
        for prefix in prefixes:
            takers.setdefault(prefix, set()).add(destination)
    by_prefix = [
        rule
        for destinations, prefixes in _alike(
            {prefix: frozenset(each) for prefix, each in takers.items()}
        ).items()
        for rule in _rules(destinations, prefixes, deletes=deletes, key=key)
    ]
    return by_prefix if len(by_prefix) < len(by_destination) else by_destination


def _alike(sets: Mapping[Any, frozenset[Any]]) -> dict[frozenset[Any], frozenset[Any]]:
    """Return which keys have the same set."""
    alike: dict[frozenset[Any], set[Any]] = {}
    for each, members in sets.items():
        alike.setdefault(members, set()).add(each)
    return {members: frozenset(each) for members, each in alike.items()}


def _rules(
    destinations: Iterable[Destination],
    prefixes: Iterable[Text],
    *,
    deletes: bool | Unresolved,
    key: SortKey,
) -> list[ReplicationRule]:
    ordered = tuple(sorted(prefixes, key=key))
    filters = () if ordered == (_EVERYTHING,) else ordered
    step = limits.REPLICATION_FILTERS
    return [
        ReplicationRule(
            destinations=tuple(sorted(destinations, key=lambda to: _destination_key(to, key))),
            repository_filters=filters[start : start + step],
            delete_replication=deletes,
        )
        for start in range(0, max(len(filters), 1), step)
    ]


def _destination_key(destination: Destination, key: SortKey) -> tuple[str, str]:
    return key(destination.registry_id), key(destination.region)


def _rule_key(rule: ReplicationRule, key: SortKey) -> tuple[Any, ...]:
    return (
        [_destination_key(to, key) for to in rule.destinations],
        list(map(key, rule.repository_filters)),
        str(rule.delete_replication),
    )
