"""Texts with ``*`` for any characters and ``?`` for one: what they match and where they meet.

Layer: model; imports the standard library only.

Both run in time that grows with the product of the lengths at most: a filter out of somebody
else's template can be written so that a regular expression would never end.
"""

from __future__ import annotations


def matches(pattern: str, text: str) -> bool:
    """Tell whether a pattern with ``*`` matches the whole of a text; ``?`` is a plain character.

    >>> matches("prod*repo", "prod-repo"), matches("prod", "production")
    (True, False)
    """
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == text
    *middle, last = rest
    if not text.startswith(first) or not text[len(first) :].endswith(last):
        return False
    position, end = len(first), len(text) - len(last)
    for piece in middle:
        position = text.find(piece, position, end)
        if position < 0:
            return False
        position += len(piece)
    return True


def overlap(one: str, other: str) -> bool:
    """Tell whether some text matches both patterns, in which ``*`` and ``?`` are wildcards.

    >>> overlap("*prod*", "docker-hub/*"), overlap("web/*", "docker-hub/*")
    (True, False)
    """
    # reach[j]: some text is matched by what was read of `one` and by the first j of `other`
    reach = _skip_stars([True] + [False] * len(other), other)
    for character in one:
        following = [False] * (len(other) + 1)
        for j, there in enumerate(reach):
            if not there:
                continue
            if character == "*":
                following[j] = True
            if j < len(other) and other[j] == "*":
                following[j] = True
            elif j < len(other) and (character in {"?", other[j]} or other[j] == "?"):
                following[j + 1] = True
        if character == "*":
            # A star takes every character that `other` may still want.
            for j in range(len(other)):
                following[j + 1] = following[j + 1] or following[j]
        reach = _skip_stars(following, other)
    return reach[-1]


def _skip_stars(reach: list[bool], pattern: str) -> list[bool]:
    """Let a star stand for nothing."""
    for j, character in enumerate(pattern):
        if character == "*" and reach[j]:
            reach[j + 1] = True
    return reach
