"""Reading a resource's properties without trusting them.

Layer: model; imports ``errors`` only.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.json_shape import is_object
from ecr_constructs.model.problem import Malformed, Problem
from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.model.unresolved_json import dump_json, parse_json

T = TypeVar("T")


_NO_MEMBERS: Final[Mapping[str, Any]] = {}


class Document(dict[str, Any]):
    """A policy that several resources have alike; it is parsed once.

    The repositories of a fleet share a few policies, and parsing them is most
    of the work of reading a template.
    """

    __slots__ = ("_parsed",)

    def parsed(self, parse: Callable[[object], T]) -> T:
        """Return what ``parse`` makes of the document, from before if it did already."""
        before = getattr(self, "_parsed", None)
        if before is None or before[0] != parse:
            before = self._parsed = (parse, parse(self))
        result: T = before[1]
        return result


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

    __slots__ = ("_member", "_path", "problems")

    def __init__(
        self, value: object, path: str = "Properties", problems: list[Problem] | None = None
    ) -> None:
        self.problems = [] if problems is None else problems
        self._path = path
        #: Gives a member; of what nobody can look into each is as unknown as the whole.
        self._member: Callable[[str], Any] = _NO_MEMBERS.get
        if is_object(value):
            self._member = value.get
        elif value is not None:
            unknown = value
            if not isinstance(value, Unresolved):
                unknown = self._malformed("", "an object", value)
            self._member = lambda _: unknown

    def has(self, name: str) -> bool:
        """Tell whether there is such a member, or whether it cannot be told."""
        return self._member(name) is not None

    def is_written(self, name: str) -> bool | None:
        """Tell whether a member is there; None where it cannot be told."""
        value = self._member(name)
        return None if isinstance(value, Unresolved) else value is not None

    def text(self, name: str) -> Text | None:
        """Return a string; numbers count as their text, as CloudFormation takes them."""
        value = self._member(name)
        if value is None or isinstance(value, (str, Unresolved)):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return self._malformed(name, "a string", value)

    def boolean(self, name: str) -> bool | Unresolved:
        """Return a boolean, False if missing; CloudFormation takes ``"true"`` and ``"false"``."""
        value = self._member(name)
        if value is None:
            return False
        if isinstance(value, (bool, Unresolved)):
            return value
        if isinstance(value, str) and value.lower() in {"true", "false"}:
            return value.lower() == "true"
        return self._malformed(name, "true or false", value)

    def below(self, name: str) -> Fields:
        """Return the members of an object one level down."""
        value = self._member(name)
        return _NOTHING if value is None else Fields(value, self._join(name), self.problems)

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

    def texts(self, name: str) -> tuple[Text, ...]:
        """Return the strings of a list; none if it is missing."""
        value = self._member(name)
        if value is None:
            return ()
        if isinstance(value, list):
            path = self._join(name)
            # Each entry is read as the one member of an object, under its own path.
            return tuple(
                Fields({"": entry}, f"{path}[{index}]", self.problems).text("") or ""
                for index, entry in enumerate(value)
            )
        if not isinstance(value, Unresolved):
            value = self._malformed(name, "a list", value)
        return (value,)

    def document(
        self, name: str, parse: Callable[[object], T]
    ) -> T | Malformed | Unresolved | None:
        """Return a policy given as an object or as JSON text, in which parts may be unknown.

        It comes out as :class:`Unresolved` where it is no policy, and might be
        one when those parts are known.
        """
        value = self._member(name)
        if value is None:
            return None
        try:
            return _parsed(value, parse)
        except ConfigurationError as error:
            sentences = error.sentences
        except (ValueError, RecursionError) as error:
            sentences = (
                f"a policy must be JSON, got {_shorten(value)} ({error}); write an object",
            )
        if isinstance(value, Unresolved):
            return value
        if _is_wrong_for_unknowns_only(value, parse):
            text = dump_json(value)
            return text if isinstance(text, Unresolved) else Unresolved.of(self._join(name))
        problems = tuple(
            Problem(id="malformed-policy", message=message, fix=fix, path=self._join(name))
            for message, _, fix in (sentence.rpartition("; ") for sentence in sentences)
        )
        return Malformed(_shorten(value), problems)

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


#: What is missing has no members, and nothing is wrong with it.
_NOTHING: Final = Fields(None)


def _parsed(value: object, parse: Callable[[object], T]) -> T:
    if isinstance(value, str):
        parsed: T = _parsed_text(value, parse)
        return parsed
    if isinstance(value, Document):
        return value.parsed(parse)
    return parse(parse_json(value) if isinstance(value, Unresolved) else value)


@functools.lru_cache(maxsize=512)
def _parsed_text(text: str, parse: Callable[[object], Any]) -> Any:
    """Parse a text once: the repositories of a fleet share a few lifecycle policies."""
    return parse(json.loads(text))


def _is_wrong_for_unknowns_only(document: object, parse: Callable[[object], object]) -> bool:
    """Tell whether a document that is refused would be taken without what is not known in it."""
    known = _without_unknowns(document)
    if known == document:
        return False
    try:
        parse(known)
    except ConfigurationError:
        return False
    return True


def _without_unknowns(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_unknowns(each) for each in value if not isinstance(each, Unresolved)]
    if isinstance(value, Mapping):
        return {
            key: _without_unknowns(each)
            for key, each in value.items()
            if not isinstance(each, Unresolved)
        }
    return value


def _shorten(value: object, width: int = 80) -> str:
    text = repr(value)
    return text if len(text) <= width else f"{text[: width - 3]}..."
