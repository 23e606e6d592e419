"""What is said to who calls something with arguments that it does not take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from ecr_constructs.model.arguments import tells_arguments, tells_arguments_of


@tells_arguments(secret="write credential=, with a secret")
def cache(
    upstream: str,
    *,
    ecr_repository_prefix: str | None = None,
    upstream_repository_prefix: str | None = None,
    credential: str | None = None,
    resource_tags: object = None,
) -> tuple[object, ...]:
    """A function with names as they are here."""
    return (
        *upstream,
        ecr_repository_prefix,
        upstream_repository_prefix,
        credential,
        resource_tags,
    )


@tells_arguments(by_place="write to_registry(Registry(account, region))")
def to_registry(registry: object) -> object:
    """A function that people give two."""
    return registry


@tells_arguments()
def allow(*principals: str, actions: str) -> tuple[str, ...]:
    """A function that takes any number."""
    return (*principals, actions)


@tells_arguments_of(org="write organization_id=")
@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value with one member."""

    organization_id: str | None = None


@pytest.mark.parametrize(
    ("function", "args", "kwargs", "fix"),
    [
        (cache, ["quay"], {"tags": {}}, "'tags'; write resource_tags="),
        (cache, ["quay"], {"credentials": "s"}, "'credentials'; write credential="),
        (cache, ["quay"], {"credental": "s"}, "'credental'; write credential="),
        (cache, ["quay"], {"secret": "s"}, "'secret'; write credential=, with a secret"),
        (
            cache,
            ["quay"],
            {"prefix": "q"},
            "'prefix'; write ecr_repository_prefix= or upstream_repository_prefix=",
        ),
        (
            cache,
            ["quay"],
            {"zzz": 1},
            (
                "'zzz'; it takes upstream, ecr_repository_prefix, upstream_repository_prefix,"
                " credential and resource_tags"
            ),
        ),
        (cache, ["quay", "q"], {}, "but 2 were given; write ecr_repository_prefix='q'"),
        (cache, ["quay", ["a", "b"]], {}, "; write ecr_repository_prefix=['a', 'b']"),
        (to_registry, ["1", "2"], {}, "; write to_registry(Registry(account, region))"),
        (cache, ["quay", object()], {}, "but 2 were given; write ecr_repository_prefix=..."),
        (cache, ["quay", "q" * 60], {}, "but 2 were given; write ecr_repository_prefix=..."),
        (
            allow,
            [],
            {"principals": ["a"], "actions": "x"},
            "'principals'; leave principals= out, and write them one after the other",
        ),
        (Value, [], {"org": "o-1"}, "'org'; write organization_id="),
        (Value, [], {"organisation_id": "o-1"}, "'organisation_id'; write organization_id="),
        (Value, ["o-1"], {}, "but 2 were given; write organization_id='o-1'"),
    ],
)
def test_tells_what_to_write_in_place_of_an_argument(
    function: Callable[..., Any], args: list[Any], kwargs: dict[str, Any], fix: str
) -> None:
    with pytest.raises(TypeError) as refused:
        function(*args, **kwargs)
    assert str(refused.value).endswith(fix)
    assert "\n" not in str(refused.value)


def test_what_python_says_well_is_left_to_it() -> None:
    missing: Any = allow
    with pytest.raises(TypeError, match=r"missing 1 required keyword-only argument: 'actions'$"):
        missing("a")


def test_type_error_of_the_function_itself_stays_as_it_is() -> None:
    number: Any = 5
    with pytest.raises(TypeError, match=r"must be an iterable, not int$"):
        cache(number)


def test_call_that_fits_passes() -> None:
    assert cache("q", credential="s") == ("q", None, None, "s", None)
    assert allow("a", "b", actions="x") == ("a", "b", "x")
    assert Value(organization_id="o-1") == Value(organization_id="o-1")
    assert cache.__name__ == "cache"
