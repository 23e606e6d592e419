"""What an app knows of one registry: whose it is, which names are taken, who needs it.

Layer: constructs.

ECR has one registry for an account and Region, while an app may define its
repositories in many stacks and stages, before or after the construct that owns
the registry. All of them meet here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii
from constructs import IConstruct, IValidation

from ecr_constructs.constructs.pushers import Pushers
from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.baseline import Baseline
from ecr_constructs.model.place import Place
from ecr_constructs.model.registry_reference import RegistryReference
from ecr_constructs.model.unresolved import is_token
from ecr_constructs.service.partitions import partition_of

if TYPE_CHECKING:
    from ecr_constructs.constructs.registry import GovernedRegistry
    from ecr_constructs.constructs.registry_settings import RegistrySettings
    from ecr_constructs.constructs.replication import ReplicationRules
    from ecr_constructs.model.replication_chain import BrokenChain

#: Tells a construct's path; asking costs a round trip, so it is asked only to say what is wrong.
Path = Callable[[], str]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A contribution that waits for an owner.

    Attributes:
        contribute: What to do.
        what: In words.
        path: Tells who contributes.
        is_needed: Whether it is an error if no owner ever comes.
    """

    contribute: Callable[[RegistrySettings], None]
    what: str
    path: Path
    is_needed: bool


class RegistrySlot:
    """The registry of one account and Region in one app.

    Args:
        place: Account, Region and partition.
        beside: All slots of the app, this one too.

    Attributes:
        place: Account, Region and partition.
        owner: The construct that owns it; None as long as there is none.
        settings: What the owner has been given and contributed.
        replications: Where it replicates to; several where it has two owners.
        told: The chains of replication that it told of when it was last validated.
        pushers: Who pushes here, and so signs.
        judges: Return what is wrong with the settings, once all of them are known.
    """

    def __init__(self, place: Place, beside: dict[tuple[str, str], RegistrySlot]) -> None:
        self.place: Final = place
        self.owner: GovernedRegistry | None = None
        self.settings: RegistrySettings | None = None
        self.replications: Final[list[ReplicationRules]] = []
        self.told: frozenset[BrokenChain] = frozenset()
        self.pushers: Final = Pushers()
        self.judges: Final[list[Callable[[], Iterable[str]]]] = []
        self._beside: Final = beside
        self._names: Final[dict[str, Path]] = {}
        self._assumed: Final[list[tuple[Baseline, Path]]] = []
        self._waiting: Final[list[_Waiting]] = []
        self._is_closed = False

    @property
    def title(self) -> str:
        """The registry in words."""
        if is_token(self.place.account) or is_token(self.place.region):
            return "the registry of this environment-agnostic stack"
        return f"the registry of account {self.place.account} in {self.place.region}"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the repositories that the app defines here, as far as they are known."""
        return tuple(sorted(self._names))

    @property
    def beside(self) -> Collection[RegistrySlot]:
        """The registries of the app."""
        return self._beside.values()

    @property
    def is_closed(self) -> bool:
        """Whether the owner's stack has been validated: what comes now is not written."""
        return self._is_closed

    def claim_name(self, name: str, path: Path) -> None:
        """Take a repository's name.

        Raises:
            ConfigurationError: If another construct has it.
        """
        other = self._names.setdefault(name, path)
        if other is not path:
            raise ConfigurationError(
                f"repository_name must be unique in {self.title}, got {name!r} a second time:"
                f" {other()} defines it; choose another name",
                path=path(),
            )

    def assume(self, baseline: Baseline, path: Path) -> None:
        """Note that a construct took a baseline without being given one.

        An owner that comes later with another one is refused: the construct
        would have been defined differently had it come first.
        """
        if self.owner is None:
            self._assumed.append((baseline, path))

    def check_owner(self, baseline: Baseline, path: Path, *, is_second: bool) -> None:
        """Refuse an owner that is about to be defined.

        Args:
            baseline: The owner's.
            path: Tells the owner's path.
            is_second: Whether it may own the registry beside another one.

        Raises:
            ConfigurationError: If there is an owner already, or a construct has
                assumed another baseline.
        """
        if self.owner is not None and not is_second:
            raise ConfigurationError(
                f"{self.title} must have one owner, got a second one:"
                f" {self.owner.node.path} owns it; use GovernedRegistry.of(scope) to contribute to"
                " it, or pass exemptions=[Exemption(Control.SINGLE_OWNER, '<why>')]",
                path=path(),
            )
        for assumed, assumed_by in () if is_second else self._assumed:
            if assumed != baseline:
                raise ConfigurationError(
                    f"the baseline of {self.title} must be known before its repositories, got one"
                    f" that differs from what {assumed_by()} took; define the registry first, or"
                    " pass baseline=... there",
                    path=path(),
                )

    def own(self, owner: GovernedRegistry, settings: RegistrySettings) -> None:
        """Make a construct the owner, and hand it what has been waiting.

        Raises:
            ConfigurationError: If something of that is refused.
        """
        self.owner, self.settings = owner, settings
        owner.node.add_validation(_Close(self))
        while self._waiting:
            self._waiting.pop(0).contribute(settings)

    def contribute(
        self,
        contribute: Callable[[RegistrySettings], None],
        *,
        what: str,
        by: IConstruct,
        is_needed: bool = True,
    ) -> None:
        """Do something to the registry's settings, now or as soon as there is an owner.

        Args:
            contribute: What to do.
            what: In words, for the error if no owner ever comes.
            by: The construct that contributes.
            is_needed: Whether it is an error if none comes; what is handed over
                to somebody else then is none.

        Raises:
            ConfigurationError: If the owner's stack has been synthesised, or what
                is contributed is refused.
        """
        self.check_open(what, by)
        if self.settings is not None:
            contribute(self.settings)
            return
        if is_needed and not any(each.is_needed for each in self._waiting):
            by.node.add_validation(_NeedsOwner(self))
        self._waiting.append(_Waiting(contribute, what, lambda: by.node.path, is_needed))

    def check_open(self, what: str, by: IConstruct) -> None:
        """Refuse what comes too late to be written.

        Raises:
            ConfigurationError: If the owner's stack has been synthesised.
        """
        if self._is_closed:
            raise ConfigurationError(
                f"{self.title} has been synthesised already, so {what} comes too late; contribute"
                " before Stage.synth() or the end of the app",
                path=by.node.path,
            )

    def neighbour(self, reference: RegistryReference) -> RegistrySlot:
        """Return the slot of another registry of the app, known by its account and Region."""
        place = Place(
            account=reference.account,
            region=reference.region,
            partition=partition_of(reference.region),
        )
        return _slot(self._beside, place)

    def close(self) -> list[str]:
        """Take no contributions any more, and return what is wrong with those that came."""
        found = [sentence for judge in self.judges for sentence in judge()]
        self._is_closed = True
        return found

    def complaints(self) -> list[str]:
        """Return an error for each contribution that found no owner."""
        return [
            f"{each.what} needs an owner of {self.title}, got none; define"
            " GovernedRegistry(stack, 'Registry') in a stack of that account and Region"
            f" [{each.path()}]"
            for each in self._waiting
            if each.is_needed
        ]


