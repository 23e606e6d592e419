"""What is said to who calls something with arguments that it does not take.

Layer: model; imports the standard library and ``words`` only.
"""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, ParamSpec, TypeVar

from ecr_constructs.model.words import listed

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

#: Parameters that are given by their name.
_BY_NAME: Final = frozenset(
    {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
)
#: Parameters that are given by their place.
_BY_PLACE: Final = frozenset(
    {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
)
#: The one that is bound to a method, and nobody's to give.
_BOUND: Final = frozenset({"self", "cls"})
_INIT: Final = "__init__"
#: As many characters of a value fit into a line beside the sentence.
_SHOWN: Final = 60


def tells_arguments(
    *, by_place: str | None = None, **instead: str
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function say what to write in place of an argument that it does not take.

    The exception is Python's own ``TypeError``, with the way out behind its
    sentence. A call that is right costs nothing but the call.

    Args:
        by_place: What to say of one argument by its place too many. Default: the
            first parameter that has to be named.
        instead: What to say by the names that people try. Default: the parameter
            whose name is near, or all of them.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def told(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return function(*args, **kwargs)
            except TypeError as error:
                fix = _fix(inspect.signature(function).parameters, args, kwargs, instead, by_place)
                if fix is not None:
                    error.args = (f"{error}; {fix}",)
                raise

        return told

    return decorate


def tells_arguments_of(**instead: str) -> Callable[[type[T]], type[T]]:
    """Make the constructor of a class do what :func:`tells_arguments` makes a function do."""

    def decorate(cls: type[T]) -> type[T]:
        own: Callable[..., None] = vars(cls)[_INIT]
        setattr(cls, _INIT, tells_arguments(**instead)(own))
        return cls

    return decorate


def _fix(
    parameters: Mapping[str, inspect.Parameter],
    args: Sequence[object],
    kwargs: Mapping[str, object],
    instead: Mapping[str, str],
    by_place: str | None,
) -> str | None:
    """Return what to write; None where the arguments fit, and something else is wrong."""
    names = [name for name, each in parameters.items() if each.kind in _BY_NAME]
    unknown = next((name for name in kwargs if name not in names), None)
    if unknown is not None:
        if unknown in parameters:
            return f"leave {unknown}= out, and write them one after the other"
        return instead.get(unknown) or _near(unknown, [n for n in names if n not in _BOUND])
    kinds = [each.kind for each in parameters.values()]
    places = sum(kind in _BY_PLACE for kind in kinds)
    if len(args) <= places or inspect.Parameter.VAR_POSITIONAL in kinds:
        return None
    if by_place is not None:
        return by_place
    by_name = (n for n in names if parameters[n].kind is inspect.Parameter.KEYWORD_ONLY)
    meant = next((name for name in by_name if name not in kwargs), None)
    return None if meant is None else f"write {meant}={_shown(args[places])}"


def _near(unknown: str, names: Sequence[str]) -> str:
    near = [name for name in names if unknown in name or name in unknown]
    near = near or difflib.get_close_matches(unknown, names, n=1)
    if near:
        return f"write {listed([f'{name}=' for name in near], 'or')}"
    return f"it takes {listed(names, most=len(names))}" if names else "it takes none"


def _shown(value: object) -> str:
    """Return a value as it is written, if that is short."""
    plain: Any = value if isinstance(value, list | tuple) else [value]
    is_plain = all(isinstance(each, str | int) for each in plain)
    text = repr(value)
    return text if is_plain and len(text) <= _SHOWN else "..."
