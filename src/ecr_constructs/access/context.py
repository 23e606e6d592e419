"""What is known of a request: the condition keys and their values.

Layer: access; imports ``model`` and ``service`` only.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from ecr_constructs.model.unresolved import Text

#: Values by condition key in lower case. No values say that the request does not carry the key.
Values: TypeAlias = Mapping[str, tuple[Text, ...]]


class Context:
    """The condition keys of a request, as far as they are known.

    Keys are not case-sensitive, the keys of tags included.

    Args:
        layers: What is known, the first that has a key wins.
        absent: Beginnings of keys, in lower case, that a request does not carry
            unless a layer has them: ``aws:principaltag/`` for an identity all of
            whose tags are known.
    """

    __slots__ = ("_absent", "_layers")

    def __init__(self, layers: Iterable[Values] = (), absent: Iterable[str] = ()) -> None:
        self._layers = tuple(layers)
        self._absent = tuple(absent)

    @classmethod
    def of(cls, values: Mapping[str, Sequence[Text]], absent: Iterable[str] = ()) -> Context:
        """Return a context of these values, whatever the case of their keys."""
        return cls([lowered(values)], [prefix.lower() for prefix in absent])

    def get(self, key: str) -> tuple[Text, ...] | None:
        """Return the values of a key: none if it is absent, None if that is not known."""
        key = key.lower()
        for layer in self._layers:
            found = layer.get(key)
            if found is not None:
                return found
        return () if self._absent and key.startswith(self._absent) else None


def lowered(values: Mapping[str, Sequence[Text]]) -> Values:
    """Return values by key in lower case."""
    return {key.lower(): tuple(each) for key, each in values.items()}
