"""What an app knows of one registry: whose it is, which names are taken, who needs it.

Layer: constructs.

ECR has one registry for an account and Region, while an app may define its
repositories in many stacks and stages, before or after the construct that owns
the registry. All of them meet here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii
from constructs import IConstruct, IValidation

from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.baseline import Baseline
from ecr_constructs.model.principals import Place
from ecr_constructs.model.unresolved import is_token

if TYPE_CHECKING:
    from ecr_constructs.constructs.registry import GovernedRegistry

#: Tells a construct's path; asking costs a round trip, so it is asked only to say what is wrong.
Path = Callable[[], str]


class RegistrySlot:
    """The registry of one account and Region in one app.

    Attributes:
        place: Account, Region and partition.
        owner: The construct that owns it; None as long as there is none.
    """

    def __init__(self, place: Place) -> None:
        self.place: Final = place
        self.owner: GovernedRegistry | None = None
        self._names: Final[dict[str, Path]] = {}
        self._assumed: Final[list[tuple[Baseline, Path]]] = []
        self._waiting: Final[list[tuple[Callable[[GovernedRegistry], None], str, Path]]] = []
        self._is_closed = False

    @property
    def title(self) -> str:
        """The registry in words."""
        if is_token(self.place.account) or is_token(self.place.region):
            return "the registry of this environment-agnostic stack"
        return f"the registry of account {self.place.account} in {self.place.region}"

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

    def own(self, owner: GovernedRegistry, path: Path) -> None:
        """Make a construct the owner, and hand it what has been waiting.

        Raises:
            ConfigurationError: If there is an owner already, or a construct has
                assumed another baseline.
        """
        if self.owner is not None:
            raise ConfigurationError(
                f"{self.title} must have one owner, got a second one:"
                f" {self.owner.node.path} owns it; use GovernedRegistry.of(scope) to contribute to"
                " it, or pass exemptions=[Exemption(Control.SINGLE_OWNER, '<why>')]",
                path=path(),
            )
        for baseline, assumed_by in self._assumed:
            if baseline != owner.baseline:
                raise ConfigurationError(
                    f"the baseline of {self.title} must be known before its repositories, got one"
                    f" that differs from what {assumed_by()} took; define the registry first, or"
                    " pass baseline=... there",
                    path=path(),
                )
        self.owner = owner
        owner.node.add_validation(_Close(self))
        while self._waiting:
            contribute, _, _ = self._waiting.pop(0)
            contribute(owner)

    def contribute(
        self,
        contribute: Callable[[GovernedRegistry], None],
        *,
        what: str,
        by: IConstruct,
    ) -> None:
        """Do something to the owner, now or as soon as there is one.

        Args:
            contribute: What to do.
            what: In words, for the error if no owner ever comes.
            by: The construct that contributes.

        Raises:
            ConfigurationError: If the owner's stack has been synthesised.
        """
        if self._is_closed:
            raise ConfigurationError(
                f"{self.title} has been synthesised already, so {what} comes too late; contribute"
                " before Stage.synth() or the end of the app",
                path=by.node.path,
            )
        if self.owner is not None:
            contribute(self.owner)
            return
        if not self._waiting:
            by.node.add_validation(_NeedsOwner(self))
        self._waiting.append((contribute, what, lambda: by.node.path))

    def close(self) -> None:
        """Take no contributions any more."""
        self._is_closed = True

    def complaints(self) -> list[str]:
        """Return an error for each contribution that found no owner."""
        return [
            f"{what} needs an owner of {self.title}, got none; define"
            f" GovernedRegistry(stack, 'Registry') in a stack of that account and Region [{path()}]"
            for _, what, path in self._waiting
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
        self._slot.close()
        return []


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
    slots = _SLOTS.setdefault(stack if agnostic else stack.node.root, {})
    return slots.setdefault((place.account, place.region), RegistrySlot(place))
