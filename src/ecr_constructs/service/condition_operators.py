"""The condition operators of IAM, in lower case: a policy with another one is refused.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import difflib
import functools
from typing import Final

_ORDERED: Final = ("Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
#: As IAM spells them, without what goes before or behind.
_NAMES: Final = (
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    *("StringLike", "StringNotLike", "ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"),
    *("Bool", "BinaryEquals", "IpAddress", "NotIpAddress"),
    *(f"{kind}{each}" for kind in ("Numeric", "Date") for each in (*_ORDERED, "NotEquals")),
)
#: The negated operator of each plain one that has its opposite.
NEGATED: Final = {name.replace("Not", "", 1).lower(): name for name in _NAMES if "Not" in name}
_QUALIFIERS: Final = ("foranyvalue:", "forallvalues:")
_KNOWN: Final = frozenset(name.lower() for name in _NAMES)


@functools.lru_cache(maxsize=256)
def is_known(operator: str) -> bool:
    """Tell whether IAM has an operator, in any case.

    >>> is_known("ForAnyValue:StringLikeIfExists"), is_known("StringMatches")
    (True, False)
    """
    name = operator.lower()
    for qualifier in _QUALIFIERS:
        name = name.removeprefix(qualifier)
    # Null asks whether a key is there, and so takes no IfExists.
    return name == "null" or name.removesuffix("ifexists") in _KNOWN


def nearest(operator: str) -> str | None:
    """Return the operator that a misspelt one was meant to be, as IAM spells it, or None."""
    close = difflib.get_close_matches(operator, _NAMES, n=1, cutoff=0.8)
    return close[0] if close else None
