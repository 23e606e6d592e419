"""Where images are replicated to and cached from, on either side of a change.

Layer: review.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ecr_constructs.model.pull_through_cache import PullThroughCacheRule
from ecr_constructs.model.registry import Registry
from ecr_constructs.model.replication import Destination, Replication
from ecr_constructs.model.replication_merge import minimal_prefixes
from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.model.words import listed, plural
from ecr_constructs.review.change.difference import ChangeClass, Draft
from ecr_constructs.review.change.pairs import RegistryPair

#: The prefix of every name.
_EVERYTHING: Final = ""
_PROPERTIES: Final = {
    "upstream": "the upstream",
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
        where = _registry(destination)
        stopped, started = _without(was, becomes), _without(becomes, was)
        if stopped:
            names = _taken(pair.before, stopped)
            yield Draft(
                kind=ChangeClass.STOPPED,
                head=f"{where} no longer receives {_prefixes(stopped)}{names}; the images that are"
                " there stay, and grow old",
                cause="the replication rules no longer send it there",
                origin=origin,
            )
        if started:
            yield Draft(
                kind=ChangeClass.STARTED,
                head=f"{where} receives {_prefixes(started)}{_taken(pair.after, started)} from now"
                " on; images that were pushed before are not copied",
                cause="the replication rules send it there",
                origin=origin,
            )
    yield from _deletions(before, after)


def flows(registry: Registry) -> dict[Destination, frozenset[Text]]:
    """Return the prefixes of names that go to each destination; ``""`` for all names."""
    if not isinstance(registry.replication, Replication):
        return {}
    found: dict[Destination, set[Text]] = {}
    for rule in registry.replication.rules:
        for destination in rule.destinations:
            prefixes = found.setdefault(destination, set())
            prefixes.update(rule.repository_filters or (_EVERYTHING,))
    return {destination: minimal_prefixes(prefixes) for destination, prefixes in found.items()}


def is_replicated(prefixes: Iterable[Text], name: Text | None) -> bool | None:
    """Tell whether a repository is among what some prefixes take; None where it cannot be told."""
    answer: bool | None = False
    for prefix in prefixes:
        if prefix == _EVERYTHING:
            return True
        if not isinstance(prefix, str) or not isinstance(name, str):
            answer = None
        elif name.startswith(prefix):
            return True
    return answer


def _deletions(before: Replication | None, after: Replication | None) -> Iterator[Draft]:
    def deletes(replication: Replication | None) -> dict[Destination, bool]:
        rules = () if replication is None else replication.rules
        found: dict[Destination, bool] = {}
        for rule in rules:
            for destination in rule.destinations:
                found[destination] = found.get(destination, False) or bool(
                    rule.delete_replication is not False
                )
        return found

    old, new = deletes(before), deletes(after)
    for destination, now in new.items():
        if old.get(destination, False) == now:
            continue
        head = f"deletions, lifecycle expiry included, are {'now' if now else 'no longer'}"
        yield Draft(
            kind=ChangeClass.WEAKENED if now else ChangeClass.STRENGTHENED,
            head=f"{head} carried out in {_registry(destination)}",
            cause="the delete replication of a rule changes",
            origin=after.origin if after else None,
        )


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
            )
        elif earlier.normalise() != rule.normalise():
            yield _replaced(prefix, earlier, rule)
    for prefix, rule in old.items():
        if prefix not in new:
            yield Draft(
                kind=ChangeClass.STOPPED,
                head=f"images of {_upstream(rule)} can no longer be pulled through {prefix!r},"
                " nor are those that are cached there updated",
                cause="the pull through cache rule is gone",
            )


def _replaced(prefix: str, before: PullThroughCacheRule, after: PullThroughCacheRule) -> Draft:
    old, new = before.normalise(), after.normalise()
    changed = [
        f"{words} was {_value(getattr(old, name))} and is {_value(getattr(new, name))}"
        for name, words in _PROPERTIES.items()
        if getattr(old, name) != getattr(new, name)
    ]
    return Draft(
        kind=ChangeClass.REPLACED,
        head=f"the pull through cache rule {prefix!r} is replaced: CloudFormation makes the new"
        " one while the old one holds its prefix, so that the update fails; to rotate a credential"
        " change the value of its secret, else delete the rule first",
        cause=listed(changed) or "its prefix is spelt otherwise",
        origin=after.origin,
    )


def _by_prefix(registry: Registry) -> Mapping[str, PullThroughCacheRule]:
    return {
        str(rule.ecr_repository_prefix).removesuffix("/"): rule
        for rule in registry.pull_through_cache_rules
    }


def _upstream(rule: PullThroughCacheRule) -> str:
    kind, url = rule.upstream.kind, rule.upstream.url
    return str(url) if kind is None or kind.given else f"{kind.title} ({url})"


def _value(value: object) -> str:
    url = getattr(value, "url", value)
    return "none" if url is None else f"'{url}'"


def _registry(destination: Destination) -> str:
    return f"the registry of account {destination.registry_id} in {destination.region}"


def _prefixes(prefixes: Iterable[Text]) -> str:
    names = sorted(map(str, prefixes))
    if names == [_EVERYTHING]:
        return "images"
    return listed(name if name.endswith("/") else f"{name}*" for name in names)


def _taken(registry: Registry, prefixes: Iterable[Text]) -> str:
    """Return how many repositories of a registry the prefixes take."""
    given = list(prefixes)
    count = sum(
        is_replicated(given, each.repository_name) is True for each in registry.repositories
    )
    if not count:
        return ""
    return f" ({plural(count, 'repository')} of this app)"


def _without(prefixes: frozenset[Text], taken: frozenset[Text]) -> list[Text]:
    """Return the prefixes that no prefix of the others takes."""
    return sorted((p for p in prefixes if not _is_taken(p, taken)), key=str)


def _is_taken(prefix: Text, taken: Iterable[Text]) -> bool:
    return any(
        other in (prefix, _EVERYTHING)
        or (isinstance(prefix, str) and isinstance(other, str) and prefix.startswith(other))
        for other in taken
    )
