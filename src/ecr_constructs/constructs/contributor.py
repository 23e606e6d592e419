"""Who contributes to a registry: its owner, or any construct of its account and Region.

Layer: constructs.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from functools import cached_property

from constructs import Construct, IConstruct

from ecr_constructs.constructs.registry_settings import RegistrySettings
from ecr_constructs.constructs.slot import RegistrySlot
from ecr_constructs.model.place import Place

#: Something to do to the settings of a registry.
Contribution = Callable[[RegistrySettings], None]


class RegistryContributor:
    """Contributes to the registry of one account and Region.

    The owner's resources carry it, in one form for every order of the calls, and
    whoever contributes may do so before the owner is defined.
    """

    @property
    @abstractmethod
    def slot(self) -> RegistrySlot:
        """What the app knows of the registry; for constructs of the library."""

    @property
    @abstractmethod
    def contributor(self) -> Construct:
        """The construct that contributes; errors name it."""

    @abstractmethod
    def contribute(
        self, what: str, contribution: Contribution, *, by: IConstruct | None = None
    ) -> None:
        """Do something to the registry's settings, now or as soon as there is an owner.

        For constructs of the library; the other methods are for everybody.

        Args:
            what: In words, for the error if no owner ever comes.
            contribution: What to do.
            by: Who contributes. Default: :attr:`contributor`.

        Raises:
            ConfigurationError: If it comes too late, or is refused.
        """

    @property
    def place(self) -> Place:
        """Account, Region and partition; tokens in an environment-agnostic stack."""
        return self.slot.place

    @cached_property
    def path(self) -> str:
        """The path of :attr:`contributor`."""
        return self.contributor.node.path

    @property
    def account(self) -> str:
        """The registry's account; a token in an environment-agnostic stack."""
        return self.place.account

    @property
    def region(self) -> str:
        """The registry's Region; a token in an environment-agnostic stack."""
        return self.place.region
