"""Three-valued logic: what is so, what is not, and what cannot be told.

Layer: access; imports the standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Truth(IntEnum):
    """Whether something holds; ``UNKNOWN`` lies between the two (Kleene's logic)."""

    NO = 0
    UNKNOWN = 1
    YES = 2


def negate(truth: Truth) -> Truth:
    """Return the opposite; what is unknown stays unknown."""
    return Truth(Truth.YES - truth)


def every(truths: Iterable[Truth]) -> Truth:
    """Return whether all hold; YES for none."""
    return min(truths, default=Truth.YES)


def some(truths: Iterable[Truth]) -> Truth:
    """Return whether at least one holds; NO for none."""
    return max(truths, default=Truth.NO)


def told(holds: bool) -> Truth:  # noqa: FBT001 - the one argument is what it converts
    """Return a truth that is known."""
    return Truth.YES if holds else Truth.NO
