"""What has to hold for an access, and when one such thing follows from another.

Layer: review.
"""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from ecr_constructs.access.operators import Operator, Quantifier, arn_like, in_network, operator_of
from ecr_constructs.access.text import equals, like
from ecr_constructs.access.truth import Truth
from ecr_constructs.access.words import describe_condition
from ecr_constructs.lifecycle.tags import TagPattern
from ecr_constructs.model import wildcard
from ecr_constructs.model.statement import Condition
from ecr_constructs.model.unresolved import Text
from ecr_constructs.service.condition_operators import NEGATED

_IF_EXISTS: Final = "IfExists"
_BOOLEANS: Final = frozenset({"bool", "null"})
#: The fields of an ARN, of which a ``*`` reaches over a colon in the last only.
_FIELDS: Final = 6


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that has to hold.

    Attributes:
        operator: The condition's operator in lower case; empty for what is no condition.
        key: The condition's key in lower case; for what is no condition, the words for it.
        values: The values, of which one has to match.
        condition: The condition as it is written; None for what is no condition.
    """

    operator: str
    key: str
    values: frozenset[Text] = frozenset()
    condition: Condition | None = field(default=None, compare=False)

    @classmethod
    def of(cls, condition: Condition) -> Term:
        """Return a condition as a term."""
        return _term(condition)

    @classmethod
    def opaque(cls, words: str) -> Term:
        """Return something that is no condition, of which only the words are known."""
        return cls("", words)

    @property
    def words(self) -> str:
        """What has to hold, for people."""
        return self.key if self.condition is None else describe_condition(self.condition)

    def split(self) -> list[Term]:
        """Return a term for each value, one of which holds if this does; itself if it has one."""
        operator = operator_of(self.operator)
        if len(self.values) < 2 or operator is None or operator.family is None:  # noqa: PLR2004
            return [self]
        if operator.negated or operator.quantifier is Quantifier.ALL:
            return [self]
        return [
            Term(self.operator, self.key, frozenset({value}), self._only(value))
            for value in sorted(self.values, key=str)
        ]

    def opposite(self) -> Term | None:
        """Return what holds exactly where this does not; None where no one condition says it.

        A negated operator holds where the key is missing, so that its opposite
        is the plain one; ``IfExists`` on a plain one has none.
        """
        return _opposite(self)

    def implies(self, other: Term) -> bool:
        """Tell whether the other holds whenever this one does; False where that is not known."""
        if self == other:
            return True
        mine, theirs = operator_of(self.operator), operator_of(other.operator)
        if self.key != other.key or not _compare_alike(mine, theirs):
            return False
        assert mine is not None
        assert theirs is not None
        if mine.negated and theirs.negated:
            # Both hold where the key is missing.
            return mine.family is theirs.family and _within(theirs, other.values, mine, self.values)
        if mine.negated or (mine.if_exists and not theirs.if_exists):
            return False
        if theirs.negated:
            return mine.quantifier is Quantifier.ONE and _apart(mine, self.values, theirs, other)
        return _within(mine, self.values, theirs, other.values)

    def excludes(self, other: Term) -> bool:
        """Tell whether the two can never both hold; False where that is not known."""
        return _excludes(self, other) or _excludes(other, self)

    def _only(self, value: Text) -> Condition | None:
        if self.condition is None:
            return None
        return Condition(self.condition.operator, self.condition.key, (value,))


@functools.lru_cache(maxsize=4096)
def _term(condition: Condition) -> Term:
    values = frozenset(condition.values)
    return Term(condition.operator.lower(), condition.key.lower(), values, condition)


@functools.lru_cache(maxsize=4096)
def _opposite(term: Term) -> Term | None:
    operator, condition = operator_of(term.operator), term.condition
    if operator is None or operator.quantifier is not Quantifier.ONE or condition is None:
        return None
    name = condition.operator
    bare = name[: -len(_IF_EXISTS)] if operator.if_exists else name
    if bare.lower() in _BOOLEANS:
        return _other_boolean(condition, bare, if_exists=operator.if_exists)
    if operator.negated:
        return _with(condition, _without_not(bare))
    if operator.if_exists or operator.family is None or bare.lower() not in NEGATED:
        return None
    return _with(condition, NEGATED[bare.lower()])


def _other_boolean(condition: Condition, bare: str, *, if_exists: bool) -> Term | None:
    """Return the opposite of ``Bool`` or ``Null``, which compare to one of two values."""
    values = {str(value).lower() for value in condition.values}
    if len(values) != 1 or not values <= {"true", "false"}:
        return None
    other = "false" if values == {"true"} else "true"
    suffix = _IF_EXISTS if bare.lower() == "bool" and not if_exists else ""
    return Term.of(Condition(f"{bare}{suffix}", condition.key, (other,)))


def _with(condition: Condition, operator: str) -> Term:
    return Term.of(Condition(operator, condition.key, condition.values))


def _without_not(operator: str) -> str:
    return re.sub("not", "", operator, count=1, flags=re.IGNORECASE)


def _compare_alike(mine: Operator | None, theirs: Operator | None) -> bool:
    """Tell whether two operators compare, and compare as many values."""
    if mine is None or theirs is None or mine.family is None or theirs.family is None:
        return False
    return mine.quantifier is theirs.quantifier


def _excludes(positive: Term, other: Term) -> bool:
    mine, theirs = operator_of(positive.operator), operator_of(other.operator)
    if positive.key != other.key or mine is None or theirs is None:
        return False
    if mine.family is None or theirs.family is None or mine.negated or mine.if_exists:
        return False
    if not mine.quantifier is theirs.quantifier is Quantifier.ONE:
        return False
    if theirs.negated:
        return _within(mine, positive.values, theirs, other.values)
    return not theirs.if_exists and _apart(mine, positive.values, theirs, other)


def _within(
    mine: Operator, values: Iterable[Text], theirs: Operator, others: Iterable[Text]
) -> bool:
    """Tell whether each value, as one operator takes it, is taken in by one of the other's."""
    allowed = list(others)
    return all(any(_covers(theirs, wide, mine, value) for wide in allowed) for value in values)


