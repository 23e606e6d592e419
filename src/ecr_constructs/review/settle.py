"""What is not known before deployment, known from what is there.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, TypeVar

from ecr_constructs.model.unresolved import Unresolved

T = TypeVar("T")
#: Everybody and everything: nobody means that by a value that is known at deployment.
_EVERYTHING: Final = "*"


def settle(declared: T, there: object) -> T:
    """Return a declared value, with what is not known of it taken from what is there.

    A text of which a part is not known becomes the one that is there, if it may be
    that one. Where it may not, it stays unknown, and a comparison says so; and so it does
    where everybody is there, lest what somebody opened by hand is taken for what was meant.

    >>> from ecr_constructs.model.encryption import Encryption
    >>> settle(Encryption("KMS", Unresolved.of("Key.Arn")), Encryption("KMS", "arn:aws:kms:..."))
    Encryption(type='KMS', kms_key='arn:aws:kms:...')

    Args:
        declared: A value of the model, read from a template.
        there: The value of the same thing, read from a live registry.
    """
    found: Any = _settled(declared, there)
    result: T = found
    return result


def _settled(declared: Any, there: Any) -> Any:
    if declared == there:
        return declared
    if isinstance(declared, Unresolved):
        is_one = isinstance(there, str) and there != _EVERYTHING and declared.may_be(there)
        return there if is_one else declared
    if isinstance(declared, tuple) and isinstance(there, tuple):
        return _entries(declared, there)
    if is_dataclass(declared) and type(declared) is type(there):
        members = {
            each.name: _settled(getattr(declared, each.name), getattr(there, each.name))
            for each in fields(declared)
            if each.compare
        }
        return replace(declared, **members)  # type: ignore[type-var]
    return declared


def _entries(declared: tuple[Any, ...], there: tuple[Any, ...]) -> tuple[Any, ...]:
    """Settle entries, each as a whole, by one that is there and that no other entry is.

    What is the same without being settled goes first: what may be anything must
    not take it away. Where all are found they stand in the order in which they
    are there.
    """
    left = list(there)
    found: dict[int, Any] = {}
    for is_same in (True, False):
        for place, entry in enumerate(declared):
            if place not in found:
                match = _match(entry, left, is_same=is_same)
                if match is not None:
                    left.remove(match)
                    found[place] = match
    if not left and len(found) == len(declared):
        return there
    return tuple(found.get(place, entry) for place, entry in enumerate(declared))


def _match(entry: Any, left: Iterable[Any], *, is_same: bool) -> Any | None:
    for other in left:
        if (entry == other) if is_same else (_settled(entry, other) == other):
            return other
    return None
