"""Who is told of what happens to images, and no longer is.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from ecr_constructs.model.event_rule import EventRule
from ecr_constructs.model.registry import Deployment
from ecr_constructs.model.words import listed
from ecr_constructs.review.alerts import alert_rules, events_words
from ecr_constructs.review.change.difference import ChangeClass, Difference, Place
from ecr_constructs.review.describe import place_of

_Pair = tuple[EventRule | None, EventRule | None]


def alert_differences(older: Deployment, newer: Deployment) -> Iterator[Difference]:
    """Yield whom EventBridge rules tell of events of images, and whom no longer."""
    after = list(alert_rules(newer))
    for old, new in _pairs(list(alert_rules(older)), after):
        if old is None:
            assert new is not None
            yield from _came(new, new.told, f"the event rule {place_of(new.origin)} is new")
        elif new is None:
            cause = f"the event rule {place_of(old.origin)} is gone"
            yield from _gone(old, old.told, cause, after, None)
        else:
            yield from _changed(old, new, after)


def _pairs(before: list[EventRule], after: list[EventRule]) -> Iterator[_Pair]:
    """Yield the rules of both sides: by stack and logical id, else by what they do."""
    alone = after
    rest = before
    for key in (_id, _meaning):
        known: dict[object, list[EventRule]] = {}
        for each in rest:
            known.setdefault(key(each), []).append(each)
        left = []
        for each in alone:
            matches = known.get(key(each))
            if matches:
                yield matches.pop(), each
            else:
                left.append(each)
        alone = left
        rest = [each for matches in known.values() for each in matches]
    yield from ((None, each) for each in alone)
    yield from ((each, None) for each in rest)


def _id(rule: EventRule) -> tuple[object, ...]:
    origin = rule.origin
    ident = (origin.stack, origin.logical_id) if origin else (rule.pattern, rule.told)
    return (str(rule.account), str(rule.region), *ident)


def _meaning(rule: EventRule) -> tuple[object, ...]:
    return (str(rule.account), str(rule.region), rule.pattern, rule.told)


def _changed(old: EventRule, new: EventRule, newer: Iterable[EventRule]) -> Iterator[Difference]:
    where = place_of(new.origin)
    gone = tuple(each for each in old.told if each not in new.told)
    came = tuple(each for each in new.told if each not in old.told)
    cause = f"the targets of the event rule {where} change"
    if old.is_enabled != new.is_enabled:
        cause = f"the event rule {where} is {'ENABLED' if new.is_enabled else 'DISABLED'}"
    yield from _gone(old, gone, cause, newer, new)
    yield from _came(new, came, cause)
    kept = tuple(each for each in new.told if each in old.told)
    if not kept or old.pattern == new.pattern:
        return
    cause = f"the pattern of the event rule {where} was {old.pattern} and is {new.pattern}"
    lost, gained = _less(old, new), _less(new, old)
    if lost:
        yield _difference(
            ChangeClass.WEAKENED, new, f"{_verb(kept, 'no longer')} told of {listed(lost)}", cause
        )
    if gained:
        yield _difference(
            ChangeClass.STRENGTHENED, new, f"{_verb(kept)} told of {listed(gained)}", cause
        )
    if not lost and not gained:
        # What a pattern leaves out that another one takes, nobody can tell in general.
        words = (
            f"{_verb(kept)} told of other events among {events_words(new)} than before: whether"
            " some are left out cannot be told"
        )
        yield _difference(ChangeClass.WEAKENED, new, words, cause, certain=False)


def _less(one: EventRule, other: EventRule) -> list[str]:
    """Return the kinds of events that one rule waits for and the other does not."""
    return [str(each) for each in one.detail_types or () if each not in (other.detail_types or ())]


def _came(rule: EventRule, told: tuple[str, ...], cause: str) -> Iterator[Difference]:
    if told:
        words = f"{_verb(told)} told of {events_words(rule)}"
        yield _difference(ChangeClass.STRENGTHENED, rule, words, cause)


def _gone(
    rule: EventRule,
    told: tuple[str, ...],
    cause: str,
    newer: Iterable[EventRule],
    successor: EventRule | None,
) -> Iterator[Difference]:
    """Yield who is no longer told of events; ``successor`` is the rule on the newer side."""
    if not told:
        return
    still = set(
        chain.from_iterable(each.detail_types or () for each in newer if _tells(each, rule))
    )
    if still.intersection(rule.detail_types or ()):
        words = f"{_verb(told, 'no longer')} told of {events_words(rule)}"
    else:
        words = f"nobody is told any more of {events_words(rule)}, where before {_was(told)}"
    found = _difference(ChangeClass.WEAKENED, successor or rule, words, cause)
    yield found if successor else replace(found, origins=())


def _tells(each: EventRule, rule: EventRule) -> bool:
    here = (str(rule.account), str(rule.region))
    return bool(each.told) and (str(each.account), str(each.region)) == here


def _verb(told: tuple[str, ...], adverb: str = "") -> str:
    verb = "are" if len(told) > 1 else "is"
    return " ".join(filter(None, (listed(told), verb, adverb)))


def _was(told: tuple[str, ...]) -> str:
    return f"{listed(told)} {'were' if len(told) > 1 else 'was'}"


def _difference(
    kind: ChangeClass, rule: EventRule, sentence: str, cause: str, *, certain: bool = True
) -> Difference:
    return Difference(
        kind=kind,
        sentence=sentence,
        cause=cause,
        place=Place(str(rule.account), str(rule.region)),
        origins=() if rule.origin is None else (rule.origin,),
        certain=certain,
    )
