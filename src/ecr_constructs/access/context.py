"""What is known of a request: the condition keys and their values.

Layer: access; imports ``model`` and ``service`` only.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ecr_constructs.model.unresolved import Text


class Context:
    """The condition keys of a request, as far as they are known.

    Keys are not case-sensitive, the keys of tags included.

    Args:
        values: The values by key. No values say that the request does not
            carry the key.
        absent: Beginnings of keys that a request does not carry unless
            ``values`` has them: ``aws:PrincipalTag/`` for an identity all of
            whose tags are known.
    """

    __slots__ = ("_absent", "_values")

    def __init__(
        self, values: Mapping[str, Sequence[Text]] | None = None, absent: Iterable[str] = ()
    ) -> None:
        self._values = {key.lower(): tuple(value) for key, value in (values or {}).items()}
        self._absent = tuple(prefix.lower() for prefix in absent)

    def get(self, key: str) -> tuple[Text, ...] | None:
        """Return the values of a key: none if it is absent, None if that is not known."""
        key = key.lower()
        found = self._values.get(key)
        if found is None and self._absent and key.startswith(self._absent):
            return ()
        return found

    def overlaid(self, values: Mapping[str, Sequence[Text]]) -> Context:
        """Return the context in which ``values`` are known, too, or instead."""
        if not values:
            return self
        merged = Context()
        merged._values = self._values | {key.lower(): tuple(v) for key, v in values.items()}
        merged._absent = self._absent
        return merged
