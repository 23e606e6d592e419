"""Check requests to ECR against AWS's service model.

The emulator would take a repository name with capitals or an enum that does not
exist; with this, what the model refuses is refused, and a deploy that holds it
fails and rolls back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from botocore.model import (
    ListShape,
    OperationNotFoundError,
    ServiceModel,
    Shape,
    StringShape,
    StructureShape,
)


class ApiError(Exception):
    """What the API answers in place of a result.

    Attributes:
        code: The name of the exception in the service model.
        message: What it says.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code: Final = code
        self.message: Final = message


class RequestModel:
    """The service model, as far as it tells what a request may hold."""

    def __init__(self, service: Mapping[str, Any]) -> None:
        self._service: Final = ServiceModel(service, "ecr")

    def check(self, operation: str, request: Mapping[str, Any]) -> None:
        """Refuse a request that breaks a type, an enum, a pattern or a limit of the model.

        Raises:
            ApiError: ``InvalidAction`` if ECR has no such operation,
                ``InvalidParameterException`` with all problems otherwise.
        """
        try:
            shape = self._service.operation_model(operation).input_shape
        except OperationNotFoundError:
            raise ApiError("InvalidAction", f"ECR has no operation {operation}") from None
        assert shape is not None
        problems = list(_structure_problems(shape, request, ""))
        if problems:
            raise ApiError("InvalidParameterException", "; ".join(problems))


def _problems(shape: Shape, value: object, path: str) -> Iterator[str]:
    match shape, value:
        case StructureShape(), dict():
            yield from _structure_problems(shape, value, path)
        case ListShape(), list():
            yield from _size_problems(shape, len(value), path)
            for index, item in enumerate(value):
                yield from _problems(shape.member, item, f"{path}.{index + 1}.member")
        case StringShape(), str():
            yield from _string_problems(shape, value, path)
        case Shape(type_name="boolean"), bool():
            pass
        case Shape(type_name="integer" | "long"), int() if not isinstance(value, bool):
            yield from _size_problems(shape, value, path)
        case Shape(type_name="blob"), str():
            pass
        case _:
            yield _broken(path, f"Member must be a {shape.type_name}, got {value!r}")


def _structure_problems(
    shape: StructureShape, value: Mapping[str, object], path: str
) -> Iterator[str]:
    for name in sorted(value.keys() - shape.members.keys()):
        yield _broken(_join(path, name), "Member must be one that the operation has")
    for name in shape.required_members:
        if value.get(name) is None:
            yield _broken(_join(path, name), "Member must not be null")
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield from _problems(member, value[name], _join(path, name))


def _string_problems(shape: StringShape, value: str, path: str) -> Iterator[str]:
    yield from _size_problems(shape, len(value), path)
    if shape.enum and value not in shape.enum:
        yield _broken(path, f"Member must satisfy enum value set: {shape.enum}, got {value!r}")
    pattern = shape.metadata.get("pattern")
    if pattern and not re.fullmatch(pattern, value):
        yield _broken(
            path, f"Member must satisfy regular expression pattern: {pattern}, got {value!r}"
        )


def _size_problems(shape: Shape, size: int, path: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield _broken(path, f"Member must have a size or value of {least} or more, got {size}")
    if most is not None and size > most:
        yield _broken(path, f"Member must have a size or value of {most} or less, got {size}")


def _broken(path: str, rule: str) -> str:
    return f"Invalid parameter at '{path}' failed to satisfy constraint: '{rule}'"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
