"""Match image tags against the patterns and prefixes of lifecycle rules.

Layer: lifecycle; imports ``model``.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html. A list is an
AND: an image is selected if each entry is matched by one of its tags, which may
be the same tag for two entries.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress, repeat
from operator import contains
from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ecr_constructs.model.lifecycle import LifecycleRule


# Marks beside characters: longer than one, so that no character equals them.
_ANY: Final = "any characters"
_END: Final = "the end"

_HIGHEST: Final = chr(0x10FFFF)


@final
@dataclass(frozen=True, slots=True)
class TagPattern:
    """A pattern in which ``*`` stands for any characters, none included.

    Attributes:
        parts: The text between the asterisks; one part is an exact tag.
    """

    parts: tuple[str, ...]

    @classmethod
    def of(cls, pattern: str) -> TagPattern:
        """Return a pattern as it is written in ``tagPatternList``."""
        return cls(tuple(pattern.split("*")))

    @classmethod
    def of_prefix(cls, prefix: str) -> TagPattern:
        """Return the pattern that a plain prefix of ``tagPrefixList`` means."""
        return cls((prefix, ""))

    @classmethod
    def all_of(cls, rule: LifecycleRule) -> tuple[TagPattern, ...]:
        """Return the entries of a rule's tag list; none where it asks for no tags."""
        patterns = (cls.of(pattern) for pattern in rule.tag_pattern_list or ())
        prefixes = (cls.of_prefix(prefix) for prefix in rule.tag_prefix_list or ())
        return (*patterns, *prefixes)

    def matches(self, tag: str) -> bool:
        """Tell whether the pattern matches the whole tag, in time linear in its length."""
        first, *middle = self.parts
        if not middle:
            return tag == first
        last = middle.pop()
        at, end = len(first), len(tag) - len(last)
        if at > end or not tag.startswith(first) or not tag.endswith(last):
            return False
        # Taking each part at its first place leaves the most room for the next ones.
        for part in middle:
            at = tag.find(part, at, end)
            if at < 0:
                return False
            at += len(part)
        return True

    def matching(self, tags: Sequence[str], owners: Sequence[int]) -> set[int]:
        """Return the owners of the tags that match.

        Args:
            tags: Sorted, so that only those that start as the pattern does are
                looked at.
            owners: ``owners[i]`` holds ``tags[i]``.
        """
        first, *others = self.parts
        start = bisect_left(tags, first)
        if not others:
            return set(owners[start : bisect_right(tags, first)])
        end = bisect_right(tags, first + _HIGHEST)
        while end < len(tags) and tags[end].startswith(first):
            end += 1  # a tag may go on with characters as high
        if others == [""]:
            return set(owners[start:end])
        needle = max(others, key=len)  # most tags are passed over by the quickest test
        tags, owners = tags[start:end], owners[start:end]
        likely = compress(zip(tags, owners, strict=True), map(contains, tags, repeat(needle)))
        return {owner for tag, owner in likely if self.matches(tag)}

    def within(self, other: TagPattern) -> bool:
        """Tell whether ``other`` matches every tag that this pattern matches."""
        # What an asterisk stands for may hold a character that no other pattern asks for: only
        # an asterisk of the other can take it.
        return other.matches("\0".join(self.parts))

    def meets(self, other: TagPattern) -> bool:
        """Tell whether one tag can match both patterns."""
        return _meet(self, other)

    def symbols(self) -> list[str]:
        """Return the characters, asterisks as a mark of their own, with an end."""
        symbols = list(self.parts[0])
        for part in self.parts[1:]:
            symbols += [_ANY, *part]
        return [*symbols, _END]


# A fleet's policies have the same few patterns.
@lru_cache(maxsize=1024)
def _meet(one: TagPattern, other: TagPattern) -> bool:
    ours, theirs = one.symbols(), other.symbols()
    seen: set[tuple[int, int]] = set()
    reached = [(0, 0)]  # places in both that one text can lead to
    while reached:
        i, j = place = reached.pop()
        if place in seen:
            continue
        seen.add(place)
        if ours[i] == theirs[j] == _END:
            return True
        if ours[i] == theirs[j] != _ANY:
            reached.append((i + 1, j + 1))
        for mine, yours, ahead, aside in (
            (ours[i], theirs[j], (i + 1, j), (i, j + 1)),
            (theirs[j], ours[i], (i, j + 1), (i + 1, j)),
        ):
            if mine == _ANY:
                reached.append(ahead)
                if yours != _END:
                    reached.append(aside)
    return False


def all_match(patterns: Iterable[TagPattern], tags: Sequence[str]) -> bool:
    """Tell whether each pattern is matched by one of the tags."""
    return all(any(pattern.matches(tag) for tag in tags) for pattern in patterns)