def _covers(theirs: Operator, wide: Text, mine: Operator, value: Text) -> bool:
    if theirs.family is mine.family and wide == value:
        return True
    if not isinstance(wide, str) or not isinstance(value, str) or "${" in wide or "${" in value:
        return False
    assert theirs.family is not None
    assert mine.family is not None
    compare = mine.family.compare
    if compare is equals and theirs.family.by_pattern is not None:
        return theirs.family.compare(wide, value) is Truth.YES
    if theirs.family is not mine.family:
        return False
    if compare is in_network:
        return _is_part(value, wide)
    return compare in (like, arn_like) and _is_narrower(value, wide, is_arn=compare is arn_like)


def _is_narrower(pattern: str, wide: str, *, is_arn: bool) -> bool:
    """Tell whether a pattern matches nothing that a wider one does not."""
    if "?" in pattern or "?" in wide:
        return False
    fields, wide_fields = [pattern], [wide]
    if is_arn:
        fields, wide_fields = pattern.split(":", _FIELDS - 1), wide.split(":", _FIELDS - 1)
        if not len(fields) == len(wide_fields) == _FIELDS:
            return False
    return all(
        TagPattern.of(narrow).within(TagPattern.of(broad))
        for narrow, broad in zip(fields, wide_fields, strict=True)
    )


def _apart(mine: Operator, values: Iterable[Text], theirs: Operator, other: Term) -> bool:
    """Tell whether no value can match both operators."""
    assert mine.family is not None
    assert theirs.family is not None
    comparable = (equals, like)
    if mine.family.compare not in comparable or theirs.family.compare not in comparable:
        return False
    for value in values:
        for forbidden in other.values:
            if not isinstance(value, str) or not isinstance(forbidden, str):
                return False
            if "${" in value or "${" in forbidden or wildcard.overlap(value, forbidden):
                return False
    return True


def _is_part(value: str, network: str) -> bool:
    try:
        part, whole = (ipaddress.ip_network(each, strict=False) for each in (value, network))
    except ValueError:
        return False
    if isinstance(part, ipaddress.IPv4Network) and isinstance(whole, ipaddress.IPv4Network):
        return part.subnet_of(whole)
    if isinstance(part, ipaddress.IPv6Network) and isinstance(whole, ipaddress.IPv6Network):
        return part.subnet_of(whole)
    return False
