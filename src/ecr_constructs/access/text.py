"""Comparing text as IAM does, where a part of either side may be unknown.

Layer: access; imports ``model`` only.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final, TypeAlias

from ecr_constructs.access.truth import Truth, told
from ecr_constructs.model.unresolved import Text, Unknown, is_known, join

#: arn:partition:service:region:account:resource.
_ARN_FIELDS: Final = 6
_CDK_TOKEN: Final = re.compile(r"([$#]\{Token\[[^\]]*\]\})")


class Wild(Enum):
    """A wildcard: ``?`` stands for one character, ``*`` for any number of them."""

    ONE = "?"
    MANY = "*"


#: A pattern in pieces: text that stands for itself, wildcards, and what is not known.
Pattern: TypeAlias = Sequence[str | Wild | Unknown]


def equals(expected: Text, value: Text, *, ignore_case: bool = False) -> Truth:
    """Tell whether two strings are equal; an unknown part equals itself only."""
    if isinstance(expected, str) and isinstance(value, str) and "{Token[" not in expected:
        if ignore_case:
            return told(expected.lower() == value.lower())
        return told(expected == value)
    return matches(pattern_of(expected, wildcards=False), value, ignore_case=ignore_case)


def like(pattern: Text, value: Text) -> Truth:
    """Tell whether a string matches a pattern with ``*`` and ``?``."""
    if isinstance(pattern, str) and isinstance(value, str) and "{Token[" not in pattern:
        if "*" not in pattern and "?" not in pattern:
            return told(pattern == value)
        return told(_expression(pattern).fullmatch(value) is not None)
    return matches(pattern_of(pattern), value)


@functools.lru_cache(maxsize=4096)
def pattern_of(text: Text, *, wildcards: bool = True) -> Pattern:
    """Cut a string into the pieces of a pattern; without ``wildcards`` ``*`` is itself."""
    pieces: list[str | Wild | Unknown] = []
    for part in pieces_of(text):
        if isinstance(part, Unknown) or not wildcards:
            pieces.append(part)
        else:
            pieces += (
                Wild(piece) if piece in ("*", "?") else piece
                for piece in re.split(r"([*?])", part)
                if piece
            )
    return tuple(pieces)


def pieces_of(text: Text) -> list[str | Unknown]:
    """Return a string in pieces, of which a token of CDK is an unknown one."""
    pieces: list[str | Unknown] = []
    for part in [text] if isinstance(text, str) else text.parts:
        if isinstance(part, Unknown):
            pieces.append(part)
        else:
            pieces += (
                Unknown(piece[2:-1]) if index % 2 else piece
                for index, piece in enumerate(_CDK_TOKEN.split(part))
                if piece
            )
    return pieces


def matches(pattern: Pattern, value: Text, *, ignore_case: bool = False) -> Truth:
    """Tell whether a string matches a pattern.

    YES if it does whatever the unknown parts are, NO if it does for none. A
    ``*`` takes in what is unknown; an unknown part of the pattern matches the
    same unknown part of the value.
    """
    wanted = _units(pattern, ignore_case=ignore_case)
    given = _units(pieces_of(value), ignore_case=ignore_case)
    if _surely(wanted, given):
        return Truth.YES
    return Truth.UNKNOWN if _possibly(wanted, given) else Truth.NO


def split_pattern(pattern: Pattern, separator: str, times: int) -> list[Pattern] | None:
    """Split a pattern in pieces; None where it does not hold the separator so many times."""
    fields: list[list[str | Wild | Unknown]] = [[]]
    for piece in pattern:
        if not isinstance(piece, str):
            fields[-1].append(piece)
            continue
        first, *rest = piece.split(separator, times + 1 - len(fields))
        fields[-1].append(first)
        fields += ([each] for each in rest)
    return None if len(fields) <= times else list(fields)


def arn_fields(arn: Text) -> list[Text] | None:
    """Return the six fields of an ARN, or None where it has fewer (or they are unknown).

    >>> arn_fields("arn:aws:lambda:eu-west-1:111122223333:function:resize")[5]
    'function:resize'
    """
    if isinstance(arn, str) and is_known(arn):
        known: list[Text] = [*arn.split(":", _ARN_FIELDS - 1)]
        return known if len(known) == _ARN_FIELDS else None
    fields = split_pattern(pieces_of(arn), ":", _ARN_FIELDS - 1)
    if fields is None:
        return None
    return [join([piece for piece in field if not isinstance(piece, Wild)]) for field in fields]


def concat(*texts: Text) -> Text:
    """Join strings that may have unknown parts."""
    return join([p for text in texts for p in ([text] if isinstance(text, str) else text.parts)])


@functools.lru_cache(maxsize=4096)
def _expression(pattern: str) -> re.Pattern[str]:
    """Return a pattern as a regular expression that matches in bounded time.

    What stands between two stars is taken where it is met first, and not
    looked for again: for the rest of the pattern a later place is no better.
    """
    first, *others = (
        "".join("." if c == "?" else re.escape(c) for c in part) for part in pattern.split("*")
    )
    if not others:
        return re.compile(first, re.DOTALL)
    between = "".join(f"(?>.*?{part})" for part in others[:-1])
    return re.compile(f"{first}{between}.*{others[-1]}", re.DOTALL)


def _units(pieces: Pattern, *, ignore_case: bool) -> list[str | Wild | Unknown]:
    """Return a pattern character by character."""
    units: list[str | Wild | Unknown] = []
    for piece in pieces:
        if isinstance(piece, str):
            units += piece.lower() if ignore_case else piece
        else:
            units.append(piece)
    return units


def _surely(wanted: Sequence[str | Wild | Unknown], given: Iterable[object]) -> bool:
    states = _skip(wanted, {0})
    for unit in given:
        after = {i for i in states if i < len(wanted) and wanted[i] is Wild.MANY}
        for i in states:
            if i < len(wanted) and (
                wanted[i] == unit or (wanted[i] is Wild.ONE and isinstance(unit, str))
            ):
                after.add(i + 1)
        states = _skip(wanted, after)
    return len(wanted) in states


def _possibly(wanted: Sequence[str | Wild | Unknown], given: Iterable[object]) -> bool:
    wide = [Wild.MANY if isinstance(unit, Unknown) else unit for unit in wanted]
    states = _skip(wide, {0})
    for unit in given:
        if isinstance(unit, Unknown):
            # It can turn out to be anything, so that it takes the pattern on to any later place.
            states = set(range(min(states), len(wide) + 1)) if states else states
            continue
        after = {i for i in states if i < len(wide) and wide[i] is Wild.MANY}
        after |= {i + 1 for i in states if i < len(wide) and wide[i] in (unit, Wild.ONE)}
        states = _skip(wide, after)
    return len(wide) in states


def _skip(units: Sequence[object], states: set[int]) -> set[int]:
    """Return the states and those behind a ``*``, which may stand for nothing."""
    reached = set(states)
    for i in sorted(states):
        at = i
        while at < len(units) and units[at] is Wild.MANY:
            at += 1
            reached.add(at)
    return reached
