"""What the stacks of one assembly take from one another.

Layer: sources; imports ``model`` only.

Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-importvalue.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html,
and what aws-cdk-lib writes for a reference between Regions without its flag
``@aws-cdk/core:defaultCrossStackReferences``: a custom resource that stores
values in the other Region, and one there that reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.sources.environment import Environment
from ecr_constructs.sources.text import as_text, split

if TYPE_CHECKING:
    from ecr_constructs.sources.stack import Stack

_ACCOUNT_FIELD: Final = 4  # arn:partition:service:region:account:resource


@dataclass(frozen=True, slots=True)
class _Offer:
    """A value that a stack offers under a name, in one environment."""

    stack: Stack
    environment: Environment
    output: str | None = None
    value: Any = None

    def take(self) -> Any:
        return (
            self.stack.resolve(self.value)
            if self.output is None
            else self.stack.output(self.output)
        )


class Links:
    """Finds a value by its name in the other stacks of the assembly."""

    def __init__(self) -> None:
        self.stacks: list[Stack] = []
        self._exports: dict[str, list[_Offer]] | None = None
        self._written: dict[str, list[_Offer]] | None = None
        self._by_name: dict[str, list[Stack]] | None = None

    def exported(self, consumer: Stack, name: str) -> Any | None:
        """Return the value that is exported under a name in the consumer's environment."""
        if self._exports is None:
            self._exports = {}  # what the name of an export may itself import
            self._exports = self._all_exports()
        return _take(self._exports.get(name, ()), consumer.environment, consumer)

    def written(self, consumer: Stack, name: str) -> Any | None:
        """Return the value that another Region's stack stores for the consumer's Region."""
        if self._written is None:
            self._written = {}
            self._written = self._all_written()
        return _take(self._written.get(name, ()), consumer.environment, consumer)

    def output(self, consumer: Stack, members: Mapping[str, Any]) -> Any | None:
        """Return what ``Fn::GetStackOutput`` gives.

        Args:
            consumer: The stack that asks.
            members: ``StackName`` and ``OutputName``; ``Region`` is the
                consumer's unless given, the account the one of ``RoleArn``.
        """
        name, output = members.get("StackName"), members.get("OutputName")
        if not isinstance(name, str) or not isinstance(output, str):
            return None
        region = as_text(members.get("Region", consumer.environment.region))
        account = _account(as_text(members.get("RoleArn")), consumer)
        if region is None:
            return None
        if self._by_name is None:
            self._by_name = {}
            for stack in self.stacks:
                if stack.parent is None:
                    self._by_name.setdefault(stack.place.name, []).append(stack)
        offers = [
            _Offer(stack, stack.environment, output)
            for stack in self._by_name.get(name, ())
            if output in stack.outputs
        ]
        return _take(offers, Environment(account, region), consumer)

    def _all_exports(self) -> dict[str, list[_Offer]]:
        exports: dict[str, list[_Offer]] = {}
        for stack in self.stacks:
            for key, output in stack.outputs.items():
                export = output.get("Export") if isinstance(output, dict) else None
                if isinstance(export, dict):
                    name = stack.resolve(export.get("Name"))
                    if isinstance(name, str):
                        offer = _Offer(stack, stack.environment, key)
                        exports.setdefault(name, []).append(offer)
        return exports

    def _all_written(self) -> dict[str, list[_Offer]]:
        written: dict[str, list[_Offer]] = {}
        for stack in self.stacks:
            for body in stack.resources.values():
                match body:
                    case {
                        "Type": "Custom::CrossRegionExportWriter",
                        "Properties": {
                            "WriterProps": {"region": str() as region, "exports": dict() as values}
                        },
                    }:
                        environment = replace(stack.environment, region=region)
                        for name, value in values.items():
                            offer = _Offer(stack, environment, value=value)
                            written.setdefault(name, []).append(offer)
        return written


def _account(role_arn: Text | None, consumer: Stack) -> Text:
    """Return the account of a role, or the consumer's where none is named."""
    if role_arn is None:
        return consumer.environment.account
    fields, _ = split(role_arn, ":")
    return fields[_ACCOUNT_FIELD] if len(fields) > _ACCOUNT_FIELD else Unresolved.of("RoleArn")


def _take(offers: Iterable[_Offer], wanted: Environment, consumer: Stack) -> Any | None:
    """Return the one value among several under a name that is meant; None if that is not clear.

    An assembly with stages has the same names again and again: in another
    environment, or, where stages have no environment, in another folder.
    """
    possible = [offer for offer in offers if offer.environment.may_be(wanted)]
    exact = [offer for offer in possible if offer.environment == wanted]
    folder = consumer.place.template.rpartition("/")[0]
    near = [o for o in exact if o.stack.place.template.rpartition("/")[0] == folder]
    for offers_left in (near, exact, possible):
        if len(offers_left) == 1:
            return offers_left[0].take()
        if offers_left:
            return None
    return None
