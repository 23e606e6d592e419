"""A registry for those who do not own it.

Layer: constructs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, final

from constructs import Construct, IConstruct

from ecr_constructs.constructs.contributions import RegistryContributions
from ecr_constructs.constructs.contributor import Contribution
from ecr_constructs.constructs.ledger import ledger_of
from ecr_constructs.constructs.slot import RegistrySlot


@final
class RegistryHandle(RegistryContributions):
    """The registry of a construct's account and Region; made by ``GovernedRegistry.of``.

    It works before the registry has an owner; one that never gets any is an
    error of validation that names the contributor.

    Args:
        scope: The construct that contributes.
    """

    def __init__(self, scope: Construct) -> None:
        self._scope = scope
        self._slot = ledger_of(scope).slot

    @property
    def slot(self) -> RegistrySlot:
        """What the app knows of the registry."""
        return self._slot

    @property
    def contributor(self) -> Construct:
        """The construct that contributes."""
        return self._scope

    def contribute(
        self, what: str, contribution: Contribution, *, by: IConstruct | None = None
    ) -> None:
        """Do something to the registry's settings, now or as soon as there is an owner."""
        self._slot.contribute(contribution, what=what, by=by or self._scope)

    if not TYPE_CHECKING:  # a type checker knows what there is, and must go on to

        def __getattr__(self, name: str) -> NoReturn:
            if name == "add_repository":
                raise AttributeError(
                    "add_repository must be called on the GovernedRegistry that owns the registry,"
                    " got what GovernedRegistry.of(...) returns; write"
                    " GovernedRepository(scope, id, ...)"
                )
            raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")
