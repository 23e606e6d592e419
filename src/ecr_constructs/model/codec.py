"""Reading a resource's properties without trusting them.

Layer: model; imports ``errors`` only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ecr_constructs.errors import ConfigurationError, PolicyDocumentError
from ecr_constructs.model.problem import Malformed, Problem
from ecr_constructs.model.unresolved import Text, Unresolved

T = TypeVar("T")


class Fields:
    """The members of an object in a template, read by the type they should have.

    What has another type is noted in ``problems`` and comes out as
    :class:`Unresolved`: nobody can tell what it will be. A member that is
    missing comes out as the empty value of its type.

    Args:
        value: What stands in the template, its intrinsics resolved.
        path: Its JSON path below the resource.
        problems: Where to note what is malformed. Default: a list of its own.
    """

    def __init__(
        self, value: object, path: str = "Properties", problems: list[Problem] | None = None
    ) -> None:
        self.problems = [] if problems is None else problems
        self._path = path
        self._opaque = value if isinstance(value, Unresolved) else None
        self._members: Mapping[str, Any] = {}
        if isinstance(value, Mapping):
            self._members = value
        elif value is not None and self._opaque is None:
            self._opaque = self._malformed("", "an object", value)

    def text(self, name: str) -> Text | None:
        """Return a string; numbers count as their text, as CloudFormation takes them."""
        value = self._member(name)
        if value is None or isinstance(value, str | Unresolved):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return self._malformed(name, "a string", value)

    def boolean(self, name: str) -> bool | Unresolved:
        """Return a boolean, False if missing; CloudFormation takes ``"true"`` and ``"false"``."""
        value = self._member(name)
        if value is None:
            return False
        if isinstance(value, bool | Unresolved):
            return value
        if isinstance(value, str) and value.lower() in {"true", "false"}:
            return value.lower() == "true"
        return self._malformed(name, "true or false", value)

    def below(self, name: str) -> Fields:
        """Return the members of an object one level down."""
        return Fields(self._member(name), self._join(name), self.problems)

    def each(self, name: str) -> list[Fields]:
        """Return the objects of a list; none if it is missing."""
        value = self._member(name)
        if value is None:
            return []
        path = self._join(name)
        if isinstance(value, list):
            return [
                Fields(entry, f"{path}[{index}]", self.problems)
                for index, entry in enumerate(value)
            ]
        if not isinstance(value, Unresolved):
            value = self._malformed(name, "a list", value)
        return [Fields(value, path, self.problems)]

    def document(
        self, name: str, parse: Callable[[object], T]
    ) -> T | Malformed | Unresolved | None:
        """Return a policy given as an object or as JSON text."""
        value = self._member(name)
        if value is None or isinstance(value, Unresolved):
            return value
        try:
            return parse(json.loads(value) if isinstance(value, str) else value)
        except PolicyDocumentError as error:
            sentences = error.sentences
        except (ConfigurationError, ValueError, RecursionError) as error:
            sentences = (
                f"a policy must be JSON, got {_shorten(value)} ({error}); write an object",
            )
        problems = tuple(
            Problem(id="malformed-policy", message=message, fix=fix, path=self._join(name))
            for message, _, fix in (sentence.rpartition("; ") for sentence in sentences)
        )
        return Malformed(_shorten(value), problems)

    def _member(self, name: str) -> Any:
        return self._opaque if self._opaque is not None else self._members.get(name)

    def _join(self, name: str) -> str:
        return f"{self._path}.{name}" if name else self._path

    def _malformed(self, name: str, wanted: str, value: object) -> Unresolved:
        path = self._join(name)
        self.problems.append(
            Problem(
                id="malformed-property",
                path=path,
                message=f"{path} must be {wanted}, got {_shorten(value)}",
                fix=f"write {wanted}",
            )
        )
        return Unresolved.of(path)


def _shorten(value: object, width: int = 80) -> str:
    text = repr(value)
    return text if len(text) <= width else f"{text[: width - 3]}..."
