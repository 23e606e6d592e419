"""What the library knows of each stack: where it lies, and the policies to write at the end.

Layer: constructs.

A repository's policy is written once, when the app is synthesised: statements
arrive one by one, and writing each time would cost a round trip and a whole
policy. CDK calls one aspect a stack; after it, statements are written at once,
so that none is lost that a later aspect brings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol
from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii

from constructs import IConstruct
from ecr_constructs.constructs._jsii import sort_key
from ecr_constructs.constructs.slot import slot_of
from ecr_constructs.model.principals import Place
from ecr_constructs.model.unresolved import Text, is_token
from ecr_constructs.service.partitions import partition_of

#: Before the aspects that people write, which then see the policies: CDK calls lower ones first.
_PRIORITY: Final = 10


class _Writer(Protocol):
    def write_policy(self) -> None:
        """Write the policy into the template's resource."""


class StackLedger:
    """One stack: its place, and who has a policy to write.

    Attributes:
        place: Account, Region and partition; tokens where the stack has none.
        slot: What the app knows of the stack's registry.
        key: How strings sort in this stack.
    """

    def __init__(self, stack: cdk.Stack) -> None:
        self.stack: Final = stack
        account, region = stack.account, stack.region
        partition = cdk.Aws.PARTITION if is_token(region) else partition_of(region)
        self.place: Final = Place(account=account, region=region, partition=partition)
        self.slot: Final = slot_of(stack, self.place)
        self.key: Final[Callable[[Text], str]] = sort_key(stack)
        self._pending: dict[_Writer, None] | None = {}

    def schedule(self, writer: _Writer, carrier: IConstruct) -> None:
        """Have ``writer`` write its policy at synthesis, or now if that is under way.

        Args:
            writer: Who has a policy to write.
            carrier: A construct of this stack without children. The aspect of
                the stack's first writer is attached to it.
        """
        if self._pending is None:
            writer.write_policy()
            return
        if not self._pending:
            cdk.Aspects.of(carrier).add(_WritePolicies(self), priority=_PRIORITY)
        self._pending[writer] = None

    def write(self) -> None:
        """Write all policies that wait."""
        pending, self._pending = self._pending or {}, None
        for writer in pending:
            writer.write_policy()


@jsii.implements(cdk.IAspect)
class _WritePolicies:
    def __init__(self, ledger: StackLedger) -> None:
        self._ledger = ledger

    def visit(self, node: IConstruct) -> None:
        del node
        self._ledger.write()


_LEDGERS: Final[WeakKeyDictionary[IConstruct, StackLedger]] = WeakKeyDictionary()


def ledger_of(scope: IConstruct) -> StackLedger:
    """Return the ledger of the stack that holds ``scope``."""
    ledger = _LEDGERS.get(scope)
    if ledger is None:
        stack = scope if isinstance(scope, cdk.Stack) else cdk.Stack.of(scope)
        ledger = _LEDGERS.get(stack)
        if ledger is None:
            ledger = _LEDGERS[stack] = StackLedger(stack)
        _LEDGERS[scope] = ledger
    return ledger
