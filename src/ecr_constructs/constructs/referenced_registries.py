"""The registries of other apps and accounts that a registry sends to or reads from.

Layer: constructs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import aws_cdk as cdk
from constructs import Node

from ecr_constructs.constructs.hand_over import hand_overs_of, told
from ecr_constructs.constructs.registry_context import RegistryContext
from ecr_constructs.model.hand_over import HandOver
from ecr_constructs.model.registry_needs import Reader, Replicated, hand_over_of
from ecr_constructs.model.registry_reference import RegistryReference


@dataclass(eq=False)
class _Needs:
    """What one registry needs from its owner.

    Attributes:
        replicated: What is replicated to it.
        readers: Who caches it.
    """

    replicated: dict[Replicated, None] = field(default_factory=dict)
    readers: dict[Reader, None] = field(default_factory=dict)


class ReferencedRegistries:
    """What must be handed over to the owners of other registries.

    Args:
        context: The registry that sends to them or reads from them.
    """

    def __init__(self, context: RegistryContext) -> None:
        self._context = context
        self._slot = context.ledger.slot
        self._needs: dict[RegistryReference, _Needs] = {}
        # From the start, so that a file of an earlier synthesis does not outlive its cause.
        hand_overs_of(context.ledger).add(lambda: self.hand_overs)

    @property
    def node(self) -> Node:
        """The owner's node."""
        return self._context.node

    @property
    def hand_overs(self) -> tuple[HandOver, ...]:
        """What each registry needs that no construct of this app owns."""
        return tuple(
            hand_over_of(
                self._slot.neighbour(reference).place,
                replicated=needs.replicated,
                readers=needs.readers,
                baseline=self._context.baseline,
            )
            for reference, needs in sorted(
                self._needs.items(), key=lambda each: (each[0].account, each[0].region)
            )
            if self._slot.neighbour(reference).owner is None
        )

    def replicate(self, reference: RegistryReference, replicated: Replicated) -> None:
        """Note that something is replicated to a registry."""
        self._of(reference).replicated[replicated] = None

    def read(self, reference: RegistryReference, reader: Reader) -> None:
        """Note that a registry is cached."""
        self._of(reference).readers[reader] = None

    def write_at_synthesis(self) -> None:
        """Warn of what must be handed over; the library calls it at synthesis."""
        for hand_over in self.hand_overs:
            owner = self._context.owner
            cdk.Annotations.of(owner).add_warning_v2(
                "ecr-constructs:hand-over", told(hand_over, cdk.Stack.of(owner))
            )

    def _of(self, reference: RegistryReference) -> _Needs:
        self._context.ledger.schedule(self)
        return self._needs.setdefault(reference, _Needs())
