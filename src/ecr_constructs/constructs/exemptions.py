"""The exemptions that a repository has, and those that it relies on.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Iterable

from ecr_constructs.model.baseline import Control, Exemption, find_exemption


class Exemptions:
    """The exemptions in force for one repository, and those that it relies on.

    Args:
        own: Given for the repository: it relies on them from the start.
        inherited: Given by the baseline: relied on once a control is loosened.
    """

    def __init__(self, own: Iterable[Exemption], inherited: Iterable[Exemption]) -> None:
        self._relied_on = list(own)
        self._inherited = tuple(inherited)

    @property
    def relied_on(self) -> tuple[Exemption, ...]:
        """What the repository relies on, in an order that no order of calls changes."""
        return tuple(sorted(self._relied_on, key=lambda e: (e.control, e.reason, str(e.expires))))

    def covering(self, control: Control) -> Exemption | None:
        """Return the exemption under which a control may be loosened, or None."""
        return find_exemption([*self._relied_on, *self._inherited], control)

    def rely_on(self, exemptions: Iterable[Exemption]) -> None:
        """Note that controls have been loosened under these."""
        self._relied_on += (e for e in dict.fromkeys(exemptions) if e not in self._relied_on)
