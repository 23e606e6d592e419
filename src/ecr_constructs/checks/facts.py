"""A deployment, and what several rules ask of it: each answer is worked out once.

Layer: checks; imports ``model`` and ``lifecycle``.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Final, TypeAlias, TypeVar, cast

from ecr_constructs.lifecycle.lint import lint
from ecr_constructs.model.acknowledgement import Acknowledgement
from ecr_constructs.model.baseline import Exemption
from ecr_constructs.model.creation_template import AppliedFor, CreationTemplate
from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.policy import Policy, PolicyKind
from ecr_constructs.model.problem import Malformed, Problem
from ecr_constructs.model.public_repository import PublicRepository
from ecr_constructs.model.pull_through_cache import PullThroughCacheRule
from ecr_constructs.model.pull_time_exclusion import PullTimeUpdateExclusion
from ecr_constructs.model.registry import Deployment, Located, Registry
from ecr_constructs.model.repository import Origin, Repository
from ecr_constructs.model.unresolved import Text, Unresolved

T = TypeVar("T")

_NOT_KNOWN: Final = Unresolved.of("AWS::AccountId")

#: What stands for a policy in the model.
Document: TypeAlias = Policy | LifecyclePolicy | Malformed | Unresolved | None


@dataclass(frozen=True, slots=True)
class Held:
    """A policy, what it is attached to, and the resources that have this very one.

    The repositories of a fleet share a few policies, which the reader parses
    once each: what is wrong with one is worked out once, too.

    Attributes:
        what: The words for it: ``the repository policy``.
        path: Its property, below ``Properties``.
        document: The policy, or what stands for it; None for none.
        account: The account of the images that it is about.
        region: Their Region.
        kind: What a resource policy is attached to.
        is_cache: Whether it is about images that a cache pulls again when they
            are asked for.
        origins: The resources that have it.
    """

    what: str
    path: str
    document: Document
    account: Text
    region: Text
    kind: PolicyKind = PolicyKind.REPOSITORY
    is_cache: bool = False
    origins: list[Origin] = field(default_factory=list, compare=False)

    def at_each(self, problem: Problem) -> Iterator[Located]:
        """Yield a problem with the policy at every resource that has it."""
        for origin in self.origins:
            yield Located(origin, problem)


class Facts:
    """What rules look at.

    Attributes:
        deployment: The registries, and what could not be read of them.
        today: The day on which exemptions are judged.
        acknowledgements: What was acknowledged, in the assembly and elsewhere.
    """

    def __init__(
        self,
        deployment: Deployment,
        *,
        today: dt.date,
        acknowledgements: Iterable[Acknowledgement] = (),
    ) -> None:
        self.deployment: Final = deployment
        self.today: Final = today
        self.acknowledgements: Final = tuple(acknowledgements)
        self._known: dict[Hashable, Any] = {}

    def once(self, key: Hashable, find: Callable[[], T]) -> T:
        """Return what ``find`` gives, which is asked once for each key."""
        if key not in self._known:
            self._known[key] = find()
        return cast("T", self._known[key])

    @cached_property
    def repositories(self) -> tuple[tuple[Registry, Repository, Origin], ...]:
        """All private repositories with their registries, and where they stand."""
        return tuple(self._members("repositories", "repository_name"))

    @cached_property
    def templates(self) -> tuple[tuple[Registry, CreationTemplate, Origin], ...]:
        """All creation templates likewise."""
        return tuple(self._members("creation_templates", "prefix"))

    @cached_property
    def cache_rules(self) -> tuple[tuple[Registry, PullThroughCacheRule, Origin], ...]:
        """All pull through cache rules likewise."""
        return tuple(self._members("pull_through_cache_rules", "ecr_repository_prefix"))

    @cached_property
    def exclusions(self) -> tuple[tuple[Registry, PullTimeUpdateExclusion, Origin], ...]:
        """All pull time update exclusions likewise."""
        return tuple(self._members("pull_time_exclusions", "principal_arn"))

    @cached_property
    def public_repositories(self) -> tuple[tuple[PublicRepository, Origin], ...]:
        """All public repositories, and where they stand."""
        return tuple(
            (each, _origin(each, str(each.repository_name)))
            for each in self.deployment.public_repositories
        )

    def _members(self, member: str, name: str) -> Iterator[tuple[Registry, Any, Origin]]:
        for registry in self.deployment.registries:
            for value in getattr(registry, member):
                yield registry, value, _origin(value, str(getattr(value, name)))

    @cached_property
    def policies(self) -> tuple[Held, ...]:
        """All resource policies."""
        return _shared(self._policies())

    def _policies(self) -> Iterator[tuple[Held, Origin]]:
        for registry, repository, origin in self.repositories:
            place = registry.account, registry.region
            document = repository.repository_policy
            if document is not None:
                yield (
                    Held("the repository policy", "RepositoryPolicyText", document, *place),
                    origin,
                )
        for registry, template, origin in self.templates:
            place = registry.account, registry.region
            document, what = template.repository_policy, "the template's repository policy"
            if document is not None:
                yield Held(what, "RepositoryPolicy", document, *place), origin
        for registry in self.deployment.registries:
            place = registry.account, registry.region
            document, what = registry.registry_policy, "the registry policy"
            for origin in owners(registry, "registry_policy") if document is not None else ():
                yield Held(what, "PolicyText", document, *place, PolicyKind.REGISTRY), origin
        for public, origin in self.public_repositories:
            place = public.account or _NOT_KNOWN, public.region or _NOT_KNOWN
            document, what = public.repository_policy, "the policy of the public repository"
            kind = PolicyKind.PUBLIC_REPOSITORY
            if document is not None:
                yield Held(what, "RepositoryPolicyText", document, *place, kind), origin

    @cached_property
    def lifecycle_policies(self) -> tuple[Held, ...]:
        """The lifecycle policy of everything that can have one; its document is None for none."""
        return _shared(self._lifecycle_policies())

    def _lifecycle_policies(self) -> Iterator[tuple[Held, Origin]]:
        path = "LifecyclePolicy"
        for registry, repository, origin in self.repositories:
            place = registry.account, registry.region
            document, what = repository.lifecycle_policy, "the lifecycle policy"
            yield Held(what, f"{path}.LifecyclePolicyText", document, *place), origin
        for registry, template, origin in self.templates:
            place = registry.account, registry.region
            document, what = template.lifecycle_policy, "the template's lifecycle policy"
            is_cache = set(template.applied_for) == {AppliedFor.PULL_THROUGH_CACHE}
            yield Held(what, path, document, *place, is_cache=is_cache), origin

    @cached_property
    def exemptions(self) -> Mapping[Origin, tuple[Exemption, ...]]:
        """The exemptions of each resource that has one."""
        held: Iterable[tuple[Any, Origin]] = (
            *((value, origin) for _, value, origin in self.repositories),
            *((value, origin) for _, value, origin in self.templates),
            *self.public_repositories,
            *(
                (declared, declared.origin)
                for registry in self.deployment.registries
                for declared in registry.declarations
            ),
        )
        return {origin: value.exemptions for value, origin in held if value.exemptions}

    @cached_property
    def origins(self) -> Mapping[str, Origin]:
        """Where repositories and templates stand, by their construct paths."""
        found = (
            *(origin for _, _, origin in self.repositories),
            *(origin for _, _, origin in self.templates),
            *(origin for _, origin in self.public_repositories),
        )
        return {origin.construct_path: origin for origin in found if origin.construct_path}

    def problems(self, held: Held) -> Mapping[str, Sequence[Problem]]:
        """Return what is wrong with a resource policy, by the problem's id."""
        assert isinstance(held.document, Policy)
        find = partial(held.document.problems, held.kind, account=held.account, region=held.region)
        key = (Policy.problems, id(held.document), held.kind, held.account, held.region)
        return self.once(key, lambda: _by_id(find()))

    def lint(self, policy: LifecyclePolicy) -> Mapping[str, Sequence[Problem]]:
        """Return what lint says of a lifecycle policy, by the problem's id."""
        return self.once((lint, id(policy)), lambda: _by_id(lint(policy)))


