"""Check parsed JSON against the members and types that a document may have.

Layer: model; imports the problem's shape only.

A JSON member that is null, unknown or missing, a value of another type and a
CDK token are each one problem with the JSON path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeGuard, cast

from ecr_constructs.model.problem import Problem, Severity
from ecr_constructs.model.unresolved import is_known

if TYPE_CHECKING:
    from enum import StrEnum

Problems: TypeAlias = Iterator[Problem]
Check: TypeAlias = Callable[[object, str], Problems]

#: The API gives numbers back as 32-bit integers; what it does with larger ones is not published.
INT_MAX: Final = 2**31 - 1

#: CDK writes a token that stands for a number as a float below this one.
_NUMBER_TOKENS: Final = -1e288

_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object.

    Attributes:
        check: Yields what is wrong with its value.
        required: Whether it must be there.
    """

    check: Callable[[object, str], Problems]
    required: bool = False


def check_object(grammar: Mapping[str, Member], value: object, path: str) -> Problems:
    """Check an object's members, and the value of each."""
    if not is_object(value):
        yield wrong("type", path, "must be an object", value, "write {...}")
        return
    for name, member in value.items():
        known = grammar.get(name)
        below = f"{path}.{name}" if path else str(name)
        if known is None:
            yield _unknown(below, str(name), grammar)
        elif member is None:
            yield wrong("null", below, "must not be null", member, "leave it out")
        elif not is_known(member) or (isinstance(member, float) and member < _NUMBER_TOKENS):
            yield _token(below)
        else:
            yield from known.check(member, below)
    for name, rule in grammar.items():
        if rule.required and name not in value:
            yield Problem(
                id="missing",
                message=f"{name} is required, got none",
                fix="add it",
                path=f"{path}.{name}" if path else name,
            )


def _unknown(path: str, name: str, grammar: Mapping[str, Member]) -> Problem:
    fix = f"write {_closest(name, grammar)!r}" if _closest(name, grammar) else "leave it out"
    known = ", ".join(grammar)
    return Problem(
        id="unknown-member",
        message=f"{name} is no member that ECR knows here, it knows {known}",
        fix=fix,
        path=path,
    )


def _token(path: str) -> Problem:
    return Problem(
        id="token",
        message=f"{_name(path)} must be known at synthesis, got a CDK token",
        fix="write the value itself",
        path=path,
    )


def check_number(fix: str) -> Check:
    """Check for a whole number of 1 or more; true and false are none."""

    def check(value: object, path: str) -> Problems:
        if isinstance(value, bool) or not isinstance(value, int):
            # One of CDK's durations says how many days it is.
            in_days = "write .to_days() behind it" if hasattr(value, "to_days") else fix
            yield wrong("type", path, "must be a whole number", value, in_days)
        elif value < 1:
            yield wrong("number", path, "must be 1 or more", value, fix)
        elif value > INT_MAX:
            yield Problem(
                id="number-unverified",
                message=f"{_name(path)} is above {INT_MAX}, and whether ECR takes that is not "
                f"verified, got {value}",
                fix="write a smaller number",
                path=path,
                severity=Severity.WARNING,
            )

    return check


def check_string(value: object, path: str) -> Problems:
    """Check for a string that can be sent."""
    if not isinstance(value, str):
        yield wrong("type", path, "must be a string", value, "write it in quotes")
    elif any("\ud800" <= character <= "\udfff" for character in value):
        yield wrong("unicode", path, "must be Unicode text", value, "drop the lone surrogate")


def check_word(words: type[StrEnum]) -> Check:
    """Check for one of the words of an enumeration."""
    listed = " or ".join(repr(str(word)) for word in words)

    def check(value: object, path: str) -> Problems:
        if not isinstance(value, str) or value not in set(words):
            closest = _closest(value, list(words)) if isinstance(value, str) else ""
            fix = f"write {closest!r}" if closest else "write one of them"
            yield wrong("word", path, f"must be {listed}", value, fix)

    return check


def check_only(word: str) -> Check:
    """Check for the one word that is allowed."""

    def check(value: object, path: str) -> Problems:
        if value != word:
            yield wrong("word", path, f"must be {word!r}", value, f"write {word!r}")

    return check


def check_strings(value: object, path: str) -> Problems:
    """Check for a list of strings that is not empty."""
    if not is_list(value):
        fix = f"write [{value!r}]" if isinstance(value, str) else "write it in brackets"
        yield wrong("type", path, "must be a list of strings", value, fix)
        return
    if not value:
        fix = "name a tag, or take tagStatus 'any' or 'untagged'"
        yield wrong("empty-list", path, "must hold 1 string or more", list(value), fix)
    for index, entry in enumerate(value):
        if is_known(entry):
            yield from check_string(entry, f"{path}[{index}]")
        else:
            yield _token(f"{path}[{index}]")


def is_object(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Tell whether ``value`` is a JSON object."""
    return type(value) is dict or isinstance(value, (dict, Mapping))


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    """Tell whether ``value`` is a JSON list; a string is none."""
    return type(value) is list or (
        isinstance(value, Sequence) and not isinstance(value, (str, bytes))
    )


def _name(path: str) -> str:
    return path.rpartition(".")[2] or "the policy"


def wrong(kind: str, path: str, rule: str, value: object, fix: str) -> Problem:
    """Return the problem that the value at ``path`` breaks ``rule``."""
    shown = repr(value)
    if len(shown) > _SHOWN:
        shown = f"{shown[:_SHOWN]}..."
    return Problem(id=kind, message=f"{_name(path)} {rule}, got {shown}", fix=fix, path=path)


def _closest(word: str, words: Sequence[str] | Mapping[str, object]) -> str:
    from difflib import get_close_matches

    same = [other for other in words if other.lower() == word.lower()]
    return str((same or get_close_matches(word, list(words), 1) or [""])[0])


def as_tuple(strings: Iterable[str] | None) -> tuple[str, ...] | None:
    """Return a tuple of the strings; a bare string stays one, for problems() to say so."""
    if strings is not None and not isinstance(strings, str) and isinstance(strings, Iterable):
        return tuple(strings)
    return cast("tuple[str, ...] | None", strings)


def as_texts(strings: Iterable[str] | None) -> tuple[str, ...] | None:
    """Return a tuple of the strings; a bare string is a list of one.

    For what people write: in a document a bare string is refused.
    """
    return (strings,) if isinstance(strings, str) else as_tuple(strings)


def as_set(strings: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return a list that is an AND in its one form: sorted, each string once."""
    if isinstance(strings, tuple) and all(isinstance(string, str) for string in strings):
        return tuple(sorted(set(strings)))
    return cast("tuple[str, ...] | None", strings)


def as_object(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that are set, as plain JSON values."""
    return {name: _json(value) for name, value in members.items() if value is not None}


def _json(value: object) -> object:
    if isinstance(value, str):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
