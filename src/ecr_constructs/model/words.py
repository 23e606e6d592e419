"""Words for lists and numbers, as every sentence of this library has them.

Layer: model; imports the standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

#: As much is shown of what somebody gave.
_SHOWN: Final = 80

#: How alike a name must be to be taken for a misspelling; ``apy`` is 0.67 of ``api``.
_NEAR: Final = 0.65


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


def shown(value: object) -> str:
    """Return what somebody gave; where that is long, an address or one of CDK's, what it is.

    >>> shown(["v1"])
    "['v1']"
    >>> shown(object())
    'one of object'
    """
    kind = type(value)
    text = repr(value)
    is_cdk = kind.__module__.startswith("aws_cdk")
    if len(text) <= _SHOWN and not text.startswith("<") and not is_cdk:
        return text
    name = f"{kind.__module__}.{kind.__name__}" if is_cdk else kind.__name__
    return f"one of {name.removeprefix('aws_cdk.')}"


def examples(names: Sequence[str], most: int = 3) -> str:
    """Return the first few names, and how many others there are.

    >>> examples(["v1", "v2", "v3", "v4", "v5"])
    'v1, v2, v3 and 2 more'
    >>> examples(["v1", "v2"])
    'v1, v2'
    """
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"


def meant(name: str, names: Iterable[str]) -> str:
    """Return what to write in place of a name that is not there: one near it, or some that are.

    What two names share up to a slash makes them no nearer: the repositories of a
    team are not each other's misspellings.

    >>> meant("shop/workr", ["shop/jobs", "shop/worker"])
    "did you mean 'shop/worker'"
    >>> meant("shop/worker", ["shop/jobs", "shop/api"])
    'there are shop/api, shop/jobs'
    >>> meant("shop/worker", [])
    'there is none'
    """
    there = sorted(set(names))
    nearest = max(there, key=lambda other: _nearness(name, other), default="")
    if _nearness(name, nearest) >= _NEAR:
        return f"did you mean {nearest!r}"
    if len(there) <= 1:
        return f"there is {''.join(there) or 'none'}"
    return f"there are {examples(there, most=5)}"


def _nearness(name: str, other: str) -> float:
    """Return from 0 to 1 how alike two names are, whatever folder they share."""
    from difflib import SequenceMatcher

    ours, theirs = name.lower().split("/"), other.lower().split("/")
    while len(ours) > 1 and len(theirs) > 1 and ours[0] == theirs[0]:
        del ours[0], theirs[0]
    return SequenceMatcher(None, "/".join(ours), "/".join(theirs)).ratio()


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
