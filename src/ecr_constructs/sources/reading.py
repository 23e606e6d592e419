"""What is shared while one assembly is read: how deep it has come, and what was wrong.

Layer: sources; imports ``model`` only.
"""

from __future__ import annotations

import hashlib
import json
import reprlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from ecr_constructs.model.codec import Document
from ecr_constructs.model.problem import Problem, Severity, Status
from ecr_constructs.model.unresolved import Text

#: How many values may stand in one another, references followed. A policy nests about ten deep,
#: and Python stops at a thousand calls, of which a reference takes seven.
MAX_DEPTH: Final = 80
#: How long a text may become. A whole template has at most 1 MB,
#: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MAX_TEXT: Final = 1_000_000
#: How long all texts of an assembly that are put together may become.
_MAX_TEXTS: Final = 250 * MAX_TEXT

_SHOWN: Final = 60
_REPR: Final = reprlib.Repr()
_REPR.maxstring = _SHOWN


#: Policies without intrinsics by their marshalled bytes. Two sides of a comparison share them:
#: what is alike in both is read once, and is the very same object.
Literals: TypeAlias = dict[bytes, Document]


@dataclass(slots=True)
class Note:
    """A problem with a value in a template, before it is known where that stands."""

    problem: Problem
    node: object


@dataclass(slots=True)
class Reading:
    """The state of one read.

    Attributes:
        depth: How many values the one at hand stands in.
        length: How long the texts are that were put together.
        notes: What is wrong with the values that were resolved since :meth:`take`.
        literals: The policies that are the same in every stack.
    """

    depth: int = 0
    length: int = 0
    notes: list[Note] = field(default_factory=list)
    literals: Literals = field(default_factory=dict)

    def note(self, kind: str, message: str, fix: str, node: object, *, known: bool = True) -> None:
        """Note that a value is not what it should be, or that it cannot be told what it is."""
        problem = Problem(
            id=kind,
            message=message,
            fix=fix,
            severity=Severity.ERROR if known else Severity.WARNING,
            status=Status.FAIL if known else Status.UNKNOWN,
        )
        self.notes.append(Note(problem, node))

    def is_too_long(self, texts: Iterable[Text]) -> bool:
        """Tell whether a text of these pieces is longer than any in a template."""
        length = sum(len(t) if isinstance(t, str) else len(t.text) for t in texts)
        if length > MAX_TEXT or self.length + length > _MAX_TEXTS:
            return True
        self.length += length
        return False

    def take(self, document: object) -> list[Problem]:
        """Return what was noted, with the paths in ``document``, and forget it."""
        if not self.notes:
            return []
        notes, self.notes = self.notes, []
        paths = _paths({id(note.node) for note in notes}, document)
        return [note.problem.below(paths.get(id(note.node), "")) for note in notes]


def show(value: object) -> str:
    """Return a value for a message, in at most 60 characters."""
    text = _REPR.repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def name_of(function: str, argument: Any) -> str:
    """Return what an unknown value is called: the function and what it is given.

    Equal names are equal values, so what does not fit is told apart by a digest.
    """
    try:
        text = json.dumps(argument, separators=(",", ":"), ensure_ascii=False)
    except RecursionError:
        text = _flat(argument)
    if len(text) > _SHOWN:
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        text = f"{text[:_SHOWN]}...#{digest[:8]}"
    return f"{function}({text})"


def _flat(value: object) -> str:
    """Return a text that equal values have in common, however deep they nest."""
    words: list[str] = []
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, dict):
            words.append(f"{{{len(each)}")
            pending += each.values()
            pending += each
        elif isinstance(each, list):
            words.append(f"[{len(each)}")
            pending += each
        else:
            words.append(repr(each))
    return " ".join(words)


def _paths(wanted: set[int], document: object) -> dict[int, str]:
    """Return the JSON paths of the very objects in ``document`` that have these identities."""
    found: dict[int, str] = {}
    stack = [("", document)]
    while stack:
        path, value = stack.pop()
        if id(value) in wanted:
            found.setdefault(id(value), path)
        if isinstance(value, dict):
            stack.extend((f"{path}.{key}" if path else key, each) for key, each in value.items())
        elif isinstance(value, list):
            stack.extend((f"{path}[{index}]", each) for index, each in enumerate(value))
    return found