def _shared(policies: Iterable[tuple[Held, Origin]]) -> tuple[Held, ...]:
    """Return each policy once, with all that have it."""
    groups: dict[Hashable, Held] = {}
    for held, origin in policies:
        key = (held.what, id(held.document), held.account, held.region, held.is_cache)
        groups.setdefault(key, held).origins.append(origin)
    return tuple(groups.values())


def _by_id(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    by_id: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_id[problem.id].append(problem)
    return by_id


def owners(registry: Registry, member: str) -> tuple[Origin, ...]:
    """Return the resources that set what a registry has once.

    Args:
        registry: The registry.
        member: Such as ``"scanning"``.
    """
    declared = tuple(each.origin for each in registry.declarations if each.member == member)
    if declared or getattr(registry, member) is None:
        return declared
    return (Origin(stack="", logical_id=f"{registry.account} in {registry.region}", template=""),)


def _origin(value: Any, name: str) -> Origin:
    """Return where a value stands; what was read from no template is known by its name."""
    return value.origin or Origin(stack="", logical_id=name, template="")


def each_repository(
    check: Callable[[Registry, Repository], Iterator[Problem]],
) -> Callable[[Facts], Iterator[Located]]:
    """Make a rule's function from one that looks at a repository at a time."""

    def check_all(facts: Facts) -> Iterator[Located]:
        for registry, repository, origin in facts.repositories:
            for problem in check(registry, repository):
                yield Located(origin, problem)

    return check_all
