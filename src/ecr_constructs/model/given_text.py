"""What is said of a text that a caller gave, who may have given no text at all.

Layer: model; imports ``service`` only.
"""

from __future__ import annotations

import re

from ecr_constructs.model.unresolved import is_known
from ecr_constructs.service import patterns


def account_sentence(what: str, account: object) -> str:
    """Return what is wrong with an account's id."""
    digits = "12 digits" if isinstance(account, str) else "a string of 12 digits"
    return f"{what} must be {digits}, got {account!r}"


def account_fix(account: object) -> str:
    """Return what to write instead of an account's id; a number is one without its quotes."""
    # Few ids begin with more than two zeros, and a short number is something else.
    digits = f"{account:012d}" if type(account) is int and account > 10**9 else ""
    if patterns.ACCOUNT_ID.fullmatch(digits):
        return f"write {digits!r}"
    return "write for example '111122223333'"


def fits(value: object, pattern: re.Pattern[str]) -> bool:
    """Tell whether a text is like the pattern, as far as it is known; what is no text never is."""
    return not is_known(value) or (isinstance(value, str) and bool(pattern.fullmatch(value)))
