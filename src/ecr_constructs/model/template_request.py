"""Creation templates that several parts of an app ask for under one prefix.

Layer: model; imports ``errors`` and ``service`` only.

A registry has one template for a prefix. What asks for one says when it applies
and the settings that it cares for; what nobody gives comes from the baseline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ecr_constructs.model.baseline import Exemption
from ecr_constructs.model.creation_template import AppliedFor, CreationTemplate
from ecr_constructs.model.encryption import AES256, Encryption
from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Problem, problem_at
from ecr_constructs.model.repository_filter import ROOT
from ecr_constructs.model.statement import SortKey
from ecr_constructs.model.tag_mutability import TagMutability
from ecr_constructs.model.tags import Tags
from ecr_constructs.model.unresolved import Text
from ecr_constructs.service import patterns

#: The settings that one request gives for all.
_SETTINGS: Final = (
    "description",
    "image_tag_mutability",
    "encryption",
    "repository_policy",
    "lifecycle_policy",
    "resource_tags",
    "custom_role_arn",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRequest:
    """What one part of an app asks of the template of a prefix.

    Attributes:
        prefix: The prefix.
        applied_for: When the template must apply.
        by: The path of the construct that asks.
        is_spelt: Whether the prefix is spelt as it has to be in the template;
            else a ``/`` at its end may be missing.
        description: None, as with all below, where the request does not care.
        image_tag_mutability: Default: ``MUTABLE`` for what is pulled through a
            cache, or cached tags would never be updated; else ``IMMUTABLE``.
        exclusion_filters: The exception to the mutability.
        encryption: How images are encrypted.
        repository_policy: The resource policy.
        lifecycle_policy: Which images expire.
        resource_tags: The tags.
        custom_role_arn: The role with which Amazon ECR creates the repositories.
        exemptions: The controls that are loosened, and why.
    """

    prefix: str
    applied_for: tuple[AppliedFor, ...]
    by: str
    is_spelt: bool = False
    description: str | None = None
    image_tag_mutability: TagMutability | None = None
    exclusion_filters: tuple[str, ...] = ()
    encryption: Encryption | None = None
    repository_policy: Policy | None = None
    lifecycle_policy: LifecyclePolicy | None = None
    resource_tags: Tags | None = None
    custom_role_arn: Text | None = None
    exemptions: tuple[Exemption, ...] = ()

    @property
    def key(self) -> str:
        """The prefix in the one spelling that tells templates apart."""
        return template_key(self.prefix)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateDefaults:
    """What a template gets where nobody says: the registry's baseline.

    Attributes:
        lifecycle_policy: Which images expire.
        encryption: How images are encrypted.
    """

    lifecycle_policy: LifecyclePolicy
    encryption: Encryption = AES256


def template_key(prefix: str) -> str:
    """Return a prefix without the ``/`` at its end, which is assumed."""
    return prefix.removesuffix("/")


def names_below(prefix: object) -> str:
    """Return what the names begin with that a template's or a cache's prefix covers.

    >>> names_below("payments"), names_below("ROOT")
    ('payments/', '')
    """
    return "" if prefix in (None, "", ROOT) else f"{template_key(str(prefix))}/"


def governing_prefix(repository_filter: str) -> str:
    """Return the prefix of the template that covers all names a replication filter takes.

    A filter is a prefix of names, a template's prefix a whole namespace: ``prod``
    takes ``production/api`` as well, so no template but ``ROOT`` covers all it takes.

    >>> governing_prefix("payments/"), governing_prefix("payments/api"), governing_prefix("prod")
    ('payments', 'payments', 'ROOT')
    """
    namespace = repository_filter.rpartition("/")[0]
    while namespace and not patterns.NAMESPACE_PREFIX.fullmatch(namespace):
        namespace = namespace.rpartition("/")[0]  # no name lies in such a one
    return namespace or ROOT


def merge_requests(
    requests: Sequence[TemplateRequest],
    defaults: TemplateDefaults,
    *,
    partition: str = "aws",
    key: SortKey = str,
) -> tuple[CreationTemplate, list[Problem]]:
    """Return the one template that all requests for a prefix ask for, in any order.

    Args:
        requests: At least one, all for one prefix.
        defaults: What nobody gives.
        partition: The registry's partition.
        key: How strings sort.

    Returns:
        The template, normalised, and a problem for each setting that two
        requests give differently, naming both.
    """
    in_order = sorted(requests, key=lambda each: (each.by, repr(each)))
    problems: list[Problem] = []
    given: dict[str, Any] = {}
    for name in _SETTINGS:
        values = [
            (value, each.by)
            for each in in_order
            if (value := _setting(each, name, partition, key)) is not None
        ]
        problems += _clashes(in_order[0].key, name, values)
        given[name] = values[0][0] if values else None
    purposes = sorted({purpose for each in in_order for purpose in each.applied_for})
    if given["image_tag_mutability"] is None:
        problems += _purpose_problems(in_order)
        caches = AppliedFor.PULL_THROUGH_CACHE in purposes
        given["image_tag_mutability"] = (
            TagMutability.MUTABLE if caches else TagMutability.IMMUTABLE,
            (),
        )
    spellings = [(each.prefix, each.by) for each in in_order if each.is_spelt]
    problems += _clashes(in_order[0].key, "prefix", spellings)
    mutability, filters = given["image_tag_mutability"]
    template = CreationTemplate(
        prefix=spellings[0][0] if spellings else in_order[0].key,
        applied_for=tuple(purposes),
        description=given["description"],
        image_tag_mutability=mutability,
        exclusion_filters=filters,
        encryption=given["encryption"] or defaults.encryption,
        repository_policy=given["repository_policy"],
        lifecycle_policy=given["lifecycle_policy"] or defaults.lifecycle_policy,
        resource_tags=given["resource_tags"] or (),
        custom_role_arn=given["custom_role_arn"],
        exemptions=tuple(
            sorted(
                {exemption for each in in_order for exemption in each.exemptions},
                key=lambda e: (e.control, e.reason, str(e.expires)),
            )
        ),
    )
    return template.normalise(partition=partition, key=key), problems


def _setting(request: TemplateRequest, name: str, partition: str, key: SortKey) -> Any:
    """Return what a request gives for a setting, in the one form that can be compared."""
    value = getattr(request, name)
    match name, value:
        case "image_tag_mutability", _:
            filters = tuple(sorted(dict.fromkeys(request.exclusion_filters), key=key))
            if value is None and filters:
                value = TagMutability.IMMUTABLE_WITH_EXCLUSION
            return None if value is None else (value, filters)
        case "repository_policy", Policy():
            return value.normalise(partition=partition, key=key)
        case "lifecycle_policy", LifecyclePolicy():
            return value.normalise()
        case "resource_tags", tuple():
            return tuple(sorted(value, key=lambda tag: key(tag[0])))
        case _:
            return value


def _clashes(prefix: str, name: str, values: list[tuple[Any, str]]) -> Iterator[Problem]:
    other = next((each for each in values if each[0] != values[0][0]), None)
    if other is not None:
        yield problem_at(
            name,
            f"the creation template {prefix!r} must have one {name}, got {_words(values[0][0])}"
            f" from {values[0][1]} and {_words(other[0])} from {other[1]}",
            "give it in one place, or the same in both",
        )


def _purpose_problems(requests: Iterable[TemplateRequest]) -> Iterator[Problem]:
    """Yield a problem if the default mutability would not do for all purposes."""
    by_purpose: dict[bool, str] = {}
    for each in requests:
        for purpose in each.applied_for:
            by_purpose.setdefault(purpose is AppliedFor.PULL_THROUGH_CACHE, each.by)
    if len(by_purpose) > 1:
        yield problem_at(
            "image_tag_mutability",
            "image_tag_mutability must be given for a template that is for a pull through cache"
            f" (asked for by {by_purpose[True]}), whose tags move, and for others too (asked for"
            f" by {by_purpose[False]}), whose tags do not, got none",
            "write it in add_creation_template(...), or choose another prefix",
        )


def _words(value: object) -> str:
    match value:
        case LifecyclePolicy() | Policy():
            return value.to_json()
        case (TagMutability() as mode, tuple() as filters):
            return f"{str(mode)!r}" + f" except {list(filters)}" * bool(filters)
        case Encryption():
            return f"{value.type!s}" + f" with {value.kms_key}" * (value.kms_key is not None)
        case tuple():
            return repr(dict(value))
        case _:
            return repr(value)