@jsii.implements(IValidation)
class _NeedsOwner:
    def __init__(self, slot: RegistrySlot) -> None:
        self._slot = slot

    def validate(self) -> list[str]:
        return self._slot.complaints()


@jsii.implements(IValidation)
class _Close:
    """Closes the slot: what is set after synthesis would be ignored in silence."""

    def __init__(self, slot: RegistrySlot) -> None:
        self._slot = slot

    def validate(self) -> list[str]:
        return self._slot.close()


_DEFAULT_BASELINE: Final = Baseline()


def baseline_for(scope: IConstruct, slot: RegistrySlot) -> Baseline:
    """Return the baseline of a construct that is given none."""
    if slot.owner is not None:
        return slot.owner.baseline
    return Baseline.attached_to(lambda: scope.node.scopes) or _DEFAULT_BASELINE


_SLOTS: Final[WeakKeyDictionary[IConstruct, dict[tuple[str, str], RegistrySlot]]] = (
    WeakKeyDictionary()
)


def slot_of(stack: cdk.Stack, place: Place) -> RegistrySlot:
    """Return the slot of a stack's registry.

    Stacks with one concrete account and Region share it, across stages too. A
    stack without has one of its own: all such stacks carry the same account
    token, and two of them are no clash.
    """
    agnostic = is_token(place.account) or is_token(place.region)
    return _slot(_SLOTS.setdefault(stack if agnostic else stack.node.root, {}), place)


def _slot(slots: dict[tuple[str, str], RegistrySlot], place: Place) -> RegistrySlot:
    return slots.setdefault((place.account, place.region), RegistrySlot(place, slots))
