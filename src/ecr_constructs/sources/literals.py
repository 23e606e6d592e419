"""Values of a template in which there is nothing to resolve.

Layer: sources; imports none but these.

Most of a template is written out. To tell so of a value as a whole, from its
marshalled bytes, takes a fraction of what it takes to look for intrinsics in
each of its members.
"""

from __future__ import annotations

import marshal
from typing import Any, Final

from ecr_constructs.sources.reading import MAX_DEPTH

#: What the bytes hold if something in the value is to be resolved: a function, a reference
#: (``Ref`` with its length before it), and a dynamic reference.
_FUNCTION: Final = b"Fn::"
_REFERENCE: Final = b"\x03\x00\x00\x00Ref"
_DYNAMIC: Final = b"{{resolve:"


def marshalled(value: Any) -> bytes:
    """Return bytes that are the same for equal values; none for what cannot be marshalled."""
    try:
        return marshal.dumps(value, 2)
    except ValueError:  # it nests two thousand deep
        return b""


def is_literal(value: bytes, depth: int = 0) -> bool:
    """Tell whether a marshalled value is what it resolves to; False where in doubt.

    Args:
        value: What :func:`marshalled` gave.
        depth: How many values it stands in.
    """
    return (
        value != b""
        and _FUNCTION not in value
        and _REFERENCE not in value
        and _DYNAMIC not in value
        # It nests no deeper than it has brackets.
        and depth + value.count(b"{") + value.count(b"[") <= MAX_DEPTH
    )
