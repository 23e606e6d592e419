"""Words for lists and numbers, as every sentence of this library has them.

Layer: model; imports the standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def listed(words: Iterable[str], joint: str = "and", *, most: int = 4) -> str:
    """Return words as a list; of many the first, and how many more.

    Args:
        words: The words.
        joint: What stands before the last.
        most: As many are shown of a long list, but one more where it is the last.

    >>> listed(["a", "b", "c"], "or")
    'a, b or c'
    >>> listed(["a", "b", "c", "d"], most=2)
    'a, b and 2 more'
    """
    shown = list(words)
    if len(shown) > most + 1:
        shown = [*shown[:most], f"{len(shown) - most:,} more"]
    if len(shown) <= 1:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} {joint} {shown[-1]}"


def examples(names: Sequence[str], most: int = 3) -> str:
    """Return the first few names, and how many others there are.

    >>> examples(["v1", "v2", "v3", "v4", "v5"])
    'v1, v2, v3 and 2 more'
    >>> examples(["v1", "v2"])
    'v1, v2'
    """
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"


def plural(count: int, noun: str) -> str:
    """Return a number of things.

    >>> plural(1, "day"), plural(1000, "repository")
    ('1 day', '1,000 repositories')
    """
    if count == 1:
        return f"1 {noun}"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{count:,} {noun[:-1]}ies"
    return f"{count:,} {noun}s"
