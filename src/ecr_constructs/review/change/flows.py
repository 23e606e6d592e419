"""Where images are replicated to and cached from, on either side of a change.

Layer: review.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Final

from ecr_constructs.model.pull_through_cache import PullThroughCacheRule
from ecr_constructs.model.registry import Registry
from ecr_constructs.model.replication import Destination, Replication
from ecr_constructs.model.replication_merge import minimal_prefixes
from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.model.words import listed, plural
from ecr_constructs.review.change.deletions import deletion_drafts
from ecr_constructs.review.change.difference import ChangeClass, Draft
from ecr_constructs.review.change.members import REPLACED, is_replaced
from ecr_constructs.review.change.pairs import RegistryPair
from ecr_constructs.review.change.prefixes import (
    EVERYTHING,
    is_taken,
    may_be,
    prefix_words,
    registry_words,
)
from ecr_constructs.review.change.stand_ins import key_of

_PROPERTIES: Final = {
    "ecr_repository_prefix": "its prefix",
    "upstream.url": "the upstream",
    "upstream.registry": "UpstreamRegistry",
    "upstream_repository_prefix": "the prefix at the upstream",
    "credential_arn": "the secret",
    "custom_role_arn": "the role",
}


def replication_drafts(pair: RegistryPair) -> Iterator[Draft]:
    """Yield what starts and what stops to be replicated out of a registry."""
    before, after = pair.before.replication, pair.after.replication
    if before == after:
        return
    origin = after.origin if isinstance(after, Replication) else None
    if isinstance(before, Unresolved) or isinstance(after, Unresolved):
        yield Draft(
            kind=ChangeClass.STOPPED,
            head="what this registry replicates cannot be told",
            cause="two resources set its replication, or its text is known only at deployment",
            certain=False,
        )
        return
    old, new = flows(pair.before), flows(pair.after)
    for destination in dict.fromkeys((*old, *new)):
        was, becomes = old.get(destination, frozenset()), new.get(destination, frozenset())
        where = registry_words(destination)
        stopped, started = _without(was, becomes), _without(becomes, was)
        if stopped:
            kept = f" except {prefix_words(_inside(becomes, stopped))}" * _meets(becomes, stopped)
            yield Draft(
                kind=ChangeClass.STOPPED,
                head=f"{where} no longer receives {prefix_words(stopped)}{kept}"
                f"{_taken(pair.before, was, becomes)}; the images that are there stay, and grow"
                " old",
                cause="the replication rules no longer send it there",
                origin=origin,
                certain=not _may_go_on(destination, stopped, new),
            )
        if started:
            had = f" beside {prefix_words(_inside(was, started))}" * _meets(was, started)
            yield Draft(
                kind=ChangeClass.STARTED,
                head=f"{where} receives {prefix_words(started)}{had}"
                f"{_taken(pair.after, becomes, was)} from now on; images that were pushed before"
                " are not copied",
                cause="the replication rules send it there",
                origin=origin,
                certain=not _may_go_on(destination, started, old),
            )
    yield from deletion_drafts(before, after)


def flows(registry: Registry) -> dict[Destination, frozenset[Text]]:
    """Return the prefixes of names that go to each destination; ``""`` for all names."""
    if not isinstance(registry.replication, Replication):
        return {}
    found: dict[Destination, set[Text]] = {}
    for rule in registry.replication.rules:
        for destination in rule.destinations:
            prefixes = found.setdefault(destination, set())
            prefixes.update(rule.repository_filters or (EVERYTHING,))
    return {destination: minimal_prefixes(prefixes) for destination, prefixes in found.items()}


def is_replicated(prefixes: Iterable[Text], name: Text | None) -> bool | None:
    """Tell whether a repository is among what some prefixes take; None where it cannot be told."""
    answer: bool | None = False
    for prefix in prefixes:
        if prefix == EVERYTHING:
            return True
        if not isinstance(prefix, str) or not isinstance(name, str):
            answer = None
        elif name.startswith(prefix):
            return True
    return answer


def cache_drafts(pair: RegistryPair) -> Iterator[Draft]:
    """Yield the caches that come, go, or are replaced."""
    old, new = _by_prefix(pair.before), _by_prefix(pair.after)
    for prefix, rule in new.items():
        earlier = old.get(prefix)
        if earlier is None:
            # A template can make the secret, and is no place for what is in it.
            filled = (
                " once its secret holds the credential" if rule.credential_arn is not None else ""
            )
            yield Draft(
                kind=ChangeClass.STARTED,
                head=f"images of {_upstream(rule)} can be pulled through {prefix!r}{filled}",
                cause="the pull through cache rule is new",
                origin=rule.origin,
                certain=not _may_replace(rule, old.values()),
            )
        elif _as_spelt(earlier, rule) != rule:
            # CloudFormation compares what is written, not what it means.
            yield _replaced(prefix, _as_spelt(earlier, rule), rule)
    for prefix, rule in old.items():
        if prefix not in new:
            is_certain = not is_replaced(rule, new.values())
            yield Draft(
                kind=ChangeClass.STOPPED,
                head=f"images of {_upstream(rule)} can no longer be pulled through {prefix!r},"
                " nor are those that are cached there updated",
                cause="the pull through cache rule is gone" if is_certain else REPLACED,
                certain=is_certain,
            )


def _as_spelt(before: PullThroughCacheRule, after: PullThroughCacheRule) -> PullThroughCacheRule:
    """Return the older rule, and where one of the two is live with the prefix of the other one."""
    if before.origin is None or after.origin is None:
        return replace(before, ecr_repository_prefix=after.ecr_repository_prefix)
    return before


def _replaced(prefix: str, before: PullThroughCacheRule, after: PullThroughCacheRule) -> Draft:
    another = f"the pull through cache rule {prefix!r} is another than the one declared"
    if after.origin is None:  # it is what is there, and replaces nothing
        return Draft(kind=ChangeClass.REPLACED, head=another, cause=listed(_changed(before, after)))
    return Draft(
        kind=ChangeClass.REPLACED,
        head=f"the pull through cache rule {prefix!r} is replaced: CloudFormation makes the new"
        " one while the old one holds its prefix, so that the update fails; to rotate a credential"
        " change the value of its secret, else delete the rule first",
        cause=listed(_changed(before, after)),
        origin=after.origin,
        certain=not _may_be_same(before, after),
        left_alone=another,
    )


def _may_replace(rule: PullThroughCacheRule, older: Iterable[PullThroughCacheRule]) -> bool:
    """Tell whether a rule may have a prefix that its resource had before."""
    return any(
        is_replaced(each, [rule]) and may_be(each.ecr_repository_prefix, rule.ecr_repository_prefix)
        for each in older
    )


def _may_be_same(before: PullThroughCacheRule, after: PullThroughCacheRule) -> bool:
    """Tell whether all that differs may turn out to be the same at deployment."""
    pairs = ((_property(before, name), _property(after, name)) for name in _PROPERTIES)
    return all(
        old == new or (old is not None and new is not None and may_be(old, new))
        for old, new in pairs
    )


def _changed(before: PullThroughCacheRule, after: PullThroughCacheRule) -> Iterator[str]:
    """Yield what is otherwise, also where Amazon ECR takes both for the same."""
    for name, words in _PROPERTIES.items():
        old, new = (_property(each, name) for each in (before, after))
        if old != new:
            yield f"{words} was {_value(old)} and is {_value(new)}"


def _property(rule: PullThroughCacheRule, name: str) -> Text | None:
    value: Text | None = attrgetter(name)(rule)
    return value


def _by_prefix(registry: Registry) -> Mapping[str, PullThroughCacheRule]:
    return {key_of(rule.ecr_repository_prefix): rule for rule in registry.pull_through_cache_rules}


def _upstream(rule: PullThroughCacheRule) -> str:
    kind, url = rule.upstream.kind, rule.upstream.url
    return str(url) if kind is None or kind.given else f"{kind.title} ({url})"


def _value(value: Text | None) -> str:
    return "none" if value is None else f"'{value}'"


def _taken(registry: Registry, prefixes: Iterable[Text], others: Iterable[Text]) -> str:
    """Return how many repositories of a registry these prefixes take, and the others do not."""
    count = sum(
        is_replicated(prefixes, each.repository_name) is True
        and is_replicated(others, each.repository_name) is not True
        for each in registry.repositories
    )
    if not count:
        return ""
    return f" ({plural(count, 'repository')} of this app)"


def _without(prefixes: frozenset[Text], taken: frozenset[Text]) -> list[Text]:
    """Return the prefixes that no prefix of the others takes."""
    return sorted((p for p in prefixes if not is_taken(p, taken)), key=str)


def _inside(prefixes: Iterable[Text], wider: Iterable[Text]) -> list[Text]:
    """Return the prefixes of which each is a part of one of the others."""
    given = list(wider)
    return [each for each in prefixes if is_taken(each, given)]


def _meets(prefixes: Iterable[Text], wider: Iterable[Text]) -> bool:
    return bool(_inside(prefixes, wider))


def _may_go_on(
    destination: Destination,
    prefixes: Iterable[Text],
    other: Mapping[Destination, frozenset[Text]],
) -> bool:
    """Tell whether what differs may be the same on the other side, where it is known too late."""
    given = list(prefixes)
    return any(
        may_be(mine, theirs)
        for to, taken in other.items()
        if to == destination or _may_be_registry(destination, to)
        for mine in given
        for theirs in taken
        if to != destination or isinstance(mine, Unresolved) or isinstance(theirs, Unresolved)
    )


def _may_be_registry(one: Destination, other: Destination) -> bool:
    return may_be(one.region, other.region) and may_be(one.registry_id, other.registry_id)
