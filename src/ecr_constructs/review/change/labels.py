"""Calling an older template what the newer one is called.

Layer: review. What is not known in a lone template is labelled with the name of
its file, and so are its resources; the same template under another name must
read the same.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import Any, TypeVar

from ecr_constructs.model.repository import Origin
from ecr_constructs.model.unresolved import Unknown, Unresolved

T = TypeVar("T")


def relabelled(value: T, old: str, new: str) -> T:
    """Return a value in which the stack ``old`` is called ``new``.

    Args:
        value: A deployment, or anything in one.
        old: The label that its template has.
        new: The label to give it.
    """
    relabelled_value: T = _relabel(value, old, new)
    return relabelled_value


def _relabel(value: Any, old: str, new: str) -> Any:
    if isinstance(value, Unknown):
        return Unknown(_label(value.label, old, new))
    if isinstance(value, Unresolved):
        return Unresolved(tuple(_relabel(part, old, new) for part in value.parts))
    if isinstance(value, tuple):
        return tuple(_relabel(each, old, new) for each in value)
    if isinstance(value, Origin):
        stack = new if value.stack == old else value.stack
        if value.stack.startswith(f"{old}-"):  # nested in it
            stack = f"{new}{value.stack.removeprefix(old)}"
        return dataclasses.replace(value, stack=stack)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {
            name: after
            for name in _fields(type(value))
            if (after := _relabel(before := getattr(value, name), old, new)) is not before
            and after != before
        }
        origin = getattr(value, "origin", None)
        if isinstance(origin, Origin):
            changed["origin"] = _relabel(origin, old, new)
        return dataclasses.replace(value, **changed) if changed else value
    return value


def _label(label: str, old: str, new: str) -> str:
    if label == old or label.startswith((f"{old}.", f"{old}/")):
        return f"{new}{label.removeprefix(old)}"
    return label


@functools.cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind) if field.init)
