"""What the jsii border asks of those who cross it often.

Layer: constructs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, ParamSpec, TypeVar, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import IConstruct

from ecr_constructs.model.unresolved import Text, is_token

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C")


class DeferredGrant(iam.Grant):
    """A grant that a resource policy already carries; CDK's own object is made when needed.

    Making an :class:`aws_cdk.aws_iam.Grant` for a resource policy costs several
    round trips, and hardly anybody looks at one. Everything jsii does with an
    object begins with its ``__jsii_ref__``, so this one makes the real grant
    when that is first read.
    """

    _make: Callable[[], iam.Grant]
    _real: iam.Grant | None

    @classmethod
    def of(cls, make: Callable[[], iam.Grant]) -> iam.Grant:
        """Return a grant that ``make`` makes when somebody looks at it."""
        grant = object.__new__(cls)  # past jsii's constructor, which would make one at once
        grant._make = make
        grant._real = None
        return grant

    @property
    def __jsii_ref__(self) -> Any:
        if self._real is None:
            self._real = self._make()
        return cast("Any", self._real).__jsii_ref__


#: Where jsii notes that a class is CDK's own, and so overrides nothing.
_DECLARED_TYPE: Final = "__jsii_declared_type__"


def no_overrides(cls: type[C]) -> type[C]:
    """Tell jsii that a class overrides nothing, so that it looks no further for overrides.

    jsii compares every member of a Python subclass with CDK's, each time one is
    made. A class whose members all are for this side of the border spares that.
    """
    setattr(cls, _DECLARED_TYPE, cast("Any", cls).__jsii_type__)
    return cls


#: Below these, names are not CloudFormation's, and stay as they are.
_OPAQUE: Final = frozenset({"PolicyText", "RepositoryCatalogData", "RepositoryPolicyText"})


def to_jsii(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return a resource's properties as its L1 spells them: the first letter is lower case."""
    return {
        camel_case(name): value if name in _OPAQUE else _values_to_jsii(value)
        for name, value in properties.items()
    }


def camel_case(name: str) -> str:
    """Return the name of a property as its L1 spells it."""
    return name[0].lower() + name[1:]


def _values_to_jsii(value: Any) -> Any:
    if isinstance(value, dict):
        return to_jsii(value)
    if isinstance(value, list):
        return [_values_to_jsii(each) for each in value]
    return value


class _OnThisSide:
    """A method that jsii takes for no override, as it is no function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        return self if instance is None else self._function.__get__(instance, owner)


def on_this_side(method: Callable[P, R]) -> Callable[P, R]:
    """Override a method of a CDK class for callers in Python alone.

    Each override that jsii knows of makes every construct dearer to create, and
    a call from CDK's own code would cross the border twice to end where it
    began. Such a call finds CDK's method instead, so that one must do for it.
    """
    return cast("Callable[P, R]", _OnThisSide(method))


def for_people(text: str, scope: cdk.Stack) -> str:
    """Return a text in which tokens read as CloudFormation's ``${Role.Arn}``."""
    return _in_words(scope.resolve(text)) if is_token(text) else text


def _in_words(value: Any) -> str:
    match value:
        case str():
            return value
        case {"Fn::Join": [separator, [*parts]]}:
            return str(separator).join(map(_in_words, parts))
        case {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
        case _:
            return f"${{{json.dumps(value)}}}"


def sort_key(scope: cdk.Stack) -> Callable[[Text], str]:
    """Return a key that puts strings in an order that does not depend on tokens' numbers.

    A token sorts by what it resolves to *and* by the paths of the constructs
    that it refers to: the same logical id may stand in three stacks.
    """
    known: dict[str, str] = {}

    def key(text: Text) -> str:
        if not isinstance(text, str) or not is_token(text):
            return str(text)
        if text not in known:
            resolved = json.dumps(scope.resolve(text), sort_keys=True)
            found = referenced(text, scope) if _REFERS.search(resolved) else []
            known[text] = " ".join([resolved, *(each.node.path for each in found)])
        return known[text]

    return key


#: An intrinsic that names a resource; a pseudo parameter such as AWS::Partition names none.
_REFERS: Final = re.compile(r'"(Fn::GetAtt|Fn::Sub|Ref": "(?!AWS::))')


def referenced(text: str, scope: cdk.Stack) -> list[IConstruct]:
    """Return the constructs that the tokens in a string refer to."""
    tokens = cdk.Tokenization.reverse_string(text).tokens
    if not all(map(cdk.Reference.is_reference, tokens)):
        # A reference lies inside of an intrinsic, such as Fn::Join: CDK alone can look there.
        collector = _References()
        cdk.Tokenization.resolve(text, resolver=collector, scope=scope, preparing=False)
        tokens = collector.found
    return [
        cast("cdk.Reference", token).target for token in tokens if cdk.Reference.is_reference(token)
    ]


#: Stands for a reference that was found.
_FOUND: Final = "reference"


class _References(cdk.DefaultTokenResolver):
    """Resolves tokens as CDK does, and collects the references on the way."""

    def __init__(self) -> None:
        super().__init__(cdk.StringConcat())
        self.found: list[cdk.IResolvable] = []

    def resolve_token(
        self, t: cdk.IResolvable, context: cdk.IResolveContext, post_processor: cdk.IPostProcessor
    ) -> Any:
        if cdk.Reference.is_reference(t):
            self.found.append(t)
            # What it comes to is of no interest, and may be an error across environments.
            return _FOUND
        return super().resolve_token(t, context, post_processor)
