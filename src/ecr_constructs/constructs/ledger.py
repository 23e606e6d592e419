"""What the library knows of each stack: where it lies, and what to write at the end.

Layer: constructs.

The policy of a repository and the settings of a registry are written once, when
the app is synthesised: they arrive one by one, and writing each time would cost
a round trip and a whole policy. CDK calls one aspect a stack; after it, all is
written at once, so that nothing is lost that a later aspect brings. What CDK
never calls it for is an error of its validation, and never silence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol, cast
from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii
from constructs import Construct, IConstruct, IValidation, Node

from ecr_constructs.constructs._jsii import sort_key
from ecr_constructs.constructs.slot import slot_of
from ecr_constructs.model.place import Place
from ecr_constructs.model.problem import problem_at, refuse
from ecr_constructs.model.unresolved import Text, is_token
from ecr_constructs.service.partitions import partition_of

#: Below what people give their aspects, as CDK calls the lower ones first.
_PRIORITY: Final = 10
#: The construct in each stack that carries the aspect. It lies in the stack itself and not in a
#: repository: one that is removed from the tree must not take the policies of others with it.
_CARRIER: Final = "EcrConstructsPolicies"


class _Writer(Protocol):
    @property
    def node(self) -> Node: ...

    def write_at_synthesis(self) -> None:
        """Write what has arrived into the template's resource."""


class StackLedger:
    """One stack: its place, and who has something to write.

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
        self._last: list[Callable[[], object]] = []
        self._is_open = False

    def open(self) -> None:
        """Have CDK ask for what is to write; called before a writer is defined.

        It must be before: an aspect that people write may bring the first
        statement, and CDK calls none that another aspect attaches.
        """
        if self._is_open:
            return
        self._is_open = True
        carrier = Construct(self.stack, _CARRIER)
        cdk.Aspects.of(carrier).add(_WritePolicies(self), priority=_PRIORITY)
        self.stack.node.add_validation(_AllWritten(self))

    def schedule(self, writer: _Writer) -> None:
        """Have ``writer`` write at synthesis, or now if that is under way."""
        if self._pending is None:
            writer.write_at_synthesis()
        else:
            self._pending[writer] = None

    def write(self) -> None:
        """Have all write that wait."""
        pending, self._pending = self._pending or {}, None
        for writer in pending:
            writer.write_at_synthesis()

    def at_validation(self, act: Callable[[], object]) -> None:
        """Have something done once everything is known, just before templates are written."""
        self._last.append(act)

    def validate(self) -> list[str]:
        """Do what is to be done last, and return an error for each that still waits."""
        for act in self._last:
            act()
        return [
            f"the policy of {writer.node.path} was not written, as its stack got its first"
            " repository or registry while aspects were called; define one before, or outside of an"
            " aspect"
            for writer in self._pending or ()
        ]


@jsii.implements(cdk.IAspect)
class _WritePolicies:
    def __init__(self, ledger: StackLedger) -> None:
        self._ledger = ledger

    def visit(self, node: IConstruct) -> None:
        del node
        self._ledger.write()


@jsii.implements(IValidation)
class _AllWritten:
    def __init__(self, ledger: StackLedger) -> None:
        self._ledger = ledger

    def validate(self) -> list[str]:
        return self._ledger.validate()


_LEDGERS: Final[WeakKeyDictionary[IConstruct, StackLedger]] = WeakKeyDictionary()


def ledger_of(scope: IConstruct) -> StackLedger:
    """Return the ledger of the stack that holds ``scope``.

    Raises:
        ConfigurationError: If it is no construct.
    """
    try:
        ledger = _LEDGERS.get(scope)
    except TypeError:  # such as text, to which nothing can refer weakly
        ledger = None
    if ledger is None:
        if not isinstance(cast("object", scope), Construct):
            what = f"scope must be a construct, got {scope!r}"
            refuse([problem_at("scope", what, "write a stack, or a construct in one")])
        stack = scope if isinstance(scope, cdk.Stack) else cdk.Stack.of(scope)
        ledger = _LEDGERS.get(stack)
        if ledger is None:
            ledger = _LEDGERS[stack] = StackLedger(stack)
        _LEDGERS[scope] = ledger
    return ledger
