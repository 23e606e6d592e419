"""What actions are for, in words.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ecr_constructs.model.words import listed
from ecr_constructs.service import actions


class Purpose(StrEnum):
    """What somebody does with a repository; the order is that of the columns of a matrix."""

    PULL = "pull"
    PUSH = "push"
    DELETE = "delete"
    ADMINISTER = "administer"
    REPLICATE = "replicate"
    IMPORT = "import"
    READ = "read"


#: What takes all of its actions, ...
_ALL_OF: Final = {
    Purpose.PULL: actions.PULL - {"ecr:BatchCheckLayerAvailability"},
    Purpose.PUSH: actions.PUSH,
    Purpose.REPLICATE: frozenset({"ecr:ReplicateImage"}),
    Purpose.IMPORT: frozenset({"ecr:BatchImportUpstreamImage"}),
}
#: ... and what takes one of them.
_ANY_OF: Final = {
    Purpose.DELETE: actions.DELETE,
    Purpose.ADMINISTER: actions.ADMINISTER - actions.DELETE,
    Purpose.READ: actions.READ | {"ecr:ListImages"},
}


@dataclass(frozen=True, slots=True)
class _Words:
    """Actions that belong together.

    Attributes:
        verb: The words for them.
        covered: The actions.
        needed: Those that it takes; all of them where nothing is said.
        telling: Those of which one tells that it is about this purpose.
    """

    verb: str
    covered: frozenset[str]
    needed: frozenset[str] | None = None
    telling: frozenset[str] | None = None

    def say(self, changed: set[str], held: set[str]) -> bool:
        """Tell whether these are the words for what changed."""
        return (
            bool(changed & (self.telling or self.covered)) and (self.needed or self.covered) <= held
        )


#: The words, in the order in which they are said.
_WORDS: Final = (
    _Words("pull", actions.PULL, _ALL_OF[Purpose.PULL], _ALL_OF[Purpose.PULL]),
    _Words("push", actions.PUSH, None, actions.PUSH - actions.PULL),
    _Words("delete images of", frozenset({"ecr:BatchDeleteImage"})),
    _Words("delete", frozenset({"ecr:DeleteRepository"})),
    _Words(
        "change the policy of",
        frozenset({"ecr:SetRepositoryPolicy", "ecr:DeleteRepositoryPolicy"}),
        frozenset({"ecr:SetRepositoryPolicy"}),
    ),
    _Words(
        "change the lifecycle policy of",
        frozenset({"ecr:PutLifecyclePolicy", "ecr:DeleteLifecyclePolicy"}),
        frozenset({"ecr:PutLifecyclePolicy"}),
    ),
    _Words("replicate to", frozenset({"ecr:ReplicateImage"})),
    _Words("pull upstream images through", frozenset({"ecr:BatchImportUpstreamImage"})),
    _Words("create", frozenset({"ecr:CreateRepository"})),
    _Words("list the images of", actions.READ | {"ecr:ListImages"}, actions.READ),
)
#: As many actions without a word of their own are named.
_NAMED: Final = 3


def purposes_of(sizes: Mapping[str, int]) -> dict[Purpose, tuple[str, ...]]:
    """Return what somebody can do, and the actions that decide about it.

    Args:
        sizes: How much has to hold for each action that is not refused.
    """
    found: dict[Purpose, tuple[str, ...]] = {}
    for purpose in Purpose:
        wanted = _ALL_OF.get(purpose)
        if wanted is None:
            several = [action for action in sorted(_ANY_OF[purpose]) if action in sizes]
            if several:
                found[purpose] = (min(several, key=sizes.__getitem__),)
        elif all(action in sizes for action in wanted):
            found[purpose] = tuple(sorted(wanted))
    return found


def describe(changed: Iterable[str], held: Iterable[str]) -> str:
    """Return actions as a verb, such as ``pull and push``.

    Args:
        changed: The actions that are spoken of.
        held: All that is held with them: ``ecr:PutImage`` alone completes a push
            where the other actions are there.
    """
    rest, total = set(changed), set(held)
    if actions.REPOSITORY - {"ecr:CreateRepository"} <= rest:
        return "do everything with"
    words = []
    for each in _WORDS:
        if each.say(rest, total):
            words.append(each.verb)
            rest -= each.covered
    if rest:
        named = sorted(rest)
        shown = named[:_NAMED] if len(named) > _NAMED + 1 else named
        words.append(f"do {listed([*shown, *_others(len(named) - len(shown))])} on")
    return _merged(words)


def _others(count: int) -> list[str]:
    return [f"{count} other actions"] if count else []


def _merged(words: list[str]) -> str:
    """Join verbs; of those that end alike the end is said once."""
    if len(words) > 1 and words[-1].endswith(" on"):
        return f"{', '.join(words[:-1])} and {words[-1]}"
    return listed(words)
