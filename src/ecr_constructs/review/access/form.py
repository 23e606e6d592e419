"""What has to hold for one access, in a form in which two of them compare.

Layer: review.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from ecr_constructs.review.access.terms import Term

#: Terms that hold together; none of them hold always.
Branch: TypeAlias = frozenset[Term]
#: One branch is enough.
Factor: TypeAlias = frozenset[Branch]

#: Into how many branches of one value each a branch is taken apart at most.
_MOST_BRANCHES: Final = 256


@dataclass(frozen=True, slots=True)
class Form:
    """What has to hold for somebody to do something that is not refused altogether.

    Attributes:
        factors: What allows it: one branch of each factor has to hold.
        denies: What refuses it: none of the branches may hold.
    """

    factors: frozenset[Factor] = frozenset()
    denies: frozenset[Branch] = frozenset()

    @property
    def is_unconditional(self) -> bool:
        """Whether nothing more has to hold."""
        return not self.factors and not self.denies

    @classmethod
    def all(cls, forms: Iterable[Form]) -> Form:
        """Return what has to hold so that all forms do."""
        several = set(forms)
        if len(several) == 1:
            return several.pop()
        return cls(
            frozenset(factor for form in several for factor in form.factors),
            minimal(deny for form in several for deny in form.denies),
        )

    @property
    def size(self) -> int:
        """How much has to hold; 0 for nothing."""
        return len(self.factors) + len(self.denies)

    @property
    def terms(self) -> Iterator[Term]:
        """All terms, those of the factors first."""
        for factor in self.factors:
            for branch in factor:
                yield from branch
        for branch in self.denies:
            yield from branch

    def without(self, drop: Callable[[Branch], bool]) -> Form | None:
        """Return the form without some of the branches that allow; None if none is left."""
        factors = set()
        for factor in self.factors:
            left = frozenset(branch for branch in factor if not drop(branch))
            if not left:
                return None
            factors.add(left)
        return Form(frozenset(factors), self.denies)

    def within(self, other: Form) -> bool:
        """Tell whether what this one allows the other allows; False where that is not known."""
        return all(
            any(_is_within(mine, theirs) for mine in self.factors) for theirs in other.factors
        ) and all(self._rules_out(deny) for deny in other.denies)

    def _rules_out(self, deny: Branch) -> bool:
        """Tell whether a deny of another form changes nothing here."""
        if all(any(_implies(part, mine) for mine in self.denies) for part in _parts(deny)):
            return True
        return _is_excluded(deny, self.factors)


#: What nobody here knows of a principal in the repository's own account.
OWN_POLICIES: Final = Term.opaque("its own identity policies allow it")
#: Nothing more has to hold.
ALWAYS: Final = Form()


def in_one_form(sides: Iterable[set[Branch]], denies: Iterable[Branch]) -> Form:
    """Return a form in which a deny is told by its opposite, where it has one.

    Args:
        sides: What allows it: one branch of each side has to hold.
        denies: What refuses it.
    """
    allows = [minimal(branches) for branches in sides if frozenset() not in branches]
    factors, rest = list(allows), []
    for deny in minimal(denies):
        if _is_excluded(deny, allows):
            continue
        opposites = [term.opposite() for term in deny]
        told = [frozenset({term}) for term in opposites if term is not None]
        if opposites and len(told) == len(opposites):
            factors.append(minimal(told))
        else:
            rest.append(deny)
    kept: list[Factor] = []
    for factor in sorted(factors, key=len):
        if not any(_is_within(narrow, factor) for narrow in kept):
            kept = [each for each in kept if not _is_within(factor, each)] + [factor]
    return Form(frozenset(kept), frozenset(rest))


def minimal(branches: Iterable[Branch]) -> Factor:
    """Return the branches of which none follows from another."""
    kept: list[Branch] = []
    for branch in sorted(set(branches), key=len):
        if not any(_implies(branch, wider) for wider in kept):
            kept = [each for each in kept if not _implies(each, branch)]
            kept.append(branch)
    return frozenset(kept)


def _is_excluded(deny: Branch, factors: Iterable[Factor]) -> bool:
    """Tell whether a deny cannot hold where the factors do."""
    return any(
        all(any(term.excludes(each) for term in branch for each in deny) for branch in factor)
        for factor in factors
    )


def _is_within(mine: Factor, theirs: Factor) -> bool:
    return all(
        any(_implies(part, wider) for wider in theirs) for branch in mine for part in _parts(branch)
    )


def _implies(narrow: Branch, wide: Branch) -> bool:
    return all(any(mine.implies(theirs) for mine in narrow) for theirs in wide)


def _parts(branch: Branch) -> Iterator[Branch]:
    """Yield the branch with one value in each condition, as values are alternatives."""
    choices = [term.split() for term in branch]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > _MOST_BRANCHES:
        yield branch
        return
    yield from map(frozenset, itertools.product(*choices))
