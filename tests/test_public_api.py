"""The public face: every name loads, is documented, and takes its options by keyword."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Final

import pytest

import ecr_constructs

SOURCE: Final = Path(ecr_constructs.__file__)
#: Parameters by position that have a default, and why that reads better than a keyword.
BY_POSITION: Final = {
    ("Exemption", "expires"): "control, reason, expires: a value of three",
    ("Policy", "statements"): "the statements are the policy; of(...) is how people write it",
    ("Policy", "version"): "second to the statements, and hardly ever given",
    ("problems", "kind"): "the one thing that is asked about",
    ("whole_problems", "kind"): "likewise",
    ("organization", "organization_id"): "the one thing that is named",
    ("deny_outside_organization", "organization_id"): "likewise",
}
#: Constructs that people are handed and never define.
HANDED: Final = {"RepositoryAccess", "RepositoryEvents", "CachedRepository"}
#: Small values whose one sentence tells of their members.
ONE_SENTENCE: Final = {"Condition"}


def public_names() -> list[str]:
    return list(ecr_constructs.__all__)


def public_classes() -> list[tuple[str, type]]:
    found = [(name, getattr(ecr_constructs, name)) for name in public_names()]
    return [(name, value) for name, value in found if isinstance(value, type)]


def members_of(name: str, cls: type) -> Iterator[tuple[str, Any]]:
    """Yield the public members that this library defines, its own bases' too."""
    seen = set()
    for base in cls.__mro__:
        if not base.__module__.startswith("ecr_constructs"):
            continue
        for member, value in vars(base).items():
            if not member.startswith("_") and member not in seen:
                seen.add(member)
                yield f"{name}.{member}", value


def callables_of(name: str, cls: type) -> Iterator[tuple[str, inspect.Signature]]:
    """Yield the signatures of a class: its constructor's and its methods'."""
    if not issubclass(cls, Enum) and cls.__init__ is not object.__init__:
        yield name, inspect.signature(cls.__init__)
    for path, value in members_of(name, cls):
        function = getattr(value, "_function", value)  # an override for this side of the border
        function = getattr(function, "__func__", function)
        if inspect.isfunction(function):
            yield path, inspect.signature(function)


SIGNATURES: Final = [
    (path, signature)
    for name, cls in public_classes()
    for path, signature in callables_of(name, cls)
]


# Names


def test_the_names_are_sorted_and_each_once() -> None:
    assert public_names() == sorted(set(public_names()))


def test_the_names_are_those_that_a_type_checker_sees() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    (guarded,) = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {
        alias.name: f"{node.module}"
        for node in guarded.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert sorted(seen) == public_names()
    for name, module in seen.items():
        assert getattr(importlib.import_module(module), name) is getattr(ecr_constructs, name)


@pytest.mark.parametrize("name", public_names())
def test_every_name_loads_from_where_it_is_defined(name: str) -> None:
    value = getattr(ecr_constructs, name)
    assert value.__name__ == name
    assert value.__module__.startswith("ecr_constructs.")
    assert getattr(ecr_constructs, name) is value


def test_every_construct_is_there() -> None:
    """Whatever a user defines is exported: a construct that is none would be found by no one."""
    from constructs import Construct

    exported = {cls for _, cls in public_classes() if issubclass(cls, Construct)}
    defined = set()
    for path in sorted((SOURCE.parent / "constructs").glob("[!_]*.py")):
        module = importlib.import_module(f"ecr_constructs.constructs.{path.stem}")
        defined |= {
            value
            for name, value in vars(module).items()
            if isinstance(value, type)
            and issubclass(value, Construct)
            and value.__module__ == module.__name__
            and not name.startswith("_")
        }
    hidden = {cls.__name__ for cls in defined - exported if not cls.__name__.startswith("Cfn")}
    assert hidden <= HANDED


def test_what_is_not_there_says_so() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'GovernedRepositry'"):
        ecr_constructs.GovernedRepositry  # noqa: B018 - the access is what fails


def test_the_names_complete_in_a_shell() -> None:
    assert set(public_names()) <= set(dir(ecr_constructs))


def test_the_version_is_that_of_the_distribution() -> None:
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+([a-z0-9.]+)?", ecr_constructs.__version__)


def test_types_are_shipped() -> None:
    assert (SOURCE.parent / "py.typed").exists()


# Signatures


@pytest.mark.parametrize(("path", "signature"), SIGNATURES, ids=[path for path, _ in SIGNATURES])
def test_no_signature_swallows_keywords(path: str, signature: inspect.Signature) -> None:
    kinds = {parameter.kind for parameter in signature.parameters.values()}
    assert inspect.Parameter.VAR_KEYWORD not in kinds


@pytest.mark.parametrize(("path", "signature"), SIGNATURES, ids=[path for path, _ in SIGNATURES])
def test_every_option_is_by_keyword(path: str, signature: inspect.Signature) -> None:
    by_position = {
        parameter.name
        for parameter in signature.parameters.values()
        if parameter.default is not inspect.Parameter.empty
        and parameter.kind is not inspect.Parameter.KEYWORD_ONLY
    }
    expected = {name for place, name in BY_POSITION if place == path.rpartition(".")[2]}
    assert by_position <= expected


@pytest.mark.parametrize(("path", "signature"), SIGNATURES, ids=[path for path, _ in SIGNATURES])
def test_every_parameter_is_typed(path: str, signature: inspect.Signature) -> None:
    untyped = [
        parameter.name
        for parameter in signature.parameters.values()
        if parameter.name not in {"self", "cls"} and parameter.annotation is inspect.Parameter.empty
    ]
    assert untyped == []


# Documentation


@pytest.mark.parametrize(("name", "cls"), public_classes(), ids=public_names())
def test_every_class_is_documented(name: str, cls: type) -> None:
    text = vars(cls).get("__doc__") or ""
    assert re.match(r"[A-Z].*[.]\n?", text), text[:80]
    # A dataclass without a docstring is given its signature as one.
    assert not text.startswith(f"{name}(")


@pytest.mark.parametrize(("name", "cls"), public_classes(), ids=public_names())
def test_every_member_is_documented(name: str, cls: type) -> None:
    undocumented = []
    for path, value in members_of(name, cls):
        if isinstance(value, Enum) or type(value).__name__ == "member_descriptor":
            continue  # documented in the class, see below
        if not (inspect.getdoc(value) or "").strip():
            undocumented.append(path)
    assert undocumented == []


@pytest.mark.parametrize(("path", "signature"), SIGNATURES, ids=[path for path, _ in SIGNATURES])
def test_every_parameter_of_a_constructor_is_documented(
    path: str, signature: inspect.Signature
) -> None:
    if "." in path or path in ONE_SENTENCE:
        return
    bases = getattr(ecr_constructs, path).__mro__
    text = "".join(base.__doc__ or "" for base in bases if "ecr_constructs" in base.__module__)
    parameters = [name for name in signature.parameters if name != "self"]
    assert [name for name in parameters if f"    {name}: " not in text] == []
