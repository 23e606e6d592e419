"""The exemptions that a resource has, and those that it relies on.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Iterable

from ecr_constructs.model.baseline import Control, Exemption, find_exemption, in_order
from ecr_constructs.model.governance import Loosening
from ecr_constructs.model.problem import Problem


class Exemptions:
    """The exemptions in force for one resource, and those that it relies on.

    Args:
        own: Given for the resource: it relies on them from the start.
        inherited: Given by the baseline or the registry: relied on once a
            control is loosened.
    """

    def __init__(self, own: Iterable[Exemption], inherited: Iterable[Exemption]) -> None:
        self._relied_on = list(own)
        self._inherited = tuple(inherited)

    @property
    def relied_on(self) -> tuple[Exemption, ...]:
        """What the resource relies on, in an order that no order of calls changes."""
        return in_order(self._relied_on)

    def covering(self, control: Control) -> Exemption | None:
        """Return the exemption under which a control may be loosened, or None."""
        return find_exemption([*self._relied_on, *self._inherited], control)

    def judge(self, loosenings: Iterable[Loosening]) -> tuple[list[Problem], list[Exemption]]:
        """Return an error for each control that nothing exempts, and what exempts the others."""
        problems, covering = [], []
        for each in loosenings:
            exemption = self.covering(each.control)
            if exemption is None:
                problems.append(each.to_problem())
            else:
                covering.append(exemption)
        return problems, covering

    def rely_on(self, exemptions: Iterable[Exemption]) -> None:
        """Note that controls have been loosened under these."""
        self._relied_on += (e for e in dict.fromkeys(exemptions) if e not in self._relied_on)
