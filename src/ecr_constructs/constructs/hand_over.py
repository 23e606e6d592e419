"""The file beside a stack's template that tells what others must apply.

Layer: constructs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

import aws_cdk as cdk

from ecr_constructs.constructs._jsii import for_people
from ecr_constructs.constructs.ledger import StackLedger
from ecr_constructs.model.hand_over import HandOver

#: The version of the file's form.
VERSION: Final = 1
_TEMPLATE: Final = ".template.json"
_FILE: Final = ".hand-over.json"

#: Tells what is to be handed over, at synthesis.
Tell = Callable[[], Iterable[HandOver]]


class HandOvers:
    """What one stack hands over: ``<stack>.hand-over.json`` in the assembly.

    Args:
        stack: The stack.
    """

    def __init__(self, stack: cdk.Stack) -> None:
        self._stack = stack
        self._tell: list[Tell] = []

    def add(self, tell: Tell) -> None:
        """Have ``tell`` asked at synthesis."""
        self._tell.append(tell)

    def write(self) -> None:
        """Write the file, or remove that of an earlier synthesis."""
        stage = cdk.Stage.of(self._stack)
        assert stage is not None
        path = Path(stage.outdir) / _file_of(self._stack)
        entries = [each.to_document() for tell in self._tell for each in tell()]
        if entries:
            entries.sort(key=lambda e: (e["account"], e["region"], e["repositoryName"] or ""))
            document = {"version": VERSION, "handOvers": _readable(entries, self._stack)}
            path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        else:
            path.unlink(missing_ok=True)


def told(hand_over: HandOver, stack: cdk.Stack) -> str:
    """Return what to do in one sentence, with the file that holds the commands.

    Args:
        hand_over: What its owner must apply.
        stack: The stack that asks for it.
    """
    sentence = for_people(hand_over.sentence, stack)
    return f"{sentence}; the commands are in {_file_of(stack)}, beside the template"


def _file_of(stack: cdk.Stack) -> str:
    return stack.template_file.replace(_TEMPLATE, _FILE)


def _readable(value: Any, stack: cdk.Stack) -> Any:
    """Return JSON in which tokens read as CloudFormation's ``${AWS::AccountId}``."""
    if isinstance(value, str):
        return for_people(value, stack)
    if isinstance(value, dict):
        return {key: _readable(each, stack) for key, each in value.items()}
    if isinstance(value, list):
        return [_readable(each, stack) for each in value]
    return value


_HAND_OVERS: Final[WeakKeyDictionary[StackLedger, HandOvers]] = WeakKeyDictionary()


def hand_overs_of(ledger: StackLedger) -> HandOvers:
    """Return what a stack hands over."""
    if ledger not in _HAND_OVERS:
        _HAND_OVERS[ledger] = HandOvers(ledger.stack)
        # CDK has no hook of its own for further files.
        ledger.at_validation(_HAND_OVERS[ledger].write)
    return _HAND_OVERS[ledger]
