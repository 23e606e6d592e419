"""Filters that select repositories by name: three kinds, three ways to match.

Layer: model; imports ``errors`` and ``service`` only.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html,
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SigningRepositoryFilter.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ecr_constructs.model import wildcard
from ecr_constructs.model.codec import Fields
from ecr_constructs.model.problem import Problem, problem_at
from ecr_constructs.model.unresolved import Text, Unresolved, is_known
from ecr_constructs.service import limits, patterns

#: The prefix of templates and cache rules that covers what no other prefix covers.
ROOT: Final = "ROOT"


class FilterType(StrEnum):
    """How a filter selects repositories.

    Exclusion filters of tag mutability are none of these: they select tags.
    """

    WILDCARD = "WILDCARD"  # scanning: names that contain it; with ``*``, that it matches as a whole
    PREFIX_MATCH = "PREFIX_MATCH"  # replication: names that begin with it
    WILDCARD_MATCH = "WILDCARD_MATCH"  # signing: names that it matches as a whole


@dataclass(frozen=True, slots=True)
class _Grammar:
    """What a filter of one type may be.

    Attributes:
        what: The words for one of them.
        pattern: The pattern of its characters.
        low: Its least length.
        high: Its greatest length.
        count: How many a rule may have.
        characters: The pattern in words.
        example: One that is accepted.
    """

    what: str
    pattern: re.Pattern[str]
    low: int
    high: int
    count: int
    characters: str
    example: str


_WILDCARDS: Final = (
    "lower-case letters, digits and '*', joined by one '.', '_', '-' or '/' at a time"
)
_GRAMMARS: Final = {
    FilterType.WILDCARD: _Grammar(
        "a scanning filter",
        patterns.WILDCARD_FILTER,
        1,
        limits.SCANNING_FILTER_MAX,
        limits.SCANNING_FILTERS,
        _WILDCARDS,
        "prod/*",
    ),
    FilterType.PREFIX_MATCH: _Grammar(
        "a replication filter",
        patterns.PREFIX_FILTER,
        limits.REPLICATION_FILTER_MIN,
        limits.REPLICATION_FILTER_MAX,
        limits.REPLICATION_FILTERS,
        "lower-case letters, digits, '.', '_', '-' and '/', and no '*', as it is a prefix",
        "prod/",
    ),
    FilterType.WILDCARD_MATCH: _Grammar(
        "a signing filter",
        patterns.WILDCARD_FILTER,
        1,
        limits.SIGNING_FILTER_MAX,
        limits.SIGNING_FILTERS,
        _WILDCARDS,
        "prod/*",
    ),
}


def as_filters(values: Iterable[Text] | Text) -> tuple[Text, ...]:
    """Return filters as a tuple; one alone, not in a list, is one filter and no list of letters."""
    if isinstance(values, str | Unresolved) or not isinstance(values, Iterable):
        return (values,)
    return tuple(values)


def matches(filter_type: FilterType, value: Text, repository_name: Text | None) -> bool | None:
    """Tell whether a filter selects a repository, as Amazon ECR matches it.

    Args:
        filter_type: How the filter selects.
        value: The filter.
        repository_name: The name; None where CloudFormation makes one up.

    Returns:
        None where it cannot be told, as the filter or the name is not known or
        the filter is empty, which none may be.

    >>> matches(FilterType.WILDCARD, "prod", "repo-prod"), matches(
    ...     FilterType.WILDCARD_MATCH, "prod", "repo-prod"
    ... )
    (True, False)
    """
    if not isinstance(value, str) or not is_known(value) or not value:
        return None
    if filter_type is not FilterType.PREFIX_MATCH and not value.strip("*"):
        return True
    if not isinstance(repository_name, str) or not is_known(repository_name):
        return None
    if filter_type is FilterType.PREFIX_MATCH:
        return repository_name.startswith(value)
    if filter_type is FilterType.WILDCARD and "*" not in value:
        return value in repository_name
    return wildcard.matches(value, repository_name)


def matches_any(
    filter_type: FilterType, values: Iterable[Text], repository_name: Text | None
) -> bool | None:
    """Tell whether one of the filters selects a repository; None where it cannot be told."""
    answer: bool | None = False
    for value in values:
        match matches(filter_type, value, repository_name):
            case True:
                return True
            case None:
                answer = None
    return answer


def filter_problems(
    filter_type: FilterType, values: Sequence[Text], *, path: str = "repository_filters"
) -> Iterator[Problem]:
    """Yield what ECR refuses in the filters of one rule: too many, too long, bad characters."""
    grammar = _GRAMMARS[filter_type]
    if len(values) > grammar.count:
        yield problem_at(
            path,
            f"a rule must have at most {grammar.count} filters, got {len(values)}",
            "fold some into one that selects them all",
        )
    for index, value in enumerate(values):
        if not is_known(value):
            continue
        # A caller may have given anything.
        text = value if isinstance(value, str) else ""
        if grammar.low <= len(text) <= grammar.high and grammar.pattern.fullmatch(text):
            continue
        better = suggest_filter(filter_type, text)
        yield problem_at(
            f"{path}[{index}]",
            f"{grammar.what} must be {grammar.low} to {grammar.high} {grammar.characters},"
            f" got {value!r}",
            f"write {better!r}" if better else f"write for example {grammar.example!r}",
        )


def suggest_filter(filter_type: FilterType, value: str) -> str | None:
    """Return a valid filter close to an invalid one that selects no less, or None."""
    grammar = _GRAMMARS[filter_type]
    better = value.lower()
    if filter_type is FilterType.PREFIX_MATCH:
        better = better.rstrip("*").lstrip("/")
    else:
        # Two separators in a row, or one at an end, need a star beside them.
        better = re.sub(r"([._/-])(?=[._/-]|$)", r"\1*", better)
        better = f"*{better}" if better[:1] in set("._/-") else better
    fits = grammar.low <= len(better) <= grammar.high and grammar.pattern.fullmatch(better)
    return better if fits and better != value else None


def covers(prefix: str, repository_name: str) -> bool:
    """Tell whether the prefix of a template or of a cache rule covers a repository.

    A ``/`` at the end of the prefix is assumed; ``ROOT`` covers all.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html

    >>> covers("prod", "prod/api"), covers("prod", "production/api")
    (True, False)
    """
    return prefix == ROOT or repository_name.startswith(f"{prefix.removesuffix('/')}/")


def prefix_problems(
    path: str, prefix: Text, low: int, high: int, example: str
) -> Iterator[Problem]:
    """Yield what ECR refuses in the prefix of a template or of a cache rule."""
    if not isinstance(prefix, str) or not is_known(prefix):
        return
    if low <= len(prefix) <= high and patterns.NAMESPACE_PREFIX.fullmatch(prefix):
        return
    better = ROOT if prefix.upper() == ROOT else prefix.lower().strip("/*")
    fits = low <= len(better) <= high and patterns.NAMESPACE_PREFIX.fullmatch(better)
    yield problem_at(
        path,
        f"{path} must be {low} to {high} lower-case letters and digits, joined by '.', '_', '__'"
        f" or '-' and by '/' between namespaces, or {ROOT!r}, got {prefix!r}",
        f"write {better!r}" if fits else f"write for example {example!r}",
    )


def name_prefix_problems(prefixes: Iterable[Text]) -> Iterator[Problem]:
    """Yield which of ``repository_prefixes`` no name can begin with; the empty one is for all."""
    for index, prefix in enumerate(prefixes):
        is_text = isinstance(prefix, str)
        if is_text and (not is_known(prefix) or patterns.PREFIX_FILTER.fullmatch(str(prefix))):
            continue
        better = str(prefix).lower().rstrip("*").lstrip("/") if is_text else ""
        fits = better and patterns.PREFIX_FILTER.fullmatch(better) and better != prefix
        yield problem_at(
            f"repository_prefixes[{index}]",
            "a repository prefix must be what names begin with, lower-case letters, digits, '.',"
            f" '_', '-' and '/', got {prefix!r}",
            f"write {better!r}" if fits else "write for example 'payments/'",
        )


def unique_prefix_problems(path: str, prefixes: Iterable[Text]) -> Iterator[Problem]:
    """Yield a problem for each prefix that stands more than once; ``a`` and ``a/`` are the same."""
    counts = Counter(prefix.removesuffix("/") for prefix in prefixes if isinstance(prefix, str))
    for prefix, count in counts.items():
        if count > 1:
            yield problem_at(
                path,
                f"{path} must be unique in a registry, got {prefix!r} {count} times",
                "unite them, or choose another prefix",
            )


def filters_to_cfn(filter_type: FilterType, values: Iterable[Text]) -> list[dict[str, Any]]:
    """Return a property ``RepositoryFilters``."""
    return [{"Filter": value, "FilterType": str(filter_type)} for value in values]


def filters_from_cfn(filter_type: FilterType, rule: Fields, path: str) -> tuple[Text, ...]:
    """Read the property ``RepositoryFilters`` of a rule; note another type of filter.

    Args:
        filter_type: The one type that these filters have.
        rule: The rule.
        path: The rule's path, for what is malformed.
    """
    values = []
    for index, each in enumerate(rule.each("RepositoryFilters")):
        kind = each.text("FilterType")
        if is_known(kind) and kind != filter_type:
            rule.problems.append(
                Problem(
                    id="malformed-property",
                    path=f"{path}.RepositoryFilters[{index}].FilterType",
                    message=f"FilterType must be {str(filter_type)!r}, got {kind!r}",
                    fix=f"write {str(filter_type)!r}",
                )
            )
        values.append(each.text("Filter") or "")
    return tuple(values)


def filters_from_api(rule: Mapping[str, Any]) -> tuple[Text, ...]:
    """Read the member ``repositoryFilters`` of a rule."""
    return tuple(each["filter"] for each in rule.get("repositoryFilters", ()))


def ordered_filters(values: Iterable[Text]) -> tuple[Text, ...]:
    """Return filters each once, sorted."""
    return tuple(sorted(dict.fromkeys(values), key=str))
